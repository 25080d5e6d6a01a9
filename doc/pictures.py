# SPDX-License-Identifier: MIT
"""Draws the pictures of the README: the real console with its own demo, in a
pseudo-terminal, each screen as an SVG of text.

    SLUICE=src/sluice /usr/bin/python3 doc/pictures.py doc
"""

import os
import sys
import tempfile
from html import escape

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "tests"))
sys.path.insert(1, os.path.join(sys.path[0], "ui"))

from console import ENTER, Console  # noqa: E402

COLUMNS, ROWS = 100, 28
WIDTH, HEIGHT, SIZE = 8.4, 18, 14   # of a cell, in pixels
INK, PAPER = "#d8dee9", "#1e2430"
COLOURS = {
    "default": INK, "black": "#3b4252", "red": "#e06c75", "green": "#98c379",
    "brown": "#e5c07b", "blue": "#61afef", "magenta": "#c678dd",
    "cyan": "#56b6c2", "white": "#eceff4",
}


def colour(name):
    return COLOURS.get(name, "#" + name if len(name) == 6 else INK)


def look(cell):
    ink, paper = colour(cell.fg), None if cell.bg == "default" else \
        colour(cell.bg)
    if cell.reverse:
        ink, paper = paper or PAPER, ink
    return ink, paper, cell.bold


def runs(row):
    """Neighbours that look the same: (column, text, look)."""
    at, text, now = 0, "", None
    for x in range(COLUMNS):
        cell = row[x]
        if look(cell) != now:
            if text:
                yield at, text, now
            at, text, now = x, "", look(cell)
        text += cell.data or ""
    yield at, text, now


def draw(screen, path, title):
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" '
           'height="%d" role="img" font-family="monospace" font-size="%d">' %
           (COLUMNS * WIDTH + 16, ROWS * HEIGHT + 16, SIZE),
           "<title>%s</title>" % escape(title),
           '<rect width="100%%" height="100%%" rx="6" fill="%s"/>' % PAPER]
    for y in range(ROWS):
        for at, text, (ink, paper, bold) in runs(screen.buffer[y]):
            x, width = 8 + at * WIDTH, len(text) * WIDTH
            if paper:
                out.append('<rect x="%.1f" y="%d" width="%.1f" height="%d" '
                           'fill="%s"/>' % (x, 8 + y * HEIGHT, width, HEIGHT,
                                            paper))
            if text.strip():
                out.append('<text x="%.1f" y="%d" textLength="%.1f" '
                           'xml:space="preserve" fill="%s"%s>%s</text>' %
                           (x, 8 + y * HEIGHT + SIZE, width, ink,
                            ' font-weight="bold"' if bold else "",
                            escape(text)))
    out.append("</svg>\n")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(out))


def main(folder):
    with tempfile.TemporaryDirectory() as place:
        editor = os.path.join(place, "editor")
        with open(editor, "w", encoding="ascii") as f:
            f.write("#!/bin/sh\nsed -i 's/bob/mallory/; "
                    "s/^Accept:.*/&\\nX-Role: admin/' \"$1\"\n")
        os.chmod(editor, 0o755)
        c = Console(place, "--demo", columns=COLUMNS, rows=ROWS,
                    env={"EDITOR": editor})
        try:
            c.wait("/v1/boom")
            c.wait("/stream")
            c.settle()
            draw(c.screen, os.path.join(folder, "list.svg"),
                 "The list of flows")
            c.command("intercept ~m POST")
            c.wait("HELD 1")
            c.wait_letter("/v1/login", "Q")
            c.press("]", ENTER)
            c.wait("FLOW")
            c.press("e", "e")
            c.wait("^CHANGES ")
            c.press("q")
            c.settle(1)
            draw(c.screen, os.path.join(folder, "held.svg"),
                 "A held request, edited")
            c.press("a")
            c.settle()
            c.press("q", "A", "I")
            c.settle()
            c.press("=")
            c.settle(1)
            draw(c.screen, os.path.join(folder, "diff.svg"),
                 "Two flows compared")
            c.press("q")
            c.settle()
        finally:
            c.stop()


if __name__ == "__main__":
    main(sys.argv[1])
