# SPDX-License-Identifier: MIT
"""HTTPS through CONNECT: the certificate the client is shown, the handshake
towards the server, and what happens when one of them fails."""

import socket
import ssl
import subprocess
import threading

import pytest

from harness import (
    OK, Origin, WAIT, clean_env, client_context, free_port, response)


def get_through(c, context, authority, name, path="/", host=None):
    c.connect(authority)
    c.start_tls(context, name)
    c.send("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (path, host or authority))
    return c.get()


def names_of(c):
    return sorted(v for _, v in c.sock.getpeercert()["subjectAltName"])


def test_leaf_has_the_servers_names(sluice, origin, certs, raw):
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    c = raw(s.port)
    r = get_through(c, client_context(s.ca), "one.localhost:%d" % o.port,
                    "one.localhost", "/x?y=z")
    assert (r.status, r.body) == (200, b"hello\n")
    assert names_of(c) == ["extra.localhost", "one.localhost"]
    assert (("commonName", "one.localhost"),) in \
        c.sock.getpeercert()["subject"]
    q = o.next_request()
    assert q.line == "GET /x?y=z HTTP/1.1"
    assert q.get("Host") == "one.localhost:%d" % o.port
    assert "GET https://one.localhost:%d/x?y=z 200" % o.port in \
        s.wait_line("/x?y=z")
    # Looking at the certificate and asking are the same connection.
    assert o.connections == 1


def test_curl_verifies_and_openssl_names_agree(sluice, origin, certs):
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    subprocess.run(
        ["curl", "-sS", "--fail", "-x", s.url, "--cacert", s.ca, "-o",
         "/dev/null", "https://one.localhost:%d/" % o.port],
        check=True, env=clean_env(), timeout=WAIT)
    shown = subprocess.run(
        ["openssl", "s_client", "-proxy", s.proxy, "-connect",
         "one.localhost:%d" % o.port, "-servername", "one.localhost",
         "-CAfile", s.ca, "-x509_strict", "-verify_return_error"],
        input=b"", capture_output=True, env=clean_env(), timeout=WAIT)
    assert b"Verify return code: 0 (ok)" in shown.stdout, shown
    text = subprocess.run(
        ["openssl", "x509", "-noout", "-ext", "subjectAltName"],
        input=shown.stdout, capture_output=True, check=True).stdout
    assert b"DNS:one.localhost" in text
    assert b"DNS:extra.localhost" in text


def test_two_names_two_certificates(sluice, origin, certs, raw):
    o = origin(context=certs.server_context(seen=(seen := [])))
    s = sluice("--upstream-ca", certs.root)
    for name, names in (("one.localhost", ["extra.localhost",
                                           "one.localhost"]),
                        ("two.localhost", ["two.localhost"])):
        c = raw(s.port)
        r = get_through(c, client_context(s.ca), "%s:%d" % (name, o.port),
                        name)
        assert r.status == 200
        assert names_of(c) == names
    assert seen == ["one.localhost", "two.localhost"]


def test_sni_wins_over_the_connect_host(sluice, origin, certs, raw):
    o = origin(context=certs.server_context(seen=(seen := [])))
    s = sluice("--upstream-ca", certs.root)
    c = raw(s.port)
    r = get_through(c, client_context(s.ca), "127.0.0.1:%d" % o.port,
                    "two.localhost")
    assert r.status == 200
    assert "two.localhost" in names_of(c)
    assert seen == ["two.localhost"]


def test_address_without_sni(sluice, origin, certs, raw):
    o = origin(context=certs.server_context(seen=(seen := [])))
    s = sluice("--upstream-ca", certs.root)
    c = raw(s.port)
    # Python sends no SNI for an address, and checks the IP alternative name.
    r = get_through(c, client_context(s.ca), "127.0.0.1:%d" % o.port,
                    "127.0.0.1")
    assert r.status == 200
    assert ("IP Address", "127.0.0.1") in \
        c.sock.getpeercert()["subjectAltName"]
    assert seen == [None]


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
@pytest.mark.parametrize("side", ["client", "server"])
def test_versions(sluice, origin, certs, raw, version, side):
    v = getattr(ssl.TLSVersion, version)
    limits = dict(low=v, high=v) if side == "server" else {}
    o = origin(context=certs.server_context(**limits))
    s = sluice("--upstream-ca", certs.root)
    context = client_context(s.ca)
    if side == "client":
        context.minimum_version = context.maximum_version = v
    c = raw(s.port)
    r = get_through(c, context, "one.localhost:%d" % o.port, "one.localhost")
    assert r.status == 200
    name = version.replace("_", ".")
    assert (c.sock.version() if side == "client" else o.versions[0]) == name


def test_rsa_only_client(sluice, origin, certs, raw):
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    context = client_context(s.ca)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
    c = raw(s.port)
    assert get_through(c, context, "one.localhost:%d" % o.port,
                       "one.localhost").status == 200


def test_alpn_is_http_1_1_on_both_sides(sluice, origin, certs, raw):
    o = origin(context=certs.server_context(alpn=["h2", "http/1.1"]))
    s = sluice("--upstream-ca", certs.root)
    context = client_context(s.ca)
    context.set_alpn_protocols(["h2", "http/1.1"])
    c = raw(s.port)
    assert get_through(c, context, "127.0.0.1:%d" % o.port,
                       "127.0.0.1").status == 200
    assert c.sock.selected_alpn_protocol() == "http/1.1"
    assert o.alpns == ["http/1.1"]


def test_server_without_alpn(sluice, origin, certs, raw):
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    context = client_context(s.ca)
    context.set_alpn_protocols(["h2", "http/1.1"])
    c = raw(s.port)
    assert get_through(c, context, "one.localhost:%d" % o.port,
                       "one.localhost").status == 200
    assert c.sock.selected_alpn_protocol() in (None, "http/1.1")


def test_keep_alive_inside_the_tunnel(sluice, origin, certs, raw):
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    c = raw(s.port)
    context = client_context(s.ca)
    assert get_through(c, context, "one.localhost:%d" % o.port,
                       "one.localhost").status == 200
    for i in range(3):
        c.send("GET /%d HTTP/1.1\r\nHost: one.localhost:%d\r\n\r\n"
               % (i, o.port))
        assert c.get().status == 200
    assert o.connections == 1
    assert len(o.requests) == 4


def test_close_notify_is_answered(sluice, origin, certs, raw):
    """A client that says good-bye in TLS waits for ours before its FIN."""
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    c = raw(s.port)
    get_through(c, client_context(s.ca), "one.localhost:%d" % o.port,
                "one.localhost")
    c.sock.unwrap().close()


def test_close_notify_before_the_answer(sluice, origin, certs, raw):
    said = threading.Event()

    def answer(q, stream):
        said.wait(WAIT)
        return OK
    o = origin(answer, context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    c = raw(s.port).connect("one.localhost:%d" % o.port)
    plain = c.sock.dup()
    inside, outside = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = client_context(s.ca).wrap_bio(inside, outside,
                                        server_hostname="one.localhost")

    def run(step):
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                plain.sendall(outside.read())
                inside.write(plain.recv(65536))
            finally:
                plain.sendall(outside.read())
    run(tls.do_handshake)
    run(lambda: tls.write(b"GET / HTTP/1.1\r\nHost: one.localhost:%d\r\n\r\n"
                          % o.port))
    o.next_request()
    with pytest.raises(ssl.SSLWantReadError):
        tls.unwrap()
    plain.sendall(outside.read())
    said.set()
    got = b""
    while not got.endswith(b"hello\n"):
        more = run(lambda: tls.read(1000))
        assert more, got
        got += more
    plain.close()


def test_hello_in_small_pieces(sluice, origin, certs, raw):
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    c = raw(s.port)
    c.connect("one.localhost:%d" % o.port)
    c.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = client_context(s.ca).wrap_bio(incoming, outgoing,
                                        server_hostname="one.localhost")
    first = True
    while True:
        try:
            tls.do_handshake()
            break
        except ssl.SSLWantReadError:
            data = outgoing.read()
            if first:
                for i in range(len(data)):
                    c.sock.sendall(data[i:i + 1])
                first = False
            elif data:
                c.sock.sendall(data)
            incoming.write(c.sock.recv(65536))
    c.sock.sendall(outgoing.read())
    tls.write(b"GET / HTTP/1.1\r\nHost: one.localhost\r\n\r\n")
    c.sock.sendall(outgoing.read())
    got = b""
    while b"hello\n" not in got:
        incoming.write(c.sock.recv(65536))
        try:
            got += tls.read(65536)
        except ssl.SSLWantReadError:
            pass
    assert got.startswith(b"HTTP/1.1 200")


def test_hello_right_behind_connect(sluice, origin, certs, raw):
    """A client that does not wait for the 200."""
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    c = raw(s.port)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = client_context(s.ca).wrap_bio(incoming, outgoing,
                                        server_hostname="one.localhost")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    c.send(b"CONNECT one.localhost:%d HTTP/1.1\r\nHost: x\r\n\r\n" % o.port
           + outgoing.read())
    assert c.get_head().status == 200
    incoming.write(c.stream.pending)
    while True:
        try:
            tls.do_handshake()
            break
        except ssl.SSLWantReadError:
            incoming.write(c.sock.recv(65536))
    assert tls.getpeercert()


def test_large_bodies_inside_tls(sluice, origin, certs, raw):
    import hashlib
    import os
    big = os.urandom(2 * 1024 * 1024 + 3)
    o = origin(lambda q, stream: response(big),
               context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    c = raw(s.port)
    c.connect("one.localhost:%d" % o.port)
    c.start_tls(client_context(s.ca), "one.localhost")
    c.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
           % len(big) + big)
    want = hashlib.sha256(big).hexdigest()
    assert hashlib.sha256(c.get().body).hexdigest() == want
    assert hashlib.sha256(o.next_request().body).hexdigest() == want


# ------------------------------------------------------------- what goes wrong


def test_unverified_server_is_a_page_that_says_why(
        sluice, origin, certs, raw):
    o = origin(context=certs.server_context())
    s = sluice("--format", "json")
    c = raw(s.port)
    r = get_through(c, client_context(s.ca), "one.localhost:%d" % o.port,
                    "one.localhost", "/secret")
    assert r.status == 502
    assert b"unable to get local issuer certificate" in r.body
    assert "script" not in r.body.decode().lower()
    assert o.requests == []
    flow = s.wait_flow(lambda f: f["url"].endswith("/secret"))
    assert "unable to get local issuer certificate" in flow["error"]


def test_text_line_says_why(sluice, origin, certs, raw):
    o, s = origin(context=certs.server_context()), sluice()
    get_through(raw(s.port), client_context(s.ca),
                "one.localhost:%d" % o.port, "one.localhost", "/secret")
    s.wait_line("https://one.localhost:%d/secret" % o.port,
                "unable to get local issuer certificate")


def test_foreign_root_is_refused(sluice, origin, certs, raw):
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    r = get_through(raw(s.port), client_context(s.ca),
                    "127.0.0.1:%d" % o.port, "stranger.localhost")
    assert r.status == 502


def test_expired_server(sluice, origin, certs, raw):
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    r = get_through(raw(s.port), client_context(s.ca),
                    "expired.localhost:%d" % o.port, "expired.localhost")
    assert r.status == 502
    assert b"expired" in r.body


def test_wrong_name_on_the_server(sluice, origin, certs, raw):
    # No certificate of that name: the origin shows the one for 127.0.0.1.
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    r = get_through(raw(s.port), client_context(s.ca),
                    "nobody.localhost:%d" % o.port, "nobody.localhost")
    assert r.status == 502
    assert b"mismatch" in r.body.lower()


@pytest.mark.parametrize("how", ["-k", "--insecure", "-oinsecure=on"])
def test_insecure_accepts(sluice, origin, certs, raw, how):
    o, s = origin(context=certs.server_context()), sluice(how)
    assert get_through(raw(s.port), client_context(s.ca),
                       "one.localhost:%d" % o.port,
                       "one.localhost").status == 200


def test_refused_server_inside_the_tunnel(sluice, raw):
    s = sluice("--format", "json")
    port = free_port()
    c = raw(s.port)
    r = get_through(c, client_context(s.ca), "one.localhost:%d" % port,
                    "one.localhost", "/r")
    assert r.status == 502
    assert b"refused" in r.body.lower()
    assert "one.localhost" in names_of(c)
    assert "refused" in s.wait_flow(
        lambda f: f["url"].endswith("/r"))["error"].lower()


def test_unresolvable_server_inside_the_tunnel(sluice, raw):
    s = sluice("--format", "json")
    r = get_through(raw(s.port), client_context(s.ca), "nope.invalid:443",
                    "nope.invalid", "/r")
    assert r.status == 502
    assert s.wait_flow(lambda f: f["url"].endswith("/r"))["error"]


def test_server_that_does_not_speak_tls(sluice, origin, raw):
    def answer(q, stream):
        return OK
    o, s = origin(answer), sluice("--format", "json", "-otls_timeout=5s")
    r = get_through(raw(s.port), client_context(s.ca),
                    "one.localhost:%d" % o.port, "one.localhost", "/r")
    assert r.status in (502, 504)
    assert s.wait_flow(lambda f: f["url"].endswith("/r"))["error"]


def test_client_that_does_not_trust_us(sluice, origin, certs, raw):
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root, "--format", "json")
    with pytest.raises(ssl.SSLCertVerificationError):
        get_through(raw(s.port), client_context(certs.root),
                    "one.localhost:%d" % o.port, "one.localhost")
    flow = s.wait_flow(lambda f: f.get("error"))
    assert "one.localhost" in flow["url"]
    assert get_through(raw(s.port), client_context(s.ca),
                       "one.localhost:%d" % o.port,
                       "one.localhost").status == 200


def test_refusal_shows_both_ends(sluice, origin, certs, raw):
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root, "--format", "json")
    c = raw(s.port).connect("one.localhost:%d" % o.port)
    c.start_tls(client_context(s.ca), "one.localhost").close()
    flow = s.wait_flow(lambda f: f["tls_fault"] == "left")
    assert flow["server"] == "127.0.0.1:%d" % o.port
    assert flow["server_tls"]["verified"] is True
    assert flow["client_tls"]["subject"] == "CN=one.localhost"


def test_garbage_instead_of_a_handshake(sluice, origin, certs, raw):
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root)
    c = raw(s.port).connect("one.localhost:%d" % o.port)
    c.send(b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00" + b"\xff" * 64)
    c.is_at_end()
    c = raw(s.port).connect("one.localhost:%d" % o.port)
    c.send(b"\x16\x03\x01\x00\x05")
    c.close()
    assert get_through(raw(s.port), client_context(s.ca),
                       "one.localhost:%d" % o.port,
                       "one.localhost").status == 200


def test_server_closes_without_an_answer(sluice, origin, certs, raw):
    def answer(q, stream):
        raise Origin.Close
    o = origin(answer, context=certs.server_context())
    s = sluice("--upstream-ca", certs.root, "--format", "json")
    r = get_through(raw(s.port), client_context(s.ca),
                    "one.localhost:%d" % o.port, "one.localhost", "/n")
    assert r.status == 502
    assert s.wait_flow(lambda f: f["url"].endswith("/n"))["error"]
