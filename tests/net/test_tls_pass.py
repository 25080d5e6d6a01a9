# SPDX-License-Identifier: MIT
"""Connections that are not opened: hosts that the user named, clients we
can't serve, and hosts learned from clients that refuse our certificate."""

import itertools
import ssl
import time

import pytest

import hello
from harness import Origin, Sluice, client_context, until
from tunnel import Client, CountingClient, fds

TWO = "two.localhost"
OTHER = "127.0.0.2"


@pytest.fixture(scope="module")
def start(tmp_path_factory, certs):
    """start(option, ..): the one sluice of this module with these."""
    running = {}

    def start(*options):
        if options not in running:
            running[options] = Sluice(
                tmp_path_factory.mktemp("conf"), "--upstream-ca", certs.root,
                "--format", "json", *options)
        return running[options]
    yield start
    for s in running.values():
        s.stop()


@pytest.fixture(scope="module")
def far(certs):
    """The origin of all tests here."""
    o = Origin(context=certs.server_context(alpn=["h2", "http/1.1"]))
    yield o
    o.close()


@pytest.fixture
def name(certs, count=itertools.count()):
    """A host that no test had before."""
    host = "host%d.localhost" % next(count)
    certs.leaf(host, "DNS:" + host)
    return host


def own_certificate(certs, host):
    with open(certs.path(host, "pem"), encoding="ascii") as f:
        return ssl.PEM_cert_to_DER_cert(f.read())


def assert_passed(certs, s, o, connect, sni, shown, reason, alpn=None):
    """A client that trusts only the origin's CA is served; the flow."""
    context = client_context(certs.root)
    if alpn:
        context.set_alpn_protocols(alpn)
    before = len(o.requests)
    c = CountingClient(s, o, connect)
    c.start_tls(context, sni)
    assert c.tls.getpeercert(True) == own_certificate(certs, shown)
    r = c.ask("/%d" % before)
    assert (r.status, r.body) == (200, b"hello\n")
    assert [q.target for q in o.requests[before:]] == ["/%d" % before]
    c.finish()
    f = c.flow()
    assert f["passed"] == reason or reason in f["passed"], f
    assert (f["state"], f["tls_fault"], f["error"]) == ("done", None, None)
    assert (f["request_bytes"], f["response_bytes"]) == (c.sent, c.got)
    assert f["server_tls"] is None and f["status"] is None
    assert f["url"].lower().endswith(c.authority.lower()), f
    assert len(c.flows()) == 1
    return f


def assert_opened(s, o, host, source="127.0.0.1"):
    """A client that trusts us is served by us."""
    c = Client(s, o, host, source)
    c.start_tls(client_context(s.ca), host)
    assert c.ask().status == 200
    c.close()
    f = c.flow()
    assert f["passed"] is None and f["method"] == "GET", f
    assert f["server_tls"]["verified"] is True
    return f


# --------------------------------------------------------------- what is named


def test_named_host(start, far, certs):
    s = start("--pass", r"^two\.localhost$")
    f = assert_passed(certs, s, far, TWO, TWO, TWO, "--pass")
    assert f["client_tls"] is None      # nobody looked
    assert_opened(s, far, "one.localhost")


def test_named_host_whatever_the_name_inside(start, far, certs):
    s = start("--pass", r"^two\.localhost$")
    assert_passed(certs, s, far, TWO, "one.localhost", "one.localhost",
                  "--pass")


def test_named_sni(start, far, certs):
    s = start("--pass", r"^two\.localhost$")
    f = assert_passed(certs, s, far, "127.0.0.1", TWO, TWO, "--pass")
    assert f["client_tls"]["sni"] == TWO
    assert f["client_tls"]["ja4"].startswith("t13d")


def test_named_address(start, far, certs):
    s = start("--pass", r"^127\.0\.0\.1$")
    f = assert_passed(certs, s, far, "localhost", TWO, TWO, "--pass")
    assert f["server"] == "127.0.0.1:%d" % far.port
    assert_passed(certs, s, far, "127.0.0.1", "127.0.0.1", "127.0.0.1",
                  "--pass")


def test_several_regexes_and_no_tls_inside(start, origin):
    s = start("--pass", r"^a\.", "--pass", r"^one\.")
    o = origin()
    c = Client(s, o, "one.localhost")
    assert c.ask("/plain").body == b"hello\n"
    c.finish()
    f = c.flow()
    assert f["passed"] == "--pass" and f["request_bytes"] > 0
    assert o.next_request().target == "/plain"


def test_client_that_wants_h2_only(start, far, certs):
    before = len(far.alpns)
    f = assert_passed(certs, start(), far, "one.localhost", "one.localhost",
                      "one.localhost",
                      "the client does not offer HTTP/1.1", ["h2"])
    assert far.alpns[before:] == ["h2"]
    assert f["client_tls"]["alpn"] is None


# ------------------------------------------------------------- what is learned


def refuse(s, o, certs, host, source="127.0.0.1", version=None):
    """A client that does not trust us; its flow, or None: it was served."""
    context = client_context(certs.root)
    if version:
        context.minimum_version = context.maximum_version = version
    c = Client(s, o, host, source)
    try:
        c.start_tls(context, host)
    except ssl.SSLCertVerificationError:
        c.close()
        f = c.flow()
        assert (f["state"], f["tls_fault"]) == ("failed", "refused"), f
        assert "client sent alert: unknown ca (48)" in f["error"], f
        assert host in f["url"]
        return f
    assert c.ask().status == 200
    c.finish()
    assert c.flow()["passed"]
    return None


AUTO = "-olearn_pass=auto"


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_second_refusal_teaches(start, far, certs, name, version):
    s, v = start(AUTO), getattr(ssl.TLSVersion, version)
    before = len(far.requests)
    for _ in range(2):
        f = refuse(s, far, certs, name, version=v)
        assert f["passed"] is None
        assert f["server_tls"]["verified"] is True
    assert len(far.requests) == before
    f = assert_passed(certs, s, far, name, name, name,
                      "127.0.0.1 refused our certificate twice: "
                      "client sent alert: unknown ca (48)")
    # By name, whatever is named in CONNECT and however it is spelled.
    f = assert_passed(certs, s, far, "127.0.0.1", name, name, "twice")
    assert f["client_tls"]["sni"] == name
    assert_passed(certs, s, far, name.upper(), name, name, "twice")


@pytest.mark.parametrize("source", ["127.0.0.1", OTHER])
def test_not_when_somebody_trusts_us(start, far, certs, name, source):
    s = start(AUTO)
    assert refuse(s, far, certs, name)
    assert_opened(s, far, name, source)
    for _ in range(3):
        assert refuse(s, far, certs, name)
    assert_opened(s, far, name, source)


@pytest.mark.parametrize("options", [
    ["-olearn_pass=off"], ["-olearn_pass=ask"], []])
def test_not_unless_told(start, far, certs, name, options):
    s = start(*options)
    for _ in range(4):
        assert refuse(s, far, certs, name)
    assert_opened(s, far, name)


def test_learned_for_a_time(start, far, certs, name):
    s = start(AUTO, "-olearn_time=1s")
    for _ in range(2):      # then everything begins anew
        assert refuse(s, far, certs, name)
        assert refuse(s, far, certs, name)
        learned = time.monotonic()
        assert refuse(s, far, certs, name) is None
        time.sleep(max(0, learned + 1.1 - time.monotonic()))
    assert_opened(s, far, name)


def test_each_address_counts_on_its_own(start, far, certs, name):
    s = start(AUTO)
    assert refuse(s, far, certs, name)
    assert refuse(s, far, certs, name, OTHER)
    assert refuse(s, far, certs, name, OTHER)
    # Learned from one, it is for all.
    assert_passed(certs, s, far, name, name, name, OTHER + " refused")


def test_other_names_are_not_concerned(start, far, certs, name):
    s = start(AUTO)
    assert refuse(s, far, certs, name)
    assert refuse(s, far, certs, name)
    assert_opened(s, far, "one.localhost")
    assert refuse(s, far, certs, name) is None


def test_alerts_that_do_not_concern_the_certificate(start, far, certs, name):
    s = start(AUTO)
    for _ in range(3):
        c = Client(s, far, name)
        c.send(hello.records(hello.message(hello.extensions(name.encode()))))
        assert c.record()[0] == 0x16
        c.send(b"\x15\3\3\0\2\2\x50")       # internal error
        c.finish()
        f = c.flow()
        assert (f["state"], f["tls_fault"]) == ("failed", "client"), f
        assert "internal error (80)" in f["error"], f
    assert_opened(s, far, name)


def leave_at_the_certificate(s, o, host, _):
    c = Client(s, o, host)
    c.send(hello.records(hello.message(hello.extensions(host.encode()))))
    assert c.record()[0] == 0x16
    return c


def leave_when_secured(s, o, host, certs):
    c = Client(s, o, host)
    return c.start_tls(client_context(s.ca), host)


@pytest.mark.parametrize("how,says", [
    (leave_at_the_certificate, "closed"),
    (leave_when_secured, "as soon as it had seen the certificate")])
def test_leaving_without_a_word(start, far, certs, name, how, says):
    s = start(AUTO)
    before = len(far.requests)
    for _ in range(2):
        c = how(s, far, name, certs)
        c.close()
        f = c.flow()
        assert (f["state"], f["tls_fault"]) == ("failed", "left"), f
        assert says in f["error"], f
        assert len(c.flows()) == 1
    assert len(far.requests) == before
    assert_passed(certs, s, far, name, name, name, "twice")


def test_connecting_ahead_is_no_fault(start, far, certs, name):
    s = start(AUTO)
    before = fds(s)
    ahead = [Client(s, far, name) for _ in range(3)]
    for c in ahead:
        c.start_tls(client_context(s.ca), name)
    time.sleep(2.2)
    for c in ahead:
        c.close()
    until("file descriptors back", lambda: fds(s) <= before)
    assert_opened(s, far, name)
    assert [c.flows() for c in ahead] == [[], [], []]
