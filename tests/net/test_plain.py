# SPDX-License-Identifier: MIT
"""Plain HTTP through the proxy: what the origin receives, what the client
gets, and how many connections it takes."""

import hashlib
import os
import threading

import pytest

from harness import OK, Origin, WAIT, response, until


def test_get_becomes_origin_form(sluice, origin, raw):
    o, s = origin(), sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/a/b?c=d HTTP/1.1\r\n"
           "Host: 127.0.0.1:%d\r\nX-Odd-Case: yes\r\n"
           "Proxy-Connection: keep-alive\r\n\r\n" % (o.port, o.port))
    r = c.get()
    assert (r.status, r.body) == (200, b"hello\n")
    q = o.next_request()
    assert q.line == "GET /a/b?c=d HTTP/1.1"
    assert q.all("Host") == ["127.0.0.1:%d" % o.port]
    assert ("X-Odd-Case", "yes") in q.fields
    assert q.get("Proxy-Connection") is None
    assert "GET http://127.0.0.1:%d/a/b?c=d 200" % o.port in \
        s.wait_line("/a/b?c=d")


def test_host_comes_from_the_absolute_form(sluice, origin, raw):
    o, s = origin(), sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d HTTP/1.1\r\nHost: evil.example\r\n\r\n"
           % o.port)
    assert c.get().status == 200
    q = o.next_request()
    assert q.target == "/"
    assert q.all("Host") == ["127.0.0.1:%d" % o.port]


def test_post_body_arrives_exactly(sluice, origin, raw):
    o, s = origin(), sluice()
    c = raw(s.port)
    body = bytes(range(256))
    c.send(b"POST http://127.0.0.1:%d/p HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
           b"Content-Length: 256\r\n\r\n" % (o.port, o.port) + body)
    assert c.get().status == 200
    q = o.next_request()
    assert q.line == "POST /p HTTP/1.1"
    assert q.body == body
    assert q.all("Content-Length") == ["256"]


def test_field_order_spelling_and_repeats_survive(sluice, origin, raw):
    def answer(q, stream):
        return (b"HTTP/1.1 200 Fine By Me\r\nSet-Cookie: a=1\r\nx-b: 2\r\n"
                b"Set-Cookie: b=2\r\nContent-Length: 0\r\n\r\n")
    o, s = origin(answer), sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
           "Cookie: x\r\nzZ: 1\r\ncookie: y\r\n\r\n" % (o.port, o.port))
    r = c.get()
    assert r.line == "HTTP/1.1 200 Fine By Me"
    own = [f for f in r.fields if f[0] in ("Set-Cookie", "x-b")]
    assert own == [("Set-Cookie", "a=1"), ("x-b", "2"), ("Set-Cookie", "b=2")]
    q = o.next_request()
    own = [f for f in q.fields if f[0].lower() in ("cookie", "zz")]
    assert own == [("Cookie", "x"), ("zZ", "1"), ("cookie", "y")]


def test_unknown_method(sluice, origin, raw):
    o, s = origin(), sluice()
    c = raw(s.port)
    c.send("QUERY http://127.0.0.1:%d/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
           "Content-Length: 2\r\n\r\nhi" % (o.port, o.port))
    assert c.get().status == 200
    q = o.next_request()
    assert (q.method, q.body) == ("QUERY", b"hi")


def test_keep_alive_on_both_sides(sluice, origin, raw):
    o, s = origin(), sluice()
    c = raw(s.port)
    for i in range(5):
        c.send("GET http://127.0.0.1:%d/%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
               "\r\n" % (o.port, i, o.port))
        assert c.get().status == 200
    assert [q.target for q in o.requests] == ["/0", "/1", "/2", "/3", "/4"]
    assert o.connections == 1


def test_two_origins_take_a_connection_each(sluice, origin, raw):
    a, b, s = origin(), origin(), sluice()
    c = raw(s.port)
    for o in (a, b):
        c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
               "\r\n" % (o.port, o.port))
        assert c.get().status == 200
    assert (a.connections, b.connections) == (1, 1)


def test_server_closes_between_requests(sluice, origin, raw):
    def answer(q, stream):
        stream.sock.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
                            b"Content-Length: 2\r\n\r\nok")
        raise Origin.Close
    o, s = origin(answer), sluice()
    c = raw(s.port)
    for _ in range(3):
        c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
               "\r\n" % (o.port, o.port))
        r = c.get()
        assert (r.status, r.body) == (200, b"ok")
        if (r.get("Connection") or "").lower() == "close":
            c = raw(s.port)
    assert o.connections == 3


def test_http_1_0_client(sluice, origin, raw):
    o, s = origin(), sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/old HTTP/1.0\r\n\r\n" % o.port)
    r = c.get()
    assert (r.status, r.body) == (200, b"hello\n")
    assert c.is_at_end()
    assert o.next_request().get("Host") == "127.0.0.1:%d" % o.port


def test_pipelined_requests_are_answered_in_order(sluice, origin, raw):
    o = origin(lambda q, stream: response(q.target.encode()))
    s = sluice()
    c = raw(s.port)
    c.send("".join(
        "GET http://127.0.0.1:%d/%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
        % (o.port, i, o.port) for i in range(8)))
    assert [c.get().body for _ in range(8)] == \
        [b"/%d" % i for i in range(8)]


def test_head(sluice, origin, raw):
    o = origin(lambda q, stream:
               b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
               if q.method == "HEAD" else OK)
    s = sluice()
    c = raw(s.port)
    c.send("HEAD http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    r = c.get("HEAD")
    assert (r.status, r.get("Content-Length")) == (200, "1000")
    # The connection is still in step.
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    assert c.get().body == b"hello\n"
    assert o.connections == 1


@pytest.mark.parametrize("head", [
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n",
], ids=["204", "304", "304-with-length"])
def test_answers_without_a_body(sluice, origin, raw, head):
    o = origin(lambda q, stream: head if q.target == "/empty" else OK)
    s = sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/empty HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    assert c.get().status == int(head[9:12])
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    assert c.get().body == b"hello\n"
    assert o.connections == 1


def test_chunked_answer_with_trailers(sluice, origin, raw):
    o = origin(lambda q, stream:
               b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
               b"Trailer: X-Sum\r\n\r\n"
               b"5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nX-Sum: 42\r\n\r\n")
    s = sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n"
           "\r\n" % o.port)
    r = c.get()
    assert r.body == b"hello world"
    assert r.get("Content-Length") is None
    assert r.trailers == b"X-Sum: 42\r\n"


def test_chunked_request_with_trailers(sluice, origin, raw):
    o, s = origin(), sluice()
    c = raw(s.port)
    c.send("POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
           "Transfer-Encoding: chunked\r\n\r\n"
           "3\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Sum: 42\r\n\r\n" % o.port)
    assert c.get().status == 200
    q = o.next_request()
    assert q.body == b"abc0123456789"
    assert q.all("Content-Length") == []
    assert q.trailers == b"X-Sum: 42\r\n"


def test_close_delimited_answer(sluice, origin, raw):
    def answer(q, stream):
        stream.sock.sendall(b"HTTP/1.1 200 OK\r\n\r\nuntil the end")
        raise Origin.Close
    o, s = origin(answer), sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    assert c.get().body == b"until the end"


def test_cut_off_answer_is_not_passed_off_as_whole(sluice, origin, raw):
    def answer(q, stream):
        stream.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
                            b"only this")
        raise Origin.Close
    o, s = origin(answer), sluice("--format", "json")
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/cut HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    with pytest.raises((AssertionError, ConnectionResetError)):
        c.get()
    assert s.wait_flow(lambda f: f["url"].endswith("/cut"))["error"]


def test_expect_100_continue_is_the_servers_to_answer(sluice, origin, raw):
    asked = threading.Event()

    def before_body(q, stream):
        asked.set()
        stream.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    o = origin(before_body=before_body)
    s = sluice()
    c = raw(s.port)
    c.send("POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
           "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n" % o.port)
    assert c.get().status == 100
    c.send("data")
    assert c.get().status == 200
    assert asked.is_set()
    assert o.next_request().body == b"data"


def test_expectation_refused_by_the_server(sluice, origin, raw):
    def before_body(q, stream):
        stream.sock.sendall(b"HTTP/1.1 417 Expectation Failed\r\n"
                            b"Content-Length: 0\r\nConnection: close\r\n\r\n")
        raise Origin.Close
    o, s = origin(before_body=before_body), sluice()
    c = raw(s.port)
    c.send("POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
           "Content-Length: 400000\r\nExpect: 100-continue\r\n\r\n" % o.port)
    assert c.get().status == 417


def test_interim_answers_are_passed_on(sluice, origin, raw):
    o = origin(lambda q, stream:
               b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n"
               b"\r\n" + OK)
    s = sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    r = c.get()
    assert (r.status, r.get("Link")) == (103, "</a.css>; rel=preload")
    assert c.get().body == b"hello\n"


def test_chunks_arrive_as_they_come(sluice, origin, raw):
    seen = threading.Event()
    late = []

    def answer(q, stream):
        stream.sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"
                            b"\r\n\r\n5\r\nfirst\r\n")
        # The second one is not sent before the client has the first.
        late.append(seen.wait(WAIT))
        stream.sock.sendall(b"6\r\nsecond\r\n0\r\n\r\n")
    o, s = origin(answer), sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    c.get_head()
    assert c.stream.until(b"first\r\n").endswith(b"5\r\nfirst\r\n")
    seen.set()
    assert c.stream.chunked()[0] == b"second"
    assert late == [True]


def test_request_body_is_streamed_too(sluice, origin, raw):
    got = threading.Event()

    def before_body(q, stream):
        stream.pending = stream.pending or stream.sock.recv(1)
        got.set()
    o, s = origin(before_body=before_body), sluice()
    c = raw(s.port)
    c.send("POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
           "Content-Length: 10\r\n\r\nfirst" % o.port)
    assert got.wait(WAIT), "the origin saw nothing before the last byte"
    c.send("after")
    assert c.get().status == 200
    assert o.next_request().body == b"firstafter"


def digest(data):
    return hashlib.sha256(data).hexdigest()


def test_large_upload(sluice, origin, raw):
    o, s = origin(), sluice()
    body = os.urandom(3 * 1024 * 1024 + 17)
    c = raw(s.port)
    c.send(b"PUT http://127.0.0.1:%d/up HTTP/1.1\r\nHost: a\r\n"
           b"Content-Length: %d\r\n\r\n" % (o.port, len(body)) + body)
    assert c.get().status == 200
    assert digest(o.next_request().body) == digest(body)


def test_large_download(sluice, origin, raw):
    body = os.urandom(3 * 1024 * 1024 + 17)
    o, s = origin(lambda q, stream: response(body)), sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/down HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    assert digest(c.get().body) == digest(body)


def test_slow_reader_gets_everything(sluice, origin, raw):
    body = os.urandom(8 * 1024 * 1024)
    sent = threading.Event()

    def answer(q, stream):
        stream.sock.sendall(response(body))
        sent.set()
    o, s = origin(answer), sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    # Another client is served while this one reads nothing.
    other = raw(s.port)
    quick = origin()
    other.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n"
               % quick.port)
    assert other.get().status == 200
    assert digest(c.get().body) == digest(body)
    assert sent.wait(WAIT)


def test_client_leaves_in_the_middle(sluice, origin, raw):
    began, gone = threading.Event(), threading.Event()

    def answer(q, stream):
        if q.target != "/slow":
            return OK
        stream.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n"
                            b"\r\nsome")
        began.set()
        gone.wait(WAIT)
        while True:         # until nobody wants it
            stream.sock.sendall(b"more" * 1000)
    o, s = origin(answer), sluice("--format", "json")
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/slow HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    assert began.wait(WAIT)
    c.get_head()
    c.close()
    # A closed client looks like a half-closed one until it is written to.
    gone.set()
    flow = s.wait_flow(lambda f: f["url"].endswith("/slow"))
    assert flow["error"]
    again = raw(s.port)
    again.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    assert again.get().status == 200
    assert s.is_alive()


def test_client_leaves_in_the_middle_of_an_upload(sluice, origin, raw):
    o, s = origin(), sluice()
    c = raw(s.port)
    c.send("POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
           "Content-Length: 1000\r\n\r\nabc" % o.port)
    until("the connection", lambda: o.connections == 1)
    c.close()
    again = raw(s.port)
    again.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    assert again.get().status == 200


def test_half_closed_client_still_gets_its_answer(sluice, origin, raw):
    import socket
    o, s = origin(), sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    c.sock.shutdown(socket.SHUT_WR)
    assert c.get().body == b"hello\n"


def test_many_clients_at_once(sluice, origin, raw):
    o = origin(lambda q, stream: response(q.target.encode()))
    s = sluice()
    clients = [raw(s.port) for _ in range(40)]
    for i, c in enumerate(clients):
        c.send("GET http://127.0.0.1:%d/%d HTTP/1.1\r\nHost: a\r\n\r\n"
               % (o.port, i))
    for i, c in enumerate(clients):
        assert c.get().body == b"/%d" % i


def test_upgrade_passes_bytes_both_ways(sluice, origin, raw):
    def answer(q, stream):
        assert q.get("Upgrade") == "echo"
        stream.sock.sendall(b"HTTP/1.1 101 Switching Protocols\r\n"
                            b"Upgrade: echo\r\nConnection: Upgrade\r\n\r\n"
                            b"welcome")
        while True:
            data = stream.sock.recv(4096)
            if not data:
                raise Origin.Close
            stream.sock.sendall(data.upper())
    o, s = origin(answer), sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ws HTTP/1.1\r\nHost: a\r\n"
           "Connection: Upgrade\r\nUpgrade: echo\r\n\r\n" % o.port)
    r = c.get_head()
    assert (r.status, r.get("Upgrade")) == (101, "echo")
    assert c.stream.exactly(7) == b"welcome"
    for word in (b"one", b"\x00\xff\x81two"):
        c.send(word)
        assert c.stream.exactly(len(word)) == word.upper()
    c.close()
    s.wait_line("/ws")


def test_head_as_long_as_the_option_allows(sluice, origin, raw):
    o, s = origin(), sluice("-o", "head_max=1MiB")
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\nX: %s\r\n\r\n"
           % (o.port, "a" * 700000))
    assert c.get().status == 200
