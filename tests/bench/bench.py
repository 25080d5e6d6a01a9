# SPDX-License-Identifier: MIT
"""make bench: sluice and its peers at the same work, in turn.

	bench.py [--quick] BUILD-FOLDER [RESULTS]

Peers take turns in short rounds, so that what else the machine does hits all
of them; figures are medians over the rounds.  README says what is measured
how, report.py writes it down."""

import argparse
import os
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import proc
import report
from peers import (ALL, Mitmdump, Nginx, Place, Sluice, SluiceReverse,
                   SluiceSpilling, Haproxy)
from screen import Screen

LIMIT = 340             # seconds for everything
ROUNDS, ROUND = 3, 0.8  # seconds of load a round
CONNECTIONS = 16
COLD_STARTS = 5
IDLE = 4                # seconds of watching who wakes up
KEYS = 150
FLOWS = 20000           # for the memory of each
PATIENCE = 10           # seconds for the first answers


class Work:
    def __init__(self, key, title, path, tls=True, only=None, load=()):
        self.key, self.title, self.path = key, title, path
        self.tls, self.only = tls, only
        self.load = list(load) or ["-c", CONNECTIONS, "-d", ROUND]


BIG = ["-c", 1, "-n", 3, "-d", 10]
WORKS = (
    Work("https-1k", "HTTPS through CONNECT, kept alive, 1 KiB", "/1k"),
    Work("https-1m", "HTTPS through CONNECT, kept alive, 1 MiB", "/1m"),
    Work("new", "A new TLS connection for each request, 1 KiB", "/1k",
         load=["-k", "-c", CONNECTIONS, "-d", ROUND]),
    Work("http-1k", "Plain HTTP through the proxy, kept alive, 1 KiB", "/1k",
         tls=False),
    Work("reverse", "HTTPS as a reverse proxy, kept alive, 1 KiB", "/1k",
         only=("sluice", "haproxy")),
    Work("down", "Download of 100 MB over HTTPS", "/100m", load=BIG),
    Work("up", "Upload of 100 MB over HTTPS", "/up/%d",
         load=["-u", 100 << 20, *BIG]),
)
SPILL = Work("spill", "HTTPS, 1 MiB, no memory left: bodies go to disk",
             "/1m")


class Bench:
    def __init__(self, place, quick):
        self.place = place
        self.rounds = 1 if quick else ROUNDS
        self.keys = 30 if quick else KEYS
        self.end = time.monotonic() + LIMIT
        self.words = []         # what was left out, and why
        self.given_up = set()
        self.rows = {}          # (work, peer): a list of measurements
        self.facts = {}
        self.origin = Nginx(place)
        self.origin.start()
        self.peers = []

    def say(self, *words):
        print(*words, file=sys.stderr, flush=True)

    def leave_out(self, text):
        if text not in self.words:
            self.words.append(text)
            self.say("left out:", text)

    def is_late(self, what):
        if time.monotonic() < self.end:
            return False
        self.leave_out("%s: no time left" % what)
        return True

    # ------------------------------------------------------------- peers

    def open_peers(self):
        for kind in ALL:
            peer = kind(self.place, self.origin)
            if not shutil.which(peer.program):
                self.leave_out("%s: not installed (apt-get install %s)"
                               % (peer.name, peer.package))
                continue
            starts = self._cold_starts(peer)
            if starts is None:
                continue
            self.peers.append(peer)
            self.facts.setdefault("cold", {})[peer.name] = \
                statistics.median(starts)
            self.say("%-12s %-24s starts in %5.0f ms" % (
                peer.name, peer.version(), statistics.median(starts) * 1e3))

    def _cold_starts(self, peer):
        starts = []
        try:
            for _ in range(1 if isinstance(peer, Mitmdump) else COLD_STARTS):
                peer.stop()
                starts.append(peer.start())
            self._load(peer, Work("", "", "/1k", load=["-n", 1]))
        except (proc.Failed, OSError, subprocess.CalledProcessError) as e:
            self.leave_out("%s: %s; %s" % (
                peer.name, e, proc.text_of(peer.log())[-200:].strip()))
            peer.stop()
            return None
        return starts

    def first_start(self):
        """With the making of a certificate authority."""
        class First(Sluice):
            def options(self):
                o = super().options()
                o[o.index("-c") + 1] = self.place.path("conf-first")
                return o
        peer = First(self.place, self.origin)
        try:
            self.facts["first start"] = peer.start()
        finally:
            peer.stop()

    # -------------------------------------------------------------- load

    def _command(self, peer, work):
        path = work.path
        if "%d" in path:
            path %= os.getpid()
        return [os.path.join(self.place.built, "tests/bench/load"), "-w",
                *map(str, work.load), *peer.target(work.tls, path)]

    def _load(self, peer, work, meanwhile=None):
        """One measurement: what the load says, and what /proc does."""
        load = subprocess.Popen(self._command(peer, work),
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self._answer(load, PATIENCE)
            pids = peer.pids()
            proc.forget_peak(pids)
            cpu, rss = proc.cpu_us(pids), proc.rss_kib(pids)
            load.stdin.write(b"\n")
            load.stdin.flush()
            if meanwhile:
                meanwhile()
            said = report.parse(self._answer(load, 2 * PATIENCE))
            if said["requests"] == 0 or \
                    said["errors"] > said["requests"] / 100:
                raise proc.Failed("%d of %d requests failed" % (
                    said["errors"], said["errors"] + said["requests"]))
            said["cpu"] = (proc.cpu_us(pids) - cpu) / said["requests"]
            said["rate"] = said["requests"] / said["seconds"]
            said["peak"] = proc.peak_kib(pids)
            said["grown"] = proc.rss_kib(pids) - rss
            return said
        finally:
            load.kill()
            load.wait()
            load.stdin.close()
            load.stdout.close()

    @staticmethod
    def _answer(load, seconds):
        ready, _, _ = select.select([load.stdout], [], [], seconds)
        line = load.stdout.readline() if ready else b""
        if not line:
            raise proc.Failed("no answers after %d s" % seconds)
        return line.decode()

    def measure(self, peer, work):
        key = (work.key, peer.name)
        if key in self.given_up or self.is_late("%s: %s" % key):
            return
        try:
            if peer.fresh:
                peer.stop()
                peer.start()
            said = self._load(peer, work)
        except proc.Failed as e:
            self.leave_out("%s, %s: %s" % (*key, e))
            self.given_up.add(key)
            return
        finally:
            if peer.fresh:
                peer.stop()
        self.rows.setdefault(key, []).append(said)

    def compete(self):
        reverse = SluiceReverse(self.place, self.origin)
        spilling = SluiceSpilling(self.place, self.origin)
        if not reverse.is_there():
            self.leave_out("sluice as a reverse proxy: not there yet")
            reverse = None
        for number in range(self.rounds):
            self.say("round %d of %d" % (number + 1, self.rounds))
            for work in WORKS:
                if work.key == "reverse":
                    peers = [p for p in self.peers if isinstance(p, Haproxy)]
                    peers = [reverse, *peers] if reverse else []
                else:
                    peers = [p for p in self.peers if p.has(work)]
                    peers.append(self.origin)
                for peer in peers:
                    self.measure(peer, work)
            self.measure(spilling, SPILL)

    # ----------------------------------------------------------- console

    def console(self):
        """Turns of the same work, with and without a screen."""
        head = Sluice(self.place, self.origin)
        screen = Screen(self.place, self.origin)
        work = Work("console", "", "/1k")
        for _ in range(self.rounds + 1):
            self.measure(head, work)
            self.measure(screen, work)

    def keys_to_paint(self):
        if self.is_late("key to paint"):
            return
        screen = Screen(self.place, self.origin)
        times = {}
        slow = Work("", "", "/1k", load=["-c", CONNECTIONS, "-d", 6])

        def press():
            times["load"] = screen.key_times(self.keys,
                                             time.monotonic() + 5)
        try:
            screen.start()
            time.sleep(0.3)
            times["idle"] = screen.key_times(self.keys,
                                             time.monotonic() + 5)
            self._load(screen, slow, press)
        except proc.Failed as e:
            self.leave_out("key to paint: %s" % e)
        finally:
            screen.stop()
        self.facts["keys"] = times

    # -------------------------------------------------------------- rest

    def idle(self):
        """Everybody at rest at the same time."""
        screen = Screen(self.place, self.origin)
        screen.start()
        peers = [*self.peers, screen]
        time.sleep(1)
        before = [proc.wakeups(p.pids()) for p in peers]
        time.sleep(IDLE)
        self.facts["idle"] = {
            p.name: (proc.wakeups(p.pids()) - b) / IDLE
            for p, b in zip(peers, before)}
        screen.stop()

    def memory(self):
        """So many flows of 1 KiB, each with its two heads and its body."""
        peer = Sluice(self.place, self.origin)
        peer.start()
        try:
            said = self._load(peer, Work("", "", "/1k", load=[
                "-c", CONNECTIONS, "-n", FLOWS, "-d", 30]))
            self.facts["flow"] = said["grown"] * 1024 / said["requests"]
        except proc.Failed as e:
            self.leave_out("memory of a flow: %s" % e)
        finally:
            peer.stop()

    def run(self):
        self.open_peers()
        self.first_start()
        self.idle()
        for peer in self.peers:
            if peer.fresh:
                peer.stop()
        self.memory()
        self.keys_to_paint()
        self.console()
        self.compete()

    def close(self):
        for peer in [*self.peers, self.origin]:
            peer.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("built")
    parser.add_argument("results", nargs="?")
    args = parser.parse_args()
    began = time.monotonic()
    # Where Debian keeps servers, and people do not look.
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    built = os.path.abspath(args.built)
    if "asan" in subprocess.run(["ldd", os.path.join(built, "src/sluice")],
                                capture_output=True, text=True,
                                check=False).stdout:
        sys.exit("bench: configure without --enable-debug first")
    if not shutil.which("nginx"):
        sys.exit("bench: nginx is the origin (apt-get install nginx-light)")
    folder = tempfile.mkdtemp(prefix="sluice-bench-")
    bench = None
    try:
        bench = Bench(Place(folder, built), args.quick)
        bench.run()
    finally:
        if bench:
            bench.close()
        shutil.rmtree(folder, ignore_errors=True)
    text = report.write(bench, WORKS + (SPILL,), time.monotonic() - began)
    print(text)
    if args.results:
        with open(args.results, "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
