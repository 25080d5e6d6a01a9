# SPDX-License-Identifier: MIT
"""The edit menu: what of a held message is edited, and what the origin then
receives, byte for byte."""

import pytest

from console import ENTER, ESC

HOLDING = r"(?i)(intercept |I:)on\b"    # in the status bar
BODY = b'{"qty":1,"price":1.50}'


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def hold(c, o, path, *args):
    c.press("I")
    c.wait(HOLDING)
    client = c.curl(*args, url(o, path))
    c.wait_letter(path.split("?")[0], "Q")
    c.press("G")
    return client


def edit(c, editor, letter, done="edited"):
    c.press("e")
    c.wait(r"one more key")
    c.press(letter)
    if letter in "qcf":
        c.wait("^GRID ")
        c.press("e")
    c.wait("the editor", editor.ran.exists)
    c.wait(done)


def send(c, o, client):
    c.press("a")
    assert "200 OK" in c.curl_output(client)
    return o.next_request()


def test_menu_says_what_its_keys_do(console, origin):
    o, c = origin(), console()
    client = hold(c, o, "/menu")
    c.press("e")
    c.wait("one more key")
    for word in ("everything", "start line and headers", "header fields one by one", "method and URL",
                 "body", "query", "cookies", "form"):
        assert word in c.text(), word
    c.press("Z")            # no key of the menu: it stays
    c.settle()
    assert "one more key" in c.text()
    c.press(ESC)
    c.wait_gone("one more key")
    send(c, o, client)


def test_enter_edits_everything(console, origin, editor):
    o = origin()
    c = console(env=editor("sed -i 's/^{\"qty\":1/{\"qty\":7/' \"$1\""))
    client = hold(c, o, "/all", "-d", BODY.decode())
    edit(c, editor, ENTER)
    assert send(c, o, client).body == BODY.replace(b":1,", b":7,")


def test_body_alone(console, origin, editor, tmp_path):
    o = origin()
    c = console(env=editor("cp \"$1\" '%s'" % (tmp_path / "seen"),
                           "printf '%s' \"$1\" >'{}'".format(
                               tmp_path / "name"),
                           "sed -i 's/1.50/12.50/' \"$1\""))
    client = hold(c, o, "/body", "-H", "Content-Type: application/json",
                  "-d", BODY.decode())
    edit(c, editor, "b")
    assert (tmp_path / "seen").read_bytes() == BODY
    assert (tmp_path / "name").read_text().endswith("-request.json")
    q = send(c, o, client)
    assert q.body == BODY.replace(b"1.50", b"12.50")
    assert q.all("Content-Length") == [str(len(q.body))]


def test_line_end_of_the_editor_is_not_sent(console, origin, editor):
    o = origin()
    c = console(env=editor("printf 'changed\\n' >\"$1\""))
    client = hold(c, o, "/lf", "-d", "plain")
    edit(c, editor, "b")
    assert send(c, o, client).body == b"changed"


@pytest.mark.parametrize("letter", ["b", "e"])
def test_carriage_return_at_the_end_stays(console, origin, editor, letter):
    o = origin()
    c = console(env=editor("sed -i 's/abc/abd/' \"$1\""))
    client = hold(c, o, "/cr", "--data-binary", "abc\r")
    edit(c, editor, letter)
    assert send(c, o, client).body == b"abd\r"


def test_remarks_in_a_body_are_its_own(console, origin, editor):
    o = origin()
    body = b"first\n\n# - not ours\n\n"
    c = console(env=editor("sed -i 's/first/FIRST/' \"$1\""))
    client = hold(c, o, "/remarks", "--data-binary", body.decode())
    edit(c, editor, "b")
    assert send(c, o, client).body == body.replace(b"first", b"FIRST")


def test_head(console, origin, editor):
    o = origin()
    c = console(env=editor(
        "sed -i -e 's/^X-Case:.*/X-Case: b/' -e '/^X-Gone/d' \"$1\"",
        "echo 'x-new: 1' >>\"$1\""))
    client = hold(c, o, "/head", "-H", "X-Case: a", "-H", "X-Gone: 1",
                  "-d", "whole")
    edit(c, editor, "H")
    q = send(c, o, client)
    assert q.all("X-Case") == ["b"] and q.all("X-Gone") == []
    assert q.all("x-new") == ["1"] and q.body == b"whole"
    assert q.all("Content-Length") == ["5"]


@pytest.mark.parametrize("path,script,line", [
    ("/q?a=1&b=2", "echo 'c=x y' >>\"$1\"", "GET /q?a=1&b=2&c=x%20y HTTP/1.1"),
    ("/q?a=%41&b=2", "sed -i /b=2/d \"$1\"", "GET /q?a=%41 HTTP/1.1"),
    ("/q", "echo 'n=1#2' >\"$1\"", "GET /q?n=1%232 HTTP/1.1"),
], ids=["added", "removed", "first"])
def test_query(console, origin, editor, path, script, line):
    o = origin()
    c = console(env=editor(script))
    client = hold(c, o, path)
    edit(c, editor, "q")
    assert send(c, o, client).line == line


@pytest.mark.parametrize("given,script,want", [
    (["-H", "Cookie: sid=1; theme=dark"], "sed -i s/dark/light/ \"$1\"",
     ["sid=1; theme=light"]),
    ([], "printf 'a=1\\nb=2\\n' >\"$1\"", ["a=1; b=2"]),
], ids=["changed", "first"])
def test_cookies(console, origin, editor, given, script, want):
    o = origin()
    c = console(env=editor(script))
    client = hold(c, o, "/cookies", *given)
    edit(c, editor, "c")
    assert send(c, o, client).all("Cookie") == want


def test_form(console, origin, editor):
    o = origin()
    c = console(env=editor("sed -i 's/^b=.*/b=two words/' \"$1\""))
    client = hold(c, o, "/form", "-d", "a=%C3%A4&b=2&c=3")
    edit(c, editor, "f")
    q = send(c, o, client)
    assert q.body == b"a=%C3%A4&b=two+words&c=3"
    assert q.all("Content-Length") == [str(len(q.body))]


def test_form_of_something_else_is_refused(console, origin):
    o, c = origin(), console()
    client = hold(c, o, "/json", "-H", "Content-Type: application/json",
                  "-d", BODY.decode())
    c.press("e", "f")
    c.wait("not a form")
    assert send(c, o, client).body == BODY


def test_start_line_in_the_prompt(console, origin):
    o, c = origin(), console()
    client = hold(c, o, "/before", "-d", "x")
    c.press("e", "u")
    c.wait(r"^edit: POST http://127.0.0.1:%d/before HTTP/1.1" % o.port)
    c.press("\x01\x0b", "PUT http://127.0.0.1:%d/after HTTP/1.1" % o.port,
            ENTER)
    c.wait("edited")
    q = send(c, o, client)
    assert q.line == "PUT /after HTTP/1.1" and q.body == b"x"


def test_wrong_start_line_stays_in_the_prompt(console, origin):
    o, c = origin(), console()
    client = hold(c, o, "/before")
    c.press("e", "u")
    c.wait(r"^edit: GET")
    c.press("\x15", "nonsense", ENTER)
    c.settle()
    c.wait(r"^edit: nonsense")
    c.wait("METHOD URL")
    c.press(ESC)
    c.wait_gone("nonsense")
    assert send(c, o, client).line == "GET /before HTTP/1.1"


def test_start_line_stays_with_its_flow(console, origin):
    """New flows come while it is typed; the cursor may follow them."""
    o = origin()
    c = console("-i", "~u held & ~q")
    client = c.curl(url(o, "/held"))
    c.wait_letter("/held", "Q")
    c.press("G", "e", "u")
    c.wait(r"^edit: GET")
    assert "hello" in c.fetch(url(o, "/other"))
    o.next_request()
    c.press("\x15", "GET http://127.0.0.1:%d/new HTTP/1.1" % o.port, ENTER)
    c.wait("#1 edited")
    c.press("A")
    assert "200 OK" in c.curl_output(client)
    assert o.next_request().line == "GET /new HTTP/1.1"


def test_unreadable_text_goes_back_with_the_reason(
        console, origin, editor, tmp_path):
    """The second time the reason stands on top, and the text is mended."""
    o = origin()
    first = tmp_path / "first"
    c = console(env=editor(
        "if [ ! -e '%s' ]; then touch '%s'" % (first, first),
        "sed -i 's/^X-Flag:/X-Flag/' \"$1\"",
        "else head -n 1 \"$1\" >'%s'" % (tmp_path / "reason"),
        "sed -i 's/^X-Flag/X-Flag: mended/' \"$1\"; fi"))
    client = hold(c, o, "/again", "-H", "X-Flag: plain", "-d", "body")
    edit(c, editor, "e")
    reason = (tmp_path / "reason").read_text()
    assert reason.startswith("# - line ") and "':'" in reason
    q = send(c, o, client)
    assert q.all("X-Flag") == ["mended plain"] and q.body == b"body"


def test_finished_flow_becomes_a_draft(console, origin, editor):
    o = origin()
    c = console(env=editor("echo 'x=1' >\"$1\""))
    c.fetch(url(o, "/done"))
    o.next_request()
    c.wait(r"GET +200 .*/done")
    c.press("G")
    edit(c, editor, "q", "draft #2")
    c.press("r")
    assert o.next_request().line == "GET /done?x=1 HTTP/1.1"


def test_which_editor(console, origin, editor, tmp_path):
    """Our own variables first, and one for what is no text."""
    hexed = tmp_path / "hexed"
    hexed.write_text("#!/bin/sh\nprintf '\\001\\002\\377' >\"$1\"\n")
    hexed.chmod(0o755)
    env = editor("sed -i s/plain/changed/ \"$1\"")
    o = origin()
    c = console(env={"EDITOR": "false", "SLUICE_EDITOR": env["EDITOR"],
                     "SLUICE_HEXEDITOR": str(hexed)})
    client = hold(c, o, "/text", "-H", "Content-Type: text/plain", "-d",
                  "plain")
    edit(c, editor, "b")
    assert send(c, o, client).body == b"changed"
    client = c.curl("-H", "Content-Type: application/octet-stream", "-d",
                    "bytes", url(o, "/bytes"))
    c.wait_letter("/bytes", "Q")
    c.press("G", "e", "b")
    c.wait("^CHANGES ")
    assert send(c, o, client).body == b"\x01\x02\xff"
