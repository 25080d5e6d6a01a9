# SPDX-License-Identifier: MIT
"""Names and values edited in place; what the origin then receives."""

from console import ENTER, ESC

TAB, BACKTAB = "\t", "\x1b[Z"
HOLDING = r"(?i)(intercept |I:)on\b"    # in the status bar


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def hold(c, o, path, *args):
    c.press("I")
    c.wait(HOLDING)
    client = c.curl(*args, url(o, path))
    c.wait_letter(path.split("?")[0], "Q")
    c.press("G")
    return client


def open_grid(console, origin, path, *args, letter="h", **more):
    o, c = origin(), console(**more)
    client = hold(c, o, path, "-H", "User-Agent:", *args)
    c.press("e", letter)
    c.wait("^GRID ")
    return o, c, client


def send(c, o, client):
    c.press("a")
    assert "200 OK" in c.curl_output(client)
    return o.next_request()


def test_changed_added_deleted(console, origin):
    o, c, client = open_grid(console, origin, "/h", "-H", "X-Case: a",
                             "-H", "X-Gone: 1", "-d", "body")
    c.wait(r"= +Host .*follows from the rest")
    c.press("/X-Case" + ENTER, ENTER)
    c.wait("^value: a$")
    c.press("\x15", "b", ENTER)
    c.wait(r"~ +X-Case +b +was a")
    c.press("j", "d")
    c.wait(r"- +X-Gone +1 +deleted")
    c.press("o")
    c.wait("^name:$")
    c.press("x-new", ENTER)
    c.wait("^value:$")
    c.press("two words", ENTER)
    c.wait(r"\+ +x-new +two words")
    c.wait("3 changed, not saved")
    c.press("w")
    c.wait("edited: press a to send")
    c.wait_gone("^GRID ")
    q = send(c, o, client)
    names = [line.split(":")[0] for line in q.head.decode().split("\r\n")[1:]
             if line]
    assert names == ["Host", "Accept", "X-Case", "x-new", "Content-Length",
                     "Content-Type"]
    assert q.all("X-Case") == ["b"] and q.all("x-new") == ["two words"]
    assert q.body == b"body"


def test_undo_redo_and_bringing_back(console, origin):
    o, c, client = open_grid(console, origin, "/u", "-H", "X-One: 1")
    c.press("/X-One" + ENTER, ENTER, "\x15", "2", ENTER)
    c.wait(r"~ +X-One +2")
    c.press("d")
    c.wait(r"- +X-One")
    c.press("d")
    c.wait(r"~ +X-One")
    c.press("u", "u", "u")
    c.wait_gone("not saved")
    c.press("u")
    c.wait("nothing to undo here")
    c.press("\x12")
    c.wait(r"~ +X-One +2")
    c.press("D")
    c.wait(r"\+ +X-One +2")
    c.press("K")
    c.press("w")
    c.wait("edited")
    assert send(c, o, client).all("X-One") == ["2", "2"]


def test_cells_by_tab(console, origin):
    o, c, client = open_grid(console, origin, "/t?a=1&b=2", letter="q")
    c.wait("Edit #1 request query")
    c.press(ENTER)
    c.wait("^value: 1$")
    c.press("0", TAB)
    c.wait("^name: b$")
    c.press("c", TAB)
    c.wait("^value: 2$")
    c.leave()
    c.wait("2 changed")
    c.press(BACKTAB, ENTER)
    c.wait("^name: bc$")
    c.press(ESC)
    c.wait_gone("^name")
    c.press("h", "l", "J")
    c.press("\x13")
    c.wait("edited")
    assert send(c, o, client).line == "GET /t?a=10&bc=2 HTTP/1.1"


def test_leaving_asks(console, origin):
    o, c, client = open_grid(console, origin, "/l?a=1", letter="q")
    c.press("q")
    c.wait_gone("^GRID ")
    c.press("e", "q")
    c.wait("^GRID ")
    c.press("o")
    c.wait("^name:$")
    c.press(ESC)
    c.wait_gone("^name:")
    c.press("q")
    c.wait_gone("^GRID ")
    c.press("e", "q")
    c.wait("^GRID ")
    c.press("d", ESC)
    c.wait("1 changed:  s saves, d throws it away")
    c.press("z")
    c.wait("^GRID ")
    c.press("\x03")
    c.wait("throws it away")
    c.press("d")
    c.wait_gone("^GRID ")
    c.press("e", "q")
    c.wait("^GRID ")
    c.press("d", "q")
    c.wait("throws it away")
    c.press("s")
    c.wait("edited")
    assert send(c, o, client).line == "GET /l HTTP/1.1"


def test_mistakes_stay_in_the_grid(console, origin):
    o, c, client = open_grid(console, origin, "/m", "-H", "X-One: 1")
    c.press("/X-One" + ENTER, "h", ENTER)
    c.wait("^name: X-One$")
    c.press(" two", ENTER, "w")
    c.wait("not saved: line [0-9]: not the name of a field")
    c.wait("^GRID ")
    c.press("u", "G")
    c.press("/Host" + ENTER)
    c.press("d")
    c.wait("follows from the rest and would come back")
    c.press("q")
    c.wait_gone("^GRID ")
    send(c, o, client)


def test_bytes_that_are_no_text(console, origin):
    o, c, client = open_grid(console, origin, "/b", "-H",
                             b"X-Raw: \xff\xfe", "-H", "X-Long: " + "y" * 5000)
    c.press("/X-Raw" + ENTER, ENTER)
    c.wait("not all text: e opens the editor")
    c.press("/X-Long" + ENTER, ENTER)
    c.wait("too long for a line")
    c.press("k", "/X-Raw" + ENTER, "h", ENTER)
    c.wait("^name: X-Raw$")
    c.press("2", ENTER, "w")
    c.wait("edited")
    q = send(c, o, client)
    assert b"\r\nX-Raw2: \xff\xfe\r\n" in q.head
    assert b"y" * 5000 in q.head


def test_held_response_and_form(console, origin):
    o, c = origin(), console()
    client = hold(c, o, "/f", "-d", "a=1&b=2")
    c.press("e", "f")
    c.wait("request form")
    c.press(ENTER, "\x15", "one more", ENTER, "w")
    c.wait("edited")
    c.press(">")
    c.wait_letter("/f", "S")
    assert o.next_request().body == b"a=one+more&b=2"
    c.press("e", "c")
    c.wait("only a request has that")
    c.press("e", "h")
    c.wait("response headers")
    c.press("o")
    c.wait("^name:$")
    c.press("X-Mine", ENTER, "yes", ENTER, "w")
    c.wait("edited")
    c.press("a")
    assert "X-Mine: yes" in c.curl_output(client)


def test_cookies_of_a_finished_flow_become_a_draft(console, origin):
    o, c = origin(), console()
    c.fetch("-H", "Cookie: sid=1; theme=dark", url(o, "/c"))
    c.wait(r"GET +200 .*/c")
    c.press("G", "e", "c")
    c.wait("^GRID ")
    c.press("j", ENTER, "\x15", "light", ENTER, "w")
    c.wait("draft #2")
    c.press("r")
    c.wait("the origin", lambda: len(o.requests) == 2)
    assert o.requests[1].all("Cookie") == ["sid=1; theme=light"]
