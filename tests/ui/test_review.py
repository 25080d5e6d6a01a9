# SPDX-License-Identifier: MIT
"""What a newcomer and an opponent of the console stumbled over."""

import os
import signal
import socket
import subprocess

import pytest

from console import ENTER, ESC
from harness import SLUICE, clean_env
from test_console import edit, url


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGUSR1,
                                    signal.SIGALRM, signal.SIGXCPU])
def test_any_fatal_signal_restores_the_terminal(console, number):
    c = console()
    c.settle()
    c.is_crash = True
    c.kill(number)
    assert c.wait_end() != 0
    c.assert_restored()


def test_signal_that_was_ignored_stays_so(console):
    c = console(signals={signal.SIGQUIT: signal.SIG_IGN})
    c.settle()
    c.kill(signal.SIGQUIT)
    c.press("?")
    c.wait("^HELP")
    c.press("q", "q")
    assert c.wait_end() == 0


def test_guide_names_this_listener_and_folder_to_env(console):
    c = console(columns=160, rows=45)
    line = c.wait(r'eval "\$\(sluice env.*').group(0)
    assert "-p 127.0.0.1:%d" % c.port in line
    assert "-c " in line and "conf" in line


def test_ca_names_the_listener(tmp_path):
    out = subprocess.run(
        [SLUICE, "ca", "-c", str(tmp_path), "-p", "9999"], text=True,
        capture_output=True, env=clean_env(), check=True).stdout
    assert "-x http://127.0.0.1:9999 " in out


def test_set_takes_a_blank_for_the_equals_sign(console):
    c = console()
    c.command("set mouse off")
    c.wait("mouse = off")
    c.command("set mouse banana")
    c.wait("mouse takes")
    c.command("set nosuch 1")
    c.wait("unknown option nosuch")


def test_cut_message_is_whole_in_the_log(console, origin, editor):
    o = origin()
    c = console(columns=60, rows=16, env=editor("echo x >>$1", "exit 3"))
    c.press("I")
    c.curl("-d", "hello", url(o, "/kept"))
    c.wait_letter("/kept", "Q")
    edit(c, editor)
    c.wait("ended with status 3")
    c.press("E")
    c.wait(r"request\.http")
    c.press("q", "A")


def test_row_tells_that_the_client_of_a_hold_is_gone(console, origin):
    o, c = origin(), console()
    c.press("I")
    child = c.curl(url(o, "/left"))
    c.curl(url(o, "/stays"))
    c.wait_letter("/left", "Q")
    c.wait_letter("/stays", "Q")
    child.kill()
    c.wait("client gone in its row",
           lambda: "client gone" in c.row("/left"))
    assert "client gone" not in c.row("/stays")
    c.press("A")


def test_draft_is_not_called_over(console, origin):
    o, c = origin(), console()
    c.fetch(url(o, "/d"))
    c.wait("/d")
    c.press("D")
    c.wait("draft")
    c.press("G", "X")
    c.wait(r"it left the list; u undoes")
    c.press("u")
    c.wait("draft|/d")


@pytest.mark.parametrize("key", "T")
def test_empty_list_of_passed_hosts_fits(console, key):
    c = console()
    c.press(key)
    c.wait("No host is passed through")
    assert "--pass REGEX" in c.text()
    c.press(ESC)


def test_double_click_opens(console, origin):
    o, c = origin(), console()
    for name in ("one", "two", "three"):
        c.fetch(url(o, "/" + name))
        c.wait("/" + name)
    row = next(i for i, l in enumerate(c.lines()) if "/two" in l) + 1
    click = "\x1b[<0;9;%dM\x1b[<0;9;%dm" % (row, row)
    c.press(click)
    c.wait("two under the cursor", lambda: "/two" in c.cursor_row())
    c.settle(0.8)
    assert "Request │ Response" not in c.text()
    c.press(click + click)
    c.wait("Request . Response")
    assert "/two" in c.lines()[0]


def test_malformed_request_is_shown_as_it_came(console):
    c = console()
    with socket.create_connection(("127.0.0.1", c.port)) as s:
        s.sendall(b"GET http://e\x1bvil/ HTTP/1.1\r\nHost: x\r\n\r\n")
        c.wait("ERR")
    c.press(ENTER)
    c.wait("Request . Response")
    c.settle()
    line = next(l for l in c.lines() if l.startswith("GET"))
    assert line == r"GET http://e\x1bvil/ HTTP/1.1"
    assert "so far" not in c.text()


def test_suspend_and_redraw_work_in_a_prompt(console):
    c = console()
    c.press("f")
    c.wait("^filter:")
    c.press("abc", "\x1a")
    # Without a shell that controls jobs the kernel does not stop it.
    c.wait("what a suspended console leaves", lambda: b"fg goes on" in c.raw)
    c.wait("^filter: abc$")
    before = len(c.raw)
    c.press("\x0c")
    c.wait("everything anew",
           lambda: c.raw.count(b"sluice is listening", before) > 0 or
           c.raw.count(b"No flow matches", before) > 0)
    c.press(ESC)


def test_q_typed_asks_when_something_is_held(console, origin):
    o = origin()
    c = console("-i", "~u held")
    c.wait_port()
    c.curl("http://127.0.0.1:%d/held" % o.port)
    c.wait_letter("/held", "Q")
    c.command("q")
    c.wait(r"1 held\. Quit\?")
    c.press(ESC)
    c.wait_gone(r"held\. Quit")
    c.wait_letter("/held", "Q")
