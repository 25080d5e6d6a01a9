# SPDX-License-Identifier: MIT
"""An origin for thousands of connections, and clients that leave at any
moment, all in one asyncio loop."""

import asyncio
import contextlib
import socket
import struct

from harness import client_context

LIMIT = 60          # seconds for one thing; sanitizers are slow
BODY = b"b" * 200000
WAYS_TO_LEAVE = ("orderly", "reset")


def leave(writer, how):
    """Closes the socket beneath, with FIN or RST."""
    sock = writer.get_extra_info("socket")
    if sock is not None and how == "reset":
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))
    writer.transport.abort() if how == "reset" else writer.close()


class Origin:
    """Answers GETs; a path /leave/STATE/HOW makes it vanish in that state.
    What is not HTTP is echoed."""

    states = ("at-request", "in-head", "in-body", "in-chunk", "silent")

    def __init__(self):
        self.waiting = 0            # requests for /together under way
        self.enough = asyncio.Event()
        self.together = 0
        self.writers = set()

    async def start(self, context=None):
        self.server = await asyncio.start_server(
            self.serve, "127.0.0.1", 0, ssl=context, backlog=4096)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def serve(self, reader, writer):
        self.writers.add(writer)
        try:
            await self.talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    async def talk(self, reader, writer):
        first = await reader.read(1)
        if first == b"\0":
            return await self.echo(reader, writer)
        while first:
            head = first + await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode()
            if path.startswith("/leave/"):
                return await self.vanish(writer, *path.split("/")[2:4])
            if path == "/together":
                await self.join()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
            await writer.drain()
            first = await reader.read(1)

    async def echo(self, reader, writer):
        while True:
            data = await reader.read(4096)
            if not data:
                return
            writer.write(data)

    async def join(self):
        self.waiting += 1
        if self.waiting == self.together:
            self.enough.set()
        await self.enough.wait()

    async def vanish(self, writer, state, how):
        if state == "in-head":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")
        elif state == "in-body":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n")
            writer.write(BODY)
        elif state == "in-chunk":
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                         b"\r\n5\r\nhello\r\n500\r\nbut")
        # A client's FIN may be half a close: sluice waits for the answer.
        if state == "silent":
            await asyncio.sleep(0.5)
        await asyncio.sleep(0.01)
        leave(writer, how)

    def close(self):
        self.server.close()
        for writer in list(self.writers):
            leave(writer, "orderly")


async def connect(port):
    return await asyncio.wait_for(
        asyncio.open_connection("127.0.0.1", port), LIMIT)


async def read_head(reader):
    return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), LIMIT)


async def open_tunnel(proxy, origin):
    reader, writer = await connect(proxy)
    writer.write(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: h\r\n\r\n"
                 % origin.port)
    head = await read_head(reader)
    assert head.startswith(b"HTTP/1.1 200"), head
    return reader, writer


async def open_plain_tunnel(proxy, origin):
    """A tunnel through which bytes went that are no protocol we know."""
    reader, writer = await open_tunnel(proxy, origin)
    writer.write(b"\0ping")
    assert await asyncio.wait_for(reader.readexactly(4), LIMIT) == b"ping"
    return reader, writer


async def open_sealed(proxy, origin, ca):
    """TLS within a tunnel, by hand: start_tls wants a whole transport."""
    _, writer = await open_tunnel(proxy, origin)
    loop = asyncio.get_running_loop()
    protocol = writer.transport.get_protocol()
    transport = await loop.start_tls(
        writer.transport, protocol, client_context(ca),
        server_hostname="127.0.0.1", ssl_handshake_timeout=LIMIT)
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport.set_protocol(protocol)
    protocol.connection_made(transport)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


def request(origin, path, sealed=False, method="GET", fields=""):
    where = "" if sealed else "http://127.0.0.1:%d" % origin.port
    return ("%s %s%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\n" % (
        method, where, path, origin.port, fields)).encode()


async def get(proxy, origin, path="/", ca=None):
    """A whole request on a connection of its own; its body."""
    reader, writer = await (open_sealed(proxy, origin, ca) if ca else
                            connect(proxy))
    try:
        writer.write(request(origin, path, sealed=bool(ca)))
        head = await read_head(reader)
        assert head.startswith(b"HTTP/1.1 200"), head
        return await asyncio.wait_for(reader.readexactly(5), LIMIT)
    finally:
        leave(writer, "orderly")
