# SPDX-License-Identifier: MIT
"""No memory, and no place to write to: the program ends with one line, the
terminal is as it was, and no file is left half made."""

import shutil
import subprocess

import pytest

from conftest import LIBRARY
from console import Console
from harness import SLUICE, Timeout, assert_no_sanitizer, clean_env

SANITIZER = "verify_asan_link_order=0:detect_leaks=0"


def spoilt(call, n, code, **more):
    env = clean_env(LD_PRELOAD=LIBRARY, FAULT="%s %d %d" % (call, n, code),
                    **more)
    env["ASAN_OPTIONS"] = SANITIZER
    return env


def test_ca_is_made_whole_or_not_at_all(tmp_path):
    """A first start whose files cannot be written, and a second one."""
    faults = [(c, n) for c in ("open", "write", "fsync", "rename", "malloc")
              for n in ((1, 2, 3) if c != "malloc" else (5, 100, 200))]
    for call, n in faults:
        confdir = tmp_path / ("%s%d" % (call, n))
        first = subprocess.run([SLUICE, "ca", "-c", str(confdir)],
                               env=spoilt(call, n, 28),
                               capture_output=True, text=True)
        assert_no_sanitizer(first.stderr)
        assert first.returncode in (0, 1), (call, n, first)
        lines = first.stderr.splitlines()
        assert len(lines) == first.returncode, (call, n, lines)
        second = subprocess.run([SLUICE, "ca", "-c", str(confdir)],
                                env=clean_env(), capture_output=True,
                                text=True)
        assert second.returncode == 0, (call, n, second)


def run_console(c):
    """Looks around in it, as far as it gets."""
    try:
        c.wait_port()
        for keys in ("j", "\r", "l", "q", "?", "q", ":"):
            c.press(keys)
            c.settle(0.1)
        c.press("\x1b")
        c.settle(0.1)
        c.press("Q")
    except (AssertionError, OSError):
        assert c.ended
    return c.wait_end()


# Of about 6,000, with the demo's requests in the middle.
@pytest.mark.parametrize("n", [1, 60, 200, 500, 1000, 1500, 2000, 2500, 3000,
                               3500, 4000, 5000, 5900])
def test_console_without_memory(tmp_path, made_ca, n):
    shutil.copytree(made_ca, tmp_path / "conf")
    c = Console(tmp_path, "--demo", env=spoilt("malloc", n, 12))
    try:
        status = run_console(c)
    except Timeout:
        c.stop()
        raise
    finally:
        c.child.close(force=True)
    said = (tmp_path / "stderr").read_text().splitlines()
    assert c._file("stty.before") == c._file("stty.after")
    c.assert_no_sanitizer()
    if b"\x1b[?1049h" in c.raw:
        c.assert_restored()
    if status:
        assert status == 1 and len(said) == 1, (status, said)
        # What ncurses runs out of it tells itself, before the screen is on.
        assert said[0].startswith("sluice: ") or \
            said[0].endswith("Out of memory"), said


def start_with(tmp_path, made_ca, name, limit):
    """The console with so many bytes and no more; its log and its end."""
    folder = tmp_path / name
    folder.mkdir()
    shutil.copytree(made_ca, folder / "conf")
    log = folder / "log"
    env = clean_env(LD_PRELOAD=LIBRARY, FAULT_LOG=str(log),
                    ASAN_OPTIONS=SANITIZER)
    if limit:
        env["FAULT"] = "heap %d 12" % limit
    c = Console(folder, env=env)
    try:
        status = run_console(c)
    except Timeout:
        c.stop()
        raise
    finally:
        c.child.close(force=True)
    c.assert_no_sanitizer()
    assert c._file("stty.before") == c._file("stty.after")
    if b"\x1b[?1049h" in c.raw:
        c.assert_restored()
    return status, log.read_text(), (folder / "stderr").read_text()


def test_heap_that_ends_where_keys_are_read_in(tmp_path, made_ca):
    """libtermkey takes what malloc() gives without looking at it."""
    status, log, said = start_with(tmp_path, made_ca, "all", 0)
    assert status == 0, said
    at = next(int(line.split()[1]) for line in log.splitlines()
              if line.startswith("keys "))
    for more in (64, 5000, 50000, 100000, 150000, 400000):
        status, log, said = start_with(tmp_path, made_ca, str(more),
                                       at + more)
        assert "tripped" in log
        assert status == 1, (more, status, said)
        assert said == "sluice: out of memory\n", (more, said)
