# SPDX-License-Identifier: MIT
"""SSLKEYLOGFILE: what a packet analyser needs, of both legs."""

import os
import ssl
import stat

import pytest

from harness import client_context
from tunnel import Client

LABELS = {
    "TLSv1_2": {"CLIENT_RANDOM"},
    "TLSv1_3": {"CLIENT_HANDSHAKE_TRAFFIC_SECRET",
                "SERVER_HANDSHAKE_TRAFFIC_SECRET",
                "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0",
                "EXPORTER_SECRET"},
}


def lines(path):
    with open(path, encoding="ascii") as f:
        text = f.read()
    assert not text or text.endswith("\n")
    return [line for line in text.splitlines() if not line.startswith("#")]


def labels(of, random):
    return {l.split()[0] for l in of if l.split()[1] == random}


def randoms(of):
    return {l.split()[1] for l in of}


def logging(context, path):
    context.keylog_filename = str(path)
    return context


def visit(s, o, context, path):
    """One request; its flow."""
    c = Client(s, o)
    c.start_tls(context, "one.localhost")
    assert c.ask(path).body == b"hello\n"
    assert o.next_request().target == path
    c.close()
    return s.wait_flow(lambda f: f["url"].endswith(path))


def start(sluice, certs, log, *options):
    return sluice("--upstream-ca", certs.root, "--format", "json", *options,
                  env={"SSLKEYLOGFILE": str(log)})


@pytest.mark.parametrize("near", LABELS)
@pytest.mark.parametrize("far", LABELS)
def test_both_legs(sluice, origin, certs, tmp_path, near, far):
    v = getattr(ssl.TLSVersion, far)
    log, mine, theirs = (tmp_path / n for n in ("log", "mine", "theirs"))
    # The origin keeps a log, too: of the certificate it shows by SNI.
    server = logging(certs.server_context("one.localhost", low=v, high=v),
                     theirs)
    server.sni_callback = None
    o = origin(context=server)
    s = start(sluice, certs, log)
    context = logging(client_context(s.ca), mine)
    context.minimum_version = context.maximum_version = \
        getattr(ssl.TLSVersion, near)
    f = visit(s, o, context, "/keys")
    assert f["client_tls"]["version"] == near.replace("_", ".")
    assert f["server_tls"]["version"] == far.replace("_", ".")
    s.stop()
    got = lines(log)
    for other, version in (mine, near), (theirs, far):
        sent = lines(other)
        assert set(sent) <= set(got)
        (random,) = randoms(sent)
        assert labels(sent, random) >= LABELS[version]
        assert labels(got, random) >= LABELS[version]
    # One connection each, and nothing twice.
    assert len(randoms(got)) == 2 and len(set(got)) == len(got)
    for line in got:
        label, random, secret = line.split(" ")
        assert label.isupper() or "_0" in label
        assert len(bytes.fromhex(random)) == 32
        assert len(bytes.fromhex(secret)) in (32, 48)
    assert stat.S_IMODE(os.stat(log).st_mode) == 0o600


def test_appends_to_what_is_there(sluice, origin, certs, tmp_path):
    log, mine = tmp_path / "log", tmp_path / "mine"
    log.write_text("# kept\n")
    log.chmod(0o640)
    o = origin(context=certs.server_context())
    for i in range(2):
        s = start(sluice, certs, log)
        visit(s, o, logging(client_context(s.ca), mine), "/%d" % i)
        s.stop()
    assert log.read_text().startswith("# kept\n")
    got = lines(log)
    assert set(lines(mine)) <= set(got)
    assert len(randoms(lines(mine))) == 2 and len(randoms(got)) == 4
    assert stat.S_IMODE(os.stat(log).st_mode) == 0o640   # not ours to change


def test_nothing_of_what_is_passed(sluice, origin, certs, tmp_path):
    log, mine = tmp_path / "log", tmp_path / "mine"
    o = origin(context=certs.server_context())
    s = start(sluice, certs, log, "--pass", "localhost")
    c = Client(s, o)
    c.start_tls(logging(client_context(certs.root), mine), "one.localhost")
    assert c.ask().body == b"hello\n"
    c.finish()
    assert c.flow()["passed"] == "--pass"
    s.stop()
    assert lines(mine)
    assert lines(log) == []
    assert stat.S_IMODE(os.stat(log).st_mode) == 0o600


def test_without_the_variable(sluice, origin, certs, tmp_path):
    o = origin(context=certs.server_context())
    s = start(sluice, certs, "")
    visit(s, o, client_context(s.ca), "/")
    s.stop()
    assert os.listdir(s.confdir) and not os.path.exists(tmp_path / "log")


def test_resumed_session(sluice, origin, certs, tmp_path):
    log, mine = tmp_path / "log", tmp_path / "mine"
    o = origin(context=certs.server_context())
    s = start(sluice, certs, log)
    context = logging(client_context(s.ca), mine)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    first = Client(s, o).start_tls(context, "one.localhost")
    assert first.ask("/1").status == 200
    again = Client(s, o)
    again.sock = context.wrap_socket(
        again.sock, server_hostname="one.localhost",
        session=first.sock.session)
    again.stream.sock = again.sock
    assert again.ask("/2").status == 200
    assert again.sock.session_reused
    assert s.wait_flow(lambda f: f["url"].endswith("/2"))[
        "client_tls"]["resumed"] is True
    first.close()
    again.close()
    s.stop()
    assert set(lines(mine)) <= set(lines(log))


@pytest.mark.parametrize("where", ["no/such/folder/log", "."])
def test_cannot_be_written(sluice, origin, certs, tmp_path, where):
    o = origin(context=certs.server_context())
    s = start(sluice, certs, tmp_path / where)
    assert visit(s, o, client_context(s.ca), "/")["state"] == "done"
