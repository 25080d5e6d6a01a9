# SPDX-License-Identifier: MIT
"""sluice's console in a pseudo-terminal that somebody reads all the time,
and the time from a key to what it paints."""

import fcntl
import os
import pty
import struct
import termios
import threading
import time

from peers import Sluice
from proc import Failed, spawn, stop, wait_port

ROWS, COLUMNS = 50, 160
PAINT_WAIT = 2          # seconds; a key that paints nothing is a failure
MARKS = "{}|"           # the list does not draw these


class Screen(Sluice):
    """A console instead of lines on stdout."""

    name = "sluice, console"

    def start(self):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ,
                    struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        env = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8")
        env.pop("NO_COLOR", None)
        self.process = spawn(["setsid", "-c", *self.options()],
                             self.log(), env=env, terminal=slave)
        os.close(slave)
        self.drawn, self.wanted = 0, b""
        self.painted, self.when = threading.Event(), 0
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        return wait_port(self.tls_port, self.process)

    def _read(self):
        while True:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return
            now = time.monotonic()
            if not data:
                return
            self.drawn += len(data)
            if self.wanted and self.wanted in data:
                self.when, self.wanted = now, b""
                self.painted.set()

    def stop(self):
        stop(self.process)
        if self.process:
            self.reader.join(5)
            os.close(self.master)
        self.process = None

    def press(self, text):
        os.write(self.master, text.encode())

    def paint(self, mark):
        """Seconds from a character typed at the prompt to its painting."""
        self.painted.clear()
        self.wanted = mark.encode()
        began = time.monotonic()
        self.press(mark)
        if not self.painted.wait(PAINT_WAIT):
            raise Failed("the key %r painted nothing" % mark)
        return self.when - began

    def key_times(self, count, end):
        """Sorted; a character of MARKS after another at the command line."""
        times = []
        self.press(":")
        time.sleep(0.2)
        while len(times) < count and time.monotonic() < end:
            times.append(self.paint(MARKS[len(times) % len(MARKS)]))
            # Out of step with whatever else has a period.
            time.sleep(0.004 + 0.0007 * (len(times) % 11))
            if len(times) % 30 == 0:
                self.press("\x15")
                time.sleep(0.05)
        self.press("\x15\x1b")
        time.sleep(0.1)
        return sorted(times)
