# SPDX-License-Identifier: MIT
"""Thousands of connections, and ends that vanish in every state: afterwards
memory and descriptors are back to where they were, and the next request is
served.  SOAK_SECONDS=60 is the long form, without it less of everything."""

import asyncio
import contextlib
import itertools
import os
import random
import resource
import subprocess
import time

import pytest

import crowd
from crowd import LIMIT, WAYS_TO_LEAVE, leave
from harness import SLUICE

SECONDS = int(os.environ.get("SOAK_SECONDS", "0"))
TUNNELS = 5000 if SECONDS else 400
REQUESTS = 1000 if SECONDS else 150
ROUNDS = 4
# A sanitizer keeps freed memory for a while: there only descriptors count.
SANITIZED = b"asan" in subprocess.run(
    ["ldd", SLUICE], capture_output=True).stdout
MEGABYTE = 1024 * 1024
LEFT_BEHIND = 64 * MEGABYTE     # of about 130 at the height
MORE_EACH_ROUND = 16 * MEGABYTE


def raise_limit():
    """As many descriptors as may be; how many tunnels that allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return min(TUNNELS, (hard - 200) // 2)


def descriptors(s):
    return len(os.listdir("/proc/%d/fd" % s.process.pid))


def resident(s):
    with open("/proc/%d/statm" % s.process.pid, encoding="ascii") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def proxy(sluice, certs):
    raise_limit()
    return sluice("--upstream-ca", certs.root, "-o", "flows_max=200")


class Bench:
    """A proxy with two origins, and where its descriptors were at rest."""

    def __init__(self, s, certs):
        self.s, self.certs = s, certs

    async def __aenter__(self):
        self.plain = await crowd.Origin().start()
        self.sealed = await crowd.Origin().start(self.certs.server_context())
        await self.serves()
        await asyncio.sleep(0.2)
        self.at_rest = descriptors(self.s)
        self.memory = resident(self.s)
        return self

    async def __aexit__(self, *_):
        self.plain.close()
        self.sealed.close()

    async def serves(self):
        """The next request is answered, on both ways."""
        assert await crowd.get(self.s.port, self.plain) == b"hello"
        assert await crowd.get(self.s.port, self.sealed,
                               ca=self.s.ca) == b"hello"

    async def comes_to_rest(self):
        end = time.monotonic() + LIMIT
        while descriptors(self.s) > self.at_rest:
            assert time.monotonic() < end, (
                "%d descriptors, %d at rest" % (descriptors(self.s),
                                                self.at_rest))
            await asyncio.sleep(0.05)
        assert self.s.is_alive(), self.s.err


async def repeat(bench, work):
    """Most memory comes back each time, and rounds do not add up.  How much
    comes back depends on where the last of it lies: the best of two rounds
    is compared with the best of the next two."""
    after = []
    for _ in range(ROUNDS):
        await work()
        await bench.comes_to_rest()
        await bench.serves()
        # It is given back a little at a time.
        await asyncio.sleep(0.5)
        after.append(resident(bench.s))
    if not SANITIZED:
        early, late = max(after[:2]), min(after[2:])
        assert late < early + MORE_EACH_ROUND, after
        assert late < bench.memory + LEFT_BEHIND, after


async def in_steps(count, step, start):
    """count of start(), so many at once."""
    done = []
    for i in range(0, count, step):
        done += await asyncio.gather(*(start() for _ in range(
            min(step, count - i))))
    return done


def test_idle_tunnels(proxy, certs):
    count = raise_limit()

    async def main():
        async with Bench(proxy, certs) as b:
            async def fill_and_empty():
                tunnels = await in_steps(count, 100, lambda: (
                    crowd.open_plain_tunnel(proxy.port, b.plain)))
                assert descriptors(proxy) >= b.at_rest + 2 * count
                await b.serves()
                # A third each: the client leaves, resets, or the server.
                for i, (_, writer) in enumerate(tunnels[:2 * count // 3]):
                    leave(writer, WAYS_TO_LEAVE[i % 2])
                for writer in list(b.plain.writers):
                    leave(writer, "orderly")
                for _, writer in tunnels:
                    leave(writer, "orderly")
            await repeat(b, fill_and_empty)
    asyncio.run(main())


@pytest.mark.parametrize("sealed", [False, True])
def test_concurrent_requests(proxy, certs, sealed):
    async def main():
        async with Bench(proxy, certs) as b:
            o = b.sealed if sealed else b.plain

            async def all_at_once():
                o.waiting, o.together = 0, REQUESTS
                o.enough.clear()
                bodies = await asyncio.gather(*(
                    crowd.get(proxy.port, o, "/together",
                              proxy.ca if sealed else None)
                    for _ in range(REQUESTS)))
                assert bodies == [b"hello"] * REQUESTS
            await repeat(b, all_at_once)
    asyncio.run(main())


# ------------------------------------------------------------------- vanishing


async def client_vanishes(b, state, how):
    """A client that leaves in that state of its connection."""
    port = b.s.port
    tunnel = state.startswith(("tunnel", "hello"))
    sealed = state.startswith("sealed")
    reader, writer = await (
        crowd.open_tunnel(port, b.sealed) if tunnel else
        crowd.open_sealed(port, b.sealed, b.s.ca) if sealed else
        crowd.connect(port))
    o = b.sealed if sealed else b.plain
    said = {
        "connected": b"", "tunnel": b"", "sealed": b"",
        "in-head": crowd.request(o, "/")[:-10],
        "hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03abc",
        "in-body": crowd.request(o, "/", method="POST",
                                 fields="Content-Length: 999\r\n") + b"x",
        "waiting": crowd.request(o, "/leave/silent/orderly"),
        "reading": crowd.request(o, "/leave/in-body/orderly"),
        "sealed-in-head": crowd.request(o, "/", sealed=True)[:-10],
        "sealed-waiting": crowd.request(o, "/leave/silent/orderly",
                                        sealed=True),
        "sealed-reading": crowd.request(o, "/leave/in-body/orderly",
                                        sealed=True),
    }[state]
    writer.write(said)
    if state.endswith("reading"):
        await crowd.read_head(reader)
    else:
        await asyncio.sleep(0.01)
    leave(writer, how)

CLIENT_STATES = ("connected", "tunnel", "sealed", "in-head", "hello",
                 "in-body", "waiting", "reading", "sealed-in-head",
                 "sealed-waiting", "sealed-reading")


async def server_vanishes(b, state, how, sealed):
    """The client sees an end or an error, soon."""
    o = b.sealed if sealed else b.plain
    reader, writer = await (
        crowd.open_sealed(b.s.port, o, b.s.ca) if sealed else
        crowd.connect(b.s.port))
    writer.write(crowd.request(o, "/leave/%s/%s" % (state, how), sealed))
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        await asyncio.wait_for(reader.read(100), LIMIT)
    leave(writer, "orderly")


def all_states(b):
    ends = [lambda s=s, h=h: client_vanishes(b, s, h)
            for s in CLIENT_STATES for h in WAYS_TO_LEAVE]
    ends += [lambda s=s, h=h, t=t: server_vanishes(b, s, h, t)
             for s in crowd.Origin.states if s != "silent"
             for h in WAYS_TO_LEAVE for t in (False, True)]
    return ends


def test_both_ends_vanish(proxy, certs):
    """Every state in turn, many at a time, mixed with good requests."""
    async def main():
        async with Bench(proxy, certs) as b:
            chance = random.Random(7)
            states = itertools.cycle(all_states(b))

            async def one():
                await next(states)()
                if chance.random() < 0.2:
                    await b.serves()

            async def churn():
                end = time.monotonic() + max(SECONDS, 6) / ROUNDS
                while time.monotonic() < end:
                    await asyncio.gather(*(one() for _ in range(60)))
            await repeat(b, churn)
    asyncio.run(main())


def test_connection_churn(proxy, certs):
    """A connection a request, as fast as they come."""
    async def main():
        async with Bench(proxy, certs) as b:
            async def churn():
                end = time.monotonic() + max(SECONDS, 6) / ROUNDS
                while time.monotonic() < end:
                    await asyncio.gather(*(b.serves() for _ in range(20)))
            await repeat(b, churn)
    asyncio.run(main())
