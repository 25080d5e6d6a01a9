# SPDX-License-Identifier: MIT
"""The list's columns and its order."""

import os
import re
import time

import pytest

from console import ENTER, ESC
from harness import response


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def fill(c, o, *paths):
    for path in paths:
        c.fetch(url(o, path))
    c.wait(paths[-1])


def sized(q, stream):
    """/s/300 is answered with 300 bytes."""
    return response(b"x" * int(q.target.rsplit("/", 1)[1]))


def shown(c, word):
    return [l[l.index(word):].split(" ")[0] for l in c.lines()[:-2]
            if word in l]


def wait_shown(c, word, paths):
    c.wait("%r" % paths, lambda: shown(c, word) == paths)


def head(c):
    return next((l for l in c.lines() if "METHOD" in l or "PATH" in l), "")


@pytest.mark.parametrize("columns, has, lacks", [
    (40, [], ["TIME", "HOST", "#"]),
    (60, ["METHOD", "ST", "HOST/PATH", "SIZE", "TIME"], ["TYPE"]),
    (80, ["TIME", "METHOD", "ST", "HOST", "PATH", "SIZE"], ["TYPE", "REQ"]),
    (120, ["#", "TYPE"], ["REQ", "WATERFALL"]),
    (160, ["#", "TYPE", "REQ", "RESP", "WATERFALL"], ["CLIENT"]),
])
def test_columns_by_width(console, origin, columns, has, lacks):
    o, c = origin(), console(columns=columns, rows=24)
    fill(c, o, "/w")
    words = c.lines()[0].split()
    for word in has:
        assert word in words, c.lines()[0]
    for word in lacks:
        assert word not in words, c.lines()[0]


def test_wide_rows_say_all(console, origin):
    o, c = origin(), console(columns=160, rows=24)
    c.fetch("-d", "12345", url(o, "/wide"))
    c.wait(r" 1  \d\d:\d\d:\d\d\.\d\d\d POST +200 +127\.0\.0\.1:%d +"
           r"/wide +text +5 +6 .*[▒█]" % o.port)


def test_waterfall_shows_holding_and_waiting(console, origin):
    o = origin()
    c = console("-o", "waterfall=4s", "-i", "~u held & ~q", columns=160)
    client = c.curl(url(o, "/held"))
    c.wait_letter("/held", "Q")
    c.wait("a held stretch", lambda: c.row("/held").count("░") >= 4)
    c.press("A")
    c.curl_output(client)
    c.wait_letter("/held", " ")
    c.wait("its end", lambda: "░" in c.row("/held"))


def test_choice_order_and_keeping(console, origin):
    o, c = origin(), console(columns=100)
    fill(c, o, "/x")
    c.press("C")
    c.wait("Columns of the list")
    c.wait(r"\[x\] method")
    c.press("j", " ")                   # no time
    c.wait(r"\[ \] time")
    c.press("g", "J", "J")              # the number behind the status
    c.wait("chosen")
    c.press("q")
    c.wait("the header", lambda: re.search(
        r"METHOD +ST +# +HOST", c.lines()[0]))
    saved = os.path.join(c.confdir, "columns")
    with open(saved, encoding="ascii") as f:
        assert f.read().startswith("method status id host path")


def test_choice_of_an_earlier_run(console, origin, tmp_path):
    folder = tmp_path / "conf"
    folder.mkdir(mode=0o700)
    (folder / "columns").write_text("status path method client\n")
    o = origin()
    c = console("-c", folder, columns=100)
    c.ca = str(folder / "sluice-ca-cert.pem")
    fill(c, o, "/x")
    assert re.search(r"ST +PATH +METHOD +CLIENT", c.lines()[0])
    c.wait("what else is shown", lambda: "127.0.0.1:" in c.row("/x"))
    c.press("C")
    c.wait(r"\[x\] client")
    c.press("R")
    c.wait("as many columns as fit")
    c.press("q")
    c.wait("TIME +METHOD +ST +HOST")
    assert (folder / "columns").read_text() == "\n"


def test_choice_by_option_and_command(console, origin):
    o, c = origin(), console("-o", "columns=path size", columns=80)
    fill(c, o, "/x")
    c.wait("what else is shown", lambda:
           c.lines()[0].split() == ["PATH", "SIZE"])
    c.command("columns proto path")
    c.wait("the header", lambda: c.lines()[0].split() == ["PROTO", "PATH"])
    c.wait("what else is shown", lambda: "HTTP/1.1" in c.row("/x"))
    c.command("columns proto nonsense")
    c.wait('no column "nonsense"')
    c.wait("what else is shown", lambda:
           c.lines()[0].split() == ["PROTO", "PATH"])


def test_chosen_columns_give_way_to_the_path(console, origin):
    o, c = origin(), console(
        "-o", "columns=id time client method status host path proto note",
        columns=60)
    fill(c, o, "/needed")
    words = c.lines()[0].split()
    assert "PATH" in words and "METHOD" in words
    assert "NOTE" not in words and "PROTO" not in words
    c.wait("what else is shown", lambda: "/needed" in c.text())


def test_sort_by_size_and_back(console, origin):
    o, c = origin(sized), console()
    fill(c, o, "/s/300", "/s/5", "/s/40", "/s/7")
    c.press("g", "j")
    c.wait("the second", lambda: "/s/5" in c.cursor_row())
    c.command("sort size")
    wait_shown(c, "/s/", ["/s/5", "/s/7", "/s/40", "/s/300"])
    c.wait("what else is shown", lambda: "SIZE" in head(c) and "▲" in head(c))
    # The cursor is on the same flow.
    c.wait("what else is shown", lambda: "/s/5" in c.cursor_row())
    c.command("sort size")
    wait_shown(c, "/s/", ["/s/300", "/s/40", "/s/7", "/s/5"])
    c.wait("what else is shown", lambda: "/s/5" in c.cursor_row())
    # What comes finds its place.
    c.fetch(url(o, "/s/100"))
    wait_shown(c, "/s/", ["/s/300", "/s/100", "/s/40", "/s/7", "/s/5"])
    c.wait("what else is shown", lambda: "/s/5" in c.cursor_row())
    c.command("sort id")
    wait_shown(c, "/s/", ["/s/300", "/s/5", "/s/40", "/s/7", "/s/100"])


def test_sort_sheet(console, origin):
    o, c = origin(sized), console()
    fill(c, o, "/s/300", "/s/5", "/s/40")
    c.press("o")
    c.wait("Sort the list by")
    c.press("G")
    c.wait("the last", lambda: "note" in c.cursor_row())
    for _ in range(14):
        if "path" in c.cursor_row():
            break
        c.press("k")
        c.settle(0.2)
    c.press(ENTER)
    c.wait_gone("Sort the list by")
    wait_shown(c, "/s/", ["/s/300", "/s/40", "/s/5"])
    c.press("o", ESC)
    c.wait("/s/5")
    c.press("o", ENTER)         # the same again
    wait_shown(c, "/s/", ["/s/5", "/s/40", "/s/300"])


def test_sorted_row_under_way_stays_until_it_is_over(console, origin):
    o = origin(sized)
    c = console("-i", "~u /s/1$ & ~q")
    fill(c, o, "/s/300", "/s/5")
    c.command("sort size")
    wait_shown(c, "/s/", ["/s/5", "/s/300"])
    client = c.curl(url(o, "/s/1"))
    wait_shown(c, "/s/", ["/s/5", "/s/300", "/s/1"])
    c.press("A")
    c.curl_output(client)
    wait_shown(c, "/s/", ["/s/1", "/s/5", "/s/300"])


def test_scroll_right_and_left(console, origin):
    o, c = origin(), console()
    c.fetch(url(o, "/" + "long" * 30 + "/end"))
    c.wait("/long")
    c.wait("what else is shown", lambda: "/end" not in c.text())
    for _ in range(14):
        c.press("l")
    c.wait("/end")
    for _ in range(20):
        c.press("h")
    c.wait("TIME +METHOD")


def test_header_click_sorts(console, origin):
    o, c = origin(sized), console()
    fill(c, o, "/s/300", "/s/5", "/s/40")
    x = c.lines()[0].index("SIZE") + 2
    c.press("\x1b[<0;%d;1M\x1b[<0;%d;1m" % (x, x))
    wait_shown(c, "/s/", ["/s/5", "/s/40", "/s/300"])
    c.press("\x1b[<0;%d;1M\x1b[<0;%d;1m" % (x, x))
    wait_shown(c, "/s/", ["/s/300", "/s/40", "/s/5"])


def test_held_only_has_columns_of_its_own(console, origin, editor):
    o = origin()
    c = console("-i", "~u hold & ~q", columns=160,
                env=editor("sed -i 's/one/twotwo/' \"$1\""))
    fill(c, o, "/plain")
    clients = [c.curl("-d", "one", url(o, "/hold%d" % i)) for i in range(2)]
    c.wait_letter("/hold0", "Q")
    c.wait_letter("/hold1", "Q")
    c.press("H")
    c.wait_gone("/plain")
    for word in ("STAGE", "AGE", "CLIENT", "CHANGED", "SOCKET"):
        c.wait(word, lambda w=word: w in head(c))
    c.wait(r"REQ .*127\.0\.0\.1:\d+ +POST .*/hold0.*open")
    c.wait("the oldest first", lambda: c.cursor_row()[1:2] == "Q")
    path = re.search("/hold.", c.cursor_row()).group(0)
    c.press("e", "e")
    c.wait("^CHANGES")
    c.press("q")
    c.wait("what was changed", lambda: "body" in c.row(path))
    number = int(path[-1])
    clients[number].kill()
    clients[number].wait()
    c.wait("that it is gone", lambda: "GONE" in c.row(path) or
           path not in c.text())
    # It is not sent without its client.
    c.press("A")
    c.wait("1 stay held")
    c.press("X")
    c.wait("Nothing is held")
    c.press("H")
    c.wait("/plain")


def test_the_program_behind_a_request(console, origin):
    def answer(q, stream):
        time.sleep(0.3)
        return response(b"ok")
    o = origin(answer)
    c = console("-o", "columns=process method path")
    c.fetch("http://127.0.0.1:%d/by-curl" % o.port)
    c.wait(r"PROCESS +METHOD")
    c.wait(r"curl \d+ +GET +/by-curl")
    c.command("filter process!=curl")
    c.wait("No flow matches")
    c.command("filter process=curl")
    c.wait("/by-curl")
    c.press("\r")
    c.wait("Request")
    c.press("l", "l")
    c.wait(r"127\.0\.0\.1:\d+ \(curl, pid \d+\)")
