# SPDX-License-Identifier: MIT
"""The main job, as a person does it: see, hold, edit, let go, replay, drop,
save; and the terminal afterwards."""

import json
import os
import re
import signal
import subprocess
import time

import pytest

from console import ENTER, ESC
from harness import (
    OK, SLUICE, WAIT, Origin, clean_env, response, until)

HOLDING = r"(?i)(intercept |I:)on\b"    # in the status bar
HERE = os.path.dirname(os.path.abspath(__file__))


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def edit(c, editor):
    """Goes to the last flow, edits it, and waits until that is done."""
    c.press("G", "e", "e")
    c.wait("the editor", editor.ran.exists)
    c.settle(0.7)


# ---------------------------------------------------------------------- seeing


def test_first_screen_says_what_to_do(console):
    c = console()
    c.wait(r"\? help")
    text = c.text()
    assert "127.0.0.1:%d" % c.port in text
    assert "sluice-ca-cert.pem" in text
    assert "?" in text


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_flow_appears(console, origin, size):
    o, c = origin(), console(columns=size[0], rows=size[1])
    assert "hello" in c.fetch(url(o, "/seen"))
    line = c.wait(r"^.*GET +200 .*/seen.*$").group(0)
    assert line[1] == " "
    bar = c.lines()[-2]
    assert "127.0.0.1:%d" % c.port in bar
    c.fetch("-d", "x", url(o, "/posted"))
    c.wait(r"POST +200 .*/posted")
    assert "/seen" in c.text()


def test_https_flow_appears(console, origin, certs):
    o = origin(context=certs.server_context())
    c = console("--upstream-ca", certs.root)
    assert "hello" in c.fetch("https://one.localhost:%d/s" % o.port)
    c.wait(r"GET +200 .*ocalhost.*/s\b")


def test_failure_is_told_in_the_row(console, origin):
    o, c = origin(), console(columns=160, rows=45)
    o.close()
    assert " 502 " in c.fetch(url(o, "/dead"))
    line = c.wait(r"^.E.*ERR .*$").group(0)
    assert "refused" in line.lower()


def test_detail_has_tabs(console, origin, certs):
    o = origin(lambda q, stream: response(
        b'{"greeting": "hi", "list": [1, 2]}', X_Marker="present",
        Content_Type="application/json"), context=certs.server_context())
    c = console("--upstream-ca", certs.root)
    c.fetch("-H", "X-Asked: yes", "https://one.localhost:%d/d" % o.port)
    c.wait("/d")
    c.press(ENTER)
    c.wait("Request.*Response.*TLS.*Timing")
    seen = ""
    for _ in range(6):
        for place in "gG":
            c.press(place)
            c.settle(0.2)
            seen += c.text()
        c.press("l")
    for word in ("X-Asked", "X-Marker", "greeting", "TLSv1.3|TLS 1.3",
                 "one.localhost", "extra.localhost", "total|TTFB|wait"):
        assert re.search(word, seen, re.I), word
    c.press("q")
    c.wait_gone("Request.*Response")
    c.wait(r"GET +200 .*/d")


def test_body_modes(console, origin):
    o = origin(lambda q, stream: response(
        b'{"first":1,"second":{"x":2}}', Content_Type="application/json"))
    c = console()
    c.fetch(url(o, "/b"))
    c.wait("/b")
    c.press(ENTER)
    c.wait("Request.*Response")
    c.press("l")
    c.wait(r'"first": ?1')
    seen = set()
    for _ in range(3):
        c.settle()
        if re.search(r'"first":1,"second"', c.text()):
            seen.add("raw")
        elif re.search(r"7b ?22 ?66|7b 22 66", c.text()):
            seen.add("hex")
        elif re.search(r'"second": \{', c.text()):
            seen.add("pretty")
        c.press("t")
    assert seen == {"raw", "hex", "pretty"}


def test_moving(console, origin):
    o, c = origin(), console()
    for i in range(40):
        c.fetch(url(o, "/n%02d" % i))
    c.wait("/n39")
    c.press("g")
    c.wait("the first", lambda: "/n00" in c.cursor_row())
    c.press("j", "j")
    c.wait("the third", lambda: "/n02" in c.cursor_row())
    c.press("k")
    c.wait("the second", lambda: "/n01" in c.cursor_row())
    c.press("G")
    c.wait("the last", lambda: "/n39" in c.cursor_row())
    c.press("1", "7", "G")
    c.wait("number 17", lambda: "/n16" in c.cursor_row())
    c.command("3")
    c.wait("number 3", lambda: "/n02" in c.cursor_row())
    c.press("5", "j")
    c.wait("five down", lambda: "/n07" in c.cursor_row())
    # New flows do not move the cursor off its flow.
    c.fetch(url(o, "/new"))
    c.settle()
    assert "/n07" in c.cursor_row()


def test_filter(console, origin):
    o, c = origin(), console()
    for path in ("/apple", "/pear", "/apple2"):
        c.fetch(url(o, path))
    c.wait("/apple2")
    c.press("f", "~u apple")
    c.wait_gone("/pear")            # live, before Enter
    c.press(ENTER)
    c.wait(r"FLOWS \d/2 .*of 3")
    assert "/apple2" in c.text()
    c.press("\\")
    c.wait("/pear")
    c.press("\\")
    c.wait_gone("/pear")
    # A mistake is told and Escape keeps what was.
    c.press("f", "\x15", "~nonsense")
    c.wait("nonsense")
    c.press(ENTER)
    c.settle()
    assert "/apple2" in c.text()
    c.press(ESC)
    c.settle()
    assert "/pear" not in c.text() and "/apple2" in c.text()


def test_filter_option(console, origin):
    o, c = origin(), console("-f", "~m POST")
    c.fetch(url(o, "/got"))
    c.fetch("-d", "x", url(o, "/put"))
    c.wait("POST.*/put")
    assert "/got" not in c.text()


def test_search(console, origin):
    o, c = origin(), console()
    for path in ("/one", "/needle1", "/two", "/needle2", "/three"):
        c.fetch(url(o, path))
    c.wait("/three")
    c.press("g")
    c.wait("the first", lambda: "/one" in c.cursor_row())
    c.press("/", "needle", ENTER)
    c.wait("the first match", lambda: "/needle1" in c.cursor_row())
    c.press("n")
    c.wait("the second", lambda: "/needle2" in c.cursor_row())
    c.press("n")
    c.wait("the first again", lambda: "/needle1" in c.cursor_row())
    c.press("N")
    c.wait("the second again", lambda: "/needle2" in c.cursor_row())


def test_help_is_made_from_the_tables(console):
    c = console(columns=160, rows=45)
    c.press("?")
    c.wait("Let this held flow go on")
    seen = ""
    for _ in range(8):
        c.settle(0.2)
        seen += c.text()
        c.press(" ")
    top = os.path.join(HERE, "..", "..")
    tables = os.path.join(top, "include", "sluice", "ui")

    def rows(name):
        out = subprocess.run(
            ["awk", "-v", "list=1", "-f", os.path.join(
                top, "doc", "gendoc.awk"), os.path.join(tables, name)],
            check=True, capture_output=True).stdout.decode()
        return [line.split("\t") for line in out.splitlines()]
    helps = {name: text for _, name, text in rows("command.def")}
    listed = ("resume", "replay", "filter", "drop", "edit", "search", "save")
    for _, key, command in rows("keymap.def"):
        command = command.split(" ")[0]
        if any(word in command for word in listed):
            assert helps[command][:20] in seen, command
    c.press("q")
    c.wait_gone("Let this held flow go on")


def test_command_line(console, origin):
    o, c = origin(), console()
    c.fetch(url(o, "/cmd1"))
    c.fetch(url(o, "/cmd2"))
    c.wait("/cmd2")
    c.command("filter ~u cmd1")
    c.wait_gone("/cmd2")
    c.command("no-such-command")
    c.wait("no-such-command")
    c.command("set insecure=on")
    c.command("set insecure=perhaps")
    c.wait("insecure")
    c.command("quit")
    assert c.wait_end() == 0
    c.assert_restored()


def test_marks_and_delete(console, origin):
    o, c = origin(), console()
    for path in ("/m1", "/m2", "/m3"):
        c.fetch(url(o, path))
    c.wait("/m3")
    c.press("g")
    c.wait("the first", lambda: "/m1" in c.cursor_row())
    c.press("m")
    c.wait("the mark", lambda: c.row("/m1")[2:3] in ("●", "*"))
    c.press("z")
    c.wait_gone("/m2")
    assert "/m1" in c.text()
    c.press("U")
    c.wait("no mark", lambda: c.row("/m1")[2:3] == " ")
    c.press("g", "d")
    c.wait_gone("/m1")


# --------------------------------------------------------------------- holding


def test_hold_and_resume(console, origin):
    o, c = origin(), console()
    c.press("I")
    c.wait(HOLDING)
    client = c.curl("-d", "body", url(o, "/held"))
    c.wait("(?i)held 1")
    c.wait_letter("/held", "Q")
    assert o.requests == []
    c.press("G", "a")
    assert "200 OK" in c.curl_output(client)
    assert o.next_request().body == b"body"
    c.wait_letter("/held", " ")
    c.wait_gone("HELD 1")
    c.press("I")
    c.wait_gone(HOLDING)
    assert "200 OK" in c.fetch(url(o, "/free"))


def test_hold_what_matches(console, origin):
    o, c = origin(), console()
    c.press("i", "~u stop & ~q", ENTER)
    c.wait(HOLDING)
    assert "200 OK" in c.fetch(url(o, "/go"))
    client = c.curl(url(o, "/stop"))
    c.wait_letter("/stop", "Q")
    c.press("A")
    assert "200 OK" in c.curl_output(client)


def test_hold_option_and_resume_all_in_order(console, origin):
    o, c = origin(), console("-i", "~q")
    clients = []
    for i in range(3):
        clients.append(c.curl(url(o, "/all%d" % i)))
        c.wait_letter("/all%d" % i, "Q")
    c.wait("(?i)held 3")
    c.press("A")
    for client in clients:
        assert "200 OK" in c.curl_output(client)
    assert len(o.requests) == 3


def test_step_holds_the_answer(console, origin):
    o, c = origin(), console()
    c.press("I")
    c.wait(HOLDING)
    client = c.curl(url(o, "/step"))
    c.wait_letter("/step", "Q")
    c.press("G", ">")
    c.wait_letter("/step", "S")
    assert len(o.requests) == 1
    assert client.poll() is None
    c.press("a")
    assert "hello" in c.curl_output(client)


def test_edit_reaches_the_origin(console, origin, editor):
    o = origin()
    c = console(env=editor(
        "sed -i -e 's/qty=1/qty=22/' -e 's/^X-Flag:.*/X-Flag: edited/I' \"$1\""
    ))
    c.press("I")
    c.wait(HOLDING)
    client = c.curl("-d", "item=7&qty=1", "-H", "X-Flag: plain",
                    url(o, "/order"))
    c.wait_letter("/order", "Q")
    edit(c, editor)
    c.wait("the list again with the flow held",
           lambda: "/order" in c.text() and "HELD 1" in c.text().upper())
    assert o.requests == []
    c.press("a")
    assert "200 OK" in c.curl_output(client)
    q = o.next_request()
    assert q.line == "POST /order HTTP/1.1"
    assert q.body == b"item=7&qty=22"
    assert q.all("Content-Length") == ["13"]
    assert q.all("X-Flag") == ["edited"]
    assert q.all("Host") == ["127.0.0.1:%d" % o.port]
    c.wait_letter("/order", "~")


def test_edit_https(console, origin, certs, editor):
    o = origin(context=certs.server_context())
    c = console("--upstream-ca", certs.root,
                env=editor("sed -i 's/before/after!/' \"$1\""))
    c.press("I")
    c.wait(HOLDING)
    client = c.curl("-d", "before", "https://one.localhost:%d/tls" % o.port)
    c.wait_letter("/tls", "Q")
    edit(c, editor)
    c.wait("the list again", lambda: "/tls" in c.text())
    c.press("a")
    assert "200 OK" in c.curl_output(client)
    assert o.next_request().body == b"after!"


def test_edit_the_answer(console, origin, editor):
    o = origin()
    c = console(env=editor("sed -i 's/^hello/HELLO THERE/' \"$1\""))
    c.press("i", "~s", ENTER)
    c.wait(HOLDING)
    client = c.curl(url(o, "/ans"))
    c.wait_letter("/ans", "S")
    edit(c, editor)
    c.wait("the list again", lambda: "/ans" in c.text())
    c.press("a")
    out = c.curl_output(client)
    assert "HELLO THERE" in out and "200 OK" in out


def test_revert_throws_the_edit_away(console, origin, editor):
    o = origin()
    c = console(env=editor("sed -i 's/plain/changed/' \"$1\""))
    c.press("I")
    c.wait(HOLDING)
    client = c.curl("-d", "plain", url(o, "/rev"))
    c.wait_letter("/rev", "Q")
    edit(c, editor)
    c.wait("the list again", lambda: "/rev" in c.text())
    c.press("V")
    c.settle()
    c.press("a")
    assert "200 OK" in c.curl_output(client)
    assert o.next_request().body == b"plain"


def test_proxy_goes_on_while_the_editor_is_open(
        console, origin, editor, tmp_path):
    o = origin()
    opened, leave = tmp_path / "opened", tmp_path / "leave"
    c = console("-i", "~u held & ~q", env=editor(
        "touch '%s'" % opened,
        "while [ ! -e '%s' ]; do sleep 0.05; done" % leave))
    client = c.curl(url(o, "/held"))
    c.wait_letter("/held", "Q")
    c.press("G", "e", "e")
    c.wait("the editor", opened.exists)
    for i in range(3):
        out = subprocess.run(
            ["curl", "-sS", "--max-time", "10", "-x",
             "http://127.0.0.1:%d" % c.port, url(o, "/during%d" % i)],
            capture_output=True, env=clean_env(), timeout=WAIT)
        assert out.stdout == b"hello\n", out
    leave.touch()
    c.wait("/during2")
    c.press("A")
    assert "200 OK" in c.curl_output(client)


@pytest.mark.parametrize("lines", [
    ["exit 1"], ["echo 'this is no request' >\"$1\""],
    ["printf 'GET http://x/ HTTP/1.1\\nno colon here\\n\\n' >\"$1\""],
    [": >\"$1\""], ["kill -9 $$"],
], ids=["fails", "garbage", "bad-field", "emptied", "killed"])
def test_editor_that_fails_loses_nothing(console, origin, editor, lines):
    o = origin()
    c = console(env=editor(*lines))
    c.press("I")
    c.wait(HOLDING)
    client = c.curl("-d", "whole", url(o, "/keep"))
    c.wait_letter("/keep", "Q")
    edit(c, editor)
    c.wait_letter("/keep", "Q")
    assert client.poll() is None and o.requests == []
    c.press("a")
    assert "200 OK" in c.curl_output(client)
    assert o.next_request().body == b"whole"


def test_no_such_editor(console, origin):
    o = origin()
    c = console(env={"EDITOR": "/no/such/editor"})
    c.press("I")
    c.wait(HOLDING)
    client = c.curl(url(o, "/keep"))
    c.wait_letter("/keep", "Q")
    c.press("G", "e", "e")
    c.settle(1)
    c.wait_letter("/keep", "Q")
    c.press("a")
    assert "200 OK" in c.curl_output(client)


def test_drop_is_502(console, origin):
    o, c = origin(), console()
    c.press("I")
    c.wait(HOLDING)
    client = c.curl(url(o, "/drop"))
    c.wait_letter("/drop", "Q")
    c.press("G", "X")
    assert " 502 " in c.curl_output(client)
    assert o.requests == []
    c.wait("the letter of the dropped", lambda: any(
        l[1:2] == "X" for l in c.lines()))


def test_client_gone_while_held(console, origin):
    o, c = origin(), console()
    c.press("I")
    c.wait(HOLDING)
    client = c.curl(url(o, "/gone"))
    c.wait_letter("/gone", "Q")
    client.kill()
    client.wait()
    c.wait(r"(?i)gone|left|closed")
    c.press("G", "a")
    c.wait("Send it all the same")
    c.press("n")
    c.wait("was not sent")
    c.press("A")
    c.wait("0 flows go on; 1 stay held")
    assert o.requests == []
    c.press("a")
    c.wait("Send it all the same")
    c.press("y")
    c.wait("goes on without its client")
    assert o.next_request().target == "/gone"
    c.press("I")
    c.wait_gone(HOLDING)
    assert "200 OK" in c.fetch(url(o, "/next"))
    assert [q.target for q in o.requests][-1] == "/next"


# --------------------------------------------------------- replaying and saving


def test_replay_is_a_new_flow(console, origin):
    o, c = origin(), console()
    c.fetch("-d", "again", "-H", "X-Own: 1", url(o, "/rep"))
    c.wait("/rep")
    c.press("G", "r")
    c.wait("a second row", lambda: c.text().count("/rep") >= 2)
    first, second = o.next_request(), o.next_request()
    assert second.line == first.line == "POST /rep HTTP/1.1"
    assert second.body == b"again"
    assert second.fields == first.fields
    c.wait("both rows done", lambda: sum(
        "200" in l and "/rep" in l for l in c.lines()) == 2)
    assert sum(l[1:2] == "r" for l in c.lines() if "/rep" in l) == 1


def test_replay_https(console, origin, certs):
    o = origin(context=certs.server_context())
    c = console("--upstream-ca", certs.root)
    c.fetch("https://one.localhost:%d/rs" % o.port)
    c.wait("/rs")
    c.press("G", "r")
    o.next_request()
    assert o.next_request().line == "GET /rs HTTP/1.1"
    assert o.snis == [] and o.connections == 2


def test_duplicate_edit_and_send(console, origin, editor):
    o = origin()
    c = console(env=editor("sed -i 's/old/new/' \"$1\""))
    c.fetch("-d", "old", url(o, "/dup"))
    o.next_request()
    c.wait("/dup")
    c.press("G", "D")
    c.wait("a second row", lambda: c.text().count("/dup") >= 2)
    edit(c, editor)
    c.wait("^CHANGES")
    c.press("q")
    c.wait("the list again", lambda: c.text().count("/dup") >= 2)
    c.press("r")
    assert o.next_request().body == b"new"


def test_save_har(console, origin, tmp_path):
    o, c = origin(), console()
    for path in ("/h1", "/h2"):
        c.fetch(url(o, path))
    c.wait("/h2")
    har = tmp_path / "s.har"
    c.press("w")
    c.settle()
    c.press("\x15", str(har), ENTER)
    until("the file", lambda: c.pump() and har.exists())
    c.wait(r"(?i)saved|written|wrote|2 flows")
    entries = json.loads(har.read_text())["log"]["entries"]
    assert [e["request"]["url"] for e in entries] == \
        [url(o, "/h1"), url(o, "/h2")]


def test_save_where_it_cannot(console, origin):
    o, c = origin(), console()
    c.fetch(url(o, "/h1"))
    c.wait("/h1")
    c.command("save.har /no/such/folder/x.har")
    c.wait(r"(?i)no such file")
    assert "200 OK" in c.fetch(url(o, "/h2"))


def test_har_option(console, origin, tmp_path):
    har = tmp_path / "exit.har"
    o, c = origin(), console("--har", har)
    c.fetch(url(o, "/x"))
    c.wait("/x")
    c.press("Q")
    assert c.wait_end() == 0
    assert len(json.loads(har.read_text())["log"]["entries"]) == 1


# ---------------------------------------------------------------- the terminal


def test_resize(console, origin):
    o, c = origin(), console()
    for i in range(30):
        c.fetch(url(o, "/r%02d" % i))
    c.wait("/r29")
    for columns, rows in ((20, 5), (1, 1), (200, 60), (40, 10)):
        c.resize(columns, rows)
        c.settle(0.3)
        assert not c.ended
    c.resize(80, 24)
    c.wait("/r29")
    assert "200 OK" in c.fetch(url(o, "/after"))
    c.wait("/after")
    c.press(ENTER)
    c.resize(20, 5)
    c.settle(0.3)
    c.press("j", "l", "t", "q", "?", "q", ":", ESC)
    c.settle(0.3)
    c.resize(80, 24)
    c.wait(r"/after|/r29")


@pytest.mark.parametrize("key", ["q", "Q"])
def test_quit_restores_the_terminal(console, origin, key):
    o, c = origin(), console()
    c.fetch(url(o, "/x"))
    c.wait("/x")
    c.press(key)
    assert c.wait_end() == 0
    c.assert_restored()


def test_quit_asks_when_something_is_held(console, origin):
    o, c = origin(), console()
    c.press("I")
    c.wait(HOLDING)
    client = c.curl(url(o, "/q"))
    c.wait_letter("/q", "Q")
    c.press("q")
    c.settle()
    assert not c.ended
    c.press("n")
    c.settle()
    assert not c.ended
    c.press("q")
    c.settle()
    c.press("y")
    assert c.wait_end() == 0
    c.assert_restored()
    # What was held went on.
    assert b"200 OK" in client.communicate(timeout=WAIT)[0]


def test_escape_and_control_c_do_not_quit(console):
    c = console()
    c.press(ESC)
    c.settle()
    c.press("\x03")
    c.settle()
    assert not c.ended


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT,
                                    signal.SIGHUP])
def test_signals_restore_the_terminal(console, origin, number):
    o, c = origin(), console()
    c.fetch(url(o, "/x"))
    c.wait("/x")
    c.kill(number)
    assert c.wait_end() == 0
    c.assert_restored()


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_crash_restores_the_terminal(console, number):
    c = console()
    c.settle()
    c.is_crash = True       # and the sanitizer says so
    c.kill(number)
    assert c.wait_end() != 0
    c.assert_restored()


def test_port_in_use_before_the_terminal_is_touched(console, origin):
    o = origin()    # its port is taken
    c = console("-p", "127.0.0.1:%d" % o.port, ready=False)
    assert c.wait_end() == 1
    assert b"\x1b" not in c.raw
    text = c._file("stderr")
    assert text.startswith("sluice: ") and text.count("\n") == 1
    assert c._file("stty.before") == c._file("stty.after")


def test_lone_escape_does_not_stop_the_proxy(console, origin):
    o, c = origin(), console()
    c.fetch(url(o, "/x"))
    c.press(ESC)
    began = time.monotonic()
    assert "200 OK" in c.fetch(url(o, "/y"))
    assert time.monotonic() - began < 5


HOSTILE = (b"\x1b]0;PWNED\x07 \x1b[31mRED\x1b[0m \x9b31m \xc2\x9b32m "
           b"\xe2\x80\xaeevil\xe2\x81\xa6 \xe2\x80\x8b \xf3\xa0\x81\x81 "
           b"a\x08b\rc \x0e\x0f \x7f \xff\xfe")


def assert_safe(c):
    text = c.raw.decode("utf-8", "surrogateescape")
    assert "PWNED" not in text or "\x1b]0;PWNED" not in text
    for bad in ("\x1b]0;PWNED", "\x1b[31mRED", "\u202e", "\u2066",
                "\u200b", "\U000e0041"):
        assert bad not in text, repr(bad)
    assert not re.search("[\x80-\x9f\x7f\udc80-\udcff]", text)
    assert not re.search("[\x00\x05]", text)


def test_hostile_bytes_never_reach_the_terminal(console, origin):
    field = HOSTILE.replace(b"\r", b"").replace(b"\x00", b"")
    safe_field = bytes(b for b in field if b >= 32 and b != 127 or b == 9)

    def answer(q, stream):
        stream.sock.sendall(
            b"HTTP/1.1 200 Fine \xc2\x9b31m\xe2\x80\xae\r\nX-Bad: " +
            safe_field + b"\r\nContent-Type: text/plain\r\n"
            b"Content-Length: %d\r\n\r\n" % len(HOSTILE) + HOSTILE)
    o, c = origin(answer), console()
    c.fetch("--data-binary", HOSTILE.replace(b"\0", b"").decode(
        "utf-8", "surrogateescape"), "-H", "X-Mine: \u202e\x9b\u200b",
        url(o, "/\u202epath\u009b"))
    c.wait("POST")
    for key in (ENTER, "l", "t", "t", "t", "h", "l", "l", "l", "q", "E", "q"):
        c.press(key)
        c.settle(0.25)
    assert_safe(c)


def test_hostile_names_in_a_certificate(console, origin, certs):
    certs.leaf("bad.localhost", "DNS:bad.localhost")
    subprocess.run(
        ["openssl", "req", "-x509", "-new", "-utf8", "-key",
         certs.path("bad.localhost", "key"), "-subj",
         "/CN=\u202eevil\x9b31m\x1b]0;PWNED\x07", "-addext",
         "subjectAltName=DNS:bad.localhost", "-days", "5", "-out",
         certs.path("bad.localhost", "pem")], check=True,
        capture_output=True)
    o, c = origin(context=certs.server_context()), console("-k")
    c.fetch("-k", "https://bad.localhost:%d/c" % o.port)
    c.wait("/c")
    for key in (ENTER, "l", "l", "l", "q"):
        c.press(key)
        c.settle(0.25)
    assert_safe(c)


def test_no_color(console, origin):
    o, c = origin(), console(env={"NO_COLOR": "1"})
    c.fetch(url(o, "/x"))
    c.wait("/x")
    c.settle()
    assert not re.search(rb"\x1b\[(\d+;)*(3|4|9|10)[0-7]m", c.raw)


def test_plain_locale(console, origin):
    o, c = origin(), console(env={"LC_ALL": "C", "LANG": "C"})
    c.fetch(url(o, "/x"))
    c.wait("GET.*/x")
    c.settle()
    assert all(b < 128 for b in c.raw)


def test_demo(console):
    c = console("--demo", columns=160, rows=45)
    c.wait("shop.localhost")
    c.wait("cdn.localhost")
    c.wait("POST")
    c.press("q")
    c.settle()
    if not c.ended:
        c.press("y")
    assert c.wait_end() == 0
    c.assert_restored()


def test_no_terminal():
    done = subprocess.run([SLUICE], stdin=subprocess.DEVNULL,
                          capture_output=True, env=clean_env(), timeout=WAIT)
    assert done.returncode == 2
    assert b"--headless" in done.stderr
    assert done.stdout == b""


def test_busy_traffic_while_keys_are_pressed(console, origin):
    o = origin(lambda q, stream: response(q.target.encode()))
    c = console()
    clients = [c.curl("-o", "/dev/null", "--parallel", *(
        w for i in range(40) for w in (url(o, "/%d.%d" % (n, i)),
                                       "-o", "/dev/null")))
        for n in range(3)]
    for key in "jkgGjjkk" * 5:
        c.press(key)
    for client in clients:
        c.curl_output(client)
    c.wait("120")
    assert not c.ended
    assert isinstance(o, Origin) and OK
