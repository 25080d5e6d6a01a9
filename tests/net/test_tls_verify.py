# SPDX-License-Identifier: MIT
"""Servers whose certificate does not stand up: the client is told in words,
or, with mirror_errors, shown the same fault."""

import ssl

import pytest

from certmaker import Maker
from harness import client_context

NAME = "one.localhost"
SANS = "DNS:" + NAME


@pytest.fixture
def maker(tmp_path, certs):
    folder = tmp_path / "odd"
    folder.mkdir()
    return Maker(folder, certs)


def ended(maker):
    """openssl x509 can't date one back; openssl ca would need a folder."""
    return maker.make(sans=SANS, dates=("-days", "-1"))


def future(maker):
    """A year from now: its digits are patched, and so its signature."""
    import datetime
    now = datetime.datetime.utcnow()
    return maker.make(sans=SANS, signer=None, dates=("-days", "3000"),
                      patch=(now.strftime("%y%m%d").encode(),
                             now.replace(year=now.year + 1, day=1)
                             .strftime("%y%m%d").encode()))


KINDS = {
    "expired": (ended, "certificate has expired"),
    "self-signed": (lambda m: m.make(sans=SANS, signer=None),
                    "self-signed certificate"),
    "unknown": (lambda m: m.make(sans=SANS, signer="other"),
                "unable to get local issuer certificate"),
    "wrong host": (lambda m: m.make(sans="DNS:two.localhost"),
                   "hostname mismatch"),
    "no name": (lambda m: m.make("/O=x"), "hostname mismatch"),
    "future": (future, "not yet valid"),
}


def ask(s, raw, o, name=NAME, context=None):
    c = raw(s.port).connect("127.0.0.1:%d" % o.port)
    c.start_tls(context or client_context(s.ca), name)
    c.send("GET /v HTTP/1.1\r\nHost: %s\r\n\r\n" % name)
    return c.get()


@pytest.mark.parametrize("kind", KINDS)
def test_told(sluice, origin, certs, raw, maker, kind):
    make, words = KINDS[kind]
    o = origin(context=make(maker))
    s = sluice("--upstream-ca", certs.root, "--format", "json")
    for _ in range(2):      # each request, on each connection
        r = ask(s, raw, o)
        assert r.status == 502
        body = r.body.decode().lower()
        if kind == "future":
            assert "self-signed" in body or words in body
        else:
            assert words in body, body
    f = s.wait_flow(lambda f: f["url"].endswith("/v"))
    assert not f["server_tls"]["verified"] and f["tls_fault"]
    assert not o.requests


@pytest.mark.parametrize("kind", KINDS)
def test_insecure(sluice, origin, certs, raw, maker, kind):
    o = origin(context=KINDS[kind][0](maker))
    s = sluice("-k", "--format", "json")
    assert ask(s, raw, o).status == 200
    f = s.wait_flow(lambda f: f["url"].endswith("/v"))
    assert not f["server_tls"]["verified"]


def test_roots_given(sluice, origin, certs, raw, maker):
    o = origin(context=maker.make(sans=SANS, signer="other"))
    s = sluice("--upstream-ca", certs.root, "--upstream-ca",
               certs.other_root)
    assert ask(s, raw, o).status == 200


def test_wrong_address(sluice, origin, certs, raw, maker):
    o = origin(context=maker.make(sans="IP:127.0.0.2"))
    s = sluice("--upstream-ca", certs.root)
    r = ask(s, raw, o, "127.0.0.1")
    assert r.status == 502 and b"ip address mismatch" in r.body.lower()


MIRRORED = {
    "expired": "certificate has expired",
    "self-signed": "self-signed certificate",
    "unknown": "unable to get",
}


@pytest.mark.parametrize("kind", MIRRORED)
def test_mirrored(sluice, origin, certs, raw, maker, kind):
    """The client's own error path is tried; one that goes on is let on."""
    o = origin(context=KINDS[kind][0](maker))
    s = sluice("--upstream-ca", certs.root, "-o", "mirror_errors=on")
    with pytest.raises(ssl.SSLCertVerificationError) as e:
        ask(s, raw, o)
    assert MIRRORED[kind] in str(e.value)
    blind = client_context(s.ca)
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE
    assert ask(s, raw, o, context=blind).status == 200


def test_good_ones_are_not_mirrored(sluice, origin, certs, raw):
    o = origin(context=certs.server_context(NAME))
    s = sluice("--upstream-ca", certs.root, "-o", "mirror_errors=on")
    assert ask(s, raw, o).status == 200
