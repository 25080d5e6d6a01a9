# SPDX-License-Identifier: MIT
"""Roles in the colours their user wants, as cells of a terminal."""

import pytest

from console import ENTER
from harness import response


def status_cell(c):
    """The first digit of the 500."""
    line = c.row("/broken")
    y = c.lines().index(line)
    return c.screen.buffer[y][line.index("500")]


@pytest.fixture
def broken(console, origin):
    o = origin(lambda q, stream: response(b"no", status="500 Broken"))

    def start(*options, **fields):
        c = console(*options, **fields)
        url = "http://127.0.0.1:%d/broken" % o.port
        c.fetch(url)
        c.wait("GET +500")
        c.fetch(url.replace("broken", "last"))
        c.wait("/last")
        c.settle()
        return c
    return start


def test_a_role_changes_at_once_and_back(broken):
    c = broken()
    before = status_cell(c)
    assert before.fg == "red" and before.bold
    c.command("color server-error 208 blue underline")
    c.settle()
    cell = status_cell(c)
    assert cell.fg == "ff8700" and cell.bg == "blue"
    assert cell.underscore and not cell.bold
    c.command("color server-error #00ff87")
    c.settle()
    cell = status_cell(c)
    assert cell.fg == "00ff87" and cell.bg == "default"
    c.command("color server-error")
    c.settle()
    assert status_cell(c) == before


def test_in_sluicerc(broken, tmp_path):
    (tmp_path / "sluicerc").write_text("color server-error green bold\n")
    c = broken("-c", str(tmp_path))
    cell = status_cell(c)
    assert cell.fg == "green" and cell.bold


def test_a_colour_the_terminal_has_not(broken):
    c = broken(env={"TERM": "xterm"})
    c.command("color server-error 208 default reverse")
    c.settle()
    cell = status_cell(c)
    assert cell.fg == "default" and cell.reverse


def test_without_colours_attributes_are_left(broken):
    c = broken(env={"NO_COLOR": "1"})
    c.command("color server-error 208 blue underline")
    c.settle()
    cell = status_cell(c)
    assert cell.fg == cell.bg == "default" and cell.underscore


def test_mistakes_and_completion(broken):
    c = broken()
    before = status_cell(c)
    c.command("color nothing red")
    c.wait("it needs a role: text dim")
    for wrong in ("reddish", "256", "#12345", "red blue green"):
        c.command("color server-error %s" % wrong)
        c.wait("is no colour")
        c.press("G")
    assert status_cell(c) == before
    c.press(":", "color server-e", "\t")
    c.wait("^:color server-error")
    c.press("yellow", ENTER)
    c.settle()
    assert status_cell(c).fg == "brown"


def cells_of(c, word):
    line = c.row(word)
    y = c.lines().index(line)
    return [c.screen.buffer[y][x] for x in range(line.index(word) - 4,
                                                 line.index(word) + 4)]


def test_rules_for_rows(broken):
    c = broken()
    assert cells_of(c, "/broken")[4].fg == "default"
    c.command("color edited green default underline")
    c.command("color.rule path=/bro* | ~note x edited")
    c.settle()
    assert all(x.fg == "green" and x.underscore for x in cells_of(
        c, "/broken")[4:])
    assert cells_of(c, "/last")[4].fg == "default"
    c.command("color.rule ~all held")           # the first that matches
    c.settle()
    assert cells_of(c, "/broken")[4].fg == "green"
    c.command("color.rule path=/bro* | ~note x text")
    c.settle()
    assert cells_of(c, "/broken")[4].fg == "brown"
    c.command("color.rule")
    c.settle()
    assert cells_of(c, "/broken")[4].fg == "default"


def test_mistakes_in_rules(broken):
    c = broken()
    for wrong, why in (("~b x error", "cannot look into bodies"),
                       ("size>1 error", "cannot look into bodies"),
                       ("~zz error", "no operator ~zz"),
                       ("~e", "it needs a role"),
                       ("~e nothing", "it needs a role")):
        c.command("color.rule " + wrong)
        c.wait(why)
        c.press("G")
    for i in range(16):
        c.command("color.rule #=%d error" % i)
    c.command("color.rule ~q error")
    c.wait("as many rules as there may be")
    c.command("color.rule #=3 held")            # in place of the one there
    c.settle()
    assert "as many rules" not in c.text()
