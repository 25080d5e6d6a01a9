# SPDX-License-Identifier: MIT
"""Peers that are slow, rude or early: nothing hangs, nothing is cut short
without the other side noticing."""

import contextlib
import fcntl
import os
import queue
import resource
import shutil
import socket
import struct
import subprocess
import termios
import time

import pytest

from harness import (
    Origin, RawClient, SLUICE, Stream, Timeout, response, until)

BIG = b"0123456789abcdef" * (512 * 1024)    # 8 MiB


def reset(sock):
    """Closes with RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))
    sock.close()


def ask(port, path="/", more="", method="GET", version="1.1"):
    return ("%s http://127.0.0.1:%d%s HTTP/%s\r\nHost: 127.0.0.1:%d\r\n"
            "%s\r\n" % (method, port, path, version, port, more))


def small_client(port):
    """A client whose kernel takes little on its own."""
    c = RawClient.__new__(RawClient)
    c.sock = socket.socket()
    c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 * 1024)
    c.sock.settimeout(20)
    c.sock.connect(("127.0.0.1", port))
    c.stream = Stream(c.sock)
    return c


@pytest.mark.parametrize("extra", range(0, 256 * 1024, 64 * 1024))
def test_slow_reader_asks_again(sluice, origin, extra):
    body = BIG + BIG[:extra]

    def answer(q, stream):
        return response(body if q.target == "/big" else b"small")
    o, s = origin(answer), sluice()
    c = small_client(s.port)
    c.send(ask(o.port, "/big"))
    time.sleep(0.5)
    assert c.get().body == body
    c.send(ask(o.port, "/small"))
    assert c.get().body == b"small"


def test_early_answer_to_a_stuck_upload(sluice, origin, raw):
    def before(q, stream):
        if q.target == "/up":
            time.sleep(1)
            stream.sock.sendall(response(b"no", "413 Too Large"))
            time.sleep(3)
            raise Origin.Close
    o, s = origin(before_body=before), sluice()
    c = raw(s.port)
    c.send(ask(o.port, "/up", "Content-Length: %d\r\n" % (4 * len(BIG)),
               "POST"))
    for _ in range(4):
        c.send(BIG)
    r = c.get()
    assert (r.status, r.body) == (413, b"no")
    c.send(ask(o.port, "/next"))
    assert c.get().status == 200


@pytest.mark.parametrize("extra", (0, 192 * 1024))
def test_last_response_reaches_a_slow_reader(sluice, origin, extra):
    body = BIG + BIG[:extra]
    o, s = origin(lambda q, stream: response(body)), sluice()
    c = small_client(s.port)
    c.send(ask(o.port, "/", "Connection: close\r\n"))
    r = c.get_head()
    n = len(c.stream.pending)
    while not s.out and n < len(body):
        n += len(c.sock.recv(16384))
        time.sleep(0.005)
    time.sleep(3.5)
    more = 1
    while more:
        more = len(c.sock.recv(65536))
        n += more
    assert n == len(body)
    assert r.status == 200


@pytest.mark.parametrize("head, version", [
    (b"HTTP/1.1 200 OK\r\n\r\npartial", "1.1"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\npartial\r\n",
     "1.0"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\npartial\r\n",
     "1.1"),
])
def test_reset_server_is_no_end(sluice, origin, raw, head, version):
    def answer(q, stream):
        stream.sock.sendall(head)
        time.sleep(0.3)
        reset(stream.sock)
        raise Origin.Close
    o, s = origin(answer), sluice("--format", "json")
    c = raw(s.port)
    c.send(ask(o.port, "/cut", version=version))
    r = c.get_head()
    if version == "1.1" and r.get("Transfer-Encoding"):
        with pytest.raises((AssertionError, ValueError,
                            ConnectionResetError)):
            c.stream.chunked()
    else:
        with pytest.raises(ConnectionResetError):
            c.stream.rest()
    f = s.wait_flow(lambda f: True)
    assert f.get("error"), f


def unsent(sock):
    return struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, b"0000"))[0]


def fill(sock):
    """Sends until nothing more leaves; how much did."""
    sent, end = 0, time.monotonic() + 0.3
    while time.monotonic() < end:
        if unsent(sock) == 0:
            sock.sendall(BIG[:32768])
            sent, end = sent + 32768, time.monotonic() + 0.3
        time.sleep(0.001)
    return sent - unsent(sock)


def test_whole_answer_before_a_reset(sluice, origin):
    """The server reset as its answer was still waiting for the client."""
    room = queue.Queue()

    def answer(q, stream):
        n = int(q.target[1:])
        stream.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
                            % (n or len(BIG)))
        if not n:
            room.put(fill(stream.sock))
        else:
            stream.sock.sendall(BIG[:n])
            with contextlib.suppress(Timeout):
                until("the bytes to leave", lambda: not unsent(stream.sock),
                      1)
                reset(stream.sock)
            room.put(0)
        raise Origin.Close
    o, s = origin(answer), sluice()
    c = small_client(s.port)
    c.send(ask(o.port, "/0"))
    most = room.get(timeout=20)
    c.close()
    # The kernels' buffers are not known: one of these ends in sluice's own.
    for n in range(most - 768 * 1024, most, 128 * 1024):
        c = small_client(s.port)
        c.send(ask(o.port, "/%d" % n))
        room.get(timeout=20)
        time.sleep(0.1)
        assert c.get().body == BIG[:n]
        c.close()


def test_quiet_after_an_early_answer(sluice, origin, raw):
    """What is left of a body is not a head that comes too slowly."""
    def before(q, stream):
        if q.method == "POST":
            stream.sock.sendall(response(b"early"))

    def answer(q, stream):
        return None if q.method == "POST" else response(b"x")
    o = origin(answer, before_body=before)
    s = sluice("-o", "header_timeout=1s")
    c = raw(s.port)
    c.send(ask(o.port, "/", "Content-Length: 10\r\n", "POST") + "01234")
    assert c.get().body == b"early"
    c.send("56789")
    time.sleep(2)
    c.send(ask(o.port))
    assert c.get().status == 200
    assert not [l for l in s.out if "408" in l or "in time" in l]


def test_pipelining_without_reading(sluice, origin):
    """Answers nobody reads don't pile up, and all of them arrive."""
    body = b"x" * 100000
    o, s = origin(lambda q, stream: response(body)), sluice()
    c = small_client(s.port)
    n = 200
    c.send("".join(ask(o.port, "/%d" % i) for i in range(n)))
    time.sleep(2)
    assert len(o.requests) < n
    for i in range(n):
        assert c.get().body == body, i


def test_interim_flood_waits_for_a_slow_client(sluice, origin):
    line = b"HTTP/1.1 102 Processing\r\nX: " + b"y" * 1000 + b"\r\n\r\n"
    n = 30000

    def answer(q, stream):
        for _ in range(n // 100):
            stream.sock.sendall(line * 100)
        return response(b"end")
    o, s = origin(answer), sluice()
    c = small_client(s.port)
    c.send(ask(o.port))
    time.sleep(2)
    seen = 0
    while c.get_head().status == 102:
        seen += 1
    assert seen == n


def test_many_large_bodies_leave_descriptors(sluice, origin, raw):
    body = b"z" * (1100 * 1024)
    o, s = origin(lambda q, stream: response(body)), sluice()
    resource.prlimit(s.process.pid, resource.RLIMIT_NOFILE, (64, 64))
    for i in range(70):
        c = raw(s.port)
        c.send(ask(o.port, "/%d" % i, "Connection: close\r\n"))
        r = c.get()
        assert (r.status, len(r.body)) == (200, len(body)), i
        c.close()
    # At the same time, on connections that stay.
    clients = [raw(s.port) for _ in range(8)]
    for c in clients:
        c.send(ask(o.port))
        assert c.get().status == 200


@pytest.mark.parametrize("part", [
    b"GET http://a.localhost/ HT", b"GET http://a.localhost/ HTTP/1.1\r\nHo",
])
def test_client_leaves_within_a_head(sluice, raw, part):
    s = sluice()
    c = raw(s.port)
    c.send(part)
    c.sock.shutdown(socket.SHUT_WR)
    c.sock.settimeout(5)
    assert c.get().status == 400
    assert c.is_at_end()
    s.wait_line("ended within a head")


def test_client_leaves_within_trailers(sluice, origin, raw):
    o, s = origin(), sluice()
    c = raw(s.port)
    c.send(ask(o.port, "/", "Transfer-Encoding: chunked\r\n", "POST") +
           "1\r\nx\r\n0\r\nTrai")
    c.sock.shutdown(socket.SHUT_WR)
    c.sock.settimeout(5)
    assert c.is_at_end()
    s.wait_line("left before its request was complete")


@pytest.mark.parametrize("part", [
    b"H", b"HTTP/1.1 200 O", b"HTTP/1.1 200 OK\r\nContent-Le",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrai",
])
def test_server_leaves_within_a_head(sluice, origin, raw, part):
    def answer(q, stream):
        stream.sock.sendall(part)
        raise Origin.Close
    o, s = origin(answer), sluice()
    c = raw(s.port)
    c.sock.settimeout(5)
    c.send(ask(o.port))
    if b"Trai" in part:
        assert c.get_head().status == 200
        with pytest.raises((AssertionError, ValueError)):
            c.stream.chunked()
    else:
        assert c.get().status == 502


def test_a_terminal_that_takes_no_lines(origin, made_ca, tmp_path):
    """stdout on a line that stands still: the proxy goes on, and ends."""
    o = origin(lambda q, stream: response(b"ok"))
    master, slave = os.openpty()
    confdir = shutil.copytree(made_ca, tmp_path / "conf")
    process = subprocess.Popen(
        [SLUICE, "--headless", "-p", "127.0.0.1:0", "-c", str(confdir)],
        stdin=subprocess.DEVNULL, stdout=slave, stderr=subprocess.PIPE)
    try:
        line = process.stderr.readline().decode()
        c = RawClient(int(line.rsplit(":", 1)[1]))
        for i in range(1500):
            began = time.monotonic()
            c.send("GET http://127.0.0.1:%d/%d HTTP/1.1\r\n"
                   "Host: 127.0.0.1:%d\r\n\r\n" % (o.port, i, o.port))
            assert c.get().status == 200
            assert time.monotonic() - began < 5
        c.close()
        process.terminate()
        process.wait(20)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
        os.close(master)
        os.close(slave)
