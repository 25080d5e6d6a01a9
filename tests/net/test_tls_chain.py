# SPDX-License-Identifier: MIT
"""Servers with a chain of certificates that does not verify: the page and
the flow name what was sent, which one is bad, and why."""

import html
import re
import ssl
import subprocess

import pytest

from harness import client_context
from tunnel import Client

HOST = "chain.localhost"
UNKNOWN = "unable to get local issuer certificate"
EXPIRED = "certificate has expired"


class Chain:
    """A root nobody knows, an intermediate of it, and a leaf of that."""

    def __init__(self, folder):
        self.folder = folder
        self.make("root", "Far Root", None, "basicConstraints=critical,"
                  "CA:TRUE\nkeyUsage=critical,keyCertSign\n")
        self.middle()
        self.make("leaf", HOST, "middle", "subjectAltName=DNS:%s\n" % HOST)

    def middle(self, days=30):
        self.make("middle", "Far <b>& Middle", "root",
                  "basicConstraints=critical,CA:TRUE\n"
                  "keyUsage=critical,keyCertSign\n", days)

    def openssl(self, *args):
        subprocess.run(["openssl", *args], check=True, capture_output=True,
                       cwd=self.folder)

    def make(self, name, cn, signer, extensions, days=30):
        (self.folder / "ext").write_text(extensions)
        if not (self.folder / (name + ".key")).exists():
            self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt",
                         "ec_paramgen_curve:P-256", "-out", name + ".key")
        self.openssl("req", "-new", "-key", name + ".key", "-subj",
                     "/CN=" + cn, "-out", name + ".csr")
        sign = ["-CA", signer + ".pem", "-CAkey", signer + ".key",
                "-CAcreateserial"] if signer else ["-signkey", "root.key"]
        self.openssl("x509", "-req", "-in", name + ".csr", "-days",
                     str(days), "-extfile", "ext", "-out", name + ".pem",
                     *sign)

    def path(self, name):
        return str(self.folder / (name + ".pem"))

    def server_context(self, *sent):
        whole = self.folder / "sent.pem"
        whole.write_text("".join(
            (self.folder / (name + ".pem")).read_text() for name in sent))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(whole, self.folder / "leaf.key")
        return context


@pytest.fixture
def chain(tmp_path):
    folder = tmp_path / "chain"
    folder.mkdir()
    return Chain(folder)


def refused(s, o):
    """The lines of the page that a client gets, and its flow."""
    c = Client(s, o, HOST)
    c.start_tls(client_context(s.ca), HOST)
    r = c.ask()
    assert r.status == 502
    c.close()
    page = r.body.decode()
    assert "<b>" not in page
    lines = html.unescape(re.sub("<[^>]*>", "", page)).split("\n")
    return lines, c.flow()


def assert_told(lines, flow, error, count, bad):
    """All of both agree; bad is the number of the line that says why."""
    assert any("not trusted: " + error in line for line in lines), lines
    server = flow["server_tls"]
    assert (server["verified"], server["verify"]) == (False, error)
    assert flow["tls_fault"] == "certificate" and error in flow["error"]
    told = server["chain"]
    assert len(told) == count, told
    assert all(line in lines for line in told), (told, lines)
    for i, line in enumerate(told):
        assert line.endswith(": " + error) == (i == bad), told
    return told


def test_unknown_root(sluice, origin, chain):
    o = origin(context=chain.server_context("leaf", "middle"))
    s = sluice("--format", "json")
    lines, flow = refused(s, o)
    told = assert_told(lines, flow, UNKNOWN, 2, 1)
    assert told[0].startswith(
        "0 CN=chain.localhost, issued by CN=Far <b>& Middle, ")
    assert told[1].startswith(
        "1 CN=Far <b>& Middle, issued by CN=Far Root, ")


def test_expired_intermediate(sluice, origin, chain):
    chain.middle(days=-1)
    o = origin(context=chain.server_context("leaf", "middle", "root"))
    s = sluice("--upstream-ca", chain.path("root"), "--format", "json")
    told = assert_told(*refused(s, o), EXPIRED, 3, 1)
    assert told[2].startswith("2 CN=Far Root, issued by CN=Far Root, ")


def test_good(sluice, origin, chain):
    o = origin(context=chain.server_context("leaf", "middle"))
    s = sluice("--upstream-ca", chain.path("root"), "--format", "json")
    c = Client(s, o, HOST)
    c.start_tls(client_context(s.ca), HOST)
    assert c.ask().status == 200
    c.close()
    server = c.flow()["server_tls"]
    assert (server["verified"], server["verify"]) == (True, "ok")
    assert len(server["chain"]) == 2


def test_alone(sluice, origin, chain):
    """OpenSSL's words for a server that forgot its intermediate."""
    o = origin(context=chain.server_context("leaf"))
    s = sluice("--upstream-ca", chain.path("root"), "--format", "json")
    lines, flow = refused(s, o)
    assert flow["server_tls"]["chain"] == []
    assert any(UNKNOWN in line or "unable to verify the first" in line
               for line in lines), lines
