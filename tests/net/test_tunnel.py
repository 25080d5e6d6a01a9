# SPDX-License-Identifier: MIT
"""What may be inside of a CONNECT besides HTTPS."""

import socket
import ssl
import threading

import pytest

from harness import OK, Origin, RawClient, WAIT, client_context


def echo(q, stream):
    raise AssertionError("not HTTP")


class EchoOrigin(Origin):
    """Sends back what it gets, after a word of its own if greeting."""

    def __init__(self, greeting=b""):
        self.greeting, self.got = greeting, b""
        super().__init__(echo)

    def _talk(self, stream, number):
        if self.greeting:
            stream.sock.sendall(self.greeting)
        while True:
            data = stream.sock.recv(65536)
            if not data:
                raise self.Close
            self.got += data
            stream.sock.sendall(data)


def test_raw_bytes_pass(sluice, raw):
    o, s = EchoOrigin(), sluice()
    c = raw(s.port).connect("127.0.0.1:%d" % o.port)
    for word in (b"\x00\x01\x02 neither TLS nor HTTP", b"\xff" * 70000):
        c.send(word)
        assert c.stream.exactly(len(word)) == word
    c.close()
    s.wait_line("127.0.0.1:%d" % o.port)
    o.close()


def test_half_close_passes_through_a_tunnel(sluice, raw):
    o, s = EchoOrigin(), sluice()
    c = raw(s.port).connect("127.0.0.1:%d" % o.port)
    c.send(b"\x01last words")
    c.sock.shutdown(socket.SHUT_WR)
    assert c.stream.rest() == b"\x01last words"
    o.close()


def test_plain_http_inside_connect(sluice, origin, raw):
    o, s = origin(), sluice()
    c = raw(s.port).connect("127.0.0.1:%d" % o.port)
    for path in ("/a", "/b"):
        c.send("GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
               % (path, o.port))
        assert c.get().status == 200
        assert o.next_request().line == "GET %s HTTP/1.1" % path
    assert o.connections == 1
    s.wait_line("GET http://127.0.0.1:%d/a 200" % o.port)


def test_passed_host_keeps_its_own_certificate(sluice, origin, certs, raw):
    o = origin(context=certs.server_context())
    s = sluice("--pass", r"^one\.localhost$", "--upstream-ca", certs.root)
    c = raw(s.port).connect("one.localhost:%d" % o.port)
    c.start_tls(client_context(certs.root), "one.localhost")
    with open(certs.path("one.localhost", "pem"), encoding="ascii") as f:
        assert c.sock.getpeercert(True) == ssl.PEM_cert_to_DER_cert(f.read())
    c.send("GET / HTTP/1.1\r\nHost: one.localhost\r\nConnection: close\r\n"
           "\r\n")
    assert c.get().body == b"hello\n"
    c.close()
    # It is listed all the same, without what was in it.
    assert "GET" not in s.wait_line("one.localhost:%d" % o.port)
    # Another name is opened as ever.
    other = raw(s.port).connect("two.localhost:%d" % o.port)
    other.start_tls(client_context(s.ca), "two.localhost")


def test_pass_looks_at_the_sni_too(sluice, origin, certs, raw):
    o = origin(context=certs.server_context())
    s = sluice("--pass", "two")
    c = raw(s.port).connect("127.0.0.1:%d" % o.port)
    c.start_tls(client_context(certs.root), "two.localhost")
    c.send("GET / HTTP/1.1\r\nHost: two.localhost\r\n\r\n")
    assert c.get().status == 200


def test_client_leaves_a_tunnel(sluice, origin, raw):
    o, s = EchoOrigin(), sluice()
    c = raw(s.port).connect("127.0.0.1:%d" % o.port)
    c.send(b"\x01x")
    assert c.stream.exactly(2) == b"\x01x"
    c.close()
    c = raw(s.port).connect("127.0.0.1:%d" % o.port)
    c.close()
    plain = origin()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % plain.port)
    assert c.get().status == 200
    o.close()


def test_upgrade_inside_tls(sluice, origin, certs, raw):
    def answer(q, stream):
        stream.sock.sendall(b"HTTP/1.1 101 Switching Protocols\r\n"
                            b"Upgrade: echo\r\nConnection: Upgrade\r\n\r\n")
        while True:
            data = stream.sock.recv(4096)
            if not data:
                raise Origin.Close
            stream.sock.sendall(data[::-1])
    o = origin(answer, context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    c = raw(s.port).connect("one.localhost:%d" % o.port)
    c.start_tls(client_context(s.ca), "one.localhost")
    c.send("GET /ws HTTP/1.1\r\nHost: one.localhost\r\n"
           "Connection: Upgrade\r\nUpgrade: echo\r\n\r\n")
    assert c.get_head().status == 101
    c.send(b"\x81abc")
    assert c.stream.exactly(4) == b"cba\x81"


def test_quiet_tunnel_does_not_hold_up_others(sluice, origin, raw):
    """A client that connects and says nothing."""
    o, s = origin(), sluice()
    quiet = raw(s.port).connect("127.0.0.1:%d" % o.port)
    done = threading.Event()

    def other():
        c = RawClient(s.port)
        c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
        if c.get().body == OK[-6:]:
            done.set()
        c.close()
    threading.Thread(target=other, daemon=True).start()
    assert done.wait(WAIT)
    quiet.close()


def linger_reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    sock.close()


@pytest.mark.parametrize("who", ["server", "client"])
def test_reset_is_passed_on_as_a_reset(sluice, raw, who):
    """A FIN in its place would say that what came is all there is."""
    listener = socket.create_server(("127.0.0.1", 0))
    s = sluice("--format", "json")
    c = raw(s.port).connect("127.0.0.1:%d" % listener.getsockname()[1])
    c.send(b"\x00hello raw")
    sock, _ = listener.accept()
    assert sock.recv(100) == b"\x00hello raw"
    sock.sendall(b"some of it")
    assert c.stream.exactly(10) == b"some of it"
    near, far = (sock, c.sock) if who == "server" else (c.sock, sock)
    linger_reset(near)
    far.settimeout(WAIT)
    with pytest.raises(ConnectionResetError):
        assert far.recv(100) != b"", "an orderly end"
    flow = s.wait_flow(lambda f: f["error"])
    assert flow["state"] == "failed"
    listener.close()
