# SPDX-License-Identifier: MIT
"""Small screens and plain terminals: the states can always be read."""

import re

import pytest

from console import ENTER


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def states(c, o, dead):
    """A flow in each of four states; the client of the held one."""
    c.fetch(url(o, "/done"))
    c.fetch(url(dead, "/dead"))
    c.wait("err", lambda: re.search("1 err", c.text()))
    held = c.curl("-d", "x", url(o, "/held"))
    c.wait("held", lambda: re.search(r"(?i)1 held|HELD 1", c.text()))
    return held


def letters(c):
    """State letter by path, of what the screen shows."""
    found = {}
    for line in c.lines():
        m = re.match(r".(.).*?(/done|/dead|/held)", line)
        if m:
            found[m.group(2)] = m.group(1)
    return found


@pytest.mark.parametrize("size", [(60, 16), (40, 10), (32, 8), (20, 5)])
def test_small(console, origin, size):
    o, dead = origin(), origin()
    dead.close()
    c = console("-i", "~u held & ~q", ready=False)
    c.wait_port()
    c.resize(*size)
    c.wait("the new size", lambda: len(c.lines()) == size[1] and
           c.lines()[-1] != "")
    c.fetch(url(o, "/done"))
    c.wait("/done")
    c.fetch(url(dead, "/dead"))
    client = c.curl("-d", "x", url(o, "/held"))
    want = {"/done": " ", "/dead": "E", "/held": "Q"}
    rows = size[1] - 2
    if rows >= 4:
        c.wait("every state", lambda: letters(c) == want)
    else:
        c.wait("the newest", lambda: letters(c).get("/held") == "Q")
    c.wait("what else is shown", lambda:
           all(len(l) <= size[0] for l in c.lines()))
    c.press("]")
    c.wait("it", lambda: "/held" in c.cursor_row())
    c.press("a")
    assert "200 OK" in c.curl_output(client)
    c.wait("it is done", lambda: letters(c).get("/held") == " ")
    c.press(ENTER)
    c.wait_gone("(?m)^.*/dead.*$")
    c.press("q", ":")
    c.wait("the prompt in the last row", lambda: c.lines()[-1][:1] == ":")
    c.press("quit", ENTER)
    assert c.wait_end() == 0


def test_too_small_goes_on_proxying(console, origin):
    o, c = origin(), console()
    c.resize(12, 3)
    c.wait("too small")
    c.wait("what else is shown", lambda:
           "sluice 12x3" in c.text() and "Q quits" in c.text())
    assert "200 OK" in c.fetch(url(o, "/small"))
    c.resize(80, 24)
    c.wait("/small")
    c.resize(14, 2)
    c.settle()
    c.resize(80, 24)
    c.wait("/small")


def test_below_the_least_size_the_note(console):
    c = console()
    for columns, rows in ((19, 5), (20, 4)):
        c.resize(columns, rows)
        c.wait("too small")
        c.resize(20, 5)
        c.wait_gone("too small")


def test_resize_keeps_the_cursor(console, origin):
    o, c = origin(), console()
    c.fetch(*(w for i in range(40)
              for w in (url(o, "/n%02d" % i), "-o", "/dev/null")))
    c.wait("/n39")
    c.press("2", "0", "G")
    c.wait("the cursor", lambda: "/n19" in c.cursor_row())
    for size in ((200, 50), (20, 5), (60, 16), (12, 3), (200, 24),
                 (40, 10), (80, 24)):
        c.resize(*size)
        c.settle(0.1)
    c.wait("the same", lambda: "/n19" in c.cursor_row())
    c.wait("what else is shown", lambda: "n19" in c.cursor_row())


PLAIN = [
    {"NO_COLOR": "1"}, {"TERM": "vt100"}, {"TERM": "vt220"},
    {"LC_ALL": "C", "LANG": "C"},
    {"NO_COLOR": "1", "TERM": "vt100", "LC_ALL": "C", "LANG": "C"},
]


@pytest.mark.parametrize("env", PLAIN, ids=lambda e: "-".join(e))
def test_plain_terminals_tell_every_state(console, origin, env, editor):
    o, dead = origin(), origin()
    dead.close()
    c = console("-i", "~u held & ~q", env=env)
    client = states(c, o, dead)
    c.wait("every state", lambda: letters(c) ==
           {"/done": " ", "/dead": "E", "/held": "Q"})
    c.press("g", "m")
    mark = "*" if "LC_ALL" in env else "●"
    c.wait("a mark", lambda: c.row("/done")[2:3] == mark)
    c.press("v", "j")
    c.wait("RANGE 2")
    c.press("\x1b")
    c.wait_gone("RANGE")
    c.press("A")
    c.curl_output(client)
    c.wait("it is done", lambda: letters(c)["/held"] == " ")
    c.press("o")
    c.wait("Sort the list by")
    c.press("q")
    c.settle()
    if "LC_ALL" in env:
        # Nothing beyond ASCII, not even as a waterfall.
        c.resize(160, 24)
        c.wait("WATERFALL")
        c.settle()
        assert all(b < 128 for b in c.raw)
    if "NO_COLOR" in env or env.get("TERM", "").startswith("vt"):
        assert not re.search(rb"\x1b\[(\d+;)*(3|4|9|10)[0-7]m", c.raw)


def test_light_background_never_gets_black_or_white(console, origin):
    """Colours stand on the terminal's own background."""
    o, dead = origin(), origin()
    dead.close()
    c = console("-i", "~u held & ~q")
    client = states(c, o, dead)
    c.settle()
    for codes in re.findall(rb"\x1b\[([\d;]*)m", c.raw):
        for code in codes.split(b";"):
            # 30, 37: black and white; 40-47: a background; 9x: bright.
            assert code not in (b"30", b"37", b"90", b"97")
            assert not (code.isdigit() and (40 <= int(code) <= 47 or
                                            100 <= int(code) <= 107))
    c.press("A")
    c.curl_output(client)


@pytest.mark.parametrize("how", ["option", "COLORFGBG"])
def test_light_background_has_no_pale_colours(console, origin, how):
    o, dead = origin(), origin()
    dead.close()
    if how == "option":
        c = console("-i", "~u held & ~q", "-o", "background=light")
    else:
        c = console("-i", "~u held & ~q", env={"COLORFGBG": "0;15"})
    client = states(c, o, dead)
    c.settle()
    codes = set(b";".join(re.findall(rb"\x1b\[([\d;]*)m", c.raw)).split(b";"))
    assert b"33" not in codes and b"36" not in codes    # yellow, cyan
    assert b"35" in codes                               # what is held
    c.press("A")
    c.curl_output(client)
