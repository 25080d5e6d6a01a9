# SPDX-License-Identifier: MIT
"""The page of the CA certificate, and the Timing and Notes tabs."""

import os
import re

from console import ENTER
from harness import response


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def test_ca_page(console):
    c = console(rows=45, columns=140)
    c.press("P")
    c.wait("BEGIN CERTIFICATE")
    c.wait("END CERTIFICATE")
    c.wait("http://sluice.test/")
    c.wait(r"SHA-256 +([0-9A-F]{2}:){16}\n +([0-9A-F]{2}:){15}[0-9A-F]{2}$")
    with open(c.ca, encoding="ascii") as f:
        pem = f.read()
    shown = "".join(line.strip() for line in c.lines())
    assert "".join(pem.split()) in "".join(shown.split())
    c.press("P")
    c.command("copy.ca")
    c.wait("copied the CA certificate")
    c.press("/END CERT" + ENTER)
    c.press("q")
    c.wait_gone("BEGIN CERTIFICATE")


def test_ca_page_without_the_file(console):
    c = console()
    os.unlink(c.ca)
    c.press("P")
    c.wait("cannot read")
    c.press("q")


def test_timing_has_every_phase(console, origin):
    o = origin(lambda *_: response(b"x"))
    c = console(rows=40)
    c.fetch("-d", "abc", url(o, "/timed"))
    c.wait("200 .*/timed")
    c.press(ENTER)
    c.wait("Timing")
    c.press("l", "l", "l")
    c.wait("TIMING")
    for phase in ("dns", "tcp connect", "tls handshake", "held by you",
                  "request sent", "waiting", "content download", "total",
                  "without hold time"):
        assert re.search("^ *" + phase, c.text(), re.M), phase
    c.wait(r"sent \d\d:\d\d:\d\d.*first byte .*done")
    c.wait(r"wire +request .*response ")


def test_time_held_is_its_own_phase(console, origin):
    o = origin(lambda *_: response(b"x"))
    c = console(rows=40)
    c.press("I")
    child = c.curl(url(o, "/held"))
    c.wait_letter("/held", "Q")
    c.settle(1.2)
    c.press("a")
    c.curl_output(child)
    c.wait("200 .*/held")
    c.press(ENTER, "l", "l", "l")
    held = c.wait(r"held by you.* ([\d.]+) ?(ms|s)$")
    assert float(held.group(1)) * (1000 if held.group(2) == "s" else 1) > 300
    total = c.wait(r"without hold time +([\d.]+) ?(ms|s)$")
    assert total.group(0) != held.group(0)


def test_notes_tab(console, origin):
    o = origin(lambda *_: response(b"x"))
    c = console()
    c.fetch(url(o, "/one"))
    c.wait("200 .*/one")
    c.press("m", ENTER, "h")
    c.wait("NOTES")
    c.wait("sent by a client, marked")
    c.wait("there is no note")
    c.press("q", "r")
    c.wait("FLOWS ./2")
    c.press("G", ENTER, "h")
    c.wait("sent by sluice, from #1")
