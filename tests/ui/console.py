# SPDX-License-Identifier: MIT
"""The console in a pseudo-terminal: keys go in, and what a person would see
comes out as lines of text."""

import contextlib
import os
import re
import select
import signal
import subprocess
import time

import pexpect
import pyte

from harness import SLUICE, WAIT, Timeout, assert_no_sanitizer, clean_env

ENTER, ESC = "\r", "\x1b"
TERM = "screen-256color"    # pyte knows nearly all that it uses

# Runs sluice and notes the terminal's settings around it.
WRAPPER = """
dir=$1; shift
stty -g >"$dir/stty.before"
sh -c 'echo $$ >"$0"; exec "$@"' "$dir/pid" "$@" 2>"$dir/stderr"
echo $? >"$dir/status"
stty -g >"$dir/stty.after"
"""


class Screen(pyte.Screen):
    """With the two sequences that pyte lacks."""

    def scroll_up(self, count=1):
        top, bottom = self.margins or (0, self.lines - 1)
        self.save_cursor()
        self.cursor.y = bottom
        for _ in range(min(count, bottom - top + 1)):
            self.index()
        self.restore_cursor()

    def scroll_down(self, count=1):
        top, bottom = self.margins or (0, self.lines - 1)
        self.save_cursor()
        self.cursor.y = top
        for _ in range(min(count, bottom - top + 1)):
            self.reverse_index()
        self.restore_cursor()


class ByteStream(pyte.ByteStream):
    csi = {**pyte.ByteStream.csi, "S": "scroll_up", "T": "scroll_down"}
    events = frozenset([*pyte.ByteStream.events, "scroll_up", "scroll_down"])


class Console:
    def __init__(self, folder, *options, columns=80, rows=24, env=None,
                 signals=None):
        self.dir = str(folder)
        self.confdir = os.path.join(self.dir, "conf")
        self.ca = os.path.join(self.confdir, "sluice-ca-cert.pem")
        environment = clean_env(
            TERM=TERM, XDG_RUNTIME_DIR=self.dir, TZ="UTC",
            HOME=self.dir)
        environment["ASAN_OPTIONS"] += ":log_path=" + self._path("asan")
        # No test writes on the clipboard of who runs it.
        for name in ("EDITOR", "VISUAL", "SLUICE_EDITOR",
                     "SLUICE_HEXEDITOR", "TMUX", "DISPLAY",
                     "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"):
            environment.pop(name, None)
        environment.update(env or {})
        self.has_alternate = not environment["TERM"].startswith("vt")
        self.screen = Screen(columns, rows)
        self.stream = ByteStream(self.screen)
        self.raw = b""
        self.ended = self.is_crash = False
        self.children = []
        self.child = pexpect.spawn(
            "/bin/sh", ["-c", WRAPPER, "sh", self.dir, SLUICE, "-p",
                        "127.0.0.1:0", "-c", self.confdir,
                        *map(str, options)],
            dimensions=(rows, columns), env=environment, timeout=WAIT,
            preexec_fn=lambda: [signal.signal(n, h) for n, h in {
                signal.SIGQUIT: signal.SIG_DFL,
                **(signals or {})}.items()])
        self.port = None

    def _path(self, name):
        return os.path.join(self.dir, name)

    def _file(self, name):
        with open(self._path(name), encoding="utf-8",
                  errors="backslashreplace") as f:
            return f.read()

    # ------------------------------------------------------------- reading

    def pump(self, seconds=0.05):
        """Takes in what the program has drawn, a frame whole; False at its
        end."""
        if not self._read(seconds):
            return False
        for _ in range(50):
            before = len(self.raw)
            if not self._read(0.004) or len(self.raw) == before:
                break
        return not self.ended

    def _read(self, seconds):
        if self.ended:
            return False
        ready, _, _ = select.select([self.child.child_fd], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.child.child_fd, 65536)
        except OSError:
            data = b""
        if not data:
            self.ended = True
            return False
        self.raw += data
        self.stream.feed(data)
        return True

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines())

    def wait(self, what, predicate=None, seconds=WAIT):
        """Until predicate() holds, or the screen matches the regex what."""
        if predicate is None:
            def predicate():
                return re.search(what, self.text(), re.M)
        end = time.monotonic() + seconds
        while True:
            got = predicate()
            if got:
                return got
            if self.ended:
                raise AssertionError("sluice ended while waiting for %s:\n%s\n%s"
                                     % (what, self._file("stderr"),
                                        self.text()))
            if time.monotonic() > end:
                raise Timeout("waited for %s; the screen:\n%s"
                              % (what, self.text()))
            self.pump()

    def wait_gone(self, what):
        self.wait("no " + what,
                  lambda: not re.search(what, self.text(), re.M))

    def settle(self, seconds=0.4):
        """Until nothing has been drawn for a while; a held flow's age is
        drawn for ever, so not for longer than three whiles."""
        end = time.monotonic() + seconds
        limit = end + 2 * seconds
        while time.monotonic() < min(end, limit):
            before = len(self.raw)
            if not self.pump(0.05):
                return
            if len(self.raw) != before:
                end = time.monotonic() + seconds

    def wait_port(self):
        self.port = int(self.wait(r"127\.0\.0\.1:(\d+)").group(1))
        return self.port

    def row(self, word):
        """The line with word in it, or ''."""
        return next((l for l in self.lines() if word in l), "")

    def cursor_row(self):
        """The line of the flow under the cursor."""
        return next((l for l in self.lines()[1:] if l[:1] in "▌>" and l), "")

    def wait_cursor(self, word):
        """Until the cursor is on the flow with word in its line."""
        self.wait("the cursor on " + word,
                  lambda: word in self.cursor_row() + " ")

    def wait_letter(self, word, letter):
        """Until the flow with word in its line has this state letter."""
        self.wait("%s with the letter %r" % (word, letter),
                  lambda: self.row(word)[1:2] == letter)

    # ------------------------------------------------------------- writing

    def _place(self):
        """What keys are for now: a screen by its name in the status bar, a
        menu by its own, or a prompt."""
        status, last = self.lines()[-2:]
        if status.startswith(("one more key", "EXPORT to")):
            return "menu " + last
        if not self.screen.cursor.hidden:
            return "prompt"
        return re.match(r"[A-Z ]*", status).group(0).strip()

    def _note(self, key):
        """For the count of keys that no test presses (keys.py)."""
        if "SLUICE_KEYS" not in os.environ:
            return
        if len(key) > 1 and key[0] != ESC:
            key = key[0]
        with open(os.environ["SLUICE_KEYS"], "a", encoding="utf-8") as f:
            f.write("%s\t%s\n" % (self._place(), key.encode().hex()))

    def press(self, *keys):
        for key in keys:
            self._note(key)
            os.write(self.child.child_fd, key.encode())
            self.pump(0.01)

    def command(self, text):
        self.press(":")
        self.wait(r"^:")
        self.press(text, ENTER)

    def leave(self):
        """Out of the prompt; what comes next is a key of its own."""
        self.press(ESC)
        self.wait("the prompt to close",
                  lambda: "? help" in self.lines()[-1])

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    # ------------------------------------------------------------- clients

    def curl(self, *args):
        """A curl in the background, through the proxy."""
        child = subprocess.Popen(
            ["curl", "-sS", "-i", "--max-time", "60", "-x",
             "http://127.0.0.1:%d" % self.port, "--cacert", self.ca, *args],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=clean_env())
        self.children.append(child)
        return child

    def curl_output(self, child):
        """What it printed; draws meanwhile."""
        self.wait("curl to end", lambda: child.poll() is not None)
        return child.stdout.read().decode("utf-8", "backslashreplace")

    def fetch(self, *args):
        return self.curl_output(self.curl(*args))

    # ------------------------------------------------------------- the end

    def pid(self):
        return int(self._file("pid"))

    def kill(self, number):
        os.kill(self.pid(), number)

    def wait_end(self):
        """Until it has ended; returns its exit status."""
        end = time.monotonic() + WAIT
        while self.pump():
            if time.monotonic() > end:
                raise Timeout("does not end; the screen:\n" + self.text())
        return int(self._file("status"))

    def assert_restored(self):
        assert self._file("stty.before") == self._file("stty.after")
        if self.has_alternate:
            on = self.raw.rfind(b"\x1b[?1049h")
            off = self.raw.rfind(b"\x1b[?1049l")
            assert on >= 0, "the alternate screen was never used"
            assert off > on, "the alternate screen was left on"
        hide = self.raw.rfind(b"\x1b[?25l")
        assert hide < 0 or max(self.raw.rfind(b"\x1b[?25h"),
                   self.raw.rfind(b"\x1b[?12l\x1b[?25h"),
                   self.raw.rfind(b"\x1b[34h\x1b[?25h")) >= hide, \
            "the cursor was left hidden"
        for mode in (b"1000", b"1002", b"1003", b"1004", b"1006", b"2004"):
            assert self.raw.rfind(b"\x1b[?%sl" % mode) >= \
                self.raw.rfind(b"\x1b[?%sh" % mode), "mode %r left on" % mode

    def assert_no_sanitizer(self):
        text = self._file("stderr") if os.path.exists(self._path("stderr")) \
            else ""
        for name in os.listdir(self.dir):
            if name.startswith("asan"):
                text += self._file(name)
        assert_no_sanitizer(text)

    def stop(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait()
        try:
            if not self.ended:
                with contextlib.suppress(ProcessLookupError):
                    self.kill(signal.SIGTERM)   # it may just have been told
                status = self.wait_end()
                self.assert_no_sanitizer()
                assert status == 0, self._file("stderr")
                self.assert_restored()
            if not self.is_crash:
                self.assert_no_sanitizer()
        finally:
            self.child.close(force=True)
