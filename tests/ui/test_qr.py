# SPDX-License-Identifier: MIT
"""The code on the CA page, read off the screen as a camera would."""

import re
import subprocess

import pytest

LIGHT = " ", "▄", "▀", "█"
MASKS = (
    lambda r, c: (r + c) % 2, lambda r, c: r % 2, lambda r, c: c % 3,
    lambda r, c: (r + c) % 3, lambda r, c: (r // 2 + c // 3) % 2,
    lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
)


def modules(lines):
    """Half blocks to rows of bits, cut down to the three finders."""
    rows = []
    for line in lines:
        shades = [LIGHT.index(c) for c in line]
        rows.append([s >> 1 for s in shades])
        rows.append([s & 1 for s in shades])
    top = next(i for i, row in enumerate(rows) if any(row))
    left = min(row.index(1) for row in rows if any(row))
    right = max(len(row) - row[::-1].index(1) for row in rows if any(row))
    size = right - left
    return [row[left:right] for row in rows[top:top + size]]


def is_function(n, r, c):
    """Finders with format and version, timing, the one alignment."""
    if (r < 9 and c < 9) or (r < 9 and c >= n - 8) or (r >= n - 8 and c < 9):
        return True
    return r == 6 or c == 6 or (n > 21 and abs(r - (n - 7)) <= 2 and
                                abs(c - (n - 7)) <= 2)


def read(m):
    """ISO/IEC 18004, versions 1 to 5 at level L: bytes, no errors to mend."""
    n = len(m)
    bits = [m[8][c] for c in (0, 1, 2, 3, 4, 5, 7, 8)] + \
        [m[r][8] for r in (7, 5, 4, 3, 2, 1, 0)]
    form = int("".join(map(str, bits)), 2) ^ 0x5412
    assert form >> 13 == 1              # level L
    mask = MASKS[form >> 10 & 7]
    data, up = [], True
    for right in [c for c in range(n - 1, 0, -2) if c > 6] + [5, 3, 1]:
        for r in range(n - 1, -1, -1) if up else range(n):
            for c in (right, right - 1):
                if not is_function(n, r, c):
                    data.append(m[r][c] ^ (mask(r, c) == 0))
        up = not up
    text = "".join(str(int(b)) for b in data)
    assert text[:4] == "0100"           # bytes
    length = int(text[4:12], 2)
    return bytes(int(text[12 + 8 * i:20 + 8 * i], 2) for i in range(length))


def test_a_phone_reads_the_address(console):
    c = console("-p", "0.0.0.0:0", "-o", "allow=0.0.0.0/0", rows=50)
    c.press("P")
    c.wait("The CA certificate")
    found = re.search(r"a phone +(http://\S+/|needs a proxy)", c.text())
    if found.group(1) == "needs a proxy":
        pytest.skip("this machine has no address but its own")
    rows = [y for y, line in enumerate(c.screen.display)
            if re.search("[▄▀█]", line)]
    cells = c.screen.buffer[rows[0]]
    left = min(x for x in range(80) if cells[x].bg == "white")
    right = max(x for x in range(80) if cells[x].bg == "white")
    assert all(cells[x].fg == "black" for x in range(left, right + 1))
    code = modules(c.screen.display[y][left:right + 1] for y in rows)
    assert read(code).decode() == found.group(1)
    page = subprocess.run(["curl", "-sS", found.group(1)], timeout=20,
                          check=True, stdout=subprocess.PIPE).stdout
    assert b"sluice-ca-cert" in page


def test_ascii(console):
    c = console("-p", "0.0.0.0:0", rows=60, env={"LC_ALL": "C", "LANG": "C"})
    c.press("P")
    c.wait("The CA certificate")
    if "needs a proxy" in c.text():
        pytest.skip("this machine has no address but its own")
    assert re.search(r"#{14}( ){4}", c.text())


def test_loopback_says_what_a_phone_needs(console):
    c = console()
    c.press("P")
    c.wait("a phone +needs a proxy it can reach.*-p 0.0.0.0:8080")
    assert not re.search("[▄▀█]", c.text())
