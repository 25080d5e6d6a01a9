# SPDX-License-Identifier: MIT
"""Servers that ask for a certificate of the client: sluice shows the user's,
or says what was wanted."""

import socket
import ssl
import subprocess

import pytest

from harness import (clean_env, client_context, free_port, run_sluice,
                     until)

NAME = "one.localhost"


@pytest.fixture(scope="module")
def mine(tmp_path_factory, certs):
    """A PEM file with a client's certificate and key."""
    certs.leaf("client.localhost", "DNS:client.localhost")
    path = tmp_path_factory.mktemp("mine") / "mine.pem"
    with open(path, "w", encoding="ascii") as out:
        for kind in ("pem", "key"):
            with open(certs.path("client.localhost", kind),
                      encoding="ascii") as f:
                out.write(f.read())
    path.chmod(0o600)
    return path


@pytest.fixture
def asking(origin, certs):
    """asking(mode): an origin that asks; .subjects are who came."""
    def start(mode, low=None, high=None):
        context = certs.server_context(NAME, low=low, high=high)
        context.verify_mode = mode
        context.load_verify_locations(certs.root)
        subjects = []

        def answer(request, stream):
            shown = stream.sock.getpeercert()
            subjects.append(shown and dict(
                p[0] for p in shown["subject"])["commonName"])
            return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        # The strict clients' usage check is not for a test's leaf.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        o = origin(answer, context=context)
        o.subjects = subjects
        return o
    return start


def ask(s, raw, o):
    c = raw(s.port).connect("127.0.0.1:%d" % o.port)
    c.start_tls(client_context(s.ca), NAME)
    c.send("GET /v HTTP/1.1\r\nHost: %s\r\n\r\n" % NAME)
    return c.get()


VERSIONS = pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])


@VERSIONS
def test_shown(sluice, certs, raw, asking, tmp_path, version):
    """A client's certificate needs the usage for it."""
    make_client_leaf(certs)
    path = tmp_path / "c.pem"
    path.write_text("".join(open(certs.path("usable.localhost", k),
                                 encoding="ascii").read()
                            for k in ("pem", "key")))
    path.chmod(0o600)
    v = getattr(ssl.TLSVersion, version)
    o = asking(ssl.CERT_REQUIRED, v, v)
    s = sluice("--upstream-ca", certs.root, "--format", "json", "-o",
               "client_cert=^one\\.localhost$=%s" % path)
    r = ask(s, raw, o)
    assert r.status == 200, r.body
    assert o.subjects == ["usable.localhost"]


def make_client_leaf(certs):
    """As Certs.leaf, with the usage of clients."""
    with open(certs.path("usable.localhost", "ext"), "w",
              encoding="ascii") as f:
        f.write("basicConstraints=CA:FALSE\nkeyUsage=critical,"
                "digitalSignature\nextendedKeyUsage=clientAuth\n"
                "authorityKeyIdentifier=keyid\n")
    name = "usable.localhost"
    certs._openssl("req", "-newkey", "ec", "-pkeyopt",
                   "ec_paramgen_curve:P-256", "-nodes", "-subj",
                   "/CN=" + name, "-keyout", certs.path(name, "key"), "-out",
                   certs.path(name, "csr"))
    certs._openssl("x509", "-req", "-in", certs.path(name, "csr"), "-CA",
                   certs.path("root", "pem"), "-CAkey",
                   certs.path("root", "key"), "-CAcreateserial", "-days",
                   "30", "-extfile", certs.path(name, "ext"), "-out",
                   certs.path(name, "pem"))


@VERSIONS
def test_other_hosts_do_not_get_it(sluice, certs, raw, asking, mine, version):
    v = getattr(ssl.TLSVersion, version)
    o = asking(ssl.CERT_OPTIONAL, v, v)
    s = sluice("--upstream-ca", certs.root, "--format", "json", "-o",
               "client_cert=other\\.test=%s" % mine)
    assert ask(s, raw, o).status == 200
    assert not o.subjects[0]


@VERSIONS
def test_required_and_none(sluice, certs, raw, asking, version):
    v = getattr(ssl.TLSVersion, version)
    o = asking(ssl.CERT_REQUIRED, v, v)
    s = sluice("--upstream-ca", certs.root, "--format", "json")
    r = ask(s, raw, o)
    assert r.status == 502
    assert b"wants a client certificate" in r.body
    f = s.wait_flow(lambda f: f["url"].endswith("/v"))
    assert f["tls_fault"] == "wants-certificate"


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_names_of_the_cas(sluice, certs, raw, version):
    """openssl's own server tells which CAs it takes; Python's does not."""
    port = free_port()
    p = subprocess.Popen(
        ["openssl", "s_server", "-accept", "127.0.0.1:%d" % port, version,
         "-Verify", "1", "-verify_return_error", "-CAfile", certs.root,
         "-cert", certs.path(NAME, "pem"), "-key", certs.path(NAME, "key"),
         "-www", "-quiet"], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=clean_env())
    try:
        until("s_server", lambda: _listens(port))
        s = sluice("--upstream-ca", certs.root, "--format", "json")
        c = raw(s.port).connect("127.0.0.1:%d" % port)
        c.start_tls(client_context(s.ca), NAME)
        c.send("GET /v HTTP/1.1\r\nHost: %s\r\n\r\n" % NAME)
        assert c.get().status == 502
        f = s.wait_flow(lambda f: f["url"].endswith("/v"))
        assert f["tls_fault"] == "wants-certificate"
        assert "Test Root" in f["error"]
    finally:
        p.kill()
        p.wait()


def _listens(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
        return True
    except OSError:
        return False


def test_asked_for_and_not_needed(sluice, certs, raw, asking):
    o = asking(ssl.CERT_OPTIONAL)
    s = sluice("--upstream-ca", certs.root)
    assert ask(s, raw, o).status == 200


@pytest.mark.parametrize("content,words", [
    ("", "key"), ("garbage", ""), (None, "")], ids=["empty", "garbage",
                                                    "missing"])
def test_bad_files(tmp_path, content, words):
    path = tmp_path / "bad.pem"
    if content is not None:
        path.write_text(content)
        path.chmod(0o600)
    done = run_sluice("--headless", "-c", tmp_path / "c", "-p",
                      "127.0.0.1:0", "-o", "client_cert=%s" % path)
    assert done.returncode in (1, 2) and done.stderr.count("\n") == 1
    assert "client_cert" in done.stderr and words in done.stderr


def test_key_that_others_can_read(tmp_path, mine):
    path = tmp_path / "open.pem"
    path.write_bytes(mine.read_bytes())
    path.chmod(0o644)
    done = run_sluice("--headless", "-c", tmp_path / "c", "-p",
                      "127.0.0.1:0", "-o", "client_cert=%s" % path)
    assert done.returncode in (1, 2) and "client_cert" in done.stderr
