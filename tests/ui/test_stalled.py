# SPDX-License-Identifier: MIT
"""A terminal that takes nothing, as behind a line that stands still: the
proxy goes on, and the screen is right when the terminal is back."""

import os
import re
import signal
import time

import pytest

from harness import RawClient, response, until


@pytest.fixture
def stalled(console, origin):
    """A large console that nobody reads, and 400 requests behind it."""
    o = origin(lambda q, stream: response(b"ok"))
    c = console(columns=160, rows=50)
    client = RawClient(int(c.wait_port()))
    worst = 0
    for i in range(400):
        began = time.monotonic()
        client.send("GET http://127.0.0.1:%d/%d HTTP/1.1\r\n"
                    "Host: 127.0.0.1:%d\r\n\r\n" % (o.port, i, o.port))
        assert client.get().status == 200
        worst = max(worst, time.monotonic() - began)
        time.sleep(0.004)           # so that there is much to paint
    assert worst < 2
    yield c
    client.close()


def test_the_proxy_goes_on_and_the_screen_comes_back(stalled):
    c = stalled
    c.wait("FLOWS 400/400", seconds=20)
    c.settle()
    assert re.search(r"GET +200 .*/399 ", c.text())
    c.press("g")
    c.wait("FLOWS 1/400")
    numbers = [int(n) for n in re.findall(r"GET +200 \S+ +/(\d+) ", c.text())]
    assert numbers == list(range(len(numbers))) and len(numbers) > 40


def test_it_ends_all_the_same(stalled):
    pid = stalled.pid()
    os.kill(pid, signal.SIGTERM)
    until("its end", lambda: not os.path.exists("/proc/%d/fd/0" % pid), 10)
    assert stalled.wait_end() == 0
