# SPDX-License-Identifier: MIT
"""Two flows compared: which two, and what is said about them."""

import re

from harness import response


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def start(console, origin, bodies, media="application/json", columns=80,
          rows=40):
    """One GET of the same URL for every body."""
    left = list(bodies)

    def answer(*_):
        n = len(bodies) - len(left)
        return response(left.pop(0), Content_Type=media, X_Turn=str(n),
                        X_Same="always")
    o = origin(answer)
    c = console(columns=columns, rows=rows)
    for i in range(len(bodies)):
        c.fetch("-o", "/dev/null", url(o, "/thing?n=%d" % i))
    c.wait("n=%d" % (len(bodies) - 1))
    c.wait("/%d " % len(bodies))
    return o, c


def test_with_the_one_before(console, origin):
    _, c = start(console, origin, [b'{"a":1,"b":2,"gone":3}',
                                   b'{"b":2,"a":5,"new":true}'])
    c.press("=")
    c.wait("^ ?DIFF .* changes")
    assert re.search(r"A #1 .*B #2 ", c.lines()[0])
    text = c.text()
    assert re.search(r'^-.*"a": 1,', text, re.M)
    assert re.search(r'^\+.*"a": 5,', text, re.M)
    assert re.search(r'^-.*"gone": 3', text, re.M)
    assert re.search(r'^\+.*"new": true', text, re.M)
    # The same key elsewhere is no difference.
    assert not re.search(r'^[-+].*"b": 2', text, re.M)
    assert re.search(r"^-.*X-Turn: 0", text, re.M)
    assert re.search(r"^\+.*X-Turn: 1", text, re.M)
    assert "X-Same" not in text and "the same" in text
    c.press("z")
    c.wait("X-Same: always")
    c.press("q")
    c.wait("FLOWS")


def test_walk_the_differences(console, origin):
    _, c = start(console, origin, [b'[1,2]', b'[1,3]'])
    c.press("=")
    changes = int(c.wait(r"DIFF +(\d+) changes").group(1))
    assert changes >= 3             # target, header, body
    c.press("g")
    seen = [c.wait(r"changes  (\d+)/").group(1)]
    for key, want in (("n", 2), ("n", 3), ("N", 2), ("]", 3), ("[", 2)):
        if seen == ["0"] and want == 2 and key == "n":
            c.press("n")
            c.wait(r"changes  1/")
            seen = ["1"]
        c.press(key)
        c.wait(r"changes  %d/" % want)


def test_side_by_side(console, origin):
    _, c = start(console, origin, [b'{"ok":true}', b'{"ok":false}'],
                 columns=160)
    c.press("=")
    row = c.wait(r'^-.*"ok": true.*│\+.*"ok": false').group(0)
    assert row.index("true") < 80 < row.index("false")
    c.press("s")
    c.wait(r'^\+.*"ok": false')
    c.press("\t")
    c.wait("A #2 .*B #1")
    c.wait(r'^-.*"ok": false')


def test_text_by_lines(console, origin):
    _, c = start(console, origin, [b"one\ntwo\nthree\n",
                                   b"one\n2\nthree\nfour\n"], "text/plain")
    c.press("=")
    c.wait("lines")
    c.wait(r"^- +2 two$")
    c.wait(r"^\+ +2 2$")
    c.wait(r"^\+ +4 four$")
    assert re.search(r"^ +3 three$", c.text(), re.M)


def test_blanks_can_be_ignored(console, origin):
    _, c = start(console, origin, [b"a  b\n", b"a b\n"], "text/plain")
    c.press("=")
    c.wait(r"^- +1 a  b$")
    c.press("w")
    c.wait_gone(r"^- +1 a  b$")
    c.wait("blanks ignored")


def test_bytes(console, origin):
    _, c = start(console, origin, [bytes(range(40)) + b"A" * 8,
                                   bytes(range(40)) + b"B" * 8],
                 "application/octet-stream")
    c.press("=")
    c.wait("bytes")
    c.wait(r"^-.*000020 .* 41 41")
    c.wait(r"^\+.*000020 .* 42 42")
    assert not re.search(r"^[-+].*000010 ", c.text(), re.M)


def test_json_byte_by_byte(console, origin):
    _, c = start(console, origin, [b'{"a":1}', b'{"a": 1}'])
    c.press("=")
    c.wait("DIFF")
    assert not re.search('^[-+].*"a"', c.text(), re.M)
    c.press("t")
    c.wait(r"^-.*000000  7b 22")


def test_two_marks_win(console, origin):
    _, c = start(console, origin, [b"[1]", b"[2]", b"[3]"])
    c.press("g", "m", "m", "G")
    c.press("=")
    c.wait(r"A #1 .*B #2 ")


def test_replay_with_its_parent(console, origin):
    _, c = start(console, origin, [b"[1]", b"[2]", b"[3]", b"[4]"][:2] +
                 [b"[9]"])
    c.press("g")
    c.press("r")
    # The origin has no answer left: the replay ends, whatever it is.
    c.wait(r"/4 |FLOWS \d/4")
    c.press("=")
    c.wait(r"A #1 .*B #4 .*replay of #1")


def test_nothing_to_compare_with(console, origin):
    _, c = start(console, origin, [b"[1]"])
    c.press("=")
    c.wait("nothing to be compared with")


def test_long_bodies(console, origin):
    body = b"x" * (3 << 20)
    _, c = start(console, origin, [body, body[:-1] + b"y"], "text/plain")
    c.press("=")
    c.wait("too long to compare whole; the same up to byte 3145727")


def test_hostile_bytes_stay_off_the_terminal(console, origin):
    _, c = start(console, origin, [b"one two three\x1b]0;PWNED\x07\n",
                                   b"one two three\x1b[31mcolour\n"], "text/plain")
    before = len(c.raw)
    c.press("=")
    c.wait("lines")
    c.wait("PWNED")
    assert b"\x1b]0;PWNED" not in c.raw[before:]


def test_search(console, origin):
    _, c = start(console, origin, [b'{"needle":1}', b'{"needle":2}'])
    c.press("=")
    c.wait("DIFF")
    c.press("/needle\r")
    c.wait("the row", lambda: True)
    c.press("/absent\r")
    c.wait("does not occur")


def test_ignore_a_field(console, origin):
    _, c = start(console, origin, [b"[1]", b"[2]"])
    c.press("=")
    c.wait("X-Turn: 1")
    before = int(c.wait(r"DIFF +(\d+) changes").group(1))
    c.press("/X-Turn" + "\r")
    c.press("i")
    c.wait_gone("X-Turn: 1")
    c.wait(r"%d changes?  .*\[ignored: X-Turn\]" % (before - 1))
    c.press("g", "i")
    c.wait("X-Turn: 1")


def test_save_as_text(console, origin, tmp_path):
    _, c = start(console, origin, [b'{"a":1}', b'{"a":2}'])
    c.press("=")
    c.wait("DIFF")
    c.press("x")
    c.wait(r"^:diff\.save ~/sluice-1-2\.diff")
    c.press("\x1b")
    c.wait_gone("^:")
    c.command("diff.save %s" % (tmp_path / "d"))
    c.wait("saved to")
    text = (tmp_path / "d").read_text()
    assert '-  "a": 1\n+  "a": 2\n' in text
    c.command("diff.save %s" % (tmp_path / "no" / "d"))
    c.wait("not saved")
