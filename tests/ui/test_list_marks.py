# SPDX-License-Identifier: MIT
"""Marks, ranges, and showing only some flows."""

from console import ENTER, ESC


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def fill(c, o, *paths):
    for path in paths:
        c.fetch(url(o, path))
    c.wait(paths[-1])
    c.press("g")
    c.wait("the first", lambda: paths[0] in c.cursor_row())


def is_marked(c, path):
    return c.row(path)[2:3] == "●"


def shown(c, word):
    """The paths that are shown, in order."""
    return [l[l.index(word):].split(" ")[0] for l in c.lines()[:-2]
            if word in l]


def wait_shown(c, word, paths):
    c.wait("only %r" % paths, lambda: shown(c, word) == paths)


def test_range_marks(console, origin):
    o, c = origin(), console()
    fill(c, o, "/r1", "/r2", "/r3", "/r4")
    c.press("j", "v", "j")
    c.wait("RANGE 2")
    c.wait("what else is shown", lambda:
           c.row("/r2")[:1] == "│" and c.row("/r1")[:1] == " ")
    c.press("m")
    c.wait("two marks", lambda: is_marked(c, "/r2") and is_marked(c, "/r3"))
    c.wait("what else is shown", lambda:
           not is_marked(c, "/r1") and not is_marked(c, "/r4"))
    c.wait_gone("RANGE")
    c.wait("● 2")


def test_range_upwards_is_deleted_at_once_and_comes_back(console, origin):
    o, c = origin(), console()
    fill(c, o, "/r1", "/r2", "/r3", "/r4")
    c.press("G", "v", "k", "k", "d")
    c.wait("3 flows deleted")
    wait_shown(c, "/r", ["/r1"])
    c.press("u")
    c.wait("delete undone: 3 flows")
    wait_shown(c, "/r", ["/r1", "/r2", "/r3", "/r4"])


def test_range_is_cancelled(console, origin):
    o, c = origin(), console()
    fill(c, o, "/r1", "/r2")
    c.press("v", "j")
    c.wait("RANGE 2")
    c.press(ESC)
    c.wait_gone("RANGE")
    c.press("d")
    c.wait_gone("/r2")
    wait_shown(c, "/r", ["/r1"])


def test_range_of_held_flows(console, origin):
    o, c = origin(), console("-i", "~q")
    clients = []
    for i in range(4):
        clients.append(c.curl(url(o, "/h%d" % i)))
        c.wait_letter("/h%d" % i, "Q")
    c.press("g", "v", "j", "a")
    c.wait("2 flows let go")
    assert "200 OK" in c.curl_output(clients[0])
    assert "200 OK" in c.curl_output(clients[1])
    assert sorted(q.target for q in o.requests) == ["/h0", "/h1"]
    c.press("G", "v", "k", "X")
    c.wait("2 flows dropped")
    assert " 502 " in c.curl_output(clients[2])
    assert " 502 " in c.curl_output(clients[3])
    assert len(o.requests) == 2


def test_marks_are_deleted_together(console, origin):
    o, c = origin(), console()
    fill(c, o, "/d1", "/d2", "/d3")
    c.press("m", "j", "m", "g", "j", "d")
    c.wait("2 flows deleted")
    wait_shown(c, "/d", ["/d2"])
    c.press("u", "\x1b[3~")         # Delete, the marks came back as well
    c.wait("2 flows deleted")
    wait_shown(c, "/d", ["/d2"])


def test_hidden_marks_are_named_first(console, origin):
    o, c = origin(), console()
    fill(c, o, "/pear", "/apple", "/plum")
    c.press("m", "m", "f", "~u apple", ENTER)
    c.wait(r"● 2 \(1 hidden\)")
    c.press("d")
    c.wait(r"2 flows \(1 hidden\): delete\?")
    c.press("n")
    c.wait("/apple")
    c.press("d")
    c.wait(r"2 flows \(1 hidden\): delete\?")
    c.press("y", "\\")
    c.wait("/plum")
    wait_shown(c, "/p", ["/plum"])
    c.wait("what else is shown", lambda: "/apple" not in c.text())


def test_marked_are_replayed_after_asking(console, origin):
    o, c = origin(), console()
    fill(c, o, "/s1", "/s2", "/s3")
    c.press("m", "m", "r")
    c.wait("2 flows: send again")
    c.press("y")
    c.wait("2 flows sent again")
    c.wait("the origin", lambda: len(o.requests) == 5)
    assert sorted(q.target for q in o.requests[3:]) == ["/s1", "/s2"]


def test_only_marked(console, origin):
    o, c = origin(), console()
    fill(c, o, "/a1", "/a2", "/a3")
    c.press("j", "m", "M")
    c.wait_gone("/a1")
    wait_shown(c, "/a", ["/a2"])
    c.wait("MARKED")
    c.press("m")
    c.wait("Nothing is marked")
    c.press("M")
    c.wait("/a1")
    wait_shown(c, "/a", ["/a1", "/a2", "/a3"])


def test_mark_all_shown_and_unmark_all(console, origin):
    o, c = origin(), console()
    fill(c, o, "/pear", "/apple", "/plum")
    c.press("f", "~u /p", ENTER)
    c.wait_gone("/apple")
    c.press("*")
    c.wait("● 2")
    c.press("\\")
    c.wait("/apple")
    c.wait("what else is shown", lambda:
           is_marked(c, "/pear") and is_marked(c, "/plum"))
    c.wait("what else is shown", lambda: not is_marked(c, "/apple"))
    c.press("U")
    c.wait("2 unmarked")
    c.wait("what else is shown", lambda: not is_marked(c, "/pear"))


def test_clear_hidden(console, origin):
    o, c = origin(), console()
    fill(c, o, "/pear", "/apple", "/plum")
    c.press("m", "f", "~u apple", ENTER)
    c.wait_gone("/plum")
    c.press("Z")
    c.wait("1 hidden flow deleted")
    c.press("\\")
    c.wait("/pear")             # it is marked
    c.wait("what else is shown", lambda:
           "/plum" not in c.text() and "/apple" in c.text())
    c.press("u")
    c.wait("/plum")


def test_clear_spares_what_is_held(console, origin):
    o, c = origin(), console("-i", "~u held & ~q")
    fill(c, o, "/done")
    client = c.curl(url(o, "/held"))
    c.wait_letter("/held", "Q")
    c.press("z")
    c.wait_gone("/done")
    c.wait_letter("/held", "Q")
    c.press("A")
    assert "200 OK" in c.curl_output(client)


def test_back_leaves_the_limit_before_the_program(console, origin):
    o, c = origin(), console()
    fill(c, o, "/a1", "/a2")
    for key in ("q", ESC):
        c.press("g", "m", "M")
        wait_shown(c, "/a", ["/a1"])
        c.press(key)
        wait_shown(c, "/a", ["/a1", "/a2"])
        c.press("U")
        c.wait("1 unmarked")
    assert not c.ended
