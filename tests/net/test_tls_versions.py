# SPDX-License-Identifier: MIT
"""Versions and suites on both sides; servers that speak none, stay silent,
or leave at every step: a flow that says why, and the next one works."""

import contextlib
import socket
import ssl
import subprocess
import time

import pytest

from harness import (
    Listener, Origin, client_context, clean_env, run_sluice)

V = ssl.TLSVersion
NAME = "one.localhost"


def ask(s, raw, port, context=None):
    c = raw(s.port).connect("127.0.0.1:%d" % port)
    c.start_tls(context or client_context(s.ca), NAME)
    c.version, c.suite = c.sock.version(), c.sock.cipher()[0]
    c.send("GET /v HTTP/1.1\r\nHost: %s\r\n\r\n" % NAME)
    c.answer = c.get()
    return c


@pytest.mark.parametrize("options,version", [
    (("tls_version_client_max=1.2",), "TLSv1.2"),
    (("tls_version_client_min=1.3",), "TLSv1.3")])
def test_client_range(sluice, origin, certs, raw, options, version):
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root, *sum(
        (("-o", x) for x in options), ()))
    c = ask(s, raw, o.port)
    assert c.version == version and c.answer.status == 200


@pytest.mark.parametrize("options,version", [
    (("tls_version_server_max=1.2",), "TLSv1.2"),
    (("tls_version_server_min=1.3",), "TLSv1.3")])
def test_server_range(sluice, origin, certs, raw, options, version):
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root, *sum(
        (("-o", x) for x in options), ()))
    assert ask(s, raw, o.port).answer.status == 200
    assert o.versions == [version]


@pytest.mark.parametrize("side", ["client", "server"])
def test_ranges_that_do_not_meet(sluice, origin, certs, raw, side):
    low = certs.server_context(high=V.TLSv1_2) if side == "server" else \
        certs.server_context()
    o = origin(context=low)
    s = sluice("--upstream-ca", certs.root, "--format", "json", "-o",
               "tls_version_%s_min=1.3" % side)
    if side == "server":
        c = ask(s, raw, o.port)
        assert c.answer.status == 502
        assert b"version" in c.answer.body
    else:
        with pytest.raises(ssl.SSLError):
            ask(s, raw, o.port, client_context(
                s.ca, maximum_version=V.TLSv1_2))
    f = s.wait_flow(lambda f: f["state"] == "failed")
    assert "version" in f["error"] and f["tls_fault"]


@pytest.mark.parametrize("side", ["client", "server"])
def test_ciphers(sluice, origin, certs, raw, side):
    suite = "ECDHE-ECDSA-AES256-GCM-SHA384"
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root, "--format", "json", "-o",
               "ciphers_%s=%s" % (side, suite), "-o",
               "tls_version_%s_max=1.2" % side)
    c = ask(s, raw, o.port)
    assert c.answer.status == 200
    f = s.wait_flow(lambda f: f["url"].endswith("/v"))
    assert f[side + "_tls"]["cipher"] == suite


@pytest.mark.parametrize("setting,words", [
    ("tls_version_client_min=1.4", "1.4"), ("tls_version_server_max=x", "x"),
    ("ciphers_client=NO-SUCH", "NO-SUCH"),
    ("ciphers_server=NO-SUCH", "NO-SUCH"), ("weak=(", "weak")],
    ids=lambda v: v)
def test_bad_values(tmp_path, setting, words):
    done = run_sluice("--headless", "-c", tmp_path, "-p", "127.0.0.1:0",
                      "-o", setting)
    assert done.returncode in (1, 2) and words in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.fixture
def weak_server(certs):
    """openssl's own server, TLS 1.0 only, with an old suite."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    p = subprocess.Popen(
        ["openssl", "s_server", "-accept", "127.0.0.1:%d" % port, "-tls1",
         "-cipher", "ALL:@SECLEVEL=0", "-cert",
         certs.path(NAME, "pem"), "-key", certs.path(NAME, "key"), "-www",
         "-quiet"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=clean_env())
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.02)
    if p.poll() is not None:
        pytest.skip("this openssl serves no TLS 1.0")
    yield port
    p.kill()
    p.wait()


def test_weak_server(sluice, certs, raw, weak_server):
    s = sluice("--upstream-ca", certs.root, "--format", "json")
    c = ask(s, raw, weak_server)
    assert c.answer.status == 502
    f = s.wait_flow(lambda f: f["url"].endswith("/v"))
    assert f["tls_fault"] == "weak", f
    s = sluice("--upstream-ca", certs.root, "--format", "json", "-o",
               "weak=^one\\.localhost$")
    assert ask(s, raw, weak_server).answer.status == 200
    f = s.wait_flow(lambda f: f["url"].endswith("/v"))
    assert f["server_tls"]["version"] == "TLSv1"


# ------------------------------------------------- servers that break it off


@pytest.fixture
def abrupt():
    """abrupt(act) is a server that does one thing to each connection."""
    made = []

    def make(act):
        def serve(sock, _):
            with contextlib.suppress(OSError):
                act(sock)
        made.append(Listener(serve))
        return made[-1]
    yield make
    for a in made:
        a.close()


def close_at_once(sock):
    sock.close()


def close_after_hello(sock):
    sock.recv(100)
    sock.shutdown(socket.SHUT_RDWR)
    sock.close()


def reset_after_hello(sock):
    import struct
    sock.recv(70000)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))
    sock.close()


def half_a_record(sock):
    sock.recv(70000)
    sock.sendall(b"\x16\x03\x03\x40\x00" + b"\x02\x00\x00\x50")
    sock.close()


def no_shared_cipher(sock):
    sock.recv(70000)
    sock.sendall(b"\x15\x03\x03\x00\x02\x02\x28")
    sock.close()


def says_http(sock):
    sock.recv(70000)
    sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    sock.close()


def says_ssh(sock):
    sock.sendall(b"SSH-2.0-OpenSSH_9\r\n")


def garbage(sock):
    sock.recv(70000)
    sock.sendall(bytes(range(256)) * 10)
    sock.close()


def huge_record(sock):
    sock.recv(70000)
    sock.sendall(b"\x16\x03\x03\xff\xff" + b"x" * 70000)
    sock.close()


def certificate_without_end(sock):
    """A Certificate message that announces 16 MiB."""
    sock.recv(70000)
    for _ in range(400):
        sock.sendall(b"\x16\x03\x03\x40\x00\x0b\xff\xff\xff" + b"x" * 16380)
    sock.close()


@pytest.mark.parametrize("act,words", [
    (close_at_once, ""), (close_after_hello, "closed"),
    (reset_after_hello, "reset"), (half_a_record, ""),
    (no_shared_cipher, "handshake failure"),
    (says_http, "does not speak TLS"), (says_ssh, "does not speak TLS"),
    (garbage, ""), (huge_record, ""), (certificate_without_end, ""),
], ids=lambda v: getattr(v, "__name__", ""))
def test_server_breaks_off(sluice, certs, raw, origin, abrupt, act, words):
    s = sluice("--upstream-ca", certs.root, "--format", "json", "-o",
               "tls_timeout=5s")
    a = abrupt(act)
    c = ask(s, raw, a.port)
    assert c.answer.status == 502 and words.encode() in c.answer.body
    f = s.wait_flow(lambda f: f["url"].endswith("/v"))
    assert f["error"] and words in f["error"]
    o = origin(context=certs.server_context())
    assert ask(s, raw, o.port).answer.status == 200


def test_silent_server(sluice, certs, raw, abrupt):
    s = sluice("--upstream-ca", certs.root, "--format", "json", "-o",
               "tls_timeout=1s")
    a = abrupt(lambda sock: None)
    c = ask(s, raw, a.port)
    assert c.answer.status == 504 and b"in time" in c.answer.body
    f = s.wait_flow(lambda f: f["url"].endswith("/v"))
    assert f["tls_fault"] == "late"


def test_server_leaves_at_every_byte(sluice, certs, raw, abrupt):
    """A real handshake, cut off after n bytes of the server's."""
    real = Origin(context=certs.server_context())
    limit = [0]

    def relay(sock):
        far = socket.create_connection(("127.0.0.1", real.port))
        try:
            far.sendall(sock.recv(70000))
            got = b""
            while len(got) < limit[0]:
                more = far.recv(limit[0] - len(got))
                if not more:
                    break
                got += more
            sock.sendall(got[:limit[0]])
        finally:
            far.close()
            sock.close()
    a = abrupt(relay)
    s = sluice("--upstream-ca", certs.root, "--format", "json", "-o",
               "tls_timeout=5s")
    for n in list(range(1, 140, 9)) + [200, 400, 600]:
        limit[0] = n
        assert ask(s, raw, a.port).answer.status == 502, n
    assert ask(s, raw, real.port).answer.status == 200
    assert all(f["error"] for f in s.flows() if f["status"] != 200)
    real.close()
