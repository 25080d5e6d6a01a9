# SPDX-License-Identifier: MIT
"""A CA of the user's own instead of the one that sluice makes."""

import subprocess

from harness import client_context
from tunnel import Client


def make_ca(folder, *extensions):
    """A CA file in folder; its extensions in openssl's words."""
    folder.mkdir(mode=0o700)
    key, cert = folder / "key", folder / "cert"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
         "/CN=My CA", "-keyout", key, "-out", cert, "-addext",
         "keyUsage=critical,keyCertSign,cRLSign",
         *(a for e in extensions for a in ("-addext", e))],
        check=True, capture_output=True)
    whole = folder / "sluice-ca.pem"
    whole.touch(mode=0o600)
    whole.write_bytes(key.read_bytes() + cert.read_bytes())
    return folder


def test_name_constraints(sluice, origin, certs, tmp_path):
    conf = make_ca(tmp_path / "own", "nameConstraints=critical,"
                   "permitted;DNS:one.localhost,"
                   "permitted;IP:127.0.0.1/255.255.255.255")
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root, "--format", "json", confdir=conf)

    c = Client(s, o, "one.localhost")
    c.start_tls(client_context(s.ca), "one.localhost")
    # The server's other name is outside.
    assert c.sock.getpeercert()["subjectAltName"] == \
        (("DNS", "one.localhost"),)
    assert c.ask().status == 200
    c.close()
    assert c.flow()["passed"] is None

    # What the CA may not sign for is not opened, and the flow says so.
    c = Client(s, o, "two.localhost")
    c.start_tls(client_context(certs.root), "two.localhost")
    assert c.ask().status == 200
    c.close()
    assert c.flow()["passed"] == \
        "the CA's name constraints do not permit this host"
