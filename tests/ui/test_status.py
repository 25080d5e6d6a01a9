# SPDX-License-Identifier: MIT
"""The status bar."""


def colour_of(c, word):
    for y, line in reversed(list(enumerate(c.screen.display))):
        if word in line:
            return c.screen.buffer[y][line.index(word)].fg
    return None


def test_a_listener_others_can_reach_is_red(console):
    c = console("-p", "0.0.0.0:0")
    c.wait("a red address", lambda: colour_of(c, "127.0.0.1:") == "red")


def test_a_listener_on_loopback_is_not(console):
    c = console()
    c.wait(r"^FLOWS .*127\.0\.0\.1:")
    assert colour_of(c, "127.0.0.1:") not in (None, "red")
