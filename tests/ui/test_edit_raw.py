# SPDX-License-Identifier: MIT
"""Bytes that go out exactly as they were written."""

import pytest

from console import ENTER
from harness import Listener

HOLDING = r"(?i)(intercept |I:)on\b"    # in the status bar
ODD = (b"GEX  /what is this HTTP/9.9\r\nHost : twice\r\nhost: again\r\n"
       b"Content-Length: 3\r\nTransfer-Encoding: chunked, \x00\xff\r\n\r\n"
       b"0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n")


class Keeper(Listener):
    """Keeps what every connection brought until it was silent for a while,
    then answers and closes."""

    def __init__(self):
        self.got = []
        super().__init__(self.keep)

    def keep(self, peer, _):
        peer.settimeout(1)
        data = b""
        try:
            while more := peer.recv(65536):
                data += more
        except TimeoutError:
            pass
        self.got.append(data)
        peer.sendall(b"HTTP/1.1 400 Bad\r\nContent-Length: 4\r\n\r\nodd\n")
        peer.close()


@pytest.fixture
def listener():
    made = Keeper()
    yield made
    made.close()


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def write_odd(editor, tmp_path, data=ODD):
    (tmp_path / "odd").write_bytes(data)
    return editor("cp \"$1\" '%s'" % (tmp_path / "seen"),
                  "cat '%s' >\"$1\"" % (tmp_path / "odd"))


def test_held_request(console, listener, editor, tmp_path):
    c = console(env=write_odd(editor, tmp_path))
    c.press("I")
    c.wait(HOLDING)
    client = c.curl("-d", "abc", url(listener, "/held"))
    c.wait_letter("/held", "Q")
    c.press("G", "e", "r")
    c.wait("^CHANGES ")
    seen = (tmp_path / "seen").read_bytes()
    assert seen.startswith(b"POST /held HTTP/1.1\r\nHost: 127.0.0.1:")
    assert seen.endswith(b"\r\n\r\nabc")
    c.press("a")
    assert "400 Bad" in c.curl_output(client)
    assert listener.got == [ODD]
    c.wait(r"GEX +400")
    c.press("G", ENTER)
    c.wait("exactly the bytes below")
    c.wait("GET /smuggled")


def test_replayed_as_a_draft(console, listener, editor, tmp_path):
    c = console(env=write_odd(editor, tmp_path))
    c.curl_output(c.curl(url(listener, "/first")))
    c.wait("/first")
    c.press("G", "e", "r")
    c.wait("^CHANGES ")
    c.press("r")
    c.wait("the odd bytes", lambda: ODD in listener.got)
    # What would not be these bytes is refused.
    c.wait(r"GEX +400")
    c.press("G", "y", "c")
    c.wait("bytes are exact")
    c.press("e", "b")
    c.wait("bytes are exact")


def test_bytes_of_an_edit_are_the_ones_that_would_go(console, origin, editor,
                                                     tmp_path):
    o = origin()
    c = console(env=editor("cp \"$1\" '%s'" % (tmp_path / "seen"),
                           "sed -i 's,/plain,/exact,' \"$1\""))
    c.fetch("-H", "Transfer-Encoding: chunked", "-d", "hello",
            url(o, "/plain"))
    c.press("G", "e", "r")
    c.wait("^CHANGES ")
    assert b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n" in \
        (tmp_path / "seen").read_bytes()
    c.press("r")
    c.wait(r"POST +200 .*/exact")
    assert o.requests[1].target == "/exact" and o.requests[1].body == b"hello"
    # Undone, it is a request like any other.
    c.press("G", "e", "r")
    c.wait("nothing changed")


def test_responses_have_none(console, origin, editor):
    o, c = origin(), console(env=editor("true"))
    c.press("I")
    c.wait(HOLDING)
    client = c.curl(url(o, "/r"))
    c.wait_letter("/r", "Q")
    c.press("G", ">")
    c.wait_letter("/r", "S")
    c.press("e", "r")
    c.wait("only requests are sent as raw bytes")
    c.press("a")
    assert "200 OK" in c.curl_output(client)
