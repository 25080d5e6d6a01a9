# SPDX-License-Identifier: MIT
"""What was done to the list, taken back and done again."""

from console import ENTER, ESC


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def fill(c, o, *paths):
    for path in paths:
        c.fetch(url(o, path))
    c.wait(paths[-1])
    c.press("g")
    c.wait("the first", lambda: paths[0] in c.cursor_row())


def test_delete_and_back(console, origin):
    o, c = origin(), console()
    fill(c, o, "/u1", "/u2", "/u3")
    c.press("j", "d")
    c.wait_gone("/u2")
    c.wait("the next one", lambda: "/u3" in c.cursor_row())
    c.press("d")
    c.wait_gone("/u3")
    c.wait("the one before", lambda: "/u1" in c.cursor_row())
    c.press("u")
    c.wait("it, under the cursor", lambda: "/u3" in c.cursor_row())
    c.press("u")
    c.wait("it, in its place", lambda: "/u2" in c.cursor_row())
    c.wait("all in order", lambda: [
        l.split("/u")[1][0] for l in c.lines() if "/u" in l] ==
        ["1", "2", "3"])
    c.press("u")
    c.wait("nothing to undo")
    c.press("\x12")
    c.wait_gone("/u2")
    c.press("\x12")
    c.wait_gone("/u3")
    c.press("\x12")
    c.wait("nothing to do again")


def test_clear_and_back_with_bodies(console, origin):
    o, c = origin(), console()
    fill(c, o, "/c1", "/c2", "/c3")
    c.press("z")
    c.wait("3 finished, unmarked flows deleted")
    c.wait_gone("/c1")
    c.press("u")
    c.wait("/c1.*\n.*/c2.*\n.*/c3")
    c.press("G", ENTER, "l")
    c.wait("hello")             # the response is still there


def test_marks_and_back(console, origin):
    o, c = origin(), console()
    fill(c, o, "/m1", "/m2")
    c.press("*")
    c.wait("both", lambda: c.row("/m1")[2:3] == c.row("/m2")[2:3] == "●")
    c.press("u")
    c.wait("neither",
           lambda: c.row("/m1")[2:3] == c.row("/m2")[2:3] == " ")
    c.press("\x12")
    c.wait("both", lambda: c.row("/m1")[2:3] == c.row("/m2")[2:3] == "●")


def test_edit_and_back(console, origin, editor):
    o = origin()
    c = console(env=editor("sed -i 's/plain/changed/' \"$1\""))
    c.press("I")
    c.wait("I:ON")
    client = c.curl("-d", "plain", url(o, "/ed"))
    c.wait_letter("/ed", "Q")
    c.press("e", "e")
    c.wait("the editor", editor.ran.exists)
    c.wait("edited: press")
    c.press("u")
    c.wait("edit undone")
    c.press("\x12")
    c.wait("edit done again")
    c.press("a")
    assert "200 OK" in c.curl_output(client)
    assert o.next_request().body == b"changed"
    c.wait_letter("/ed", "~")
    # What was sent is not told otherwise.
    c.press("u")
    c.wait("has gone on since")
    c.wait("what else is shown", lambda: c.row("/ed")[1:2] == "~")


def test_undone_edit_is_not_sent(console, origin, editor):
    o = origin()
    c = console(env=editor("sed -i 's/plain/changed/' \"$1\""))
    c.press("I")
    c.wait("I:ON")
    client = c.curl("-d", "plain", url(o, "/ed"))
    c.wait_letter("/ed", "Q")
    c.press("e", "e")
    c.wait("edited: press")
    c.press("u")
    c.wait("edit undone")
    c.press("a")
    assert "200 OK" in c.curl_output(client)
    assert o.next_request().body == b"plain"
    c.wait_letter("/ed", " ")


def test_drop_of_a_finished_flow(console, origin):
    o, c = origin(), console()
    fill(c, o, "/d1", "/d2")
    c.press("X")
    c.wait_gone("/d1")
    c.wait("u undoes")
    c.press("u")
    c.wait("/d1")
    # In the detail nothing vanishes under the reader's eyes.
    c.press(ENTER)
    c.wait("Request.*Response")
    c.press("X")
    c.wait("is over already")
    c.press(ESC)
    c.wait("/d1.*\n.*/d2")
