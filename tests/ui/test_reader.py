# SPDX-License-Identifier: MIT
"""Where the terminal's own cursor is, and screens for those who hear them."""

import re

import pytest

from console import ENTER, ESC
from harness import response


@pytest.fixture
def five(console, origin):
    o = origin(lambda q, stream: response(b"{}"))

    def start(*options, **fields):
        c = console(*options, **fields)
        for i in range(5):
            c.fetch("http://127.0.0.1:%d/flow%d" % (o.port, i))
        c.wait("/flow4")
        c.settle()
        return c
    return start


def cursor_line(c):
    return c.lines()[c.screen.cursor.y]


def test_the_cursor_is_on_the_row(five):
    c = five()
    c.press("g", "j")
    c.settle()
    assert "/flow1" in cursor_line(c) and c.screen.cursor.hidden
    c.press("j")
    c.settle()
    assert "/flow2" in cursor_line(c)
    c.press("f")
    c.wait("^filter:")
    assert cursor_line(c).startswith("filter:")
    c.press(ESC)
    c.wait_gone("^filter:")
    c.settle()
    assert "/flow2" in cursor_line(c)
    c.press("O")
    c.wait("OPTIONS 1/")
    c.press("j", "j")
    c.wait("OPTIONS 3/")
    assert c.screen.cursor.y == 2


def test_in_a_pane_at_the_right(five):
    c = five(columns=140)
    c.press("g", "j")
    c.command("layout right")
    c.settle()
    assert "/flow1" in cursor_line(c) and c.screen.cursor.x == 0
    c.press("\t")
    c.settle()
    assert c.screen.cursor.x > 60


def test_reader(five):
    c = five("-o", "reader=on")
    c.press("g", "j", ENTER)
    c.wait("Request")
    c.settle()
    assert not c.screen.cursor.hidden
    assert not re.search("[─-▟▸●‖▼]", c.text())
    c.press("q")
    c.command("set reader=off")
    c.wait("▌")
    c.settle()
    assert c.screen.cursor.hidden
