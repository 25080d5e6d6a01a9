# SPDX-License-Identifier: MIT
"""The mouse, and when the list follows what comes."""

import re

from console import ENTER
from harness import response


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def fill(c, o, count):
    c.fetch(*(w for i in range(count)
              for w in (url(o, "/n%02d" % i), "-o", "/dev/null")))
    c.wait("/n%02d" % (count - 1))


def row_of(c, word):
    return next(y for y, l in enumerate(c.lines()) if word in l)


def click(c, y, x=10, times=1):
    c.press("\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % (x + 1, y + 1, x + 1, y + 1) *
            times)


def wheel(c, button):
    c.press("\x1b[<%d;10;10M" % button)


def shown(c):
    return re.findall(r"/n\d\d", c.text())


def test_click_chooses_and_two_open(console, origin):
    o, c = origin(), console()
    fill(c, o, 5)
    click(c, row_of(c, "/n01"))
    c.wait("the second", lambda: "/n01" in c.cursor_row())
    click(c, row_of(c, "/n03"))
    c.wait("the fourth", lambda: "/n03" in c.cursor_row())
    c.wait("what else is shown", lambda: "Request" not in c.text())
    click(c, row_of(c, "/n02"), times=2)
    c.wait("Request.*Response")
    c.wait("what else is shown", lambda: "/n02" in c.text())


def test_wheel_leaves_the_cursor(console, origin):
    o, c = origin(), console()
    fill(c, o, 60)
    c.press("3", "0", "G")
    c.wait("the cursor", lambda: "/n29" in c.cursor_row())
    first = shown(c)[0]
    for _ in range(12):
        wheel(c, 64)
    c.wait("the top", lambda: shown(c)[0] == "/n00")
    c.wait("what else is shown", lambda:
           "/n29" not in c.text() and first != "/n00")
    c.fetch(url(o, "/later"))
    c.settle()
    assert shown(c)[0] == "/n00"
    # Any move comes back to it.
    c.press("j")
    c.wait("one below", lambda: "/n30" in c.cursor_row())
    for _ in range(20):
        wheel(c, 65)
    c.wait("/later")
    c.press("k")
    c.wait("one above", lambda: "/n29" in c.cursor_row())


def test_wheel_up_ends_following(console, origin):
    o, c = origin(), console()
    fill(c, o, 40)
    c.wait("follow")
    wheel(c, 64)
    c.wait("paused", lambda: "▽" in c.lines()[-2])
    before = shown(c)
    c.fetch(url(o, "/later"))
    c.wait("▽ 1 new")
    c.wait("what else is shown", lambda: shown(c) == before)
    c.press("G")
    c.wait("/later")
    c.wait("▼follow")


def test_hint_is_a_button(console, origin):
    o, c = origin(), console()
    fill(c, o, 2)
    click(c, 23, c.lines()[23].index("? help"))
    c.wait("Next line")
    c.press("q")
    c.wait("⏎ open.*help")
    click(c, 23, c.lines()[23].index("open") + 1)
    c.wait("Request.*Response")


def test_counts_are_buttons(console, origin):
    o, dead = origin(), origin()
    dead.close()
    c = console("-i", "~u held & ~q")
    client = c.curl(url(o, "/held"))
    c.wait_letter("/held", "Q")
    c.fetch(url(dead, "/dead"))
    c.fetch(url(o, "/n00"))
    c.wait("1 err")
    bar = c.lines()[22]
    click(c, 22, bar.index("1 err") + 2)
    c.wait("the failed", lambda: "/dead" in c.cursor_row())
    click(c, 22, bar.index("1 held") + 2)
    c.wait("the held", lambda: "/held" in c.cursor_row())
    c.press("A")
    c.curl_output(client)


def test_mouse_off(console, origin):
    o, c = origin(), console("-o", "mouse=off")
    fill(c, o, 2)
    assert b"\x1b[?1000h" not in c.raw


def test_follow_pauses_and_comes_back(console, origin):
    o, c = origin(), console()
    fill(c, o, 3)
    c.wait("▼follow")
    c.press("k")
    c.wait("▽")
    c.fetch(url(o, "/new1"))
    c.wait("▽ 1 new")
    c.wait("what else is shown", lambda: "/n01" in c.cursor_row())
    c.press("F")
    c.wait("▼follow")
    c.wait("the newest", lambda: "/new1" in c.cursor_row())
    c.press("/", "n00", ENTER)
    c.wait("▽")
    c.press("\x1b[F")           # End
    c.wait("▼follow")
    c.press(ENTER)
    c.wait("Request")
    c.fetch(url(o, "/new2"))
    c.settle()
    assert "/new1" in c.text() and "/new2" not in c.text()
    c.press("q")
    c.wait("the same one", lambda: "/new1" in c.cursor_row())
    c.wait("▽ 1 new")


def test_cursor_comes_back_with_its_flow(console, origin):
    o, c = origin(), console()
    fill(c, o, 6)
    c.press("4", "G")
    c.wait("the fourth", lambda: "/n03" in c.cursor_row())
    c.press("f", "~u n0[025]", ENTER)
    c.wait("the nearest later", lambda: "/n05" in c.cursor_row())
    c.press("\\")
    c.wait("the old one", lambda: "/n03" in c.cursor_row())


def test_wheel_scrolls_what_is_under_it(console, origin):
    text = "".join("line %d\n" % i for i in range(100)).encode()
    o = origin(lambda q, s: response(text, Content_Type="text/plain"))
    c = console(rows=40)
    fill(c, o, 3)
    c.press("-")
    c.wait("Request.*Response")
    c.press("\t", "l", "\t")
    c.wait("^FLOWS ")
    c.wait("line 3")
    y = row_of(c, "line 3")
    before = c.cursor_row()
    for _ in range(8):
        c.press("\x1b[<65;10;%dM" % (y + 1))
    c.wait("further down", lambda: "line 30" in c.text())
    assert c.cursor_row() == before
    assert c.lines()[-2].startswith("FLOWS ")
