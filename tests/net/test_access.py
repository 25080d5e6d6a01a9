# SPDX-License-Identifier: MIT
"""Who may use the proxy: addresses and the password."""

import base64
import subprocess

import pytest

from harness import WAIT, clean_env, client_context, run_sluice


def basic(text):
    return "Proxy-Authorization: Basic %s\r\n" % \
        base64.b64encode(text.encode()).decode()


def ask(c, o, fields=""):
    c.send("GET http://127.0.0.1:%d/x HTTP/1.1\r\nHost: a\r\n%s\r\n"
           % (o.port, fields))
    return c.get()


def test_password(sluice, origin, raw):
    o = origin()
    s = sluice("-oproxy_auth=user:pass word:ü", "--format", "json")
    r = ask(raw(s.port), o)
    assert r.status == 407
    assert r.get("Proxy-Authenticate").startswith("Basic ")
    assert "user" not in r.body.decode().replace("USER", "").replace(
        "wants a user", "").replace("the user", "")
    assert o.requests == []
    flow = s.wait_flow(lambda f: f["url"].endswith("/x"))
    assert "password" in flow["error"]
    r = ask(raw(s.port), o, basic("user:pass word:ü"))
    assert r.status == 200
    # It is for us, not for the server.
    assert o.next_request().get("Proxy-Authorization") is None


@pytest.mark.parametrize("secret", [
    "user:pas", "user:passs", "user", "", ":", "User:pass", "user:pass:"])
def test_wrong_password(sluice, origin, raw, secret):
    o = origin()
    s = sluice("-oproxy_auth=user:pass")
    assert ask(raw(s.port), o, basic(secret)).status == 407
    assert o.requests == []


@pytest.mark.parametrize("field", [
    "Proxy-Authorization: Bearer dXNlcjpwYXNz\r\n",
    "Proxy-Authorization: Basic\r\n",
    "Proxy-Authorization: dXNlcjpwYXNz\r\n",
    "Authorization: Basic dXNlcjpwYXNz\r\n"])
def test_other_schemes(sluice, origin, raw, field):
    o = origin()
    s = sluice("-oproxy_auth=user:pass")
    assert ask(raw(s.port), o, field).status == 407


def test_connect_needs_it_and_what_is_inside_does_not(
        sluice, origin, certs, raw):
    o = origin(context=certs.server_context())
    s = sluice("-oproxy_auth=user:pass", "--upstream-ca", certs.root)
    c = raw(s.port)
    c.send("CONNECT one.localhost:%d HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    assert c.get().status == 407
    assert o.connections == 0
    c = raw(s.port)
    c.send("CONNECT one.localhost:%d HTTP/1.1\r\nHost: a\r\n%s\r\n"
           % (o.port, basic("user:pass")))
    assert c.get_head().status == 200
    c.start_tls(client_context(s.ca), "one.localhost")
    for _ in range(2):
        c.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert c.get().status == 200


def test_curl(sluice, origin, certs):
    o = origin(context=certs.server_context())
    s = sluice("-oproxy_auth=user:p@ss", "--upstream-ca", certs.root)
    got = subprocess.run(
        ["curl", "-sS", "-x", s.url, "-U", "user:p@ss", "--proxy-anyauth",
         "--cacert", s.ca, "https://one.localhost:%d/" % o.port],
        capture_output=True, env=clean_env(), timeout=WAIT)
    assert got.stdout == b"hello\n", got


def test_bad_values(tmp_path):
    for option, word in (("proxy_auth=nobody", "USER:PASSWORD"),
                         ("allow=10.0.0.0/33", "/32"),
                         ("allow=home", "home")):
        done = run_sluice("--headless", "-p0", "-c", tmp_path / "c",
                          "-o", option)
        assert done.returncode in (1, 2)
        assert word in done.stderr
        assert done.stderr.count("\n") == 1


def test_range(sluice, origin, raw):
    """127.0.0.1 is always let in; who is not gets no byte."""
    o = origin()
    s = sluice("-oallow=192.0.2.0/24")
    assert ask(raw(s.port), o).status == 200
