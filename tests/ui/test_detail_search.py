# SPDX-License-Identifier: MIT
"""Searching a flow: which match of how many, marked, across head and body;
wrapping and scrolling sideways."""

import re

from console import ENTER, ESC
from harness import response


def show(console, origin, body, media="text/plain", **fields):
    o = origin(lambda *_: response(body, Content_Type=media, **fields))
    c = console()
    c.fetch("-o", "/dev/null", "http://127.0.0.1:%d/s" % o.port)
    c.wait("200 .*/s")
    c.press(ENTER, "l")
    c.wait("HTTP/1.1 200")
    return c


def marked(c):
    """The cells in reverse video that are not a whole row."""
    found = set()
    for y, row in c.screen.buffer.items():
        text = "".join(row[x].data if row[x].fg != "default" and
                       row[x].reverse else " " for x in range(80))
        found |= set(text.split())
    return found


def test_match_k_of_n(console, origin):
    body = b"\n".join(b"needle %d" % i if i % 10 == 0 else b"hay"
                      for i in range(100))
    c = show(console, origin, body, X_Needle="yes")
    c.press("/needle" + ENTER)
    c.wait("match 1/11")                # the header field, then ten lines
    c.press("n")
    c.wait("match 2/11")
    c.wait("needle 0")
    c.press("n", "n")
    c.wait("match 4/11")
    c.press("N")
    c.wait("match 3/11")
    c.press("g", "N")
    c.wait("match 11/11")
    c.wait("needle 90")
    c.press("n")
    c.wait("match 1/11")                # around the end
    c.press(ESC)
    c.wait_gone("match")


def test_matches_are_marked(console, origin):
    c = show(console, origin, b"one two one\nthree\n")
    c.press("/one" + ENTER)
    c.wait("match 1/1")
    c.press("j")
    c.settle(0.2)
    assert "one" in marked(c)
    c.press(ESC)
    c.settle(0.2)
    assert "one" not in marked(c)


def test_capitals_make_case_count(console, origin):
    c = show(console, origin, b"alpha\nALPHA\n")
    c.press("/alpha" + ENTER)
    c.wait("match 1/2")
    c.press("/ALPHA" + ENTER)
    c.wait("match 1/1")


def test_the_term_is_kept_from_flow_to_flow(console, origin):
    o = origin(lambda q, _: response(q.target.encode() + b" needle",
                                     Content_Type="text/plain"))
    c = console()
    for i in range(2):
        c.fetch("http://127.0.0.1:%d/f%d" % (o.port, i))
    c.wait("/f1")
    c.press("g", ENTER, "l")
    c.wait("/f0 needle")
    c.press("/needle" + ENTER)
    c.wait("match 1/1")
    c.press("J")
    c.wait("/f1 needle")
    c.press("n")
    c.wait("match 1/1")


def test_long_body_is_not_counted(console, origin):
    c = show(console, origin, b"x\n" * 300000 + b"needle\n")
    c.press("/needle" + ENTER)
    c.wait("needle$")
    assert "match" not in c.text()


def test_wrap_and_sideways(console, origin):
    c = show(console, origin, b"a" * 70 + b"b" * 40 + b"END\n")
    assert "END" not in c.text()
    c.press("W")
    c.wait("END")
    c.press("W")
    c.wait_gone("END")
    for _ in range(8):
        c.press("\x1b[1;2C")
    c.wait("END")
    for _ in range(8):
        c.press("\x1b[1;2D")
    c.wait("aaaa")
    assert re.search("1 a{40}", c.text())
