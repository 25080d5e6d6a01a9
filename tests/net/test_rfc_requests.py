# SPDX-License-Identifier: MIT
"""What RFC 9110 and 9112 ask of a proxy, as seen by clients: each test sends
bytes and looks at what the origin received and what came back.  Every case
is also sent in pieces of one byte."""

import time

import pytest

from harness import OK, Origin, Sluice, free_port, response, until

# Whole, and in single bytes.
WAYS = ["whole", "bytes"]


def send(c, text, way):
    data = text if isinstance(text, bytes) else text.encode("latin-1")
    if way == "whole":
        c.send(data)
        return
    for i in range(len(data)):
        c.sock.sendall(data[i:i + 1])
        if i % 16 == 0:
            time.sleep(0.0005)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """One program and one origin for all of these."""
    o = Origin()
    s = Sluice(tmp_path_factory.mktemp("conf"), "--format", "json")
    yield s, o
    o.close()
    s.stop()


@pytest.fixture
def ask(pair, raw):
    """ask(request) -> (client, origin, its flows); @O is the origin's
    address."""
    s, o = pair
    o.requests.clear()
    o.arrived.queue.clear()

    def one(text, way="whole"):
        c = raw(s.port)
        flows = s.flows_of(c.sock)
        send(c, text.replace("@O", "127.0.0.1:%d" % o.port), way)
        return c, o, flows
    return one


def statuses(c, count):
    return [c.get().status for _ in range(count)]


# ------------------------------------------------------------ 9110 7.6.1, 7.6.3


@pytest.mark.parametrize("way", WAYS)
def test_connection_options_are_removed(ask, way):
    c, o, _ = ask(
        "GET http://@O/ HTTP/1.1\r\nHost: @O\r\nConnection: X-Foo, x-bar\r\n"
        "Connection: X-Baz\r\nX-Foo: 1\r\nX-BAR: 2\r\nX-Baz: 3\r\n"
        "Keep-Alive: 5\r\nProxy-Connection: keep-alive\r\nTE: gzip\r\n"
        "Proxy-Authorization: Basic eA==\r\nX-Keep: y\r\n\r\n", way)
    assert c.get().status == 200
    q = o.next_request()
    for name in ("X-Foo", "X-Bar", "X-Baz", "Keep-Alive", "TE",
                 "Proxy-Connection", "Proxy-Authorization"):
        assert q.get(name) is None, name
    assert q.get("X-Keep") == "y"
    assert q.get("Via") is None


def test_connection_cannot_remove_host_or_length(ask):
    c, o, _ = ask(
        "POST http://@O/ HTTP/1.1\r\nHost: @O\r\nConnection: Host, "
        "Content-Length, close\r\nContent-Length: 3\r\n\r\nabc")
    assert c.get().status == 200
    q = o.next_request()
    assert q.body == b"abc"
    assert q.get("Host") == "127.0.0.1:%d" % o.port


# --------------------------------------------------------------- 9112 3.2: Host


@pytest.mark.parametrize("way", WAYS)
def test_host_is_made_from_the_target(ask, way):
    c, o, _ = ask("GET http://@O/ HTTP/1.1\r\nHost: evil.test\r\n\r\n", way)
    assert c.get().status == 200
    assert o.next_request().all("Host") == ["127.0.0.1:%d" % o.port]


@pytest.mark.parametrize("fields", [
    "Host: @O\r\nHost: b\r\n", "Host: a b\r\n", "Host: a/b\r\n",
    "Host: a,b\r\n", "Host: u@h\r\n"])
def test_bad_hosts(ask, fields):
    c, o, flows = ask("GET http://@O/ HTTP/1.1\r\n%s\r\n" % fields)
    assert c.get().status == 400
    assert o.requests == []
    flows.wait_flow(lambda f: f["error"])


def test_origin_form_without_host(ask):
    c, _, _ = ask("GET / HTTP/1.1\r\n\r\n")
    assert c.get().status == 400


# ---------------------------------------------------------------- 9112 6: length

POST = "POST http://@O/ HTTP/1.1\r\nHost: @O\r\n"

BAD_FRAMING = {
    "length and chunked":
        POST + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\nG",
    "chunked and length":
        POST + "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n"
        "0\r\n\r\nG",
    "two lengths": POST + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "two lengths in one": POST + "Content-Length: 1, 2\r\n\r\nab",
    "plus": POST + "Content-Length: +1\r\n\r\nx",
    "minus": POST + "Content-Length: -1\r\n\r\nx",
    "hex": POST + "Content-Length: 0x1\r\n\r\nx",
    "blank inside": POST + "Content-Length: 1 2\r\n\r\nx",
    "empty": POST + "Content-Length:\r\n\r\nx",
    "too large": POST + "Content-Length: 99999999999999999999\r\n\r\nx",
    "2^63": POST + "Content-Length: 9223372036854775808\r\n\r\nx",
    "unknown coding": POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "identity": POST + "Transfer-Encoding: identity\r\n\r\n",
    "chunked twice":
        POST + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunked twice in two":
        POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"
        "\r\n0\r\n\r\n",
    "chunked not last":
        POST + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "chunked in 1.0":
        "POST http://@O/ HTTP/1.0\r\nHost: @O\r\nTransfer-Encoding: chunked"
        "\r\n\r\n0\r\n\r\n",
    "quoted chunked":
        POST + 'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "vertical tab":
        POST + "Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "blank before the colon":
        POST + "Content-Length : 1\r\n\r\nx",
    "blank before the colon of TE":
        POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "bare CR":
        POST + "X: \rxTransfer-Encoding: chunked\r\n\r\n1\r\nA\r\n0\r\n\r\n",
    "NUL": POST + "X: a\0b\r\nContent-Length: 0\r\n\r\n",
    "blank in a name": POST + "X Y: 1\r\nContent-Length: 0\r\n\r\n",
    "no colon": POST + "nothing\r\nContent-Length: 0\r\n\r\n",
    "empty name": POST + ": x\r\nContent-Length: 0\r\n\r\n",
    "folded TE":
        POST + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "folded length": POST + "Content-Length:\r\n 1\r\n\r\nx",
    "blank line first":
        "GET http://@O/ HTTP/1.1\r\n X: 1\r\nHost: @O\r\n\r\n",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", BAD_FRAMING)
def test_ambiguous_requests_are_refused(ask, name, way):
    c, o, flows = ask(BAD_FRAMING[name], way)
    r = c.get()
    assert r.status in (400, 501), r.line
    assert (r.get("Connection") or "").lower() == "close"
    assert c.is_at_end()
    assert o.requests == []
    assert flows.wait_flow(lambda f: f["error"])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fields", [
    "Content-Length: 3\r\nContent-Length: 3\r\n", "Content-Length: 3, 3\r\n",
    "Content-Length:3\t\r\n", "Content-Length: 0003\r\n"])
def test_one_length_told_twice_is_one(ask, fields, way):
    c, o, _ = ask(POST + fields + "\r\nabc", way)
    assert c.get().status == 200
    q = o.next_request()
    assert q.body == b"abc"
    assert q.all("Content-Length") in (["3"], ["0003"])


# --------------------------------------------------------------- 9112 2.2, 5.2


@pytest.mark.parametrize("way", WAYS)
def test_empty_lines_before_a_request(ask, way):
    c, o, _ = ask("\r\n\r\nGET http://@O/ HTTP/1.1\r\nHost: @O\r\n\r\n", way)
    assert c.get().status == 200


@pytest.mark.parametrize("way", WAYS)
def test_folded_field_becomes_one_line(ask, way):
    c, o, _ = ask("GET http://@O/ HTTP/1.1\r\nHost: @O\r\nX: 1\r\n\t 2\r\n"
                  "\r\n", way)
    assert c.get().status == 200
    assert "\n" not in o.next_request().get("X")


# ------------------------------------------------------------ 9112 7.1: chunked

CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("way", WAYS)
def test_chunk_extensions_are_dropped(ask, way):
    c, o, _ = ask(CHUNKED + "1;a=b;c=\"d\"\r\nx\r\n002\r\nyz\r\n0;e\r\n\r\n",
                  way)
    assert c.get().status == 200
    q = o.next_request()
    assert q.body == b"xyz"
    assert b";" not in q.raw_body


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("body", [
    "1\nx\n0\n\n", "1\r\nxYZ0\r\n\r\n", "1\r\nx0\r\n\r\n", "g\r\n",
    "-1\r\n", "0x1\r\nx\r\n0\r\n\r\n", "\r\n", " 1\r\nx\r\n0\r\n\r\n",
    "10000000000000000\r\n", "ffffffffffffffff\r\n", "1\rx\r\n0\r\n\r\n",
    "1;\0\r\nx\r\n0\r\n\r\n"])
def test_bad_chunks(ask, body, way):
    c, o, flows = ask(CHUNKED + body, way)
    r = c.get()
    assert r.status == 400, r.line
    assert c.is_at_end()
    assert o.requests == []
    flows.wait_flow(lambda f: f["error"])


def test_endless_chunk_extension(ask):
    c, o, _ = ask(CHUNKED + "1;" + "a" * 300000)
    assert c.get().status in (400, 413, 431)
    assert o.requests == []


@pytest.mark.parametrize("way", WAYS)
def test_trailers_are_passed_on_but_not_applied(ask, way):
    c, o, _ = ask(
        POST + "Trailer: T\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
        "0\r\nT: v\r\nContent-Length: 100\r\nHost: evil\r\n"
        "Transfer-Encoding: gzip\r\n\r\n", way)
    assert c.get().status == 200
    q = o.next_request()
    assert q.trailers.lower().strip() == b"t: v"


# ----------------------------------------------------- 9112 3.2, 3.3: the target


@pytest.mark.parametrize("target", [
    "a", "a:99999", "a:0", "a:", "a:443/x", "u@a:443", "http://a:443",
    ":443", "a b:443", "[::1:443", "a:44 3"])
def test_bad_connect(ask, target):
    c, _, flows = ask("CONNECT %s HTTP/1.1\r\nHost: a\r\n\r\n" % target)
    assert c.get().status == 400
    flows.wait_flow(lambda f: f["error"])


def test_connect_says_200_without_a_length(ask):
    c, o, _ = ask("CONNECT @O HTTP/1.1\r\nHost: @O\r\n\r\n")
    r = c.get_head()
    assert r.status == 200
    assert r.get("Content-Length") is None
    assert r.get("Transfer-Encoding") is None
    c.send("GET /in HTTP/1.1\r\nHost: a\r\n\r\n")
    assert c.get().status == 200
    assert o.next_request().line == "GET /in HTTP/1.1"


def test_connect_with_its_first_bytes(ask):
    c, o, _ = ask("CONNECT @O HTTP/1.1\r\nHost: @O\r\n\r\n"
                  "GET /early HTTP/1.1\r\nHost: a\r\n\r\n")
    assert statuses_of_connect(c) == [200, 200]
    assert o.next_request().target == "/early"


def statuses_of_connect(c):
    return [c.get_head().status, c.get().status]


@pytest.mark.parametrize("target,path", [
    ("http://@O", "/"), ("http://@O?q", "/?q"), ("http://@O/a#b", "/a"),
    ("HTTP://@O/a", "/a"), ("http://@O/%20", "/%20"),
    ("http://@O/a//b/../c", "/a//b/../c")])
def test_absolute_targets(ask, target, path):
    c, o, _ = ask("GET %s HTTP/1.1\r\nHost: @O\r\n\r\n" % target)
    assert c.get().status == 200
    assert o.next_request().target == path


@pytest.mark.parametrize("target", [
    "http://@O/a b", "http://@O/\x1b", "http://@O/\x7f", "http:///a",
    "http://", "ftp://@O/", "coap+tcp://@O/", "http://@O:99999/", "//@O/",
    "http://[::1/", "x"])
def test_bad_targets(ask, target):
    c, o, flows = ask("GET %s HTTP/1.1\r\nHost: @O\r\n\r\n" % target)
    assert c.get().status == 400
    assert o.requests == []
    flows.wait_flow(lambda f: f["error"])


def test_password_in_the_target_does_not_reach_the_start_line(ask):
    c, o, _ = ask("GET http://u:p@@O/a HTTP/1.1\r\nHost: @O\r\n\r\n")
    if c.get().status == 200:
        q = o.next_request()
        assert q.target == "/a"
        assert "u:p" not in q.get("Host")


@pytest.mark.parametrize("line,status", [
    ("GET http://@O/", 400), ("GET http://@O/ HTTP/2.0", 505),
    ("GET http://@O/ HTTP/9.9", 505), ("GET http://@O/ HTTP/1", 400),
    ("GET http://@O/ http/1.1", 400), ("GET http://@O/ HTTP/1.1 x", 400),
    ("GET  http://@O/ HTTP/1.1", 400), ("get", 400), ("", 400)])
def test_versions_and_start_lines(ask, line, status):
    c, o, _ = ask("%s\r\nHost: @O\r\n\r\n" % line)
    assert c.get().status in (status, 400)
    assert o.requests == []


def test_http_1_2_is_taken_as_1_1(ask):
    c, o, _ = ask("GET http://@O/ HTTP/1.2\r\nHost: @O\r\n\r\n")
    assert c.get().status == 200
    assert o.next_request().line.endswith("HTTP/1.1")


@pytest.mark.parametrize("method", ["FOO", "QUERY", "get", "M-SEARCH", "!"])
def test_unknown_methods_pass(ask, method):
    c, o, _ = ask("%s http://@O/ HTTP/1.1\r\nHost: @O\r\n\r\n" % method)
    assert c.get().status == 200
    assert o.next_request().method == method


# -------------------------------------------------------------- 9110 7.6.2, 9.3.7


def test_options_of_the_server(ask):
    c, o, _ = ask("OPTIONS http://@O HTTP/1.1\r\nHost: @O\r\n\r\n")
    assert c.get().status == 200
    assert o.next_request().target == "*"


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS"])
def test_max_forwards(ask, method):
    c, o, _ = ask("%s http://@O/ HTTP/1.1\r\nHost: @O\r\nMax-Forwards: 2\r\n"
                  "\r\n" % method)
    assert c.get().status == 200
    assert o.next_request().get("Max-Forwards") == "1"
    c, o, flows = ask("%s http://@O/z HTTP/1.1\r\nHost: @O\r\nMax-Forwards: 0\r\n"
                  "Cookie: secret\r\nAuthorization: secret\r\nX-Mine: 1\r\n"
                  "\r\n" % method)
    r = c.get()
    assert r.status == 200
    assert len(o.requests) == 1
    assert b"secret" not in r.body
    if method == "TRACE":
        assert r.get("Content-Type") == "message/http"
        assert r.body.startswith(b"TRACE ")
        assert b"X-Mine: 1\r\n" in r.body
    flows.wait_flow(lambda f: f["url"].endswith("/z") and f["status"] == 200)


def test_max_forwards_means_nothing_to_other_methods(ask):
    c, o, _ = ask("GET http://@O/ HTTP/1.1\r\nHost: @O\r\nMax-Forwards: 0\r\n"
                  "\r\n")
    assert c.get().status == 200
    assert o.next_request().get("Max-Forwards") == "0"


# ------------------------------------------------------------------ connections


def test_pipelined_requests(ask):
    c, o, flows = ask("".join(
        "GET http://@O/%d HTTP/1.1\r\nHost: @O\r\n\r\n" % i
        for i in range(5)))
    assert statuses(c, 5) == [200] * 5
    assert [q.target for q in o.requests] == ["/%d" % i for i in range(5)]
    until("five flows", lambda: len(flows.flows()) == 5)


def test_bytes_behind_close_are_no_request(ask):
    c, o, _ = ask("GET http://@O/1 HTTP/1.1\r\nHost: @O\r\nConnection: close"
                  "\r\n\r\nGET http://@O/2 HTTP/1.1\r\nHost: @O\r\n\r\n")
    assert c.get().status == 200
    assert c.is_at_end()
    assert len(o.requests) == 1


def test_upgrade_to_h2c_is_ignored(ask):
    c, o, _ = ask("GET http://@O/a HTTP/1.1\r\nHost: @O\r\nConnection: "
                  "Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                  "HTTP2-Settings: AAMAAABkAARAAAAA\r\n\r\n")
    assert c.get().status == 200
    q = o.next_request()
    assert q.get("Upgrade") is None and q.get("HTTP2-Settings") is None
    c.send("GET http://127.0.0.1:%d/b HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    assert c.get().status == 200


def test_http2_preface_is_refused(ask):
    c, o, _ = ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    assert c.get().status in (400, 505)
    assert c.is_at_end()


def test_refused_requests_read_what_was_sent(sluice, raw):
    """The client sees the page, not a reset, though it goes on sending."""
    s = sluice()
    c = raw(s.port)
    c.send("POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
           "Content-Length: 60000\r\n\r\n" % free_port())
    c.send(b"x" * 60000)
    r = c.get()
    assert r.status == 502
    assert r.get("Content-Security-Policy").startswith("default-src 'none'")
    assert (r.get("Connection") or "").lower() == "close"


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_loop(sluice, raw, name):
    s = sluice("--format", "json")
    c = raw(s.port)
    c.send("GET http://%s:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % (name, s.port))
    assert c.get().status == 508
    c = raw(s.port)
    c.send("CONNECT %s:%d HTTP/1.1\r\nHost: a\r\n\r\n" % (name, s.port))
    if c.get_head().status == 200:
        c.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert c.get().status == 508
    assert s.is_alive()


def test_stale_connection_is_tried_again_for_get_only(sluice, origin, raw):
    seen = []

    def answer(q, stream):
        seen.append((q.method, q.target))
        stream.sock.sendall(OK)
        raise o.Close
    o = origin(answer)
    s = sluice()
    c = raw(s.port)
    for _ in range(3):
        c.send("GET http://127.0.0.1:%d/g HTTP/1.1\r\nHost: a\r\n\r\n"
               % o.port)
        assert c.get().status == 200
    assert seen == [("GET", "/g")] * 3


def test_response_of_the_first_is_not_given_to_the_second(ask):
    """A refused second request does not spoil the first one's answer."""
    c, o, _ = ask("GET http://@O/1 HTTP/1.1\r\nHost: @O\r\n\r\n"
                  "GET http://@O/2 HTTP/1.1\r\nHost: @O\r\nHost: b\r\n\r\n")
    assert statuses(c, 2) == [200, 400]
    assert [q.target for q in o.requests] == ["/1"]


def test_body_of_a_get(sluice, origin, raw):
    o = origin(lambda q, stream: response(q.body))
    s = sluice()
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
           "Content-Length: 3\r\n\r\nabc" % o.port)
    assert c.get().body == b"abc"
