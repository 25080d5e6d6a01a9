# SPDX-License-Identifier: MIT
"""SOCKS5 (RFC 1928, RFC 1929): what clients say byte by byte, and curl."""

import shutil
import socket
import struct
import subprocess

import pytest

from harness import OK, clean_env, client_context

CONNECT = b"\x05\x01\x00"


def curl(*args):
    done = subprocess.run(["curl", "-sS", "-m", "20", *map(str, args)],
                          capture_output=True, env=clean_env(), timeout=30)
    return done.returncode, done.stdout.decode("latin-1"), \
        done.stderr.decode("latin-1")


def name_request(host, port):
    host = host.encode("latin-1")
    return CONNECT + b"\x03" + bytes([len(host)]) + host + \
        struct.pack(">H", port)


def greet(c, methods=b"\x00"):
    c.send(b"\x05" + bytes([len(methods)]) + methods)
    return c.stream.exactly(2)


def refused(s, words):
    return s.wait_flow(lambda f: words in (f["error"] or ""))


def still_works(s, raw, port):
    c = raw(s.port)
    assert greet(c) == b"\x05\x00"
    c.send(name_request("127.0.0.1", port))
    assert c.stream.exactly(10)[1] == 0
    c.send("GET /still HTTP/1.1\r\nHost: x\r\n\r\n")
    assert c.get().status == 200


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl")
@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_curl(sluice, origin, certs, scheme):
    plain = origin()
    secure = origin(context=certs.server_context())
    s = sluice("-m", "socks5", "--format", "json", "--upstream-ca",
               certs.root)
    proxy = "%s://%s" % (scheme, s.proxy)
    assert curl("-x", proxy, "http://localhost:%d/a" % plain.port)[:2] == \
        (0, "hello\n")
    code, out, err = curl("-x", proxy, "--cacert", s.ca, "--resolve",
                          "one.localhost:%d:127.0.0.1" % secure.port,
                          "https://one.localhost:%d/b" % secure.port)
    assert (code, out) == (0, "hello\n"), err
    # The Host labels an address.
    f = s.wait_flow(lambda f: f["url"].endswith("/a"))
    assert f["url"] == "http://localhost:%d/a" % plain.port
    assert plain.next_request().get("Host") == "localhost:%d" % plain.port
    s.wait_flow(lambda f: f["url"] ==
                "https://one.localhost:%d/b" % secure.port)


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl")
def test_curl_with_password(sluice, origin):
    o = origin()
    s = sluice("-m", "socks5", "-o", "proxy_auth=bob:s e:cret", "--format",
               "json")
    url = "http://127.0.0.1:%d/" % o.port
    assert curl("-x", "socks5h://bob:s%20e%3Acret@" + s.proxy, url)[0] == 0
    assert curl("-x", "socks5h://bob:wrong@" + s.proxy, url)[0] == 97
    assert curl("-x", "socks5h://" + s.proxy, url)[0] == 97
    refused(s, "user or password is wrong")
    refused(s, "offers no password")
    assert len(o.requests) == 1


@pytest.mark.parametrize("step", [1, 2, 3])
def test_split_everywhere(sluice, origin, raw, step):
    o = origin()
    s = sluice("-m", "socks5")
    c = raw(s.port)
    said = b"\x05\x02\x01\x00" + name_request("127.0.0.1", o.port)
    for i in range(0, len(said), step):
        c.send(said[i:i + step])
    assert c.stream.exactly(12) == b"\x05\x00\x05\x00\x00\x01" + bytes(6)
    c.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert c.get().status == 200


def test_all_in_one_segment(sluice, origin, raw):
    o = origin()
    s = sluice("-m", "socks5")
    c = raw(s.port)
    c.send(b"\x05\x01\x00" + name_request("127.0.0.1", o.port) +
           b"GET /eager HTTP/1.1\r\nHost: a\r\n\r\n")
    c.stream.exactly(12)
    assert c.get().status == 200
    assert o.next_request().target == "/eager"


@pytest.mark.parametrize("address", [
    b"\x01\x7f\x00\x00\x01", b"\x04" + bytes(15) + b"\x01",
    b"\x03\x09127.0.0.1", b"\x03\x03::1"], ids=repr)
def test_address_types(sluice, raw, address):
    with socket.create_server(
            ("::1" if b"\x04" == address[:1] or b"::1" in address else
             "127.0.0.1", 0),
            family=socket.AF_INET6 if b"\x04" == address[:1] or
            b"::1" in address else socket.AF_INET) as listener:
        s = sluice("-m", "socks5")
        c = raw(s.port)
        assert greet(c) == b"\x05\x00"
        c.send(CONNECT + address +
               struct.pack(">H", listener.getsockname()[1]))
        assert c.stream.exactly(10)[1] == 0
        c.send(b"\x00\x01binary")
        peer, _ = listener.accept()
        with peer:
            assert peer.recv(100) == b"\x00\x01binary"
            peer.sendall(b"back")
            assert c.stream.exactly(4) == b"back"


@pytest.mark.parametrize("said,answer,words", [
    (b"\x04\x01\x00\x50\x7f\x00\x00\x01\x00", b"\x00\x5b" + bytes(6),
     "SOCKS4"),
    (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 400", "speaks HTTP"),
    (b"\x16\x03\x01\x00\x05hello", b"", "speaks TLS"),
    (b"\x06\x01\x00", b"", "SOCKS version 6"),
    (b"\x05\x00", b"\x05\xff", "insists"),
    (b"\x05\x01\x02", b"\x05\xff", "insists"),
    (b"\x05\x01\x00\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x50",
     b"\x05\x00\x05\x07", "is not CONNECT"),
    (b"\x05\x01\x00\x05\x03\x00\x01\x7f\x00\x00\x01\x00\x50",
     b"\x05\x00\x05\x07", "is not CONNECT"),
    (b"\x05\x01\x00\x05\x01\x00\x02\x7f\x00\x00\x01\x00\x50",
     b"\x05\x00\x05\x08", "unknown type 2"),
    (b"\x05\x01\x00\x05\x01\x00\x03\x00\x00\x50",
     b"\x05\x00\x05\x01", "no host name"),
    (b"\x05\x01\x00\x05\x01\x00\x03\xff" + b"\x00" * 255 + b"\x00\x50",
     b"\x05\x00\x05\x01", "no host name"),
    (b"\x05\x01\x00\x05\x01\x00\x03\x04a:80\x00\x50",
     b"\x05\x00\x05\x01", "no host name"),
    (b"\x05\x01\x00\x05\x01\x00\x03\x05a\r\nb:\x00\x50",
     b"\x05\x00\x05\x01", "no host name"),
    (b"\x05\x01\x00\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x00",
     b"\x05\x00\x05\x01", "port 0"),
    (b"\x05\x01\x00\x04", b"\x05\x00\x00\x5b", "SOCKS4"),
], ids=lambda v: v if isinstance(v, str) else None)
def test_bad(sluice, origin, raw, said, answer, words):
    o = origin()
    s = sluice("-m", "socks5", "--format", "json")
    c = raw(s.port)
    c.send(said)
    assert c.stream.rest().startswith(answer)
    refused(s, words)
    still_works(s, raw, o.port)


def test_longest_name(sluice, raw):
    """As long as a name can be: told, not cut."""
    s = sluice("-m", "socks5", "--format", "json")
    c = raw(s.port)
    greet(c)
    c.send(name_request(("a" * 50 + ".") * 4 + "a" * 49, 80))
    assert c.stream.exactly(10)[1] == 0
    c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert c.get().status == 502
    assert "a" * 50 in s.wait_flow(lambda f: f["error"])["url"]


def test_cut_off(sluice, origin, raw):
    o = origin()
    s = sluice("-m", "socks5", "--format", "json")
    whole = b"\x05\x01\x00" + name_request("127.0.0.1", o.port)
    for n in range(1, len(whole)):
        c = raw(s.port)
        c.send(whole[:n])
        c.close()
    refused(s, "left within the SOCKS greeting")
    still_works(s, raw, o.port)


def test_silent_greeting_ends(sluice, raw):
    s = sluice("-m", "socks5", "-o", "header_timeout=1s", "--format", "json")
    c = raw(s.port)
    c.send(b"\x05")
    assert c.is_at_end()
    refused(s, "not complete in time")


def test_refused_origin(sluice, certs, raw):
    from harness import free_port
    s = sluice("-m", "socks5", "--format", "json")
    port = free_port()
    c = raw(s.port)
    greet(c)
    c.send(name_request("127.0.0.1", port))
    c.stream.exactly(10)
    c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    r = c.get()
    assert r.status == 502 and b"refused" in r.body
    c = raw(s.port)
    greet(c)
    c.send(name_request("127.0.0.1", port))
    c.stream.exactly(10)
    c.start_tls(client_context(s.ca), "one.localhost")
    c.send("GET /tls HTTP/1.1\r\nHost: one.localhost\r\n\r\n")
    assert c.get().status == 502


def test_host_that_differs_is_told(sluice, origin, raw):
    o = origin()
    s = sluice("-m", "socks5", "--format", "json")
    c = raw(s.port)
    greet(c)
    c.send(name_request("127.0.0.1", o.port))
    c.stream.exactly(10)
    c.send("GET /1 HTTP/1.1\r\nHost: 10.9.8.7:%d\r\n\r\n" % o.port)
    assert c.get().status == 200
    c.send("GET /2 HTTP/1.1\r\nHost: a.test:%d\r\n\r\n" % o.port)
    assert c.get().status == 200
    one = s.wait_flow(lambda f: f["url"].endswith("/1"))
    two = s.wait_flow(lambda f: f["url"].endswith("/2"))
    assert one["host_differs"] and not two["host_differs"]
    assert two["url"] == "http://a.test:%d/2" % o.port
    assert o.connections >= 1 and OK
