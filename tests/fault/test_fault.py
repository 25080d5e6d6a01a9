# SPDX-License-Identifier: MIT
"""Calls to the system that fail, or do less than asked, at the Nth time.

A fixed script of requests runs once for every function and every N (all of
them with FAULT_ALL=1, else a few), while fault.c spoils one call.  Whatever
happens to the connection concerned: the program lives on and serves the next
one, or it ends with one line that says why; it never leaks or crashes."""

import concurrent.futures
import contextlib
import errno
import os
import shutil
import signal
import subprocess
import tempfile

import pytest

from conftest import LIBRARY
from harness import (
    OK, RawClient, Sluice, assert_no_sanitizer, client_context, response)

ALL = os.environ.get("FAULT_ALL") == "1"
SKIP = os.environ.get("FAULT_SKIP", "").split()
SAMPLES = int(os.environ.get("FAULT_SAMPLES", "3"))
LIMIT = 10          # for one answer; sanitizers are slow
BIG = 300 * 1000    # beyond body_memory below, and beyond socket buffers

WAYS = {
    "accept4": ("EMFILE", "ECONNABORTED"),
    "ares_getaddrinfo": ("1", "4", "11", "12", "15"),   # c-ares' own codes:
    "ares_init_options": ("15",),       # no data, no name, refused, late, ..
    "bind": ("EADDRINUSE",),
    "connect": ("ECONNREFUSED", "ENETUNREACH"),
    "epoll_ctl": ("ENOMEM",),
    "epoll_wait": ("EINTR",),
    "fallocate": ("EOPNOTSUPP",),
    "fcntl": ("EMFILE",),
    "ftruncate": ("EIO",),
    "getsockname": ("ENOBUFS",),
    "getsockopt": ("EINVAL",),
    "listen": ("EADDRINUSE",),
    "malloc": ("ENOMEM",),
    "open": ("EMFILE", "EACCES"),
    "pread": ("EIO", "short", "end"),
    "pwrite": ("ENOSPC", "short"),
    "read": ("EIO", "EINTR", "end"),
    "recv": ("ECONNRESET", "EAGAIN", "short", "end"),
    "rename": ("ENOSPC",),
    "send": ("EPIPE", "EAGAIN", "short"),
    "setsockopt": ("EINVAL",),
    "socket": ("EMFILE",),
    "write": ("ENOSPC", "EAGAIN", "short"),
    "writev": ("ENOSPC",),
}


class Faulty(Sluice):
    """The program with one of its calls spoilt."""

    def __init__(self, world, fault):
        self.folder = tempfile.mkdtemp(dir=world.folder)
        self.log = os.path.join(self.folder, "log")
        self.fault = fault
        confdir = os.path.join(self.folder, "conf")
        shutil.copytree(world.made_ca, confdir)
        env = {"LD_PRELOAD": LIBRARY, "FAULT_LOG": self.log,
               "FAULT_HOSTS": world.hosts,
               "SSLKEYLOGFILE": os.path.join(self.folder, "keys"),
               "ASAN_OPTIONS": "verify_asan_link_order=0"}
        if fault:
            env["FAULT"] = fault
        super().__init__(
            confdir, "--upstream-ca", world.root, "-o", "body_memory=64k",
            "--har", os.path.join(self.folder, "all.har"), env=env)

    def tripped(self):
        with contextlib.suppress(OSError):
            with open(self.log) as f:
                return "tripped" in f.read()
        return False

    def ended_well(self):
        """It has ended: with 0, or with one line of its own."""
        status = self.process.wait(LIMIT)
        for reader in self.readers:
            reader.join(LIMIT)
        text = "\n".join(self.err)
        assert_no_sanitizer(text)
        said = [l for l in self.err if l.startswith("sluice: ")
                and "listening on" not in l]
        if status != 0:
            assert status == 1 and len(said) == 1, (
                self.fault, status, self.err)
        return status


class World:
    def __init__(self, folder, made_ca, certs, origin):
        self.folder, self.made_ca = str(folder), str(made_ca)
        self.root = certs.root
        self.hosts = os.path.join(self.folder, "hosts")
        with open(self.hosts, "w", encoding="ascii") as f:
            f.write("127.0.0.1 origin.test\n")

        def answer(q, stream):
            if q.target == "/big":
                return response(b"b" * BIG)
            return OK
        self.plain = origin(answer)
        self.sealed = origin(answer, context=certs.server_context())


@pytest.fixture
def world(tmp_path, made_ca, certs, origin):
    return World(tmp_path, made_ca, certs, origin)


def client(s):
    c = RawClient(s.port)
    c.sock.settimeout(LIMIT)
    return c


def ask(c, line, host, body=b"", want=None):
    c.send(("%s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n" % (
        line, host, len(body))).encode() + body)
    r = c.get()
    assert r.status == 200, (r.line, r.body[:300])
    assert want is None or r.body == want


def plain_requests(world, s):
    host = "localhost:%d" % world.plain.port
    with contextlib.closing(client(s)) as c:
        ask(c, "GET http://%s/1" % host, host, want=b"hello\n")
        ask(c, "POST http://%s/2" % host, host, body=b"x" * BIG)
        ask(c, "GET http://%s/big" % host, host, want=b"b" * BIG)


def named_requests(world, s):
    host = "origin.test:%d" % world.plain.port
    with contextlib.closing(client(s)) as c:
        ask(c, "GET http://%s/1" % host, host, want=b"hello\n")
    with contextlib.closing(client(s)) as c:
        ask(c, "GET http://%s/2" % host, host, want=b"hello\n")


def sealed_requests(world, s):
    host = "127.0.0.1:%d" % world.sealed.port
    with contextlib.closing(client(s)) as c:
        c.connect(host)
        c.start_tls(client_context(s.ca), "127.0.0.1")
        ask(c, "GET /1", host, want=b"hello\n")
        ask(c, "GET /big", host, want=b"b" * BIG)


SCRIPT = (plain_requests, sealed_requests, named_requests)


def attempt(world, s, step):
    """Did the step work?  AssertionError and friends are its opinion."""
    try:
        step(world, s)
        return None
    except Exception as e:      # whatever the client's library makes of it
        return e


def serve(world, s):
    """The script; what fails must be the fault's, and only once."""
    every = s.fault and s.fault.split()[1] == "0"
    for step in SCRIPT:
        before = s.tripped()
        wrong = attempt(world, s, step)
        if not wrong:
            continue
        again = attempt(world, s, step)
        if again:
            with contextlib.suppress(subprocess.TimeoutExpired):
                s.process.wait(2)       # it may be about to end
            assert s.process.poll() is not None, (
                s.fault, step, wrong, again, s.err)
            return
        assert s.fault and not before and s.tripped() and not every, (
            s.fault, step, wrong)


def run(world, fault):
    """True when the fault came to pass."""
    try:
        s = Faulty(world, fault)
    except AssertionError as e:     # it ended before it listened
        assert "sluice ended: 1 ['sluice: " in str(e), (fault, e)
        assert "Sanitizer" not in str(e), (fault, e)
        return True
    try:
        serve(world, s)
        if s.process.poll() is None:
            s.process.send_signal(signal.SIGTERM)
        s.ended_well()
        return s.tripped()
    finally:
        if s.process.poll() is None:
            s.process.kill()
        s.process.wait()
        shutil.rmtree(s.folder, ignore_errors=True)


def count_calls(world):
    s = Faulty(world, None)
    serve(world, s)
    s.process.send_signal(signal.SIGTERM)
    assert s.ended_well() == 0
    with open(s.log) as f:
        return {name: int(n) for name, n in map(str.split, f)}


counted = {}


def pick(count):
    if ALL:
        return range(1, count + 1)
    return sorted({1 + i * (count - 1) // max(1, SAMPLES - 1)
                   for i in range(SAMPLES)})


def run_all(world, faults):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        return list(pool.map(lambda f: run(world, f), faults))


@pytest.mark.parametrize("call", sorted(set(WAYS) - set(SKIP)))
def test_nth_call(world, call):
    if not counted:
        counted.update(count_calls(world))
    assert counted.get(call), "%s is never called: %s" % (call, counted)
    faults = ["%s %d %s" % (call, n, getattr(errno, way, way))
              for way in WAYS[call] for n in pick(counted[call])]
    assert any(run_all(world, faults))


@pytest.mark.parametrize("call", ["recv", "send", "pwrite", "pread", "read"])
def test_every_call_is_short(world, call):
    """Slow and whole."""
    assert run(world, call + " 0 short")
