# SPDX-License-Identifier: MIT
"""Sessions taken up again, towards servers and by clients."""

import ssl
import subprocess

import pytest

from harness import WAIT, clean_env, client_context, until

NAMES = ("one.localhost", "two.localhost")
VERSIONS = pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])


@pytest.fixture
def far(origin, certs):
    """far(version): an origin that notes which sessions were resumed."""
    def start(version):
        v = getattr(ssl.TLSVersion, version)
        reused = []

        def answer(request, stream):
            reused.append(stream.sock.session_reused)
            return (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
                    b"Connection: close\r\n\r\n")
        o = origin(answer, context=certs.server_context(low=v, high=v))
        o.reused = reused
        return o
    return start


def ask(s, raw, o, name):
    c = raw(s.port).connect("127.0.0.1:%d" % o.port)
    c.start_tls(client_context(s.ca), name)
    c.send("GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" %
           name)
    assert c.get().status == 200
    assert c.is_at_end()


@VERSIONS
def test_towards_servers(sluice, certs, raw, far, version):
    o = far(version)
    s = sluice("--upstream-ca", certs.root, "--format", "json")
    for _ in range(3):
        ask(s, raw, o, NAMES[0])
    assert o.reused[0] is False and o.reused[1:] == [True, True]
    until("three flows", lambda: len(s.flows()) == 3)
    assert [f["server_tls"]["resumed"] for f in s.flows()][1:] == [True,
                                                                   True]


@VERSIONS
def test_not_across_names(sluice, certs, raw, far, version):
    o = far(version)
    s = sluice("--upstream-ca", certs.root)
    ask(s, raw, o, NAMES[0])
    ask(s, raw, o, NAMES[1])
    assert o.reused == [False, False]


@VERSIONS
def test_not_when_it_was_never_trusted(sluice, certs, raw, far, version):
    """-k accepts anything; a session of its must not outlive that."""
    o = far(version)
    s = sluice("--format", "json")
    for _ in range(2):
        c = raw(s.port).connect("127.0.0.1:%d" % o.port)
        c.start_tls(client_context(s.ca), NAMES[0])
        c.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert c.get().status == 502
    assert o.reused == []


@VERSIONS
def test_by_clients(sluice, certs, far, tmp_path, version):
    o = far(version)
    s = sluice("--upstream-ca", certs.root)
    flag = {"TLSv1_2": "-tls1_2", "TLSv1_3": "-tls1_3"}[version]
    shown = []
    for way in ("-sess_out", "-sess_in"):
        done = subprocess.run(
            ["openssl", "s_client", "-proxy", s.proxy, "-connect",
             "127.0.0.1:%d" % o.port, "-servername", NAMES[0], "-CAfile",
             s.ca, flag, "-ign_eof", way, str(tmp_path / "session")],
            input=b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            capture_output=True, env=clean_env(), timeout=WAIT)
        shown.append(done.stdout)
    assert b"\nNew, TLS" in shown[0] and b"\nReused, TLS" in shown[1]
    assert b"200 OK" in shown[1]
