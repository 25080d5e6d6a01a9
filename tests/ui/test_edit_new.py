# SPDX-License-Identifier: MIT
"""A request from nothing, and notes."""

import json

from console import ENTER, ESC


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def test_compose(console, origin, editor):
    o = origin()
    c = console(env=editor(
        "printf 'POST %s HTTP/1.1\\nX-New: 1\\n\\nhello' >\"$1\""
        % url(o, "/new")))
    c.press("c")
    c.wait("draft #1")
    assert o.requests == []
    c.press("G", "r")
    q = o.next_request()
    assert q.line == "POST /new HTTP/1.1" and q.body == b"hello"
    assert q.all("X-New") == ["1"] and q.all("Content-Length") == ["5"]
    assert q.all("Host") == ["127.0.0.1:%d" % o.port]


def test_compose_nothing_leaves_nothing(console, editor):
    c = console(env=editor("true"))
    c.press("c")
    c.wait("nothing changed")
    c.wait("FLOWS 0/0")


def test_note(console, origin, tmp_path):
    o, c = origin(), console()
    c.fetch(url(o, "/one"))
    c.fetch(url(o, "/two"))
    c.wait("/two")
    c.press("g", ";")
    c.wait(r"^note:")
    c.press("look at this", ENTER)
    c.wait("note on #1")
    c.command("filter ~note LOOK")
    c.wait_gone("/two")
    assert "/one" in c.text()
    c.command("save.har %s" % (tmp_path / "noted.har"))
    c.wait("saved|written")
    entries = json.loads((tmp_path / "noted.har").read_text())["log"]["entries"]
    assert [e["comment"] for e in entries] == ["look at this"]
    c.press("g", ";")
    c.wait(r"^note: look at this")
    c.press("\x15", ENTER)
    c.wait("no note on #1")
    c.wait_gone("/one")


def test_note_escape_keeps_the_old_one(console, origin):
    o, c = origin(), console()
    c.fetch(url(o, "/one"))
    c.wait("/one")
    c.command("flow.note first")
    c.wait("note on #1")
    c.press(";")
    c.wait(r"^note: first")
    c.press(" and more", ESC)
    c.wait_gone(r"^note:")
    c.press(";")
    c.wait(r"^note: first$")
