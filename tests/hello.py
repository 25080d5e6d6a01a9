# SPDX-License-Identifier: MIT
"""ClientHellos in raw bytes, for what no client library would send, and what
their JA4 is by FoxIO's definition, computed from the bytes that were sent."""

import hashlib
import os
import struct

SNI, GROUPS, POINTS, SIGALGS, ALPN = 0, 10, 11, 13, 16
PADDING, EMS, VERSIONS, PSK_MODES, KEY_SHARE = 21, 23, 43, 45, 51
ECH, RENEGOTIATION = 65037, 65281
X25519, X25519MLKEM768 = 29, 0x11ec
TLS12, TLS13 = 0x0303, 0x0304

CIPHERS = (0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030)
SCHEMES = (0x0403, 0x0804, 0x0401, 0x0503, 0x0805)


def u16(*numbers):
    return struct.pack(">%dH" % len(numbers), *numbers)


def vector(body, size):
    return len(body).to_bytes(size, "big") + body


def sni(name):
    return SNI, vector(b"\0" + vector(name, 2), 2)


def alpn(*names):
    return ALPN, vector(b"".join(vector(n, 1) for n in names), 2)


def groups(*numbers):
    return GROUPS, vector(u16(*numbers), 2)


def schemes(*numbers):
    return SIGALGS, vector(u16(*numbers), 2)


def versions(*numbers):
    return VERSIONS, vector(u16(*numbers), 1)


def shares(*pairs):
    return KEY_SHARE, vector(b"".join(
        u16(group) + vector(key, 2) for group, key in pairs), 2)


def extensions(name=b"one.localhost", *more):
    """What a TLS 1.3 client sends at least; more replaces by type."""
    own = [sni(name)] if name is not None else []
    own += [groups(X25519, 23), (POINTS, b"\1\0"), schemes(*SCHEMES),
            versions(TLS13, TLS12), (PSK_MODES, b"\1\1"), (EMS, b""),
            shares((X25519, os.urandom(32)))]
    types = [t for t, _ in more]
    return [e for e in own if e[0] not in types] + list(more)


def message(extras=None, ciphers=CIPHERS, legacy=TLS12):
    """A whole handshake message; extras: (type, body), .."""
    if extras is None:
        extras = extensions()
    body = (u16(legacy) + os.urandom(32) + vector(os.urandom(32), 1) +
            vector(u16(*ciphers), 2) + b"\1\0" + vector(
                b"".join(u16(t) + vector(b, 2) for t, b in extras), 2))
    return b"\1" + vector(body, 3)


def records(data, size=16384):
    """As handshake records of size bytes."""
    return b"".join(b"\x16\3\1" + vector(data[i:i + size], 2)
                    for i in range(0, len(data), size))


# ------------------------------------------------------------------------ JA4


class Reader:
    def __init__(self, data):
        self.data = data

    def take(self, n):
        taken, self.data = self.data[:n], self.data[n:]
        assert len(taken) == n
        return taken

    def number(self, n):
        return int.from_bytes(self.take(n), "big")

    def vector(self, n):
        return Reader(self.take(self.number(n)))

    def numbers(self):
        return [n for (n,) in struct.iter_unpack(">H", self.data)]


def is_grease(number):
    return number in {0x0a0a + 0x1010 * i for i in range(16)}


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else \
        "0" * 12


def alpn_code(found):
    if ALPN not in found:
        return "00"
    names = Reader(found[ALPN]).vector(2)
    first = names.vector(1).data if names.data else b""
    if not first:
        return "00"
    if chr(first[0]).isalnum() and chr(first[-1]).isalnum() and \
            first[:1].isascii() and first[-1:].isascii():
        return chr(first[0]) + chr(first[-1])
    return first.hex()[0] + first.hex()[-1]


def ja4(data):
    """Of the records of one ClientHello."""
    wire, handshake = Reader(data), b""
    while wire.data:
        wire.take(3)
        handshake += wire.vector(2).data
    r = Reader(handshake)
    r.take(4)
    legacy = r.number(2)
    r.take(32)
    r.vector(1)
    suites = [n for n in r.vector(2).numbers() if not is_grease(n)]
    r.vector(1)
    found, rest = {}, r.vector(2)
    while rest.data:
        kind = rest.number(2)
        body = rest.vector(2).data
        if not is_grease(kind):
            found[kind] = body
    newest = legacy
    if VERSIONS in found:
        newest = max(n for n in Reader(found[VERSIONS]).vector(1).numbers()
                     if not is_grease(n))
    version = {0x304: "13", 0x303: "12", 0x302: "11", 0x301: "10"}[newest]
    hashed = ",".join("%04x" % t for t in sorted(found)
                      if t not in (SNI, ALPN))
    if SIGALGS in found:
        hashed += "_" + ",".join(
            "%04x" % n for n in Reader(found[SIGALGS]).vector(2).numbers())
    return "t%s%s%02d%02d%s_%s_%s" % (
        version, "d" if SNI in found else "i", min(len(suites), 99),
        min(len(found), 99), alpn_code(found),
        digest(",".join("%04x" % n for n in sorted(suites))),
        digest(hashed))
