# SPDX-License-Identifier: MIT
"""The repeater: a draft that stays open, tries, and what differs between
them."""

import re

from console import ENTER
from harness import response


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def start(console, origin, editor, **kwargs):
    seen = []

    def answer(q, _):
        seen.append(q)
        body = b'{"try":%d,"same":1}' % len(seen)
        return response(body, "%d Fine" % (200 + len(seen)),
                        Content_Type="application/json")
    o = origin(answer)
    env = editor("sed -i 's/X-Turn: .*/X-Turn: changed/' \"$1\"")
    c = console(env=env, **kwargs)
    c.fetch("-H", "X-Turn: first", url(o, "/again"))
    c.wait(" 201 .*/again")
    return o, c


def test_edit_send_send(console, origin, editor):
    o, c = start(console, origin, editor, columns=140, rows=40)
    assert o.next_request().get("X-Turn") == "first"
    c.press("R")
    c.wait("edited: press r")
    c.wait("not sent yet")
    assert "X-Turn:" in c.text() and "changed" in c.text()
    c.press("r")
    c.wait(r"1:202")
    assert o.next_request().get("X-Turn") == "changed"
    c.wait('"try": 2')
    c.press(ENTER)
    c.wait(r"1:202 2:203")
    c.wait('"try": 3')
    # What the client sent is as it was.
    c.press("q")
    c.wait("FLOWS")
    c.wait(r"201 .*/again")
    assert len(re.findall("/again", c.text())) == 4     # first, draft, tries


def test_tries_are_walked_and_compared(console, origin, editor):
    _, c = start(console, origin, editor, columns=140, rows=40)
    c.press("R")
    c.wait("edited: press r")
    c.press("r")
    c.wait('"try": 2')
    c.press("=")
    c.wait("no try before it")
    c.press("r")
    c.wait('"try": 3')
    c.press("[")
    c.wait('"try": 2')
    c.wait("try 1/2")
    c.press("[")
    c.wait("this is the first try")
    c.press("]")
    c.wait('"try": 3')
    c.press("=")
    c.wait(r'^-.*"try": 2.*│\+.*"try": 3')
    c.press("q")
    c.wait("REPEAT")


def test_again_after_another_edit(console, origin, editor):
    o, c = start(console, origin, editor)
    o.next_request()
    c.press("R")
    c.wait("edited: press r")
    c.press("r")
    c.wait("1:202")
    o.next_request()
    c.press("e")
    c.wait("nothing changed")
    c.press("r")
    c.wait("2:203")
    assert o.next_request().get("X-Turn") == "changed"


def test_narrow_and_low(console, origin, editor):
    _, c = start(console, origin, editor)
    c.press("R")
    c.wait("edited: press r")
    c.press("r")
    c.wait("1:202")
    c.wait("Request")
    text = c.text()
    assert text.index("Request") < text.index("Response")
    c.press("\t", "G", "/same" + ENTER)
    c.wait('"same": 1')
    for size in ((40, 10), (20, 5), (12, 3), (80, 24)):
        c.resize(*size)
        c.settle(0.1)
    c.wait("1:202")


def test_a_failed_try(console, origin, editor):
    o, c = start(console, origin, editor)
    c.press("R")
    c.wait("edited: press r")
    o.close()
    c.press("r")
    c.wait("1:(ERR|502)")
