# SPDX-License-Identifier: MIT
"""The copy menu: what reaches the terminal's clipboard."""

import base64
import gzip
import re

from console import ESC
from harness import response


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def clipboard(c):
    found = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", c.raw)
    return base64.b64decode(found[-1]) if found else None


def copy(c, key):
    c.press("y")
    c.wait("one more key")
    c.press(key)
    c.wait(r"copied .* bytes")
    return clipboard(c)


def one_flow(console, origin, *args):
    body = b'{"greeting": "hi"}'
    o = origin(lambda q, stream: response(
        gzip.compress(body), Content_Type="application/json",
        Content_Encoding="gzip"))
    c = console()
    c.fetch("--compressed", "-d", "item=7", url(o, "/copied"))
    c.wait(r"POST +200 .*/copied")
    c.press("G")
    return o, c, body


def test_curl_and_url(console, origin):
    o, c, _ = one_flow(console, origin)
    assert copy(c, "u") == url(o, "/copied").encode()
    text = copy(c, "c")
    assert text.startswith(b"curl ") and b"item=7" in text


def test_body_is_decoded(console, origin):
    _, c, body = one_flow(console, origin)
    assert copy(c, "b") == body


def test_raw_request_is_what_the_origin_got(console, origin):
    o, c, _ = one_flow(console, origin)
    text, q = copy(c, "q"), o.next_request()
    head, _, body = text.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == q.line and body == q.body == b"item=7"
    for line in lines[1:]:
        name, _, value = line.partition(": ")
        assert value in q.all(name)


def test_raw_response_is_what_came(console, origin):
    _, c, body = one_flow(console, origin)
    head, _, coded = copy(c, "s").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert gzip.decompress(coded) == body


def test_headers(console, origin):
    _, c, _ = one_flow(console, origin)
    text = copy(c, "h")
    assert text.startswith(b"POST ") and b"HTTP/1.1 200 OK\r\n" in text
    assert b"item=7" not in text


def test_again(console, origin):
    o, c, _ = one_flow(console, origin)
    copy(c, "u")
    c.fetch(url(o, "/second"))
    c.wait(r"GET +200 .*/second")
    c.press("G")
    assert copy(c, "y") == url(o, "/second").encode()


def test_marked_flows(console, origin):
    o, c, _ = one_flow(console, origin)
    c.fetch(url(o, "/second"))
    c.fetch(url(o, "/third"))
    c.wait(r"GET +200 .*/third")
    c.press("g", "m", "m", "G")
    assert copy(c, "u").decode().split("\n") == [
        url(o, "/copied"), url(o, "/second")]


def test_escape_copies_nothing(console, origin):
    _, c, _ = one_flow(console, origin)
    c.press("y", ESC)
    c.wait_gone("one more key")
    assert clipboard(c) is None


def test_redact(console, origin):
    o = origin(lambda q, stream: response(b"ok", Set_Cookie="sid=hidden2"))
    c = console()
    c.fetch("-H", "Authorization: Bearer hidden1", "-H", "cookie: a=hidden3",
            "-H", "X-Plain: kept", url(o, "/secret"))
    c.wait("/secret")
    c.press("G")
    assert b"Bearer hidden1" in copy(c, "q")
    c.command("set redact=on")
    c.wait("redact = on")
    for key, kept in (("c", b"kept"), ("q", b"X-Plain: kept"),
                      ("h", b"HTTP/1.1 200 OK"), ("s", b"ok")):
        text = copy(c, key)
        c.wait("without secrets")
        assert b"hidden" not in text and kept in text
        assert b"REDACTED" in text


def test_edited_request_is_copied_as_it_is_now(console, origin):
    o, c = origin(), console()
    c.press("I")
    client = c.curl(url(o, "/before"))
    c.wait_letter("/before", "Q")
    c.press("G")
    c.command("edit.start PUT http://127.0.0.1:%d/after HTTP/1.1" % o.port)
    c.wait("edited")
    assert copy(c, "q").startswith(b"PUT /after HTTP/1.1\r\n")
    c.press("a")
    c.curl_output(client)
