# SPDX-License-Identifier: MIT
"""The names of the server's certificate are the names of the leaf."""

import ssl

import pytest

from certmaker import Maker, common_name, names_of, verify_strictly
from harness import client_context


@pytest.fixture
def maker(tmp_path, certs):
    folder = tmp_path / "odd"
    folder.mkdir()
    return Maker(folder, certs)


@pytest.fixture
def ask(sluice, certs, raw, origin):
    """ask(context, ..): what a client gets that asks for a name."""
    running = []

    def run(context, name=None, host="127.0.0.1", verify=True, options=()):
        if not running:
            running.append(sluice("--upstream-ca", certs.root, "--format",
                                  "json", *options))
        s, o = running[0], origin(context=context)
        c = raw(s.port).connect("%s:%d" % (host, o.port))
        near = client_context(s.ca)
        if not verify:
            near.check_hostname = False
        c.start_tls(near, name)
        c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        c.answer = c.get()
        c.ca = s.ca
        c.sluice = s
        c.flow = s.wait_flow(lambda f: ":%d/" % o.port in f["url"])
        return c
    return run


def test_address_with_a_name(ask, maker):
    c = ask(maker.make("/CN=one.localhost", "DNS:one.localhost,DNS:b.test"),
            "one.localhost")
    assert c.answer.status == 200
    assert names_of(c.sock) == ["one.localhost", "b.test"]
    assert not c.flow["client_tls"].get("name_added")


def test_address_without_a_name(ask, maker):
    c = ask(maker.make("/CN=x", "IP:127.0.0.1,IP:::1,DNS:b.test"), "127.0.0.1")
    assert c.answer.status == 200
    assert "127.0.0.1" in names_of(c.sock) and "b.test" in names_of(c.sock)
    assert "0:0:0:0:0:0:0:1" in names_of(c.sock)
    verify_strictly(c.sock, c.ca, maker.folder, ip="::1")


def test_common_name_only(ask, maker):
    """A client of today reads no CN, so it is made an alternative name."""
    c = ask(maker.make("/CN=cn.localhost", None), "cn.localhost")
    assert c.answer.status == 200
    assert names_of(c.sock) == ["cn.localhost"]
    assert common_name(c.sock) == "cn.localhost"


def test_alternative_names_only(ask, maker):
    c = ask(maker.make("/O=nobody", "DNS:san.localhost"), "san.localhost")
    assert c.answer.status == 200
    assert names_of(c.sock) == ["san.localhost"]


@pytest.mark.parametrize("name", ["a.wild.localhost", "b.wild.localhost"])
def test_wildcard(ask, maker, name):
    c = ask(maker.make("/CN=*.wild.localhost", "DNS:*.wild.localhost"), name)
    assert c.answer.status == 200
    assert names_of(c.sock) == ["*.wild.localhost"]
    verify_strictly(c.sock, c.ca, maker.folder, host=name)


def test_wildcard_does_not_reach_deeper(ask, maker):
    c = ask(maker.make("/CN=*.wild.localhost", "DNS:*.wild.localhost"),
            "a.b.wild.localhost")
    assert c.answer.status == 502
    assert b"hostname mismatch" in c.answer.body.lower()


def test_thousand_names(ask, maker):
    names = ["n%d.localhost" % i for i in range(1000)]
    c = ask(maker.make("/CN=many", ",".join("DNS:" + n for n in names)),
            "n999.localhost")
    assert c.answer.status == 200
    assert sorted(names_of(c.sock)) == sorted(names)
    verify_strictly(c.sock, c.ca, maker.folder, host="n500.localhost")


@pytest.mark.parametrize("length", [64, 65, 200])
def test_long_names(ask, maker, length):
    """RFC 5280 allows a CN 64 characters; names may be longer."""
    name = ("a" * 40 + ".") * 6
    name = name[:length - len("x.localhost")] + "x.localhost"
    c = ask(maker.make("/CN=short", "DNS:" + name), name)
    assert c.answer.status == 200
    assert names_of(c.sock) == [name]
    cn = common_name(c.sock)
    assert cn is None or len(cn) <= 64
    verify_strictly(c.sock, c.ca, maker.folder, host=name)


ODD = [
    (b"oddodd.localhost", b"odd\0dd.localhost"),
    (b"oddodd.localhost", b"odd\x1b[d.localhost"),
    (b"oddodd.localhost", b"odd\r\nd.localhost"),
    (b"oddodd.localhost", b"odd\xc3\xa9d.localhost"),
]


@pytest.mark.parametrize("patch", ODD, ids=lambda p: repr(p[1]))
@pytest.mark.parametrize("where", ["cn", "san"])
def test_names_that_are_none(ask, maker, patch, where):
    """They go nowhere: not into the leaf, not to the terminal."""
    good = "DNS:one.localhost"
    if where == "cn":
        context = maker.make("/CN=oddodd.localhost", good, patch=patch)
    else:
        context = maker.make("/CN=x", good + ",DNS:oddodd.localhost",
                             patch=patch)
    c = ask(context, "one.localhost", options=("-k",))
    assert c.answer.status == 200
    assert "one.localhost" in names_of(c.sock)
    der = c.sock.getpeercert(True)
    assert patch[1] not in der and b"odd" not in der
    verify_strictly(c.sock, c.ca, maker.folder, host="one.localhost")
    assert not any("\x1b" in line for line in c.sluice.out)


def test_international_names(ask, maker):
    name = "xn--bcher-kva.localhost"
    c = ask(maker.make("/CN=" + name, "DNS:" + name), name)
    assert c.answer.status == 200
    assert names_of(c.sock) == [name]
    c = ask(maker.make("/CN=bücher", "DNS:" + name), name)
    assert c.answer.status == 200 and names_of(c.sock) == [name]


def test_name_that_is_not_covered_is_added_and_told(ask, maker):
    c = ask(maker.make("/CN=other", "DNS:other.test"), "one.localhost",
            options=("-k",))
    assert c.answer.status == 200
    assert sorted(names_of(c.sock)) == ["one.localhost", "other.test"]
    assert c.flow["client_tls"]["name_added"]
    c = ask(maker.make("/CN=other", "DNS:other.test"), "127.0.0.1")
    assert c.answer.status == 200 and "127.0.0.1" in names_of(c.sock)


def test_one_address_with_several_names(ask, certs, raw):
    """The SNI chooses, on the server and so for the leaf."""
    context = certs.server_context()
    one = ask(context, "one.localhost")
    two = ask(certs.server_context(), "two.localhost")
    assert names_of(one.sock) != names_of(two.sock)
    assert "two.localhost" in names_of(two.sock)


@pytest.mark.parametrize("key", ["ec", "rsa"])
def test_leaf_recipe(ask, maker, key):
    """What a leaf says of itself, whatever the server's key."""
    import subprocess
    c = ask(maker.make("/CN=one.localhost", "DNS:one.localhost", key=key),
            "one.localhost")
    verify_strictly(c.sock, c.ca, maker.folder, host="one.localhost")
    text = subprocess.run(
        ["openssl", "x509", "-noout", "-text"], capture_output=True,
        text=True, check=True, input=ssl.DER_cert_to_PEM_cert(
            c.sock.getpeercert(True))).stdout
    assert "TLS Web Server Authentication" in text
    assert "Digital Signature" in text
    assert "Authority Key Identifier" in text
    for gone in ("SCT", "status_request", "CRL Distribution",
                 "Authority Information Access"):
        assert gone not in text
    got = c.sock.getpeercert()
    life = ssl.cert_time_to_seconds(got["notAfter"]) - \
        ssl.cert_time_to_seconds(got["notBefore"])
    assert 40 * 86400 < life <= 45 * 86400
    assert int(got["serialNumber"], 16) > 2 ** 64
