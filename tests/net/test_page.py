# SPDX-License-Identifier: MIT
"""http://sluice.test/ and the listen address: the page that hands out the
certificate, and nothing else."""

import hashlib
import re
import subprocess

import pytest

from harness import (
    WAIT, Origin, Sluice, clean_env, client_context, run_sluice)


@pytest.fixture(scope="module")
def s(tmp_path_factory):
    program = Sluice(tmp_path_factory.mktemp("conf"), "--format", "json")
    yield program
    program.stop()


def curl(*args):
    done = subprocess.run(
        ["curl", "-sS", "--max-time", "20", *args], capture_output=True,
        env=clean_env(), timeout=WAIT)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(params=["proxied", "direct", "localhost"])
def page(request, s):
    """page(path, ..) fetches it in one of the ways it can be reached."""
    def fetch(path, *args):
        if request.param == "proxied":
            return curl("-x", s.url, "http://sluice.test" + path, *args)
        host = "localhost" if request.param == "localhost" else "127.0.0.1"
        return curl("http://%s:%d%s" % (host, s.port, path), "-4", *args)
    return fetch


def test_page_has_the_fingerprint(page, s):
    text = page("/").decode()
    shown = run_sluice("ca", "-c", s.confdir).stdout
    fingerprint = re.search(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}", shown).group()
    assert fingerprint in text
    for word in ("Debian", "Fedora", "macOS", "Windows", "iOS", "Android",
                 "Firefox", "Java", "Node", "Python"):
        assert word in text
    assert s.proxy in text
    assert "<script" not in text
    assert "%PROXY%" not in text


def test_pem_is_the_one_on_disk(page, s):
    with open(s.ca, "rb") as f:
        assert page("/sluice-ca-cert.pem") == f.read()
    assert page("/cert.pem").startswith(b"-----BEGIN CERTIFICATE")
    assert b"PRIVATE" not in page("/cert.pem")


def test_der_and_pkcs12_open(page, s):
    def fingerprint(data, *args):
        out = subprocess.run(
            ["openssl", *args], input=data, capture_output=True,
            check=True).stdout
        return subprocess.run(
            ["openssl", "x509", "-noout", "-fingerprint", "-sha256"],
            input=out, capture_output=True, check=True).stdout
    der = page("/sluice-ca-cert.cer")
    p12 = page("/sluice-ca-cert.p12")
    want = fingerprint(page("/cert.pem"), "x509")
    assert fingerprint(der, "x509", "-inform", "der") == want
    assert fingerprint(p12, "pkcs12", "-nokeys", "-passin", "pass:") == want
    digest = hashlib.sha256(der).hexdigest().upper()
    assert digest in want.decode().replace(":", "")


def test_head_of_it(page):
    head = page("/", "-I").decode().lower()
    assert " 200 " in head.split("\r\n")[0]
    assert "content-security-policy: default-src 'none'" in head
    assert "x-content-type-options: nosniff" in head
    assert int(re.search(r"content-length: (\d+)", head).group(1)) > 1000


@pytest.mark.parametrize("path", ["/x", "/../etc/passwd", "/cert.key",
                                  "/sluice-ca.pem", "//", "/?x/../cert.pem"])
def test_nothing_else_is_there(page, path):
    out = page(path, "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}")
    assert out == (b"200" if path == "/?x/../cert.pem" else b"404")


def test_only_get_and_head(page):
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        out = page("/", "-X", method, "-o", "/dev/null", "-w",
                   "%{http_code}")
        assert out == b"405", method


def test_inside_connect(s, raw):
    c = raw(s.port).connect("sluice.test:80")
    c.send("GET /cert.pem HTTP/1.1\r\nHost: sluice.test\r\n\r\n")
    assert c.get().body.startswith(b"-----BEGIN")
    c = raw(s.port).connect("sluice.test:443")
    c.start_tls(client_context(s.ca), "sluice.test")
    for _ in range(2):      # kept alive
        c.send("GET / HTTP/1.1\r\nHost: sluice.test\r\n\r\n")
        assert b"sluice" in c.get().body


@pytest.mark.parametrize("host", ["evil.test", "evil.test:%d", "a.b:80", "",
                                  "sluice.test.evil.test", "x.sluice.test",
                                  "127.0.0.1", "localhost:1"])
def test_other_names_are_not_answered(s, raw, host):
    c = raw(s.port)
    c.send("GET /cert.pem HTTP/1.1\r\nHost: %s\r\n\r\n"
           % (host % s.port if "%d" in host else host))
    r = c.get()
    assert r.status == 400
    assert b"BEGIN" not in r.body


def test_it_is_a_flow_like_others(s, raw):
    c = raw(s.port)
    c.send("GET http://sluice.test/cert.cer HTTP/1.1\r\nHost: x\r\n\r\n")
    n = len(c.get().body)
    flow = s.wait_flow(lambda f: f["url"] == "http://sluice.test/cert.cer")
    assert flow["status"] == 200
    assert flow["state"] == "done"
    assert flow["response_bytes"] == n


def test_never_looked_up(s, raw):
    """Nobody else is asked for that name, whatever its case or dot."""
    o = Origin()
    for name in ("SLUICE.Test", "sluice.test."):
        c = raw(s.port)
        c.send("GET http://%s/ HTTP/1.1\r\nHost: x\r\n\r\n" % name)
        assert c.get().status == 200
    assert o.connections == 0
    o.close()
