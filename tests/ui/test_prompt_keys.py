# SPDX-License-Identifier: MIT
"""Keys that the user binds, at the command line and in sluicerc."""

import os


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def with_rc(console, tmp_path, text, *options):
    conf = tmp_path / "rc"
    conf.mkdir(mode=0o700)
    (conf / "sluicerc").write_text(text)
    c = console("-c", str(conf), *options, columns=120)
    c.ca = os.path.join(str(conf), "sluice-ca-cert.pem")
    return c


def test_bind_and_unbind(console, origin):
    o, c = origin(), console()
    c.fetch(url(o, "/one"))
    c.wait(r"GET +200 .*/one")
    c.command("bind list F5 flow.duplicate")
    c.press("\x1b[15~")
    c.wait("is a draft of #1")
    c.command("bind list d flow.mark")      # was: delete
    c.press("d")
    c.settle()
    assert len([l for l in c.lines() if "/one" in l]) == 2
    c.command("unbind list d")
    c.press("d")
    c.wait("d does nothing here")


def test_bound_key_is_in_the_help(console):
    c = console()
    c.command("bind list C-x log")
    c.press("?")
    c.wait("Help|HELP")
    c.press("/", "Event log", "\r")
    c.wait(r"C-x.* Event log")


def test_menus_can_be_bound(console, origin):
    o, c = origin(), console()
    c.fetch(url(o, "/one"))
    c.wait(r"GET +200 .*/one")
    c.command("bind copy z copy.url")
    c.press("G", "y")
    c.wait(r"^. *z +Copy the URL")
    c.press("z")
    c.wait("copied URL")


def test_a_key_that_binds_itself(console):
    c = console()
    c.command("bind any F6 bind any F6 log")
    c.press("\x1b[17~")
    c.settle()
    c.press("\x1b[17~")
    c.wait("LOG|Event log")


def test_mistakes(console):
    c = console()
    for line, why in (("bind nowhere r log", "any list flow"),
                      ("bind list NoSuchKey log", "is no key"),
                      ("bind list r no.such", "no command"),
                      ("bind list r", "command is missing"),
                      ("unbind list F12", "has no command there")):
        c.command(line)
        c.wait(why)


def test_sluicerc(console, origin, tmp_path):
    o = origin()
    c = with_rc(console, tmp_path,
                "# mine\n\nbind list F5 flow.duplicate\n:filter ~m POST\n")
    c.fetch("-d", "x", url(o, "/shown"))
    c.fetch(url(o, "/hidden"))
    c.wait(r"POST +200 .*/shown")
    c.settle()
    assert "/hidden" not in c.text()
    c.press("G", "\x1b[15~")
    c.wait("is a draft of #1")


def test_sluicerc_names_the_line_and_goes_on(console, origin, tmp_path):
    c = with_rc(console, tmp_path, "# one\nbind list F5 log\nno.such thing\n"
                "filter\nbind list F7 log\n")
    c.wait(r"sluicerc line 3: there is no command")
    c.press("\x1b[18~")
    c.wait(r"sluicerc line 4: it asks for more")


def test_command_line_goes_before_sluicerc(console, origin, tmp_path):
    o = origin()
    c = with_rc(console, tmp_path, "filter ~m POST\nset filter=~m PUT\n",
                "-f", "~m GET")
    c.fetch(url(o, "/got"))
    c.wait(r"GET +200 .*/got")


def test_describe(console, origin):
    o, c = origin(), console()
    c.fetch(url(o, "/one"))
    c.wait(r"GET +200 .*/one")
    c.command("describe F")
    c.wait(r"F: Follow new flows on or off \(:follow\)")
    c.command("bind list F5 move.top 2")
    c.command("describe")
    c.wait("the key to describe")
    c.press("\x1b[15~")
    c.wait(r"F5: First line \(:move.top 2\)")
    c.command("describe")
    c.wait("the key to describe")
    c.press("d")            # not run
    c.wait(r"d: Delete")
    assert "/one" in c.text()
    c.command("describe F12")
    c.wait("F12 does nothing here")
    c.command("describe NoKey")
    c.wait("is no key")


def test_a_slow_line(console):
    """An arrow in two pieces is an arrow, when it may take so long."""
    c = console("-o", "escdelay=600ms", "--demo")
    c.wait("FLOWS [0-9]+/([5-9]|[0-9]{2})", seconds=30)
    c.press("g")
    c.wait("FLOWS 1/")
    c.press("\x1b")
    c.pump(0.2)
    c.press("[B")
    c.wait("FLOWS 2/")
    c.command("set escdelay=25ms")
    c.press("f")
    c.wait("^filter:")
    c.press("\x1b")
    c.pump(0.2)
    assert "filter:" not in c.text()
