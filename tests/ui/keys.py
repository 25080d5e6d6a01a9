# SPDX-License-Identifier: MIT
"""Which keys, commands, options and filter atoms no test uses.

keys.py FILE: what the tests of the console pressed, and where ("screen <tab>
hex of the bytes" a line, written by console.py).  A key counts when it was
pressed on a screen where it is bound; a command when one of its keys was, or
when a test runs it by name; options and atoms when a test names them."""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
TABLES = TOP / "include" / "sluice"

# The status bar says HELD instead of FLOWS and FLOW for a held flow.
SCREENS = {
    "LIST": {"FLOWS", "HELD"}, "EMPTY": {"FLOWS"},
    "FLOW": {"FLOW", "HELD"}, "TLS": {"FLOW"},
    "PASSES": {"PASSED THROUGH"}, "DIFF": {"DIFF", "CHANGES"},
    "CHANGES": {"CHANGES"}, "REPEAT": {"REPEAT"}, "COLUMNS": {"COLUMNS"},
    "OPTIONS": {"OPTIONS"}, "HELP": {"HELP"}, "GRID": {"GRID"},
    "EDIT": {"menu edit"}, "COPY": {"menu copy"}, "EXPORT": {"menu export"},
}

BYTES = {
    "Enter": ["\r"], "Tab": ["\t"], "S-Tab": ["\x1b[Z"], "Escape": ["\x1b"],
    "Space": [" "], "Up": ["\x1b[A", "\x1bOA"], "Down": ["\x1b[B", "\x1bOB"],
    "Right": ["\x1b[C", "\x1bOC"], "Left": ["\x1b[D", "\x1bOD"],
    "S-Right": ["\x1b[1;2C"], "S-Left": ["\x1b[1;2D"],
    "Home": ["\x1b[H", "\x1bOH", "\x1b[1~"],
    "End": ["\x1b[F", "\x1bOF", "\x1b[4~"], "PageUp": ["\x1b[5~"],
    "PageDown": ["\x1b[6~"], "Delete": ["\x1b[3~"],
    "F1": ["\x1bOP", "\x1b[11~"], "S-Space": ["\x1b[32;2u"],
}


def rows(table, kind):
    text = (TABLES / table).read_text()
    for line in re.findall(r"^%s\((.*)" % kind, text, re.M):
        yield line


def strings(line):
    return [s.replace("\\\\", "\\").replace('\\"', '"')
            for s in re.findall(r'"((?:[^"\\]|\\.)*)"', line)]


def sequences(key):
    if key in BYTES:
        return BYTES[key]
    if key.startswith("C-"):
        return [chr(ord(key[2]) & 0x1f)]
    return [key]


def read_pressed(path):
    pressed = set()
    for line in open(path, encoding="utf-8"):
        place, keys = line.rstrip("\n").split("\t")
        pressed.add((place, bytes.fromhex(keys).decode()))
    return pressed


def keys_missing(pressed):
    used, missing = set(), []
    for line in rows("ui/keymap.def", "KEY"):
        context = line.split(",")[0]
        key, command = strings(line)
        places = SCREENS.get(context)
        if any((places is None or place in places) and byte in sequences(key)
               for place, byte in pressed if place != "prompt"):
            used.add(command.split()[0])
        else:
            missing.append("key %s on %s" % (key, context))
    return used, missing


def tests_text(*patterns):
    return "\n".join(path.read_text(errors="replace")
                     for pattern in patterns
                     for path in sorted((TOP / "tests").glob(pattern))
                     if path.is_file() and path.name != "keys.py")


def main():
    used, missing = keys_missing(read_pressed(sys.argv[1]))
    screen = tests_text("ui/*.py")
    everything = tests_text("**/*.py", "**/*.c", "**/*.sh", "**/*.play",
                            "fuzz/seeds/**/*")
    filters = tests_text("unit/test_filter*.c", "ui/*filter*.py",
                         "net/test_process.py")
    for line in rows("ui/command.def", "COMMAND"):
        name = strings(line)[0]
        if name not in used and not re.search(
                r"(command\(|\n|bind \S+ \S+ |:)\"?%s\b" % re.escape(name),
                screen):
            missing.append("command " + name)
    for line in rows("base/option.def", "OPTION"):
        name = strings(line)[0]
        letter = re.search(r"'(.)'", line)
        if not re.search(r"(-o|\b)%s\b" % re.escape(name), everything) and \
                not (letter and '"-%s"' % letter.group(1) in everything):
            missing.append("option " + name)
    for line in rows("flow/filter.def", "ATOM"):
        name = strings(line)[0]
        if not re.search(r"~%s\b" % re.escape(name), everything):
            missing.append("filter atom ~" + name)
    for line in rows("flow/filter.def", "FIELD"):
        name = strings(line)[0]
        if not re.search(r"(?<!\w)%s *(=|[<>!]=?)" % re.escape(name),
                         filters):
            missing.append("filter field " + name)
    for what in missing:
        print("no test uses the " + what, file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
