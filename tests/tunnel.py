# SPDX-License-Identifier: MIT
"""Clients behind CONNECT that know their own flow, which needs --format json,
and a relay for programs that can't use a proxy."""

import contextlib
import os
import socket
import ssl
import threading

from harness import Listener, RawClient, Stream, WAIT


def fds(s):
    return len(os.listdir("/proc/%d/fd" % s.process.pid))


class Client(RawClient):
    """Through the tunnel of sluice s to o's port at host; knows its flows, so
    that tests can share one sluice."""

    def __init__(self, s, o, host="one.localhost", source="127.0.0.1"):
        self.sock = socket.create_connection(("127.0.0.1", s.port), WAIT,
                                             (source, 0))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = Stream(self.sock)
        self.sluice = s
        self.ended = s.flows_of(self.sock)
        self.authority = "%s:%d" % (host, o.port)
        self.connect(self.authority)

    def flows(self):
        return self.ended.flows()

    def flow(self):
        """The first one to end."""
        return self.ended.wait_flow()

    def record(self):
        """The next TLS record: its type and body."""
        head = self.stream.exactly(5)
        return head[0], self.stream.exactly(int.from_bytes(head[3:], "big"))

    def ask(self, path="/"):
        self.send("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (
            path, self.authority))
        return self.get()

    def finish(self):
        """Closes, and waits until the other side did."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)
        self.is_at_end()
        self.close()


class CountingClient(Client):
    """Does TLS in memory and counts the sealed bytes both ways."""

    sent = got = 0
    tls = None

    def start_tls(self, context, name=None):
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing,
                                    server_hostname=name)
        self.run(self.tls.do_handshake)
        self.stream = Stream(self)
        return self

    def flush(self):
        data = self.outgoing.read()
        self.sent += len(data)
        self.sock.sendall(data)

    def run(self, do):
        while True:
            try:
                result = do()
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                data = self.sock.recv(65536)
                self.got += len(data)
                if data:
                    self.incoming.write(data)
                else:
                    self.incoming.write_eof()

    def send(self, data):
        if not self.tls:
            return super().send(data)
        data = data if isinstance(data, bytes) else data.encode()
        return self.run(lambda: self.tls.write(data))

    def recv(self, size):
        return self.run(lambda: self.tls.read(size))

    def finish(self):
        self.sock.shutdown(socket.SHUT_WR)
        while data := self.sock.recv(65536):
            self.got += len(data)
        self.close()


class Relay:
    """Listens; each connection goes through a CONNECT of its own."""

    def __init__(self, s, authority):
        self.s, self.authority = s, authority
        self.listener = Listener(self._serve)
        self.port = self.listener.port

    def _serve(self, sock, _):
        far = RawClient(self.s.port).connect(self.authority)
        for a, b in (sock, far.sock), (far.sock, sock):
            threading.Thread(target=self._pipe, daemon=True,
                             args=(a, b)).start()

    @staticmethod
    def _pipe(a, b):
        with contextlib.suppress(OSError):
            a.settimeout(WAIT)
            while data := a.recv(65536):
                b.sendall(data)
        with contextlib.suppress(OSError):
            b.shutdown(socket.SHUT_WR)

    def close(self):
        self.listener.close()
