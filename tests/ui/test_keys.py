# SPDX-License-Identifier: MIT
"""Keys that no other test presses, each by what it does."""

import os
import re
import signal

import pytest

from console import ENTER, ESC
from harness import response, until

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
SHIFT_RIGHT, SHIFT_LEFT = "\x1b[1;2C", "\x1b[1;2D"
HOME, END = "\x1b[1~", "\x1b[4~"
PAGE_UP, PAGE_DOWN, DELETE = "\x1b[5~", "\x1b[6~", "\x1b[3~"
HOLDING = r"(?i)(intercept |I:)on\b"    # in the status bar


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def fill(c, o, *paths):
    for path in paths:
        c.fetch(url(o, path))
    c.wait(re.escape(paths[-1][:20]))
    c.press("g")
    c.wait_cursor(paths[0][:20])


def test_motion_in_a_long_list(console, origin):
    o, c = origin(), console(rows=12)       # nine rows of flows
    paths = ["/f%02d" % i for i in range(30)]
    fill(c, o, *paths)
    for key, want in ((DOWN, 1), (UP, 0), (PAGE_DOWN, 8), (PAGE_UP, 0),
                      ("\x06", 8), ("\x02", 0), ("\x04", 4), ("\x15", 0),
                      (END, 29), (HOME, 0), (" ", 8), ("\x1b[32;2u", 0)):
        c.press(key)
        c.wait_cursor("/f%02d " % want)


def test_sideways_in_the_list(console, origin):
    o, c = origin(), console()
    # Columns that do not fit come from the right.
    fill(c, o, "/wide?" + "x" * 120 + "end")
    assert "end" not in c.text()
    for right, left in ((RIGHT, LEFT), ("l", "h")):
        for key, want in ((right, "xend"), (left, "/wide")):
            for _ in range(30):
                if want in c.text():
                    break
                c.press(key)
                c.pump(0.2)
            c.wait(want)


def test_filter_off_with_the_other_key(console, origin):
    o, c = origin(), console()
    fill(c, o, "/apple", "/plum")
    c.command("filter plum")
    c.wait_gone("/apple")
    c.press("^")
    c.wait("/apple")
    c.press("^")
    c.wait_gone("/apple")


def test_pane_before(console, origin):
    o, c = origin(), console(rows=40)
    fill(c, o, "/one", "/two")
    c.press("-")
    c.wait("^GET /one|GET /one HTTP")
    c.press("\x1b[Z")
    c.wait("^FLOW ")
    c.press("\x1b[Z")
    c.wait("^FLOWS ")
    c.press("\t", "s")
    c.wait("^FLOW ")
    c.press("s", "q")


@pytest.mark.parametrize("place", ["list", "flow"])
def test_revert(console, origin, place):
    o, c = origin(), console()
    c.press("I")
    c.wait(HOLDING)
    client = c.curl(url(o, "/r"))
    c.wait_letter("/r", "Q")
    c.press("G")
    c.command("edit.start GET %s HTTP/1.1" % url(o, "/changed"))
    c.wait("edited")
    if place == "flow":
        c.press(ENTER)
        c.wait("GET /changed|/changed HTTP")
    c.press("V")
    c.wait("is as it came")
    c.press("a")
    assert "200 OK" in c.curl_output(client)
    assert o.next_request().target == "/r"


def test_keys_of_the_detail(console, origin, tmp_path):
    o, c = origin(), console()
    fill(c, o, "/two?n=1", "/two?n=2")
    c.press("G", ENTER)
    c.wait("^FLOW ")
    first = c.lines()[1]
    c.press(RIGHT)
    c.wait("the next tab", lambda: c.text().splitlines()[1] != first or
           "Response" in c.text())
    c.press(LEFT)
    c.press("m")
    c.wait("•|\\*|●")
    c.press(";")
    c.wait("^note:")
    c.press("looked at", ENTER)
    c.wait("note on #2")
    c.press("l", "b")
    c.wait(r"^:body\.save ")
    c.leave()
    c.press("|")
    c.wait(r"^:body\.pipe")
    c.leave()
    c.press("x")
    c.wait("EXPORT to")
    c.press(ESC)
    c.wait_gone("EXPORT to")
    c.press("i")
    c.wait("^hold:")
    c.leave()
    c.press("=")
    c.wait("^DIFF ")
    c.press("q")
    c.wait("^FLOW ")
    c.press("D")
    c.wait("duplicate|draft")
    c.press("q")
    c.wait("3/3|FLOWS ./3")


def test_repeater_from_the_detail(console, origin, editor):
    body = b"{" + b",".join(b'"k%d":%d' % (i, i) for i in range(40)) + \
        b',"long":"' + b"y" * 200 + b'END"}'
    o = origin(lambda q, s: response(body, Content_Type="application/json"))
    c = console(env=editor("true"), columns=140, rows=40)
    c.fetch("-o", "/dev/null", url(o, "/x"))
    c.wait("/x ")
    c.press("G", ENTER)
    c.wait("^FLOW ")
    c.press("R")
    c.wait("^REPEAT ")
    c.press("R")
    c.wait("1:200")
    until("the try", lambda: len(o.requests) == 2)
    c.wait('"k0": 0')
    c.press("t")
    c.wait('{"k0":0,"k1":1')
    c.press("t", "t")
    c.wait('"k0": 0')
    before = c.text()
    c.press("\t")
    c.press(SHIFT_RIGHT)
    c.wait("what is shown moved", lambda: c.text() != before)
    c.press(SHIFT_LEFT)
    c.press("W")
    c.press("y")
    c.wait("copied")
    c.press("q")


def test_difference_scrolls_sideways(console, origin):
    bodies = [b"x" * 100 + b"left", b"x" * 100 + b"right"]
    o = origin(lambda q, s: response(bodies[len(o.requests) - 1],
                                     Content_Type="text/plain"))
    c = console()
    c.fetch("-o", "/dev/null", url(o, "/a"))
    c.fetch("-o", "/dev/null", url(o, "/a"))
    c.wait("/a .*/a|2/2")
    c.press("G", "=")
    c.wait("^DIFF ")
    for right, left in ((RIGHT, LEFT), ("l", "h")):
        assert "xxright" not in c.text()
        for _ in range(8):
            c.press(right)
        c.wait("xright")
        for _ in range(8):
            c.press(left)
        c.wait_gone("xright")


def test_changes_go_on_to_the_response(console, origin, editor):
    o = origin()
    c = console(env=editor("sed -i 's/old/new/' \"$1\""))
    c.press("I")
    c.wait(HOLDING)
    client = c.curl("-d", "old", url(o, "/step"))
    c.wait_letter("/step", "Q")
    c.press("G", "e", "e")
    c.wait("^CHANGES ")
    c.press(">")
    c.wait_letter("/step", "S")
    assert o.next_request().body == b"new"
    c.press("a")
    assert "200 OK" in c.curl_output(client)


def test_cells_and_rows_of_the_grid(console, origin):
    o, c = origin(), console()
    fill(c, o, "/g?a=1&b=2")
    c.press("e", "q")
    c.wait("^GRID 1/2")
    c.press("\t")
    c.press(ENTER)
    c.wait("^name: b$")
    c.leave()
    c.press(RIGHT, ENTER)
    c.wait("^value: 2$")
    c.leave()
    c.press(LEFT, ENTER)
    c.wait("^name: b$")
    c.leave()
    c.press(DELETE)
    c.wait(r"^▌ - b")
    c.press("q", "d")


def test_sheet_of_columns(console, origin):
    o, c = origin(), console()
    fill(c, o, "/b", "/a")
    c.press("C")
    c.wait("^COLUMNS ")
    names = [line[6:].split()[0] for line in c.lines()[1:8]]
    c.press("j", "K")
    c.wait("the second one on top", lambda: names[1] in c.lines()[1])
    c.press("J")
    for _ in range(12):
        if re.search(r"▌.*\bpath\b", c.text()):
            break
        c.press("j")
        c.pump(0.3)
    c.press("o")
    c.wait("sorted by path")
    c.press("q")
    c.wait("the order", lambda: c.text().index("/a ") <
           c.text().index("/b "))


def test_delete_opens_a_host_again(console, origin):
    c = console("--pass", "one.localhost")
    c.press("T")
    c.wait("^PASSED THROUGH")
    c.press(DELETE)
    c.wait("--pass|option|stays|again")
    c.press("q")


def test_other_key_for_help_and_redraw(console):
    c = console()
    c.press("\x1bOP")
    c.wait("^HELP ")
    c.press("q")
    c.wait("^FLOWS ")
    before = len(c.raw)
    c.press("\x0c")
    c.wait("a whole screen again", lambda: b"listening on" in c.raw[before:])


def test_suspended_and_continued(console):
    c = console()
    c.settle()
    c.press("\x1a")
    c.wait("what a suspended console leaves", lambda: b"fg goes on" in c.raw)
    os.kill(c.pid(), signal.SIGCONT)
    c.press("?")
    c.wait("^HELP ")
    c.press("q")


def test_suspended_from_outside(console):
    c = console()
    c.settle()
    before = len(c.raw)
    c.kill(signal.SIGTSTP)
    c.wait("the terminal given back",
           lambda: b"\x1b[?1049l" in c.raw[before:])
    os.kill(c.pid(), signal.SIGCONT)
    c.wait("and taken again", lambda: b"\x1b[?1049h" in c.raw[before:])
    c.press("?")
    c.wait("^HELP ")
    c.press("q")


def test_error_next(console, origin):
    o, c = origin(), console()
    fill(c, o, "/fine", "/good")
    c.curl_output(c.curl("http://127.0.0.1:1/dead"))
    c.wait("/dead")
    c.press("g")
    c.command("error.next")
    c.wait_cursor("/dead")


@pytest.mark.parametrize("option,environment,coloured", [
    ("always", {"NO_COLOR": "1"}, True), ("never", {}, False),
    ("auto", {}, True), ("auto", {"NO_COLOR": "1"}, False)])
def test_color(console, origin, option, environment, coloured):
    o, c = origin(), console("--color", option, env=environment)
    c.curl_output(c.curl("http://127.0.0.1:1/dead"))
    c.wait("/dead")
    assert bool(re.search(rb"\x1b\[(?:\d+;)*(?:3[0-7]|38;5;\d+)(?:;\d+)*m",
                          c.raw)) == coloured


def test_not_listening(console):
    c = console("-n", ready=False)
    c.wait("not listening")
    c.press("y")
    c.wait("sluice is not listening")
