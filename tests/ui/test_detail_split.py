# SPDX-License-Identifier: MIT
"""The list and the detail on one screen: layouts, keys, what follows what."""

import re

from console import ENTER
from harness import response

TAB, BACK_TAB = "\t", "\x1b[Z"


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def answer(q, _):
    return response(b'{"asked": "%s"}' % q.target.encode(),
                    Content_Type="application/json")


def start(console, origin, paths=("/one", "/two"), **kwargs):
    o = origin(answer)
    c = console(**kwargs)
    for path in paths:
        c.fetch(url(o, path))
    c.wait(paths[-1])
    return o, c


def test_layouts_cycle(console, origin):
    _, c = start(console, origin, columns=140, rows=40)
    c.press("-")
    # Below: list rows first, the detail's tabs after them.
    c.wait(r"Request .*TLS")
    text = c.text()
    assert text.index("/one") < text.index(" TLS ")
    assert "Request+Response" not in text
    c.press("-")
    c.wait(r"Request\+Response")
    row = c.row("Request+Response")
    assert "│" in row
    c.press("-")
    c.wait("^FLOW |FLOW \\d")
    c.wait_gone(r"METHOD +ST")
    c.press("-")
    c.wait("METHOD")
    c.wait_gone(" TLS ")


def test_right_shows_both_messages(console, origin):
    _, c = start(console, origin, columns=140, rows=40)
    c.press("s")
    c.wait(r"Request\+Response")
    c.wait("─ request ─")
    text = c.wait(r"(?s)GET /two HTTP.*─ response ─.*asked") and c.text()
    assert text.index("─ request ─") < text.index("─ response ─")
    c.press("s")
    c.wait_gone(r"Request\+Response")
    c.wait(r"Request .*Response")


def test_detail_follows_the_cursor(console, origin):
    _, c = start(console, origin, rows=40)
    c.press("-")
    c.wait(r"^#2 .*/two")
    c.press("k")
    c.wait(r"^#1 .*/one")
    c.wait("GET /one HTTP")
    # The tab stays from flow to flow.
    c.press(TAB, "l")
    c.wait('"asked": "/one"')
    c.press(TAB, "j")
    c.wait('"asked": "/two"')


def test_opening_stops_following_new_flows(console, origin):
    o, c = start(console, origin, rows=40)
    c.press("-")
    c.wait("^#2 ")
    c.fetch(url(o, "/three"))
    c.wait("/three")
    c.settle()
    assert re.search(r"^#2 ", c.text(), re.M)


def test_focus_decides_what_keys_do(console, origin):
    _, c = start(console, origin, rows=40)
    c.press("-")
    c.wait("^#2 ")
    c.wait("^ ?FLOWS")
    c.press(TAB)
    c.wait("^ ?FLOW 2/2")
    c.press("j")
    c.settle()
    assert re.search("^#2 ", c.text(), re.M)
    c.press("K")                    # flow by flow from the detail
    c.wait("^#1 ")
    c.press(BACK_TAB)
    c.wait("^ ?FLOWS 1/2")
    c.press(ENTER)
    c.wait("^ ?FLOW 1/2")
    c.press("q")                    # to the list, not out
    c.wait("^ ?FLOWS 1/2")


def test_zoom(console, origin):
    _, c = start(console, origin, rows=40)
    c.press("-")
    c.wait("^#2 ")
    c.press("+")
    c.wait_gone("^#2 ")
    c.press("+")
    c.wait("^#2 ")
    c.press(TAB, "+")
    c.wait_gone("METHOD")
    assert "GET /two HTTP" in c.text()
    c.press("+")
    c.wait("METHOD")


def test_small_terminals_fall_back(console, origin):
    _, c = start(console, origin, columns=140, rows=40)
    c.press("s")
    c.wait(r"Request\+Response")
    c.resize(90, 40)                # too narrow: below
    c.wait_gone(r"Request\+Response")
    c.wait("^#2 ")
    c.resize(90, 10)                # too low: the one with the keys
    c.wait_gone("^#2 ")
    c.wait("METHOD")
    c.press(TAB)
    c.wait("^#2 ")
    c.resize(140, 40)
    c.wait(r"Request\+Response")
    c.resize(11, 2)
    c.resize(140, 40)
    c.wait(r"Request\+Response")


def test_a_long_request_leaves_room_for_the_response(console, origin):
    o = origin(answer)
    c = console(columns=140, rows=40)
    body = "\n".join("line %d" % i for i in range(500))
    c.fetch("-d", body, "-H", "content-type: text/plain", url(o, "/big"))
    c.wait("/big")
    c.press("s")
    c.wait("─ response ─")
    c.wait("more in its own tab")
    assert "line 0" in c.text()


def test_the_list_becomes_empty(console, origin):
    _, c = start(console, origin, rows=40)
    c.press("-")
    c.wait("^#2 ")
    c.press("z")
    c.wait_gone("^#2 ")
    c.press("q")
    assert c.wait_end() == 0


def test_layout_by_name(console, origin):
    _, c = start(console, origin, columns=140, rows=40)
    c.command("layout right")
    c.wait(r"Request\+Response")
    c.command("layout list")
    c.wait_gone("TLS")
    c.command("layout sideways")
    c.wait("list, below, right or detail")
    c.command("layout detail")
    c.wait("^ ?FLOW ")


def test_a_click_gives_the_keys(console, origin):
    _, c = start(console, origin, rows=40)
    c.press("-")
    c.wait("^#2 ")
    c.press("\x1b[<0;10;35M", "\x1b[<0;10;35m")
    c.wait("^ ?FLOW 2/2")
    c.press("\x1b[<0;10;2M", "\x1b[<0;10;2m")
    c.wait("^ ?FLOWS 1/2")
    c.wait("^#1 ")


def test_the_share_is_an_option(console, origin):
    _, c = start(console, origin, rows=42)
    c.press("-")

    def line():
        return next((i for i, l in enumerate(c.lines())
                     if l.startswith("─" * 80)), -1)
    c.wait("the line between", lambda: 15 <= line() <= 20)
    c.command("set split=70")
    c.wait("a lower line", lambda: 26 <= line() <= 30)
    c.command("set split=1000")
    c.wait("the lowest line", lambda: 31 <= line() <= 33)
    c.command("set split=nonsense")
    c.wait("split")


def test_q_closes_the_split_before_the_program(console, origin):
    _, c = start(console, origin)
    c.press("-")
    c.wait(r"Request .*TLS")
    c.press("q")
    c.wait_gone(r"Request .*TLS")
    c.wait("/one")
