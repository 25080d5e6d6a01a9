# SPDX-License-Identifier: MIT
"""The first screen, and what calls for attention: title, bell, toasts."""

import base64
import re
import shlex
import subprocess

from console import ENTER
from harness import WAIT, clean_env


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def copied(c):
    """What was last sent to the clipboard."""
    found = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)", c.raw)
    return base64.b64decode(found[-1]).decode() if found else None


def test_copied_curl_line_works(console, origin, certs):
    o = origin(context=certs.server_context())
    c = console("--upstream-ca", certs.root)
    c.press("y")
    c.wait("copied the curl line")
    line = copied(c)
    assert "\n" not in line
    line = line.replace("https://example.org/",
                        "https://one.localhost:%d/first" % o.port)
    done = subprocess.Popen(["sh", "-c", line + " -sS"], env=clean_env(
        HOME=c.dir), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    c.children.append(done)
    assert "hello" in c.curl_output(done)
    c.wait("/first")
    # From now on y is for flows.
    c.press("y", "c")
    c.wait("copied")
    c.settle()
    assert "/first" in copied(c)


def test_copied_shell_line(console):
    c = console(columns=120)
    c.press("Y")
    c.wait("copied the line for a shell")
    words = shlex.split(copied(c).removeprefix('eval "$(').removesuffix(')"'))
    assert words[:2] == ["sluice", "env"]
    assert words[words.index("-p") + 1] == "127.0.0.1:%d" % c.port
    assert "-c" in words
    c.wait("what else is shown", lambda: copied(c) in c.text())


def test_welcome_comes_back(console, origin):
    o, c = origin(), console()
    c.fetch(url(o, "/x"))
    c.wait_gone("is listening on")
    c.command("welcome")
    c.wait("is listening on")
    c.press("q")
    c.wait("/x")


def test_title(console, origin):
    o, c = origin(), console("-i", "~u held & ~q")
    c.wait("a title", lambda: c.screen.title ==
           "sluice 127.0.0.1:%d · 0" % c.port)
    client = c.curl(url(o, "/held"))
    c.wait("what is held", lambda: c.screen.title.endswith("· 1 · ‖1"))
    c.press("A")
    c.curl_output(client)
    c.wait("nothing held", lambda: c.screen.title.endswith("· 1"))
    c.press("Q")
    c.wait_end()
    assert c.raw.count(b"\x1b[22;2t") == 1
    assert c.raw.rfind(b"\x1b[23;2t") > c.raw.rfind(b"\x1b]2;")


def test_title_off_and_without_one(console):
    c = console("-o", "title=off")
    c.settle()
    assert b"\x1b]2;" not in c.raw and b"\x1b[22;2t" not in c.raw
    d = console(env={"TERM": "vt100"})
    d.settle()
    assert b"\x1b]" not in d.raw and b"\x1b[22;2t" not in d.raw


def test_bell_only_without_focus(console, origin):
    o, c = origin(), console("-i", "~q")
    assert b"\x1b[?1004h" in c.raw
    c.press("\x1b[I")
    before = c.raw.count(b"\a")
    client = c.curl(url(o, "/a"))
    c.wait_letter("/a", "Q")
    c.settle()
    assert c.raw.count(b"\a") == before
    c.press("A")
    c.curl_output(client)
    c.press("\x1b[O")
    client = c.curl(url(o, "/b"))
    c.wait_letter("/b", "Q")
    c.wait("the bell", lambda: c.raw.count(b"\a") == before + 1)
    c.press("A")
    c.curl_output(client)


def test_bell_off_and_visual(console, origin):
    o = origin()
    for how, text in (("off", None), ("visual", "something is held")):
        c = console("-i", "~q", "-o", "bell=" + how)
        client = c.curl(url(o, "/a"))
        c.wait_letter("/a", "Q")
        if text:
            c.wait(text)
        c.settle()
        assert b"\a" not in c.raw
        c.press("A")
        c.curl_output(client)


def refuse(c, certs, name):
    """A client that does not trust us."""
    child = subprocess.Popen(
        ["curl", "-sS", "--max-time", "20", "-x",
         "http://127.0.0.1:%d" % c.port, "--cacert", certs.other_root,
         "https://%s/" % name], env=clean_env(), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    c.children.append(child)
    c.wait("curl to end", lambda: child.poll() is not None, seconds=WAIT)


def test_toast_names_who_refused_and_what_to_press(console, origin, certs):
    o = origin(context=certs.server_context())
    c = console("--upstream-ca", certs.root)
    for _ in range(2):
        refuse(c, certs, "one.localhost:%d" % o.port)
    line = c.wait(r"^W .*one\.localhost.*$").group(0)
    c.wait("what else is shown", lambda:
           c.lines()[21] == line and line.endswith("E log"))
    # The list is still there, and so is the hint line.
    c.wait("what else is shown", lambda: "? help" in c.lines()[23])
    c.press("E")
    c.wait("LOG")
    c.wait("one.localhost")
    c.press("q")
    c.press(ENTER)
    c.wait("Request")


def test_memory_in_the_status_bar(console, origin):
    o, c = origin(), console(columns=160)
    c.fetch(url(o, "/x"))
    c.wait(r"mem \d\S*/\d+")
    d = console("-o", "memory=40KiB", columns=160)
    d.wait(r"mem 0/4\d(\.\d)?k")


def test_full_list_is_told_once(console, origin):
    o, c = origin(), console("-o", "flows_max=3", columns=120)
    for i in range(4):
        c.fetch(url(o, "/f%d" % i))
    c.wait("^W 3 flows are kept: from now on the oldest")
    c.wait("1 dropped")
    c.wait("what else is shown", lambda: "/f0" not in c.text())
    for i in range(3):
        c.fetch(url(o, "/g%d" % i))
    c.wait("4 dropped")
    assert "(×" not in c.text()


def test_rate_comes_and_goes(console, origin):
    o, c = origin(), console(columns=160)
    client = c.curl("-o", "/dev/null", *(
        w for i in range(300) for w in (url(o, "/r"), "-o", "/dev/null")))
    c.wait(r"\d req/s")
    c.curl_output(client)
    c.wait_gone("req/s")
