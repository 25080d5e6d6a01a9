# SPDX-License-Identifier: MIT
"""By way of another proxy: itself, a scripted one, one that speaks TLS."""

import base64
import select
import socket

import pytest

from harness import (Listener, OK, Stream, client_context, free_port,
                     response)


class Proxy:
    """A proxy that says what it is told: answer(head) is bytes to send, or
    None to tunnel to where CONNECT asked."""

    def __init__(self, answer, context=None):
        self.heads, self.answer, self.context = [], answer, context
        self.listener = Listener(self._serve)
        self.port = self.listener.port

    def _serve(self, sock, _):
        try:
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
            stream = Stream(sock)
            while True:
                head = stream.until(b"\r\n\r\n")
                if not head:
                    return
                self.heads.append(head.decode("latin-1"))
                out = self.answer(self.heads[-1])
                if out is None:
                    self._tunnel(sock, head)
                    return
                sock.sendall(out)
        except (OSError, AssertionError):
            pass
        finally:
            sock.close()

    def _tunnel(self, sock, head):
        host, port = head.split(b" ")[1].decode().rsplit(":", 1)
        far = socket.create_connection((host, int(port)))
        sock.sendall(b"HTTP/1.1 200 Fine\r\nX: y\r\n\r\n")

        # One thread: a TLS socket is not for two.
        while True:
            ready = [s for s in (sock, far) if getattr(s, "pending", int)()] or \
                select.select([sock, far], [], [])[0]
            for s in ready:
                data = s.recv(65536)
                if not data:
                    far.close()
                    return
                (far if s is sock else sock).sendall(data)

    def close(self):
        self.listener.close()


@pytest.fixture
def proxy():
    made = []

    def make(*args, **kwargs):
        made.append(Proxy(*args, **kwargs))
        return made[-1]
    yield make
    for p in made:
        p.close()


def upstream(p, scheme="http", user=""):
    return ("-m", "upstream:%s://%s127.0.0.1:%d" % (scheme, user, p.port))


def get(c, url, **fields):
    c.send("GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % url)
    return c.get()


def test_chain_of_two(sluice, origin, certs, raw):
    plain, secure = origin(), origin(context=certs.server_context())
    last = sluice("--format", "json", "--upstream-ca", certs.root)
    first = sluice("-m", "upstream:" + last.url, "--format", "json",
                   "--upstream-ca", last.ca)
    c = raw(first.port)
    for path in ("/a", "/b"):
        r = get(c, "http://127.0.0.1:%d%s" % (plain.port, path))
        assert r.body == b"hello\n"
        assert plain.next_request().target == path
    c = raw(first.port).connect("127.0.0.1:%d" % secure.port)
    c.start_tls(client_context(first.ca), "one.localhost")
    for path in ("/c", "/d"):
        c.send("GET %s HTTP/1.1\r\nHost: one.localhost\r\n\r\n" % path)
        assert c.get().body == b"hello\n"
    for s in (first, last):
        for path in ("/a", "/b", "/c", "/d"):
            f = s.wait_flow(lambda f: f["url"].endswith(path))
            assert f["status"] == 200
    assert first.flows()[0]["via"] == "127.0.0.1"
    assert last.flows()[0]["via"] is None
    assert secure.connections == 1


def test_absolute_form_and_password(sluice, proxy, raw):
    p = proxy(lambda head: OK)
    s = sluice(*upstream(p, user="bob:p%40ss@"))
    c = raw(s.port)
    c.send("GET http://far.test/a?b HTTP/1.1\r\nHost: far.test\r\n"
           "Proxy-Authorization: Basic bWU6bWU=\r\n\r\n")
    assert c.get().status == 200
    c.send("OPTIONS http://far.test HTTP/1.1\r\nHost: far.test\r\n\r\n")
    assert c.get().status == 200
    lines = p.heads[0].split("\r\n")
    assert lines[0] == "GET http://far.test/a?b HTTP/1.1"
    mine = "Basic " + base64.b64encode(b"bob:p@ss").decode()
    assert [l for l in lines if l.lower().startswith("proxy-auth")] == \
        ["Proxy-Authorization: " + mine]
    assert p.heads[1].split("\r\n")[0] == \
        "OPTIONS http://far.test HTTP/1.1"


def test_connect_and_password(sluice, origin, certs, proxy, raw):
    o = origin(context=certs.server_context())
    p = proxy(lambda head: None)
    s = sluice(*upstream(p, user="bob:pass@"), "--upstream-ca", certs.root)
    c = raw(s.port).connect("127.0.0.1:%d" % o.port)
    c.start_tls(client_context(s.ca), "one.localhost")
    c.send("GET /in HTTP/1.1\r\nHost: one.localhost\r\n\r\n")
    assert c.get().status == 200
    assert p.heads[0].startswith("CONNECT 127.0.0.1:%d HTTP/1.1\r\n" % o.port)
    assert "Proxy-Authorization: Basic Ym9iOnBhc3M=" in p.heads[0]
    # The password is for the proxy only.
    assert o.next_request().get("Proxy-Authorization") is None


def test_raw_tunnel(sluice, proxy, raw):
    with socket.create_server(("127.0.0.1", 0)) as far:
        p = proxy(lambda head: None)
        s = sluice(*upstream(p))
        c = raw(s.port).connect("127.0.0.1:%d" % far.getsockname()[1])
        c.send(b"\x00\x01hi")
        peer, _ = far.accept()
        with peer:
            assert peer.recv(10) == b"\x00\x01hi"
            peer.sendall(b"yo")
            assert c.stream.exactly(2) == b"yo"


LOCKED = (b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate:"
          b" Basic realm=x\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize("answer,status,words", [
    (LOCKED, 502, "user and password"),
    (b"\x00\x01garbage\r\n\r\n", 502, ""),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nab",
     502, ""),
    (b"", 502, "without an answer"),
    (response(b"no", "503 Busy"), 503, None),
], ids=["407", "garbage", "two lengths", "closes", "503"])
def test_plain_answers(sluice, proxy, raw, answer, status, words):
    p = proxy(lambda head: answer if answer else _close())
    s = sluice(*upstream(p), "--format", "json")
    r = get(raw(s.port), "http://far.test/")
    assert r.status == status
    if words is not None:
        assert words.encode() in r.body
        assert s.wait_flow(lambda f: words in (f["error"] or ""))


def _close():
    raise OSError


@pytest.mark.parametrize("answer,words", [
    (LOCKED, "refused to connect: 407"),
    (b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "403 No"),
    (b"SSH-2.0-x\r\n\r\n", ""),
    (b"", "without an answer"),
    (b"HTTP/1.1 101 Switching\r\n\r\n", ""),
    (b"HTTP/1.1 200 " + b"x" * 300000 + b"\r\n\r\n", ""),
], ids=["407", "403", "garbage", "closes", "101", "endless"])
def test_connect_answers(sluice, certs, proxy, raw, answer, words):
    p = proxy(lambda head: answer if answer else _close())
    s = sluice(*upstream(p), "--format", "json", "-o", "connect_timeout=2s")
    c = raw(s.port).connect("far.test:443")
    c.start_tls(client_context(s.ca), "far.test")
    c.send("GET /x HTTP/1.1\r\nHost: far.test\r\n\r\n")
    r = c.get()
    assert r.status in (502, 504)
    assert words.encode() in r.body
    f = s.wait_flow(lambda f: f["url"].endswith("/x"))
    assert words in f["error"] and "the proxy 127.0.0.1" in f["error"]


def test_silent_proxy(sluice, proxy, raw):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        s = sluice("-m", "upstream:http://127.0.0.1:%d" %
                   silent.getsockname()[1], "-o", "connect_timeout=1s")
        c = raw(s.port).connect("far.test:443")
        c.start_tls(client_context(s.ca), "far.test")
        c.send("GET /x HTTP/1.1\r\nHost: far.test\r\n\r\n")
        assert c.get().status == 504


def test_refused_proxy(sluice, raw):
    s = sluice("-m", "upstream:http://127.0.0.1:%d" % free_port())
    r = get(raw(s.port), "http://far.test/")
    assert r.status == 502 and b"the proxy 127.0.0.1" in r.body


def test_proxy_is_itself(sluice, raw):
    port = free_port()
    sluice("-m", "upstream:http://127.0.0.1:%d" % port,
           listen="127.0.0.1:%d" % port)
    assert get(raw(port), "http://far.test/").status == 508


def test_tls_to_the_proxy(sluice, origin, certs, proxy, raw):
    """TLS within TLS; and plain requests in absolute form within it."""
    o = origin(context=certs.server_context())
    p = proxy(lambda head: OK if head.startswith("GET") else None,
              context=certs.server_context())
    s = sluice(*upstream(p, "https"), "--upstream-ca", certs.root)
    assert get(raw(s.port), "http://far.test/p").status == 200
    assert p.heads[0].startswith("GET http://far.test/p ")
    c = raw(s.port).connect("127.0.0.1:%d" % o.port)
    c.start_tls(client_context(s.ca), "one.localhost")
    for n in range(3):
        c.send("POST /in HTTP/1.1\r\nHost: one.localhost\r\n"
               "Content-Length: 300000\r\n\r\n" + "x" * 300000)
        assert c.get().status == 200
        assert len(o.next_request().body) == 300000
    assert o.connections == 1


def test_large_answer_through_tls_proxy(sluice, origin, certs, proxy, raw):
    body = bytes(range(256)) * 40000
    o = origin(lambda r, st: response(body), context=certs.server_context())
    p = proxy(lambda head: None, context=certs.server_context())
    s = sluice(*upstream(p, "https"), "--upstream-ca", certs.root)
    c = raw(s.port).connect("127.0.0.1:%d" % o.port)
    c.start_tls(client_context(s.ca), "one.localhost")
    c.send("GET /big HTTP/1.1\r\nHost: one.localhost\r\n\r\n")
    assert c.get().body == body


def test_proxy_with_a_strange_certificate(sluice, certs, proxy, raw):
    p = proxy(lambda head: OK, context=certs.server_context())
    s = sluice(*upstream(p, "https"))
    r = get(raw(s.port), "http://far.test/")
    assert r.status == 502 and b"not trusted" in r.body
    assert not p.heads
    s = sluice(*upstream(p, "https"), "-k")
    assert get(raw(s.port), "http://far.test/").status == 200


def test_proxy_without_tls(sluice, proxy, raw):
    with socket.create_server(("127.0.0.1", 0)) as plain:
        s = sluice("-m", "upstream:https://127.0.0.1:%d" %
                   plain.getsockname()[1])
        c = raw(s.port)
        c.send("GET http://far.test/ HTTP/1.1\r\nHost: x\r\n\r\n")
        peer, _ = plain.accept()
        with peer:
            peer.recv(10)
            peer.sendall(LOCKED)
            r = c.get()
    assert r.status == 502 and b"TLS with the proxy" in r.body
