# SPDX-License-Identifier: MIT
"""Which program of this machine a request comes from."""

import os
import re
import subprocess
import sys
import time

import pytest

from harness import response

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"),
                                reason="only Linux tells")

# Renames itself, asks, and stays for as long as its input is open.
CLIENT = r"""
import os, socket, sys
with open("/proc/self/comm", "wb") as f:
    f.write(bytes.fromhex(sys.argv[2]))
s = socket.create_connection((sys.argv[3], int(sys.argv[1])))
s.sendall(sys.argv[4].encode())
s.recv(65536)
sys.stdin.read()
"""


@pytest.fixture
def ask(origin):
    """A client with a name of its own asks for a path; its pid."""
    def answer(q, stream):
        time.sleep(0.3)
        return response(b"late")
    o, children = origin(answer), []

    def start(s, name, path, host="127.0.0.1"):
        child = subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(s.port), name.hex(), host,
             "GET http://127.0.0.1:%d%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
             "\r\n" % (o.port, path, o.port)], stdin=subprocess.PIPE)
        children.append(child)
        return child
    start.origin = o
    yield start
    for child in children:
        child.stdin.close()
        child.wait(20)


def test_name_and_number(sluice, ask):
    s = sluice("--format", "json")
    one = ask(s, b"first", "/1")
    two = ask(s, b"second", "/2")
    for child, name, path in ((one, "first", "/1"), (two, "second", "/2")):
        f = s.wait_flow(lambda f, path=path: f["url"].endswith(path))
        assert (f["process"], f["pid"]) == (name, child.pid)


def test_curl(sluice, ask):
    s = sluice("--format", "json")
    child = subprocess.Popen(["curl", "-s", "-o", os.devnull, "-x", s.url,
                              "http://127.0.0.1:%d/c" % ask.origin.port])
    f = s.wait_flow(lambda f: f["url"].endswith("/c"))
    assert (f["process"], f["pid"]) == ("curl", child.pid)
    assert child.wait(20) == 0


def test_ipv6(sluice, ask):
    s = sluice("--format", "json", listen="[::1]:0")
    child = ask(s, b"six", "/6", "::1")
    f = s.wait_flow(lambda f: f["url"].endswith("/6"))
    assert (f["process"], f["pid"]) == ("six", child.pid)


def test_a_name_cannot_hurt(sluice, ask):
    s = sluice("--format", "json")
    ask(s, b'\x1b[31m"\xff\x07', "/evil")
    f = s.wait_flow(lambda f: f["url"].endswith("/evil"))
    assert f["process"] == '\\x1b[31m"\\xff\\x07'
    assert not any(re.search(r"[^ -~]", line) for line in s.out)


def test_by_name_in_filters(sluice, ask):
    s = sluice("-f", "process=seco* & pid>1")
    ask(s, b"first", "/one")
    ask(s, b"second", "/two")
    s.wait_line("/two")
    time.sleep(0.3)
    assert not any("/one" in line for line in s.out)


def test_off(sluice, ask):
    s = sluice("--format", "json", "-o", "processes=off")
    ask(s, b"first", "/1")
    f = s.wait_flow(lambda f: f["url"].endswith("/1"))
    assert (f["process"], f["pid"]) == (None, None)


def test_clients_that_leave_at_once(sluice, ask, raw):
    """Nobody is found, and nobody waits for ever."""
    s = sluice("--format", "json")
    for _ in range(200):
        raw(s.port).close()
    ask(s, b"later", "/later")
    f = s.wait_flow(lambda f: f["url"].endswith("/later"))
    assert f["process"] in ("later", None)
    time.sleep(1.5)             # what was used up comes back
    child = ask(s, b"much later", "/much")
    f = s.wait_flow(lambda f: f["url"].endswith("/much"))
    assert (f["process"], f["pid"]) == ("much later", child.pid)
