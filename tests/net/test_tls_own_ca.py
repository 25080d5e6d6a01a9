# SPDX-License-Identifier: MIT
"""A CA of the user's own instead of the one that sluice makes."""

import re
import subprocess

from harness import WAIT, clean_env, client_context, run_sluice
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


def openssl(folder, *args):
    subprocess.run(["openssl", *args], check=True, capture_output=True,
                   cwd=folder)


def intermediate(folder, days="30"):
    """A CA that root.pem signed, as the file for sluice with all three in an
    order that nobody would choose."""
    folder.mkdir(mode=0o700)
    extensions = folder / "ext"
    extensions.write_text("basicConstraints=critical,CA:TRUE\n"
                          "keyUsage=critical,keyCertSign\n")
    signers = {"root": ["-signkey", "root.key"]}
    for name in ("middle", "ours"):
        signer = "root" if name == "middle" else "middle"
        signers[name] = ["-CA", signer + ".pem", "-CAkey", signer + ".key",
                         "-CAcreateserial"]
    for name, sign in signers.items():
        openssl(folder, "genpkey", "-algorithm", "EC", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-out", name + ".key")
        openssl(folder, "req", "-new", "-key", name + ".key", "-subj",
                "/CN=" + name, "-out", name + ".csr")
        openssl(folder, "x509", "-req", "-in", name + ".csr", "-days",
                days if name == "middle" else "30", "-extfile", "ext",
                "-out", name + ".pem", *sign)
    whole = folder / "sluice-ca.pem"
    whole.touch(mode=0o600)
    whole.write_text("".join((folder / name).read_text() for name in (
        "root.pem", "middle.pem", "ours.key", "ours.pem")))
    return folder


def test_intermediates_are_sent(sluice, origin, certs, tmp_path):
    """A client that knows only the root verifies the whole."""
    conf = intermediate(tmp_path / "own")
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root, confdir=conf)
    shown = subprocess.run(
        ["openssl", "s_client", "-proxy", s.proxy, "-connect",
         "one.localhost:%d" % o.port, "-servername", "one.localhost",
         "-CAfile", conf / "root.pem", "-showcerts",
         "-verify_return_error"],
        input=b"", capture_output=True, env=clean_env(), timeout=WAIT)
    assert b"Verify return code: 0 (ok)" in shown.stdout, shown
    assert re.findall(rb"s:(.*)\n", shown.stdout) == [
        b"CN = one.localhost", b"CN = ours", b"CN = middle"]


def test_refused(tmp_path):
    """One clear line and status 1."""
    conf = intermediate(tmp_path / "expired", days="-1")
    whole = conf / "sluice-ca.pem"
    text = whole.read_text()
    for name, why in (("expired", "certificate CN=middle has expired"),
                      ("key", "does not belong to the key")):
        if name == "key":
            whole.write_text(text.replace(
                (conf / "ours.key").read_text(),
                (conf / "root.key").read_text()).replace(
                (conf / "root.pem").read_text(), ""))
        done = run_sluice("--headless", "-p", "127.0.0.1:0", "-c", conf)
        assert (done.returncode, done.stdout) == (1, "")
        line, = done.stderr.splitlines()
        assert line.startswith("sluice: ") and why in line, line
        assert str(whole) in line
