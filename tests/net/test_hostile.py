# SPDX-License-Identifier: MIT
"""Peers that mean harm, or only behave as if: the program goes on, keeps its
memory and gives every descriptor back."""

import os
import random
import socket
import threading
import time

import pytest

from harness import OK, WAIT, client_context, response, until


def descriptors(s):
    return len(os.listdir("/proc/%d/fd" % s.process.pid))


def resident(s):
    with open("/proc/%d/statm" % s.process.pid, encoding="ascii") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def cpu_ticks(s):
    with open("/proc/%d/stat" % s.process.pid, encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


@pytest.fixture
def watched(sluice, origin, raw):
    """watched(options) -> (sluice, origin); afterwards all is as before."""
    started = []

    def start(*options, answer=None):
        o = origin(answer)
        s = sluice(*options, "-oidle_timeout=2s")
        c = raw(s.port)
        c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
               "Connection: close\r\n\r\n" % o.port)
        assert c.get().status == 200
        assert c.is_at_end()
        c.close()
        time.sleep(0.1)
        started.append((s, o, descriptors(s)))
        return s, o
    yield start
    for s, o, before in started:
        until("the descriptors", lambda s=s, b=before: descriptors(s) <= b)
        c = raw(s.port)
        c.send("GET http://127.0.0.1:%d/ok HTTP/1.1\r\nHost: a\r\n\r\n"
               % o.port)
        assert c.get().status == 200


REQUEST = ("POST http://127.0.0.1:%d/cut HTTP/1.1\r\nHost: a\r\n"
           "Transfer-Encoding: chunked\r\nTrailer: T\r\n\r\n"
           "3;x=y\r\nabc\r\n0\r\nT: v\r\n\r\n")


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_request_cut_at_every_byte(watched, how):
    s, o = watched()
    whole = (REQUEST % o.port).encode()
    for n in range(len(whole)):
        c = socket.create_connection(("127.0.0.1", s.port), WAIT)
        c.sendall(whole[:n])
        if how == "rst":
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                         b"\x01\0\0\0\0\0\0\0")
        c.close()
    assert s.is_alive()


def test_cut_tells_at_most_400_and_never_200(watched):
    s, o = watched()
    whole = (REQUEST % o.port).encode()
    for n in range(1, len(whole), 7):
        c = socket.create_connection(("127.0.0.1", s.port), WAIT)
        c.sendall(whole[:n])
        c.shutdown(socket.SHUT_WR)
        got = b""
        while True:
            more = c.recv(65536)
            if not more:
                break
            got += more
        c.close()
        assert not got.startswith(b"HTTP/1.1 200"), (n, got)
    assert not any(q.target == "/cut" for q in o.requests)


def test_slowloris(watched, raw):
    s, _ = watched("-oheader_timeout=1s")
    clients = [raw(s.port) for _ in range(20)]
    for c in clients:
        c.send("GET http://127.0.0.1/ HTTP/1.1\r\n")
    end = time.monotonic() + 3
    while time.monotonic() < end:
        for c in clients:
            try:
                c.send("X: y\r\n")
            except OSError:
                pass
        time.sleep(0.2)
    statuses = []
    for c in clients:
        try:
            statuses.append(c.get_head().status)
        except (AssertionError, OSError):
            statuses.append(None)
    # What came behind the 408 may have reset some of them.
    assert set(statuses) <= {408, None}
    assert 408 in statuses


def test_slow_body_is_allowed(watched, raw):
    s, o = watched("-oheader_timeout=1s")
    c = raw(s.port)
    c.send("POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
           "Content-Length: 8\r\n\r\n" % o.port)
    for _ in range(8):
        time.sleep(0.25)
        c.send("x")
    assert c.get().status == 200
    assert o.requests[-1].body == b"xxxxxxxx"


@pytest.mark.parametrize("where", ["plain", "tls"])
def test_reader_that_stops(sluice, origin, certs, raw, where):
    """The origin is stopped too, instead of filling our memory."""
    sent = []

    def answer(q, stream):
        stream.sock.settimeout(WAIT)
        stream.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: "
                            b"1000000000\r\n\r\n")
        for _ in range(1000):
            stream.sock.sendall(b"x" * 1000000)
            sent.append(1)
    o = origin(answer, context=certs.server_context() if where == "tls"
               else None)
    s = sluice("--upstream-ca", certs.root, "-obody_memory=64KiB")
    c = raw(s.port)
    if where == "tls":
        c.connect("one.localhost:%d" % o.port)
        c.start_tls(client_context(s.ca), "one.localhost")
        target = "/"
    else:
        target = "http://127.0.0.1:%d/" % o.port
    before = resident(s)
    c.send("GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % target)
    c.get_head()
    time.sleep(1)
    first = len(sent)
    time.sleep(0.7)
    assert len(sent) == first       # it stands still ..
    assert first < 60               # .. after what sockets and we buffer
    assert resident(s) - before < 60 * 1024 * 1024


def test_client_that_never_reads_its_answers(watched, raw):
    s, o = watched(answer=lambda q, stream: response(b"y" * 100000))
    c = raw(s.port)
    c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    c.sock.settimeout(0.5)
    before = resident(s)
    try:
        for i in range(20000):
            c.send("GET http://127.0.0.1:%d/%d HTTP/1.1\r\nHost: a\r\n\r\n"
                   % (o.port, i))
    except (TimeoutError, socket.timeout):
        pass
    time.sleep(0.5)
    assert resident(s) - before < 100 * 1024 * 1024
    c.close()


def test_garbage_of_all_kinds(watched):
    s, _ = watched()
    rng = random.Random(7)
    pieces = [b"GET ", b"http://a/", b" HTTP/1.1\r\n", b"Host: a\r\n",
              b"\r\n", b"\0", b"\r", b"\n", b"Content-Length: 5\r\n",
              b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n",
              b"0\r\n\r\n", b"CONNECT a:443", b"\x16\x03\x01\x02\x00",
              b"\xff" * 30, b"PRI * HTTP/2.0\r\n\r\n", b" " * 40,
              b"Expect: 100-continue\r\n", b"Upgrade: websocket\r\n",
              b"Connection: Upgrade\r\n"]
    for _ in range(300):
        c = socket.create_connection(("127.0.0.1", s.port), WAIT)
        try:
            for _ in range(rng.randrange(1, 12)):
                c.sendall(rng.choice(pieces))
            if rng.random() < 0.5:
                c.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        c.close()
    assert s.is_alive()


def test_many_connections_at_once(watched, raw):
    s, o = watched()
    idle = [socket.create_connection(("127.0.0.1", s.port), WAIT)
            for _ in range(300)]
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % o.port)
    assert c.get().status == 200
    for sock in idle:
        sock.close()


def test_connections_beyond_the_limit_wait(sluice, origin, raw):
    o = origin()
    s = sluice("-oconnections_max=2")
    first, second, third = raw(s.port), raw(s.port), raw(s.port)
    for c in (first, second, third):
        c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n"
               % o.port)
    assert first.get().status == 200
    assert second.get().status == 200
    third.sock.settimeout(0.3)
    with pytest.raises((TimeoutError, socket.timeout)):
        third.get()
    first.close()
    third.sock.settimeout(WAIT)
    assert third.get().status == 200


def test_out_of_descriptors(sluice, origin, raw):
    """Accepting stops for a moment instead of spinning, and recovers."""
    import resource
    o = origin()
    s = sluice()
    used = descriptors(s)
    resource.prlimit(s.process.pid, resource.RLIMIT_NOFILE,
                     (used + 12, used + 12))
    crowd = [socket.create_connection(("127.0.0.1", s.port), WAIT)
             for _ in range(60)]
    time.sleep(0.3)
    ticks = cpu_ticks(s)
    time.sleep(1)
    assert cpu_ticks(s) - ticks < 30        # of 100 a second
    assert s.is_alive()
    for c in crowd:
        c.close()

    def works():
        c = raw(s.port)
        c.sock.settimeout(2)
        c.send("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
               "Connection: close\r\n\r\n" % o.port)
        try:
            return c.get().status == 200
        except (OSError, AssertionError):
            return False
        finally:
            c.close()
    until("it works again", works)


def test_answers_that_never_end_in_heads(watched, raw):
    """1xx for ever, or a head for ever: ended by a limit."""
    def answer(q, stream):
        if q.target == "/head":
            stream.sock.sendall(b"HTTP/1.1 200 OK\r\n")
            for _ in range(4000):
                stream.sock.sendall(b"X-A: " + b"b" * 1000 + b"\r\n")
        return OK
    s, o = watched(answer=answer)
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/head HTTP/1.1\r\nHost: a\r\n\r\n"
           % o.port)
    assert c.get().status == 502


def test_clients_that_vanish_in_every_state(watched):
    hold = threading.Event()

    def answer(q, stream):
        if q.target == "/slow":
            hold.wait(0.3)
        return OK
    s, o = watched(answer=answer)
    shapes = [
        b"", b"G", b"GET http://127.0.0.1:%d/slow HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST http://127.0.0.1:%d/slow HTTP/1.1\r\nHost: a\r\n"
        b"Content-Length: 100\r\n\r\nabc",
        b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: a\r\n\r\n",
        b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: a\r\n\r\n\x16\x03\x01",
        b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: a\r\n\r\nGET /slow HTTP/1.1"
        b"\r\nHost: a\r\n\r\n",
        b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: a\r\n\r\nhello raw",
    ]
    for _ in range(5):
        for shape in shapes:
            c = socket.create_connection(("127.0.0.1", s.port), WAIT)
            c.sendall(shape % o.port if b"%d" in shape else shape)
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                         b"\x01\0\0\0\0\0\0\0")
            c.close()
    hold.set()
    assert s.is_alive()
