# SPDX-License-Identifier: MIT
"""After the editor: what was changed, and the ways on."""

from console import ENTER

HOLDING = r"(?i)(intercept |I:)on\b"    # in the status bar
BODY = '{"qty":1,"user":"bob"}'
EDITED = BODY.replace("1", "42").encode()


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def hold(c, o, path, *args):
    c.press("I")
    c.wait(HOLDING)
    client = c.curl(*args, url(o, path))
    c.wait_letter(path, "Q")
    c.press("G")
    return client


def edited(console, origin, editor, path):
    o = origin()
    c = console(env=editor("sed -i 's/:1/:42/; s/^Accept:.*/X-Debug: 1/' "
                           "\"$1\""))
    client = hold(c, o, path, "-H", "Content-Type: application/json",
                  "-d", BODY)
    c.press("e", "e")
    c.wait("^CHANGES ")
    return o, c, client


def test_shows_what_changed_and_sends_it(console, origin, editor):
    o, c, client = edited(console, origin, editor, "/order")
    c.wait(r"^\- +Accept: \*/\*")
    c.wait(r"^\+ +X-Debug: 1")
    c.wait(r"^\-.*1")
    c.wait(r"^\+.*42")
    c.wait("edited: press a to send")
    c.press("a")
    assert "200 OK" in c.curl_output(client)
    c.wait("^FLOWS")
    q = o.next_request()
    assert q.body == EDITED
    assert q.get("X-Debug") == "1" and q.get("Accept") is None


def test_thrown_away(console, origin, editor):
    o, c, client = edited(console, origin, editor, "/back")
    c.press("V")
    c.wait("^HELD 1/1")
    c.press("a")
    assert "200 OK" in c.curl_output(client)
    assert o.next_request().body == BODY.encode()


def test_edited_again_and_dropped(console, origin, editor):
    o, c, client = edited(console, origin, editor, "/drop")
    editor.ran.unlink()
    c.press("e", "e")
    c.wait("the editor again", editor.ran.exists)
    c.wait("^CHANGES ")
    c.press("X")
    c.wait("^FLOWS")
    assert " 502 " in c.curl_output(client)
    assert not o.requests


def test_left_and_held_still(console, origin, editor):
    o, c, client = edited(console, origin, editor, "/left")
    c.press("q")
    c.wait("^HELD 1/1")
    c.wait_letter("/left", "Q")
    c.press(">")
    c.wait_letter("/left", "S")
    assert o.next_request().body == EDITED
    c.press("a")
    assert "200 OK" in c.curl_output(client)


def test_draft_of_a_finished_flow(console, origin, editor):
    o = origin()
    c = console(env=editor("sed -i 's,/done,/again,' \"$1\""))
    c.fetch(url(o, "/done"))
    c.press("G", "e", "e")
    c.wait("^CHANGES ")
    c.wait(r"^\+.*/again")
    c.press("r")
    c.wait(r"GET +200 .*/again")
    assert [q.target for q in o.requests] == ["/done", "/again"]
