# SPDX-License-Identifier: MIT
"""Asking the terminal for its background, and what becomes of answers."""

import os
import time

import pytest

from harness import response

ASK = b"\x1b]11;?\x1b\\"


def answer(c, *pieces):
    for piece in pieces:
        os.write(c.child.child_fd, piece.encode("latin-1"))
        time.sleep(0.15)        # longer than an Escape waits


@pytest.fixture
def held(console, origin):
    """A console with a 404, whose status is yellow on dark."""
    o = origin(lambda q, stream: response(b"no", status="404 Not Found"))

    def start(*options, **fields):
        c = console(*options, **fields)
        c.fetch("http://127.0.0.1:%d/missing" % o.port)
        c.wait("GET +404")
        c.fetch("http://127.0.0.1:%d/last" % o.port)
        c.wait("/last")
        c.settle()
        return c
    return start


def status_colour(c):
    line = c.row("/missing")
    return c.screen.buffer[c.lines().index(line)][line.index("404")].fg


@pytest.mark.parametrize("pieces", [
    ["\x1b]11;rgb:ffff/ffff/dddd\x1b\\"],
    ["\x1b]11;rgb:ff/ff/dd\x07"],
    ["\x1b]11;rgb:ff", "ff/ffff/d", "ddd\x1b", "\\"],
    ["g\x1b]11;rgb:f/f/d\x9cG"],
])
def test_a_light_one(held, pieces):
    c = held()
    assert ASK in c.raw and status_colour(c) == "brown"
    answer(c, *pieces)
    c.wait("pale colours to go", lambda: (
        c.settle(0.1) or status_colour(c) == "magenta"))
    # No byte of it was a key.
    assert "/missing" in c.text() and "FLOWS 2/2" in c.text()


def test_a_dark_one(held):
    c = held()
    answer(c, "\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\")
    c.settle()
    assert status_colour(c) == "brown"


@pytest.mark.parametrize("text", [
    "rgb:", "rgb:ffff/ffff", "rgb:fffff/ffff/ffff", "rgb:gg/gg/gg",
    "rgb:ff/ff/ff/ff", "?", "#ffffff"])
def test_what_is_no_answer(held, text):
    c = held()
    answer(c, "\x1b]11;%s\x1b\\" % text, "\x1b]52;c;ZXZpbA==\x07")
    c.settle()
    assert status_colour(c) == "brown" and "FLOWS 2/2" in c.text()


@pytest.mark.parametrize("how", [
    dict(options=["-o", "background=dark"]), dict(env={"NO_COLOR": "1"}),
    dict(env={"COLORFGBG": "15;0"}), dict(env={"TERM": "vt100"})])
def test_not_asked(console, how):
    c = console(*how.get("options", []), env=how.get("env"))
    c.settle()
    assert ASK not in c.raw


def test_an_unasked_answer_changes_nothing(held):
    c = held("-o", "background=dark")
    answer(c, "\x1b]11;rgb:ffff/ffff/ffff\x1b\\")
    c.settle()
    assert status_colour(c) == "brown"


def test_one_that_never_ends(held):
    """It is given up; keys are keys again, also right behind too long a one."""
    c = held()
    answer(c, "\x1b]11;rgb:ff")
    time.sleep(1.2)
    c.press("f")
    c.wait("^filter:")
    c.press("\x1b")
    c.wait_gone("^filter:")
    answer(c, "\x1b]" + "x" * 65 + "f")
    c.wait("^filter:")
