# SPDX-License-Identifier: MIT
"""Hellos that no client library sends: what is answered, what the flow says,
and that nothing stays open behind them."""

import os
import socket
import threading
import time

import pytest

import hello
from harness import Origin, Sluice, WAIT, client_context, until
from tunnel import Client, fds

GREASE = 0x7a7a
CUTS = 40


@pytest.fixture(scope="module")
def site(certs, tmp_path_factory):
    """(sluice, origin); the origin's .snis are the names it was asked for."""
    names = []
    o = Origin(context=certs.server_context(seen=names))
    o.snis = names
    s = Sluice(tmp_path_factory.mktemp("conf"), "--upstream-ca", certs.root,
               "--format", "json")
    yield s, o
    o.close()
    s.stop()


def assert_server_hello(c):
    kind, body = c.record()
    assert kind == 0x16, (kind, body)
    assert body[0] == 2, body


def say(c, data, name="one.localhost"):
    """Sends a hello that is good, and gives the flow of its end."""
    c.send(data)
    assert_server_hello(c)
    c.finish()
    f = c.flow()
    assert f["state"] == "failed" and f["tls_fault"] == "left", f
    assert f["client_tls"]["sni"] == name
    assert f["client_tls"]["ja4"] == hello.ja4(data)
    return f


@pytest.fixture
def none_left(site):
    """No connection of a test may stay open behind it."""
    before = fds(site[0])
    yield
    until("file descriptors back", lambda: fds(site[0]) <= before)


def still_works(site):
    s, o = site
    c = Client(s, o)
    c.start_tls(client_context(s.ca), "one.localhost")
    assert c.ask().body == b"hello\n"
    c.close()


# ----------------------------------------------------------------- good hellos


def pq_share():
    return hello.shares(
        (GREASE, b"\0"), (hello.X25519MLKEM768, os.urandom(1216)),
        (hello.X25519, os.urandom(32)))


BROWSER = [
    hello.groups(GREASE, hello.X25519MLKEM768, hello.X25519, 23, 24),
    hello.versions(GREASE, hello.TLS13, hello.TLS12),
    hello.alpn(b"h2", b"http/1.1"), (GREASE, b""), (0x1a1a, b"\0"),
    (17513, b"\0\3\2h2"), (5, b"\1\0\0\0\0"), (18, b""), (35, b""),
    (hello.RENEGOTIATION, b"\0"), (27, b"\2\0\2"),
]
GOOD = {
    "plain": [],
    "grease": [(GREASE, b""), (0x0a0a, b"\0"), (0xfafa, os.urandom(50)),
               hello.versions(0x3a3a, hello.TLS13),
               hello.groups(0x5a5a, hello.X25519),
               hello.shares((0x5a5a, b"\0"), (29, os.urandom(32)))],
    "unknown": [(n, os.urandom(n % 97)) for n in range(60000, 60080)],
    "mlkem": [pq_share(),
              hello.groups(GREASE, hello.X25519MLKEM768, hello.X25519)],
    "browser": BROWSER + [pq_share()],
    "more-than-99": [(n, b"") for n in range(50000, 50120)],
    "alpn-no-letters": [hello.alpn(b"\xab\xcd", b"http/1.1")],
    "alpn-one-byte": [hello.alpn(b"\x8f", b"http/1.1")],
    "alpn-half": [hello.alpn(b"a\x9f", b"http/1.1")],
    "alpn-h1": [hello.alpn(b"http/1.1")],
}


@pytest.mark.parametrize("case", GOOD)
def test_answered_and_fingerprinted(site, none_left, case):
    s, o = site
    before = len(o.snis)
    data = hello.records(hello.message(
        hello.extensions(b"one.localhost", *GOOD[case]),
        ciphers=(GREASE,) + hello.CIPHERS + (0xcaca,)))
    f = say(Client(s, o), data)
    assert f["client_tls"]["ech"] is False
    assert f["server_tls"]["verified"] is True
    assert o.snis[before:] == ["one.localhost"]


def test_ech_is_noticed(site, none_left):
    outer = b"\0\0\1\0\1\x42" + hello.vector(os.urandom(32), 2) + \
        hello.vector(os.urandom(176), 2)
    data = hello.records(hello.message(hello.extensions(
        b"one.localhost", *BROWSER, pq_share(), (hello.ECH, outer))))
    f = say(Client(*site), data)
    assert f["client_tls"]["ech"] is True


def test_old_client(site, none_left):
    """TLS 1.2, no name, no ALPN, no supported_versions."""
    data = hello.records(hello.message(
        [hello.groups(23), (hello.POINTS, b"\1\0"),
         hello.schemes(0x0403, 0x0401)], ciphers=(0xc02b, 0xc02f)))
    f = say(Client(*site), data, None)
    assert f["client_tls"]["ja4"].startswith("t12i020300_")


def test_many_ciphers(site, none_left):
    data = hello.records(hello.message(
        ciphers=tuple(range(0x5001, 0x5081)) + hello.CIPHERS))
    f = say(Client(*site), data)
    assert f["client_tls"]["ja4"].startswith("t13d99")


def test_records_of_one_byte(site, none_left):
    say(Client(*site), hello.records(hello.message(), 1))


def test_long_hello(site, none_left):
    padding = (hello.PADDING, bytes(60000))
    say(Client(*site), hello.records(hello.message(
        hello.extensions(b"one.localhost", padding))))


def test_too_long_hello(site, none_left):
    s, o = site
    before, c = o.connections, Client(s, o)
    c.send(hello.records(hello.message(
        hello.extensions(b"one.localhost", (hello.PADDING, bytes(40000)),
                         (60001, bytes(25000))),
        ciphers=tuple(range(0x5001, 0x5201)) + hello.CIPHERS)))
    c.is_at_end()
    f = c.flow()
    assert f["tls_fault"] == "client"
    assert "longer than 65536 bytes" in f["error"]
    assert o.connections == before
    c.close()
    still_works(site)


def test_cut_in_two_anywhere(site, none_left):
    s, o = site
    data = hello.records(hello.message(hello.extensions(
        b"one.localhost", *BROWSER)), 200)
    step = max(1, len(data) // CUTS)
    cuts = [(Client(s, o), at) for at in range(1, len(data), step)]
    for c, at in cuts:
        c.send(data[:at])
    time.sleep(0.1)
    for c, at in cuts:
        c.send(data[at:])
    for c, at in cuts:
        assert_server_hello(c)
        c.finish()
    for c, at in cuts:
        f = c.flow()
        assert (f["client_tls"]["ja4"], f["tls_fault"]) == (
            hello.ja4(data), "left"), at


# ------------------------------------------------------------------ bad hellos


def test_cut_off_anywhere(site, none_left):
    s, o = site
    data = hello.records(hello.message())
    before = len(o.snis)
    clients = [(Client(s, o), at) for at in range(1, len(data), 5)]
    for c, at in clients:
        c.send(data[:at])
        c.sock.shutdown(socket.SHUT_WR)
    for c, at in clients:
        c.is_at_end()
        f = c.flow()
        assert len(c.flows()) == 1, c.flows()
        if at < 3:      # not even a record: a tunnel
            assert f["passed"] == "neither TLS nor HTTP", f
        else:
            assert (f["state"], f["tls_fault"]) == ("failed", "client"), f
            assert "closed" in f["error"] or "left" in f["error"], f
            assert "one.localhost" in f["url"]
        c.close()
    assert len(o.snis) == before


GARBAGE = {
    "random": (b"\x9b" + os.urandom(300), None),
    "sslv2": (b"\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10" +
              os.urandom(37), None),
    "alert": (b"\x15\3\1\0\2\2\x28", None),
    "no-hello": (hello.records(b"\2" + hello.vector(bytes(40), 3)), "client"),
    "random-record": (b"\x16\3\1\1\0" + os.urandom(256), "client"),
    "alert-inside": (hello.records(hello.message()[:50]) +
                     b"\x15\3\1\0\2\2\x5a", "client"),
    "empty-record": (b"\x16\3\1\0\0" * 64, "client"),
    "huge-record": (b"\x16\3\1\xff\xff" + bytes(70000), "client"),
    "odd-ciphers": (hello.records(
        b"\1" + hello.vector(b"\3\3" + bytes(33) + b"\0\3\x13\1\x13" +
                             b"\1\0" + b"\0\0", 3)), "client"),
}


@pytest.mark.parametrize("case", GARBAGE)
def test_garbage(site, none_left, case):
    s, o = site
    data, fault = GARBAGE[case]
    before, c = len(o.snis), Client(s, o)
    c.send(data)
    try:
        c.sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    c.is_at_end()
    f = c.flow()
    assert f["tls_fault"] == fault, f
    if fault is None:   # what is no TLS goes through as it is
        assert f["passed"] == "neither TLS nor HTTP", f
        assert f["request_bytes"] == len(data)
    else:
        assert f["state"] == "failed" and f["error"], f
        assert not f["client_tls"] or f["client_tls"]["ja4"] is None
        assert f["client_tls"] or len(o.snis) == before
    c.close()
    still_works(site)


@pytest.mark.parametrize("name,shown", [
    (b"ONE.LocalHost", "one.localhost"),
    (b"one.localhost.", "one.localhost"),
])
def test_names_in_other_spellings(site, none_left, name, shown):
    s, o = site
    before = len(o.snis)
    data = hello.records(hello.message(hello.extensions(name)))
    f = say(Client(s, o, "127.0.0.1"), data, shown)
    assert f["server_tls"]["sni"] == shown
    assert o.snis[before:] == [shown]


@pytest.mark.parametrize("name", [
    b"one\0.localhost", b"one.localhost\0", b"x" * 300, b"",
    b"one.localhost/../..", b"\xff\xfe\x1b[31m",
], ids=repr)
def test_names_that_are_none(site, none_left, name):
    s, o = site
    before = len(o.snis)
    data = hello.records(hello.message(hello.extensions(name)))
    c = Client(s, o, "two.localhost")
    c.send(data)
    kind, _ = c.record()
    assert kind in (0x15, 0x16)
    c.finish()
    f = c.flow()
    assert f["state"] == "failed" and f["error"], f
    assert f["client_tls"]["sni"] is None
    assert f["client_tls"]["ja4"] == hello.ja4(data)
    assert "two.localhost" in f["url"]
    # Nothing of such a name reaches anyone.
    assert all(n in (None, "two.localhost") for n in o.snis[before:])
    assert "\x1b" not in "".join(s.out + s.err)


def test_never_completed(certs, tmp_path):
    o = Origin(context=certs.server_context())
    s = Sluice(tmp_path / "conf", "--upstream-ca", certs.root, "--format",
               "json", "-otls_timeout=1500ms")
    still_works((s, o))
    before = fds(s)
    data = hello.records(hello.message())
    half, whole, drip = Client(s, o), Client(s, o), Client(s, o)
    begin = time.monotonic()
    half.send(data[:100])
    whole.send(data)
    assert_server_hello(whole)

    def dripping():     # bytes that come do not make it any longer
        for byte in data[:-1]:
            try:
                drip.send(bytes([byte]))
            except OSError:
                return
            time.sleep(0.02)
    thread = threading.Thread(target=dripping)
    thread.start()
    for c in half, whole, drip:
        c.is_at_end()
        assert 1.4 < time.monotonic() - begin < WAIT / 2
        f = c.flow()
        assert (f["state"], f["tls_fault"]) == ("failed", "late"), f
        assert "not complete in time" in f["error"]
        c.close()
    thread.join()
    until("file descriptors back", lambda: fds(s) <= before)
    o.close()
    s.stop()
