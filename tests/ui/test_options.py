# SPDX-License-Identifier: MIT
"""The screen with all options."""

import os
import pathlib
import stat

from console import ENTER


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def go_to(c, name):
    c.press("/")
    c.press(name)
    c.press(ENTER)
    c.wait("the cursor on %s" % name, lambda: any(
        line.startswith(("▌ " + name, "> " + name)) for line in c.lines()))


def test_switch_and_choice_change_at_once(console):
    c = console()
    c.press("O")
    c.wait("OPTIONS 1/")
    go_to(c, "redact")
    c.press(ENTER)
    c.wait("redact = on")
    c.wait(r"redact +on")
    c.press(" ")
    c.wait("redact = off")
    c.press("d")
    c.wait("the default")
    go_to(c, "bell")
    was = next(x for x in c.lines() if x.startswith("▌"))
    c.press(ENTER)
    c.wait("bell = ")
    assert next(x for x in c.lines() if x.startswith("▌")) != was
    c.press("q")
    c.wait("FLOWS")


def test_text_is_asked_for(console, origin):
    o, c = origin(), console()
    c.fetch(url(o, "/apple"))
    c.fetch(url(o, "/plum"))
    c.press("O")
    c.wait("OPTIONS")
    go_to(c, "filter")
    c.wait("Show only the flows that match")
    c.press(ENTER)
    c.wait("^:set filter=")
    c.press("plum")
    c.press(ENTER)
    c.wait("filter = plum")
    c.press("q")
    c.wait(r"FLOWS 1/1 \(of 2\)")
    c.press("O")
    c.wait("OPTIONS")
    go_to(c, "filter")
    c.wait("default: empty")
    c.press("d", "q")
    c.wait("FLOWS 2/2")


def test_for_the_start_only(console):
    c = console()
    c.press("O", ENTER)
    c.wait("can only be given when the program starts")
    c.press("d")
    c.wait("can only be given when the program starts")


def test_saved_and_read_again(console):
    c = console()
    path = pathlib.Path(c.dir, "mine")
    c.command("set redact=on")
    c.command("set filter=~m GET & apple")
    c.press("O", "w")
    c.wait("^:option.save ~/sluice-options")
    c.leave()
    c.command("option.save ~/mine")
    c.wait("options saved")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    lines = path.read_text().splitlines()
    assert "set redact=on" in lines
    assert "set filter=~m GET & apple" in lines
    # What is there is never written over.
    c.command("option.save ~/mine")
    c.wait("not saved: ")
    c.command("set redact=off")
    c.command("set filter=")
    c.wait("filter =$")
    c.command("source ~/mine")
    c.wait_gone("filter = ")
    c.command("set redact")
    c.wait("redact = on")
    c.command("set filter")
    c.wait("filter = ~m GET & apple")
    c.command("source ~/none")
    c.wait("cannot read")
    path.write_text("nonsense\nsource ~/mine\n")
    c.command("source ~/mine")
    c.wait("line 1: there is")
