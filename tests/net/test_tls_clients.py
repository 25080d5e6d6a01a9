# SPDX-License-Identifier: MIT
"""TLS stacks that are not OpenSSL's of Python: each verifies our certificate
in its own way, with TLS 1.2 and 1.3, with EC keys and with RSA ones."""

import itertools
import os
import shutil
import subprocess

import pytest

from harness import Origin, Sluice, WAIT, clean_env, response
from tunnel import Relay

HERE = os.path.dirname(os.path.abspath(__file__))
HOST = "one.localhost"


@pytest.fixture(scope="module")
def site(certs, tmp_path_factory):
    """(sluice, origin)"""
    o = Origin(lambda q, stream: response(
        b"you asked " + q.target.encode() + b"\n"),
        context=certs.server_context())
    s = Sluice(tmp_path_factory.mktemp("conf"), "--upstream-ca", certs.root,
               "--format", "json")
    yield s, o
    s.stop()
    o.close()


@pytest.fixture
def path(count=itertools.count()):
    """One that no test had before."""
    return "/path%d" % next(count)


def needs(command):
    if not shutil.which(command):
        pytest.skip("there is no %s here" % command)


def run(*args, data=None, **env):
    done = subprocess.run(args, capture_output=True, timeout=2 * WAIT,
                          input=data, env=clean_env(**env))
    text = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert done.returncode == 0, text
    return text


def request(o, path):
    return ("GET %s HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n\r\n" % (
        path, HOST, o.port)).encode()


def assert_seen(site, path, version=None, key=None):
    """Received by the origin, and told by the flow."""
    s, o = site
    q = next(q for q in o.requests if q.target == path)
    assert q.get("Host") == "%s:%d" % (HOST, o.port)
    f = s.wait_flow(lambda f: f["url"].endswith(path))
    assert f["url"] == "https://%s:%d%s" % (HOST, o.port, path)
    assert (f["status"], f["state"], f["tls_fault"]) == (200, "done", None)
    tls = f["client_tls"]
    assert tls["sni"] == HOST
    assert tls["ja4"].startswith("t1") and tls["ech"] is False
    if version:
        assert tls["version"] == "TLSv" + version
    if version == "1.2" and key:
        assert {"EC": "-ECDSA-", "RSA": "-RSA-"}[key] in tls["cipher"]
    return f


# ------------------------------------------------------------------ gnutls-cli

RSA_SIGNATURES = "SIGN-RSA-SHA256:+SIGN-RSA-PSS-RSAE-SHA256"


@pytest.mark.parametrize("priority,version,key", [
    ("NORMAL", "1.3", "EC"),
    ("NORMAL:-VERS-TLS1.3", "1.2", "EC"),
    ("NORMAL:-VERS-TLS1.3:-ECDHE-ECDSA", "1.2", "RSA"),
    ("NORMAL:-VERS-ALL:+VERS-TLS1.3:-SIGN-ALL:+" + RSA_SIGNATURES,
     "1.3", "RSA"),
    ("SECURE128:%COMPAT", "1.3", None),
    ("NORMAL:-GROUP-ALL:+GROUP-SECP384R1", "1.3", None),
])
def test_gnutls(site, path, priority, version, key):
    needs("gnutls-cli")
    s, o = site
    relay = Relay(s, "%s:%d" % (HOST, o.port))
    p = subprocess.Popen(
        ["gnutls-cli", "--port", str(relay.port), "--sni-hostname", HOST,
         "--verify-hostname", HOST, "--x509cafile", s.ca, "--priority",
         priority, "127.0.0.1"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=clean_env())
    try:
        p.stdin.write(request(o, path))
        p.stdin.flush()     # closed, it would leave at once
        text = b""
        while b"you asked" not in text and (more := p.stdout.read1(65536)):
            text += more
        text = (text + p.communicate(timeout=WAIT)[0]).decode()
    finally:
        p.kill()
        relay.close()
    assert "The certificate is trusted" in text
    assert "you asked %s\n" % path in text
    assert "(TLS%s-X.509)" % version in text, text
    if key:
        assert {"EC": "(ECDSA-", "RSA": "(RSA-"}[key] in text, text
    assert_seen(site, path, version, key)


def test_gnutls_without_our_ca(site, certs, path):
    needs("gnutls-cli")
    s, o = site
    relay = Relay(s, "two.localhost:%d" % o.port)
    done = subprocess.run(
        ["gnutls-cli", "--port", str(relay.port), "--sni-hostname",
         "two.localhost", "--verify-hostname", "two.localhost",
         "--x509cafile", certs.root, "127.0.0.1"], input=request(o, path),
        capture_output=True, env=clean_env(), timeout=WAIT)
    relay.close()
    assert done.returncode != 0
    f = s.wait_flow(lambda f: (f["client_tls"] or {}).get("sni") ==
                    "two.localhost")
    assert (f["state"], f["tls_fault"]) == ("failed", "refused"), f
    assert all(q.target != path for q in o.requests)


# -------------------------------------------------------------------- openssl


@pytest.mark.parametrize("options,version,key", [
    (["-tls1_3"], "1.3", "EC"),
    (["-tls1_2"], "1.2", "EC"),
    (["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"], "1.2", "RSA"),
    (["-tls1_3", "-sigalgs", "rsa_pss_rsae_sha256:rsa_pkcs1_sha256"],
     "1.3", "RSA"),
    (["-groups", "P-384", "-tls1_3"], "1.3", None),
])
def test_openssl(site, path, options, version, key):
    needs("openssl")
    s, o = site
    text = run("openssl", "s_client", "-proxy", s.proxy, "-connect",
               "%s:%d" % (HOST, o.port), "-servername", HOST, "-CAfile",
               s.ca, "-x509_strict", "-verify_return_error",
               "-verify_hostname", HOST, "-ign_eof", *options,
               data=request(o, path))
    assert "Verify return code: 0 (ok)" in text
    assert "you asked %s\n" % path in text
    assert "TLSv" + version in text
    if key:
        assert {"EC": "Peer signature type: ECDSA", "RSA":
                "Peer signature type: RSA"}[key] in text, text
    assert_seen(site, path, version, key)


def test_openssl_resumes(site, path, tmp_path):
    needs("openssl")
    s, o = site
    kept = str(tmp_path / "session")
    for i, option in enumerate(("-sess_out", "-sess_in")):
        text = run("openssl", "s_client", "-proxy", s.proxy, "-connect",
                   "%s:%d" % (HOST, o.port), "-servername", HOST, "-CAfile",
                   s.ca, "-verify_return_error", "-tls1_2", "-ign_eof",
                   option, kept, data=request(o, "%s-%d" % (path, i)))
        assert ("Reused, TLS" in text) == bool(i), text
        f = assert_seen(site, "%s-%d" % (path, i), "1.2")
        assert f["client_tls"]["resumed"] == bool(i)


# ------------------------------------------------------------------------ node


@pytest.mark.parametrize("options,version,key", [
    ("--tls-min-v1.3", "1.3", None),
    ("--tls-max-v1.2", "1.2", "EC"),
    ("--tls-max-v1.2 --tls-cipher-list=ECDHE-RSA-AES256-GCM-SHA384",
     "1.2", "RSA"),
])
def test_node(site, path, options, version, key):
    needs("node")
    s, o = site
    text = run("node", os.path.join(HERE, "client.js"), str(s.port),
               "https://%s:%d%s" % (HOST, o.port, path), "request",
               NODE_EXTRA_CA_CERTS=s.ca, NODE_OPTIONS=options)
    assert text == "200 you asked %s\n" % path
    f = assert_seen(site, path, version, key)
    assert f["client_tls"]["alpn"] in (None, "http/1.1")


# ------------------------------------------------------------------------ java


def needs_java():
    needs("java")
    done = subprocess.run(["java", "--list-modules"], capture_output=True,
                          env=clean_env(), timeout=WAIT)
    if b"jdk.compiler" not in done.stdout:
        pytest.skip("this java is a runtime only: it cannot compile a source")


@pytest.mark.parametrize("options,key", [
    ([], "EC"),
    (["-Djdk.tls.client.SignatureSchemes="
      "rsa_pss_rsae_sha256,rsa_pkcs1_sha256"], "RSA"),
])
def test_java(site, path, tmp_path, options, key):
    needs_java()
    s, o = site
    text = run("java", "-XX:TieredStopAtLevel=1", "-Xshare:auto", *options,
               os.path.join(HERE, "Fetch.java"), str(s.port), s.ca,
               "TLSv1.3,TLSv1.2", "https://%s:%d%s-" % (HOST, o.port, path))
    lines = text.splitlines()
    for version in "TLSv1.3", "TLSv1.2":
        assert any(line.startswith("200 you asked %s-%s" % (path, version))
                   for line in lines), text
        assert_seen(site, "%s-%s" % (path, version), version[4:], key)
    assert text.count(" " + key) >= 2, text


# ------------------------------------------------------------------------ wget


@pytest.mark.parametrize("options,version,key", [
    (["--secure-protocol=auto"], "1.3", None),
    (["--secure-protocol=TLSv1_2"], None, None),
    (["--ciphers=NORMAL:-VERS-TLS1.3:-ECDHE-ECDSA"], "1.2", "RSA"),
])
def test_wget(site, path, options, version, key):
    needs("wget")
    s, o = site
    if key and "gnutls" not in run("wget", "--version"):
        pytest.skip("this wget is not made with GnuTLS")
    text = run("wget", "-q", "-O", "-", "--ca-certificate=" + s.ca, *options,
               "https://%s:%d%s" % (HOST, o.port, path), https_proxy=s.url)
    assert text == "you asked %s\n" % path
    assert_seen(site, path, version, key)
