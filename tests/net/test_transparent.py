# SPDX-License-Identifier: MIT
"""Redirected traffic through a gateway, in network namespaces."""

import shutil
import subprocess
import time

import pytest

from harness import (SLUICE, Origin, RawClient, clean_env, client_context,
                     run_sluice)
from netns import GATEWAY4, GATEWAY6, ORIGIN4, ORIGIN6, net

assert net  # a fixture

PORT = 8080
BOTH = pytest.mark.parametrize("host", [ORIGIN4, ORIGIN6],
                               ids=["v4", "v6"])


@pytest.fixture
def gateway(net, sluice):
    """gateway(option, ..): sluice on the gateway, and its rules applied."""
    applied = []

    def start(*options, rules=("--ports", "all"), where=net.gateway,
              listen="0.0.0.0:%d" % PORT):
        s = sluice("-m", "transparent", "-p", "[::]:%d" % PORT, "--format",
                   "json", *options, prefix=where.prefix, listen=listen)
        command = [SLUICE, "transparent-rules", "-p", PORT, *rules]
        if not applied:
            where(*command, "--apply")
            applied.append((where, command))
        return s
    yield start
    for where, command in applied:
        where(*command, "--remove")
        assert "sluice" not in where("nft", "list", "ruleset").stdout.lower()


@pytest.fixture
def server(net):
    """server(port, ..): an Origin on the far machine, on both families."""
    started = []

    def start(port, *args, **kwargs):
        started.append(Origin(*args, listener=net.origin.listen(port),
                              **kwargs))
        return started[-1]
    yield start
    for o in started:
        o.close()


@pytest.fixture
def dial(net):
    """dial(host, port): a RawClient on the client's machine."""
    opened = []

    def connect(host, port):
        opened.append(RawClient(port, net.client.connect(host, port)))
        return opened[-1]
    yield connect
    for c in opened:
        c.close()


@BOTH
def test_http(gateway, server, dial, host):
    o = server(80)
    s = gateway()
    c = dial(host, 80)
    c.send("GET /a?b HTTP/1.1\r\nHost: shop.test\r\n\r\n")
    assert c.get().body == b"hello\n"
    c.send("GET /c HTTP/1.1\r\nHost: shop.test\r\n\r\n")
    assert c.get().status == 200
    assert o.connections == 1
    r = o.next_request()
    assert r.line == "GET /a?b HTTP/1.1" and r.get("Host") == "shop.test"
    f = s.wait_flow(lambda f: f["url"].endswith("/a?b"))
    # The Host labels, the kernel's address is dialled.
    assert f["url"] == "http://shop.test/a?b"
    assert host in f["server"] and not f["host_differs"]


@BOTH
def test_https(gateway, server, dial, certs, host):
    seen = []
    o = server(443, context=certs.server_context(seen=seen))
    s = gateway("--upstream-ca", certs.root)
    for name in ("one.localhost", "two.localhost"):
        c = dial(host, 443).start_tls(client_context(s.ca), name)
        c.send("GET /%s HTTP/1.1\r\nHost: %s\r\n\r\n" % (name, name))
        assert c.get().body == b"hello\n"
        names = [v for _, v in c.sock.getpeercert()["subjectAltName"]]
        assert name in names
        f = s.wait_flow(lambda f: f["url"].endswith("/" + name))
        assert f["url"] == "https://%s/%s" % (name, name)
        assert host in f["server"]
    assert seen == ["one.localhost", "two.localhost"]
    assert len(o.requests) == 2


@BOTH
def test_https_without_sni(gateway, server, dial, certs, host):
    certs.leaf("both", "IP:%s,IP:%s" % (ORIGIN4, ORIGIN6))
    seen = []
    server(443, context=certs.server_context("both", seen=seen))
    s = gateway("--upstream-ca", certs.root)
    context = client_context(s.ca)
    c = dial(host, 443).start_tls(context, host)
    c.send("GET /ip HTTP/1.1\r\nHost: %s\r\n\r\n" % (
        "[%s]" % host if ":" in host else host))
    assert c.get().status == 200
    assert seen == [None]
    f = s.wait_flow(lambda f: f["url"].endswith("/ip"))
    assert host in f["url"]


@BOTH
def test_other_bytes_on_443(gateway, server, dial, net, host):
    with net.origin.listen(443) as far:
        s = gateway()
        c = dial(host, 443)
        c.send(b"\x00\x05hello")
        peer, _ = far.accept()
        with peer:
            assert peer.recv(20) == b"\x00\x05hello"
            peer.sendall(b"back")
            assert c.stream.exactly(4) == b"back"
    c.close()
    s.wait_flow(lambda f: f["passed"] == "neither TLS nor HTTP")


def test_tls_on_an_odd_port_and_http_on_443(gateway, server, dial, certs):
    server(4444, context=certs.server_context())
    server(443)
    s = gateway("--upstream-ca", certs.root)
    c = dial(ORIGIN4, 4444).start_tls(client_context(s.ca), "one.localhost")
    c.send("GET /odd HTTP/1.1\r\nHost: one.localhost:4444\r\n\r\n")
    assert c.get().status == 200
    c = dial(ORIGIN4, 443)
    c.send("GET /plain HTTP/1.1\r\nHost: a.test:443\r\n\r\n")
    assert c.get().status == 200


def test_server_speaks_first(gateway, net, dial):
    with net.origin.listen(2525) as far:
        s = gateway()
        c = dial(ORIGIN4, 2525)
        peer, _ = far.accept()
        with peer:
            peer.sendall(b"220 mail\r\n")
            assert c.stream.exactly(10) == b"220 mail\r\n"
        c.close()
    s.wait_flow(lambda f: "speak first" in (f["passed"] or ""))


def test_silent_client_on_a_tls_port_is_waited_for(gateway, server, dial,
                                                   certs):
    """A browser opens connections ahead of time: those are TLS later."""
    server(443, context=certs.server_context())
    s = gateway("--upstream-ca", certs.root)
    c = dial(ORIGIN4, 443)
    time.sleep(3.5)
    c.start_tls(client_context(s.ca), "one.localhost")
    c.send("GET /late HTTP/1.1\r\nHost: one.localhost\r\n\r\n")
    assert c.get().status == 200


def test_host_that_lies_goes_to_the_kernels_address(gateway, server, dial):
    o = server(80)
    s = gateway()
    c = dial(ORIGIN4, 80)
    c.send("GET /lie HTTP/1.1\r\nHost: %s\r\n\r\n" % GATEWAY4)
    assert c.get().status == 200
    assert o.next_request().target == "/lie"
    f = s.wait_flow(lambda f: f["url"].endswith("/lie"))
    assert f["host_differs"] and ORIGIN4 in f["server"]
    c.send("GET http://%s:81/abs HTTP/1.1\r\nHost: x\r\n\r\n" % GATEWAY4)
    assert c.get().status == 200
    assert o.next_request().target == "/abs"


@pytest.mark.parametrize("host", [GATEWAY4, GATEWAY6], ids=["v4", "v6"])
def test_direct_dial_is_explained(gateway, dial, host):
    s = gateway()
    c = dial(host, PORT)
    c.send("GET / HTTP/1.1\r\nHost: %s:%d\r\n\r\n" % (
        "[%s]" % host if ":" in host else host, PORT))
    r = c.get()
    assert r.status == 400 and b"redirected" in r.body
    f = s.wait_flow(lambda f: "redirected" in (f["error"] or ""))
    assert f["status"] in (None, 400)
    c = dial(host, PORT)
    c.send("CONNECT %s:80 HTTP/1.1\r\nHost: x\r\n\r\n" % ORIGIN4)
    assert c.get_head().status == 400
    # What it offers all the same is the certificate.
    c = dial(host, PORT)
    c.send("GET /sluice-ca-cert.pem HTTP/1.1\r\nHost: %s:%d\r\n\r\n" % (
        "[%s]" % host if ":" in host else host, PORT))
    assert b"BEGIN CERTIFICATE" in c.get().body


@BOTH
def test_refused_origin(gateway, dial, host):
    s = gateway()
    c = dial(host, 80)
    c.send("GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n")
    r = c.get()
    assert r.status == 502 and b"refused" in r.body
    s.wait_flow(lambda f: "refused" in (f["error"] or ""))


@BOTH
def test_tproxy(net, gateway, server, dial, host):
    """TPROXY changes no address: the socket's own is the original one."""
    o = server(80)
    m = net.gateway
    s = gateway(rules=("--ports", "9"))
    m("nft", "add table inet tp; add chain inet tp c { type filter hook "
      "prerouting priority mangle; }; add rule inet tp c tcp dport 80 "
      "meta mark set 1 tproxy to :%d" % PORT)
    for v in ("-4", "-6"):
        m("ip", v, "rule", "add", "fwmark", "1", "lookup", "100")
        m("ip", v, "route", "add", "local", "default", "dev", "lo",
          "table", "100")
    try:
        c = dial(host, 80)
        c.send("GET /tp HTTP/1.1\r\nHost: a.test\r\n\r\n")
        assert c.get().status == 200
        assert host in s.wait_flow(lambda f: f["url"].endswith("/tp"))[
            "server"]
        assert len(o.requests) == 1
    finally:
        m("nft", "delete table inet tp")
        for v in ("-4", "-6"):
            m("ip", v, "rule", "del", "fwmark", "1", "lookup", "100")
            m("ip", v, "route", "flush", "table", "100")


def test_own_traffic(net, gateway, server):
    """Rules for one machine: its users' traffic, but not sluice's (root)."""
    o = server(80)
    s = gateway(rules=("--own",), where=net.client, listen="127.0.0.1:%d" %
                PORT)
    script = ("import urllib.request as u;"
              "print(u.urlopen('http://%s/own').read())" % ORIGIN4)
    done = subprocess.run(
        [*net.client.prefix, "setpriv", "--reuid=65534", "--regid=65534",
         "--clear-groups", "/usr/bin/python3", "-c", script],
        capture_output=True, text=True, env=clean_env())
    assert "hello" in done.stdout, done.stderr
    s.wait_flow(lambda f: f["url"].endswith("/own"))
    assert o.connections == 1
    # Root's goes straight.
    done = net.client("/usr/bin/python3", "-c", script.replace("own", "root"))
    assert "hello" in done.stdout
    assert not [f for f in s.flows() if f["url"].endswith("/root")]


def test_loop_is_told(net, sluice, server):
    """A rule without the exception sends sluice's own traffic to sluice."""
    server(80)
    s = sluice("-m", "transparent", "--format", "json",
               prefix=net.client.prefix, listen="127.0.0.1:%d" % PORT)
    net.client("nft", "add table ip bad; add chain ip bad o { type nat hook "
               "output priority -100; }; add rule ip bad o tcp dport 80 "
               "redirect to :%d" % PORT)
    try:
        c = RawClient(80, net.client.connect(ORIGIN4, 80))
        c.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert c.get().status == 502
        c.close()
        s.wait_flow(lambda f: "redirected to itself" in (f["error"] or ""))
        assert len(s.flows()) < 10
    finally:
        net.client("nft", "delete table ip bad")


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl")
def test_curl(net, gateway, server, certs):
    server(443, context=certs.server_context())
    s = gateway("--upstream-ca", certs.root)
    done = net.client("curl", "-sS", "--cacert", s.ca, "--resolve",
                      "one.localhost:443:" + ORIGIN4,
                      "https://one.localhost/x", check=False)
    assert done.stdout == "hello\n", done.stderr


# ----------------------------------------------------------------- the rules


@pytest.mark.parametrize("flags", [(), ("--own",)], ids=["gateway", "own"])
@pytest.mark.parametrize("tool", ["nft", "iptables"])
def test_rules_come_and_go(net, tmp_path, tool, flags):
    if not shutil.which(tool):
        pytest.skip("no " + tool)
    m = net.origin
    more = ("--iptables",) if tool == "iptables" else ()
    see = (("nft", "list", "ruleset"),) if tool == "nft" else (
        ("iptables-save", "-t", "nat"), ("ip6tables-save", "-t", "nat"))

    def rules():
        return [line for c in see for line in m(*c).stdout.splitlines()
                if not line.startswith(("#", ":"))]
    m("nft", "add table inet mine")
    before = rules()
    command = (SLUICE, "transparent-rules", "-p", 8081, *flags, *more)
    printed = m(*command).stdout
    assert "8081" in printed and rules() == before
    for _ in range(2):      # again does not add again
        m(*command, "--apply")
    added = "\n".join(rules())
    assert added.count("8081") == (1 if tool == "nft" else 2)
    m(*command, "--remove")
    assert rules() == before
    done = m(*command, "--remove", check=False)
    assert done.returncode == 1 and done.stderr.startswith("sluice: ")
    m("nft", "delete table inet mine")


def test_printed_rules_are_what_is_applied(net):
    m = net.origin
    printed = m(SLUICE, "transparent-rules", "-p", 8081, "--ports", "all")
    subprocess.run([*m.prefix, "nft", "-f", "-"], input=printed.stdout,
                   text=True, check=True)
    one = m("nft", "list", "ruleset").stdout
    m(SLUICE, "transparent-rules", "-p", 8081, "--ports", "all", "--apply")
    assert m("nft", "list", "ruleset").stdout == one
    m(SLUICE, "transparent-rules", "--remove")


@pytest.mark.parametrize("args,words", [
    (("--ports", "80;reboot"), "--ports"), (("--ports", ""), "--ports"),
    (("--ports",), "value"), (("--own", "--user", "no such"), "no such user"),
    (("-p", "0"), "-p PORT"), (("surplus",), "surplus"),
], ids=lambda v: " ".join(v) if isinstance(v, tuple) else None)
def test_bad_rules(args, words):
    done = run_sluice("transparent-rules", *args)
    assert done.returncode == 2 and words in done.stderr
    assert done.stderr.count("\n") == 1 and not done.stdout
