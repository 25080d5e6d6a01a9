# SPDX-License-Identifier: MIT
"""Reverse mode: a listener that is a server to its clients."""

import socket

import pytest

from harness import client_context, free_port, run_sluice


def test_http_to_http(sluice, origin, raw):
    o = origin()
    s = sluice("-m", "reverse:http://127.0.0.1:%d" % o.port, "--format",
               "json")
    c = raw(s.port)
    for target in ("/a?b=c", "/d"):
        c.send("GET %s HTTP/1.1\r\nHost: me.test\r\nX-A: 1\r\n\r\n" % target)
        assert c.get().body == b"hello\n"
        got = o.next_request()
        assert got.target == target
        assert got.fields == [("Host", "127.0.0.1:%d" % o.port),
                              ("X-A", "1")]
    assert o.connections == 1
    f = s.wait_flow(lambda f: f["url"].endswith("/d"))
    assert f["url"] == "http://127.0.0.1:%d/d" % o.port
    assert not f["host_differs"]


def test_keep_host(sluice, origin, raw):
    o = origin()
    s = sluice("-m", "reverse:http://127.0.0.1:%d" % o.port, "-o",
               "keep_host=on")
    c = raw(s.port)
    c.send("GET / HTTP/1.1\r\nHost: me.test\r\n\r\n")
    assert c.get().status == 200
    assert o.next_request().get("Host") == "me.test"


def test_http_to_https(sluice, origin, certs, raw):
    seen = []
    o = origin(context=certs.server_context(seen=seen))
    s = sluice("-m", "reverse:https://one.localhost:%d" % o.port,
               "--upstream-ca", certs.root)
    c = raw(s.port)
    c.send("GET /x HTTP/1.1\r\nHost: me.test\r\n\r\n")
    assert c.get().status == 200
    assert seen == ["one.localhost"]
    assert o.next_request().get("Host") == "one.localhost:%d" % o.port


@pytest.mark.parametrize("name", ["front.test", None])
def test_https_to_https(sluice, origin, certs, raw, name):
    """The client's SNI is ours, the server's name is the server's."""
    seen = []
    o = origin(context=certs.server_context(seen=seen))
    s = sluice("-m", "reverse:https://one.localhost:%d" % o.port,
               "--upstream-ca", certs.root, "--format", "json")
    context = client_context(s.ca)
    if not name:
        context.check_hostname = False
    c = raw(s.port).start_tls(context, name)
    c.send("GET /x HTTP/1.1\r\nHost: front.test\r\n\r\n")
    assert c.get().status == 200
    assert seen == ["one.localhost"]
    names = [v for _, v in c.sock.getpeercert()["subjectAltName"]]
    assert "one.localhost" in names and (not name or name in names)
    f = s.wait_flow(lambda f: f["url"].endswith("/x"))
    assert f["url"] == "https://one.localhost:%d/x" % o.port


def test_https_to_http(sluice, origin, raw):
    o = origin()
    s = sluice("-m", "reverse:http://127.0.0.1:%d" % o.port)
    c = raw(s.port).start_tls(client_context(s.ca), "front.test")
    for _ in range(2):
        c.send("GET /x HTTP/1.1\r\nHost: front.test\r\n\r\n")
        assert c.get().status == 200
    assert o.requests[0].get("Host") == "127.0.0.1:%d" % o.port


def test_absolute_form_goes_nowhere_else(sluice, origin, raw):
    """Else a reverse listener would be an open proxy."""
    o, other = origin(), origin()
    s = sluice("-m", "reverse:http://127.0.0.1:%d" % o.port)
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/y?z HTTP/1.1\r\nHost: a\r\n\r\n" %
           other.port)
    assert c.get().status == 200
    assert o.next_request().target == "/y?z"
    c.send("CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: a\r\n\r\n" % other.port)
    assert c.get_head().status == 400
    assert not other.requests and not other.connections


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_other_bytes(sluice, certs, raw, scheme):
    """Neither TLS nor HTTP: passed on; over TLS when the server wants it."""
    with socket.create_server(("127.0.0.1", 0)) as far:
        s = sluice("-m", "reverse:%s://127.0.0.1:%d" % (
            scheme, far.getsockname()[1]), "--upstream-ca", certs.root)
        c = raw(s.port)
        c.send(b"\x00\x01")
        peer, _ = far.accept()
        if scheme == "https":
            peer = certs.server_context().wrap_socket(peer, server_side=True)
        with peer:
            assert peer.recv(10) == b"\x00\x01"
            peer.sendall(b"back")
            assert c.stream.exactly(4) == b"back"


def test_refused_server(sluice, raw):
    s = sluice("-m", "reverse:http://127.0.0.1:%d" % free_port())
    c = raw(s.port)
    c.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    r = c.get()
    assert r.status == 502 and b"refused" in r.body


def test_to_itself(sluice, raw):
    port = free_port()
    s = sluice("-m", "reverse:http://127.0.0.1:%d" % port, "-m",
               "regular@127.0.0.1:0", listen="127.0.0.1:%d" % port)
    c = raw(port)
    c.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert c.get().status == 508
    assert s.is_alive()


def test_several_listeners(sluice, origin, raw):
    o = origin()
    ports = [free_port(), free_port()]
    s = sluice("-m", "reverse:http://127.0.0.1:%d@%d" % (o.port, ports[0]),
               "-m", "socks5@127.0.0.1:%d" % ports[1])
    c = raw(ports[0])
    c.send("GET /reverse HTTP/1.1\r\nHost: a\r\n\r\n")
    assert c.get().status == 200
    c = raw(ports[1])
    c.send(b"\x05\x01\x00")
    assert c.stream.exactly(2) == b"\x05\x00"
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/regular HTTP/1.1\r\nHost: a\r\n\r\n" %
           o.port)
    assert c.get().status == 200


@pytest.mark.parametrize("mode,words", [
    ("nonsense", "no such mode"),
    ("socks5:x", "takes nothing"),
    ("reverse", "reverse:http://HOST:PORT"),
    ("reverse:ftp://a", "only http"),
    ("reverse:http://a/path", "path"),
    ("reverse:http://u:p@a/", "user"),
    ("reverse:http://", ""),
    ("upstream:http://a", "port"),
    ("regular@1.2.3.4:99999", ""),
], ids=lambda v: v)
def test_bad_modes(tmp_path, mode, words):
    done = run_sluice("-c", tmp_path, "--headless", "-m", mode)
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1
    assert words in done.stderr and "--mode" in done.stderr


def test_two_modes_for_one_listener(tmp_path):
    done = run_sluice("-c", tmp_path, "--headless", "-m", "socks5", "-m",
                      "transparent")
    assert done.returncode == 2 and "@PORT" in done.stderr


@pytest.mark.parametrize("ports", ["x", "443,", "0", "70000", "443;80"])
def test_bad_tls_ports(tmp_path, ports):
    done = run_sluice("-c", tmp_path, "--headless", "-o",
                      "tls_ports=" + ports)
    assert done.returncode == 2 and "-o tls_ports" in done.stderr
    assert done.stderr.count("\n") == 1
