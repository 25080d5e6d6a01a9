# SPDX-License-Identifier: MIT
"""The command line offers what it could run; help runs what it shows."""

from console import ENTER


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def offered(c):
    return [line.split()[1] for line in c.lines()
            if line.startswith(("│ ", "| ")) and len(line.split()) > 1]


def test_best_first_and_enter_runs_it(console, origin):
    o, c = origin(), console()
    c.fetch(url(o, "/once"))
    c.press("\x10")
    c.press("replay")
    c.wait("^:replay")
    c.wait("Send the request again as a new flow")
    assert offered(c)[0] == "flow.replay"
    c.leave()
    c.press(":")
    c.wait("COMMAND")
    # Scattered letters, and it is no command by itself.
    c.press("unmrkall")
    c.wait("Enter runs the first")
    assert offered(c)[0] == "flow.unmark-all"
    c.press(ENTER)
    c.wait("0 unmarked")
    # By what the help says.
    c.press(":")
    c.press("again turns it round")
    c.leave()
    c.press(":")
    c.press("HAR")
    c.wait("save.har")
    c.leave()
    assert len(o.requests) == 1


def test_last_used_comes_first(console):
    c = console()
    c.press(":")
    c.wait("COMMAND")
    assert offered(c)[0] != "follow"
    c.leave()
    c.command("follow")
    c.wait("follow o")
    c.press(":")
    c.wait("the last one used on top", lambda: offered(c)[:1] == ["follow"])
    c.press("\x0e")
    c.wait("^:follow")
    c.press("\x0e", "\x10")
    c.wait("^:follow")
    c.leave()


def test_options_are_offered_with_their_values(console):
    c = console()
    c.press(":")
    c.press("redac")
    c.wait("set redact=.*now off")
    c.leave()
    c.press(":")
    c.press("clipboar")
    c.wait("set clipboard=")
    c.press("\x0e")
    c.leave()


def test_number_and_needed_argument(console, origin):
    o, c = origin(), console()
    for path in ("/a", "/b", "/c"):
        c.fetch(url(o, path))
    c.press(":")
    c.press("2")
    c.press(ENTER)
    c.wait("the cursor on /b", lambda: any(
        line.startswith("▌") and "/b" in line for line in c.lines()))
    c.press(":")
    c.press("unbnd")
    c.press(ENTER)
    c.wait("^:unbind$")
    c.leave()


def test_help_runs_the_line_under_the_cursor(console, origin):
    o, c = origin(), console()
    c.fetch(url(o, "/apple"))
    c.fetch(url(o, "/plum"))
    c.press("?")
    c.wait("HELP 1/")
    c.press("/")
    c.press("Remove all marks")
    c.press(ENTER)
    c.wait("Remove all marks")
    c.press(ENTER)
    c.wait("0 unmarked")
    c.wait("FLOWS")
    # A command that needs more is asked for, a filter begun.
    c.press("?", "/")
    c.press(":goto")
    c.press(ENTER, ENTER)
    c.wait("^:goto$")
    c.press("1")
    c.press(ENTER)
    c.wait("the cursor on /apple", lambda: any(
        line.startswith("▌") and "/apple" in line for line in c.lines()))
    c.press("?", "G", ENTER)
    c.wait("^filter: ")
    c.leave()
    c.wait("FLOWS ./2")
    # A title runs nothing.
    c.press("?", "g", ENTER)
    c.wait("HELP 1/")
