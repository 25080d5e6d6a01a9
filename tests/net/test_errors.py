# SPDX-License-Identifier: MIT
"""Bad input: answered, listed with a reason, and survived."""

import socket

import pytest

from harness import OK, Origin, free_port


def still_works(s, o, raw):
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    assert c.get().status == 200


def test_refused_server(sluice, raw):
    s, port = sluice("--format", "json"), free_port()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/r HTTP/1.1\r\nHost: a\r\n\r\n" % port)
    r = c.get()
    assert r.status == 502
    assert b"refused" in r.body.lower()
    assert r.get("Content-Length") == str(len(r.body))
    assert "text/html" in r.get("Content-Type")
    flow = s.wait_flow(lambda f: f["url"].endswith("/r"))
    assert "refused" in flow["error"].lower()


def test_unresolvable_server(sluice, raw):
    s = sluice("--format", "json")
    c = raw(s.port)
    c.send("GET http://nope.invalid/r HTTP/1.1\r\nHost: nope.invalid\r\n\r\n")
    r = c.get()
    assert r.status == 502
    assert b"nope.invalid" in r.body
    assert s.wait_flow(lambda f: f["url"].endswith("/r"))["error"]


MALFORMED = {
    "no-version": b"GET http://127.0.0.1:%d/\r\n\r\n",
    "garbage": b"\x01\x02\x03garbage\r\n\r\n",
    "bad-version": b"GET http://127.0.0.1:%d/ HTTP/x.1\r\nHost: a\r\n\r\n",
    "no-scheme": b"GET /only/a/path HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n",
    "space-before-colon":
        b"GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost : a\r\n\r\n",
    "space-in-name":
        b"GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\nX Y: 1\r\n\r\n",
    "bare-cr":
        b"GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
    "nul": b"GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
    "two-lengths":
        b"POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
        b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length-and-chunked":
        b"POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "negative-length":
        b"POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
        b"Content-Length: -1\r\n\r\n",
    "unknown-coding":
        b"POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
        b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "two-hosts":
        b"GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_request(sluice, origin, raw, name):
    o, s = origin(), sluice("--format", "json")
    text = MALFORMED[name]
    c = raw(s.port)
    c.send(text % o.port if b"%d" in text else text)
    r = c.get()
    assert r.status in (400, 501, 505)
    assert r.status == 400 or name in ("unknown-coding", "bad-version")
    assert c.is_at_end()
    assert s.wait_flow(lambda f: f.get("error"))["error"]
    assert o.requests == []
    still_works(s, o, raw)


def test_folded_field_is_joined(sluice, origin, raw):
    o, s = origin(), sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nX: a\r\n  b\r\nHost: a\r\n"
           "\r\n" % o.port)
    assert c.get().status == 200
    q = o.next_request()
    assert b"\r\n " not in q.head and b"\r\n\t" not in q.head
    assert q.get("X").split() == ["a", "b"]


@pytest.mark.parametrize("authority", [
    "", "nohost", "host:", ":443", "host:99999", "host:0", "host:443/path",
    "user@host:443", "ho st:443", "http://host:443/"])
def test_connect_garbage(sluice, raw, authority):
    s = sluice("--format", "json")
    c = raw(s.port)
    c.send("CONNECT %s HTTP/1.1\r\nHost: x\r\n\r\n" % authority)
    assert c.get().status == 400
    assert s.wait_flow(lambda f: f.get("error"))["error"]


def test_head_too_large(sluice, raw):
    s = sluice("--format", "json")
    c = raw(s.port)
    c.send("GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: a\r\nX: %s\r\n\r\n"
           % ("a" * 200000))
    assert c.get().status == 431


def test_too_many_fields(sluice, raw):
    s = sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: a\r\n%s\r\n"
           % ("X: 1\r\n" * 2000))
    assert c.get().status == 431


BAD_ANSWERS = {
    "garbage": b"this is not HTTP\r\n\r\n",
    "empty": b"",
    "two-lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
                   b"Content-Length: 2\r\n\r\nab",
    "bad-length": b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    "huge-head": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_bad_answer(sluice, origin, raw, name):
    def answer(q, stream):
        if q.target != "/bad":
            return OK
        stream.sock.sendall(BAD_ANSWERS[name])
        raise Origin.Close
    o, s = origin(answer), sluice("--format", "json")
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/bad HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    assert c.get().status == 502
    assert s.wait_flow(lambda f: f["url"].endswith("/bad"))["error"]
    still_works(s, o, raw)


def test_page_echoes_nothing_dangerous(sluice, raw):
    s = sluice()
    c = raw(s.port)
    c.send("GET http://a.invalid/<script>alert(1)</script> HTTP/1.1\r\n"
           "Host: a.invalid\r\nX: <script>\r\n\r\n")
    r = c.get()
    assert r.status in (400, 502)
    assert b"<script>" not in r.body
    assert "default-src 'none'" in r.get("Content-Security-Policy")
    assert r.get("Cache-Control") == "no-store"


def test_loop_to_itself(sluice, raw):
    s = sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: %s\r\n\r\n"
           % (s.port, s.proxy))
    assert c.get().status == 508


def test_control_bytes_never_reach_the_lines(sluice, origin, raw):
    o = origin(lambda q, stream:
               b"HTTP/1.1 200 \x9b31m\xe2\x80\xae\r\nContent-Type: "
               b"a/\xc2\x9bb\r\nContent-Length: 0\r\n\r\n"
               if q.target != "/" else OK)
    s = sluice()
    c = raw(s.port)
    c.send(b"GET http://127.0.0.1:%d/\xe2\x80\xae\xc2\x9b31mx HTTP/1.1\r\n"
           b"Host: a\r\n\r\n" % o.port)
    c.get()
    still_works(s, o, raw)
    s.wait_line("127.0.0.1:%d/ 200" % o.port)
    for line in s.out:
        assert not any(ord(ch) < 32 or 127 <= ord(ch) < 160 or
                       0x202a <= ord(ch) <= 0x202e for ch in line), repr(line)


def test_connections_that_say_nothing(sluice, origin, raw):
    o, s = origin(), sluice()
    for _ in range(20):
        socket.create_connection(("127.0.0.1", s.port)).close()
    still_works(s, o, raw)
