# SPDX-License-Identifier: MIT
"""What RFC 9110 and 9112 ask of a proxy, as seen by servers: an origin that
sends exactly the bytes it is told, and what the client got of them."""

import socket
import threading
import time

import pytest

from harness import Listener, OK, Origin, Sluice


class Script:
    """Accepts, reads a head, sends pieces with a pause between them, and
    closes when told to."""

    def __init__(self):
        self.listener = Listener(self._serve)
        self.port = self.listener.port
        self.pieces, self.close_after, self.way = [], False, "whole"
        self.received = []

    def _serve(self, sock, _):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data = b""
        try:
            while True:
                while b"\r\n\r\n" not in data:
                    more = sock.recv(65536)
                    if not more:
                        return
                    data += more
                head, data = data.split(b"\r\n\r\n", 1)
                self.received.append(head)
                for piece in self.pieces:
                    self._send(sock, piece)
                if self.close_after:
                    return
        except OSError:
            pass
        finally:
            sock.close()

    def _send(self, sock, piece):
        if isinstance(piece, float):
            time.sleep(piece)
        elif self.way == "whole":
            sock.sendall(piece)
        else:
            for i in range(len(piece)):
                sock.sendall(piece[i:i + 1])


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    s = Sluice(tmp_path_factory.mktemp("conf"), "--format", "json")
    yield s
    s.stop()


@pytest.fixture(params=["whole", "bytes"])
def get(request, program, raw):
    """get(pieces) -> (client, script, its flows) after one GET."""
    scripts = []

    def one(*pieces, close=False, method="GET", version="HTTP/1.1"):
        script = Script()
        scripts.append(script)
        script.pieces, script.close_after = pieces, close
        script.way = request.param
        c = raw(program.port)
        flows = program.flows_of(c.sock)
        c.send("%s http://127.0.0.1:%d/ %s\r\nHost: a\r\n\r\n"
               % (method, script.port, version))
        return c, script, flows
    yield one
    for script in scripts:
        script.listener.close()


def again(c, script, method="GET"):
    c.send("%s http://127.0.0.1:%d/again HTTP/1.1\r\nHost: a\r\n\r\n"
           % (method, script.port))


def test_blank_before_the_colon_is_removed(get):
    c, _, _ = get(b"HTTP/1.1 200 OK\r\nContent-Length : 5\r\nX : y\r\n\r\n"
                  b"hello")
    r = c.get()
    assert (r.status, r.body, r.get("X")) == (200, b"hello", "y")
    assert b" :" not in r.head


BAD = {
    "HTTP/2": b"HTTP/2 200\r\n\r\n",
    "ICY": b"ICY 200 OK\r\n\r\n",
    "0.9": b"<html>hello</html>",
    "no status": b"HTTP/1.1\r\n\r\n",
    "status of two": b"HTTP/1.1 99\r\n\r\n",
    "status of four": b"HTTP/1.1 1000 x\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
                   b"Content-Length: 2\r\n\r\nab",
    "strange length": b"HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\na",
    "bare CR": b"HTTP/1.1 200 OK\r\nX: \rContent-Length: 1\r\n\r\n",
    "NUL": b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
    "blank in a name": b"HTTP/1.1 200 OK\r\nX Y: 1\r\n\r\n",
    "chunked twice": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked"
                     b"\r\n\r\n0\r\n\r\n",
    "unknown coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: zip\r\n\r\nx",
    "head too long": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200000,
    "not asked for 101": b"HTTP/1.1 101 S\r\nUpgrade: x\r\n\r\n",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_answers_become_502(get, name):
    c, script, flows = get(BAD[name])
    r = c.get()
    assert r.status == 502, r.line
    assert b"<h1>502" in r.body
    flow = flows.wait_flow(lambda f: f["error"])
    assert flow["state"] == "failed"


def test_identical_lengths_are_one(get):
    c, script, _ = get(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                       b"Content-Length: 2\r\n\r\nab")
    r = c.get()
    assert r.body == b"ab"
    assert r.head.count(b"Content-Length") == 1


def test_length_and_chunked_is_chunked_and_the_last(get):
    c, script, _ = get(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
                       b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"
                       b"\r\n")
    r = c.get()
    assert r.body == b"ab"
    assert r.get("Content-Length") is None
    again(c, script)
    assert c.get().status == 200
    # That server's connection was not trusted any more.
    assert script.listener.connections == 2


@pytest.mark.parametrize("interims", [
    [b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"],
    [b"HTTP/1.1 100 Continue\r\n\r\n"],
    [b"HTTP/1.1 102 P\r\n\r\n", b"HTTP/1.1 103 E\r\nX: 1\r\n\r\n",
     b"HTTP/1.1 199 Q\r\n\r\n"]])
def test_interim_answers_in_order(get, interims):
    c, _, _ = get(*interims, OK)
    got = [c.get().status for _ in range(len(interims) + 1)]
    want = [int(i.split()[1]) for i in interims] + [200]
    assert got == want


def test_interim_answers_are_not_for_http_1_0(get):
    c, _, _ = get(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK,
                  version="HTTP/1.0")
    assert c.get().status == 200


def test_interim_with_a_length_does_not_shift_the_next(get):
    c, _, _ = get(b"HTTP/1.1 103 E\r\nContent-Length: 5\r\n\r\n" + OK)
    assert [c.get().status, c.get().body] == [103, b"hello\n"]


@pytest.mark.parametrize("head", [
    b"HTTP/1.1 204 N\r\nContent-Length: 5\r\n\r\n",
    b"HTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\n",
    b"HTTP/1.1 304 N\r\nTransfer-Encoding: chunked\r\n\r\n"])
def test_no_body_where_none_can_be(get, head):
    """And a length stays, as told of what is not there."""
    c, script, _ = get(head)
    first = c.get()
    assert first.status in (204, 304)
    assert first.get("Content-Length") == (
        "5" if b"Content-Length" in head else None)
    script.pieces = [OK]
    again(c, script)
    assert c.get().body == b"hello\n"


def test_head_keeps_the_length(get):
    c, script, _ = get(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n",
                       method="HEAD")
    assert c.get("HEAD").get("Content-Length") == "500"
    script.pieces = [OK]
    again(c, script)
    assert c.get().body == b"hello\n"
    assert script.listener.connections == 1


def test_close_delimited(get):
    c, _, flows = get(b"HTTP/1.1 200 OK\r\n\r\nhel", 0.05, b"lo", close=True)
    assert c.get().body == b"hello"
    assert flows.wait_flow(lambda f: f["status"] == 200)["state"] == "done"


@pytest.mark.parametrize("cut", [
    b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n0\r\n"])
def test_cut_answers_are_errors(get, cut):
    c, _, flows = get(cut, close=True)
    with pytest.raises((AssertionError, ConnectionResetError, ValueError)):
        c.get()
    assert flows.wait_flow(lambda f: f["error"])["state"] == "failed"


@pytest.mark.parametrize("extra", [b"EXTRA", OK])
def test_more_than_was_asked_for_is_dropped(get, extra):
    c, script, _ = get(OK + extra)
    assert c.get().body == b"hello\n"
    time.sleep(0.05)
    script.pieces = [b"HTTP/1.1 201 Mine\r\nContent-Length: 0\r\n\r\n"]
    again(c, script)
    assert c.get().status == 201
    assert script.listener.connections == 2


@pytest.mark.parametrize("body", [
    b"1\nx\n0\n\n", b"1\r\nxYZ0\r\n\r\n", b"zz\r\n", b"ffffffffffffffff1\r\n"])
def test_bad_chunks_of_a_server(get, body):
    c, _, flows = get(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + body, close=True)
    flow = flows.wait_flow(lambda f: f["error"])
    assert flow["state"] == "failed"


def test_chunked_becomes_plain_for_http_1_0(get):
    c, _, _ = get(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                  b"3\r\nabc\r\n0\r\n\r\n", version="HTTP/1.0")
    r = c.get_head()
    assert r.get("Transfer-Encoding") is None
    assert c.stream.rest() == b"abc"


def test_trailers_pass(get):
    c, _, _ = get(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                  b"Trailer: T\r\n\r\n3\r\nabc\r\n0\r\nT: v\r\n"
                  b"Content-Length: 9\r\n\r\n")
    r = c.get()
    assert r.body == b"abc"
    assert r.trailers == b"T: v\r\n"


def test_reason_of_any_bytes_passes(get):
    c, _, _ = get(b"HTTP/1.1 200 \xe4\xff ok\r\nContent-Length: 0\r\n\r\n")
    assert c.get().head.startswith(b"HTTP/1.1 200 \xe4\xff ok\r\n")


def test_fields_arrive_as_they_were_sent(get):
    c, _, _ = get(b"HTTP/1.1 200 OK\r\nsET-cookie: a=1\r\nB:2\r\n"
                  b"Set-Cookie:   b=2  \r\nContent-length: 0\r\n\r\n")
    lines = c.get().head.split(b"\r\n")[1:]
    assert [l.split(b":")[0] for l in lines if l][:4] == [
        b"sET-cookie", b"B", b"Set-Cookie", b"Content-length"]
    assert lines[2] == b"Set-Cookie: b=2"


def test_post_is_not_sent_twice(program, raw):
    """A connection that dies after it was used: GET goes again, POST not."""
    seen = []

    def answer(q, stream):
        seen.append(q.method)
        if len(seen) > 1:
            raise Origin.Close
        return OK
    o = Origin(answer)
    c = raw(program.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    assert c.get().status == 200
    c.send("POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
           "Content-Length: 1\r\n\r\nx" % o.port)
    assert c.get().status == 502
    time.sleep(0.1)
    assert seen == ["GET", "POST"]
    o.close()


def test_early_answer_reaches_a_client_that_still_sends(program, raw):
    def before(q, stream):
        stream.sock.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n"
                            b"Connection: close\r\n\r\nnope")
        raise Origin.Close
    o = Origin(before_body=before)
    c = raw(program.port)
    c.send("PUT http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
           "Content-Length: 3000000\r\n\r\n" % o.port)
    sent = threading.Thread(target=lambda: _try_send(c, b"x" * 3000000),
                            daemon=True)
    sent.start()
    r = c.get()
    assert (r.status, r.body) == (413, b"nope")
    o.close()


def _try_send(c, data):
    try:
        c.sock.sendall(data)
    except OSError:
        pass
