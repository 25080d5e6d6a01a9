# SPDX-License-Identifier: MIT
"""What the end-to-end tests stand on: the program under test, an origin that
remembers every byte it received, a client that sends exactly what it is told,
and certificates made with the openssl command."""

import contextlib
import json
import os
import queue
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time

import pytest

SLUICE = os.environ.get("SLUICE", "src/sluice")
TEST_SECONDS = 90   # a test that takes longer hangs
WAIT = 20           # for one thing to happen; sanitizers are slow


class Timeout(Exception):
    pass


def until(what, predicate, seconds=WAIT):
    """Waits until predicate() is true and returns what it gave."""
    end = time.monotonic() + seconds
    while True:
        got = predicate()
        if got:
            return got
        if time.monotonic() > end:
            raise Timeout("waited %d s for %s" % (seconds, what))
        time.sleep(0.01)


def clean_env(**more):
    """An environment without proxies, trust settings or a person's files."""
    drop = ("_proxy", "_PROXY", "SSL_CERT", "CURL_CA", "REQUESTS_CA",
            "NODE_", "GIT_", "XDG_", "NO_COLOR", "LINES", "COLUMNS")
    env = {k: v for k, v in os.environ.items()
           if not any(d in k for d in drop)}
    env["ASAN_OPTIONS"] = "detect_leaks=1:abort_on_error=0"
    env["UBSAN_OPTIONS"] = "print_stacktrace=1"
    env["LC_ALL"] = "C.UTF-8"
    env.update(more)
    return env


def assert_no_sanitizer(text):
    for word in ("AddressSanitizer", "LeakSanitizer", "runtime error:",
                 "Assertion"):
        assert word not in text, text


# ---------------------------------------------------------------- the program


class Sluice:
    """A running `sluice --headless`."""

    def __init__(self, confdir, *options, env=None, listen="127.0.0.1:0",
                 headless=True, prefix=()):
        self.confdir = str(confdir)
        self.ca = os.path.join(self.confdir, "sluice-ca-cert.pem")
        self.out, self.err = [], []
        args = [*prefix, SLUICE] + (["--headless"] if headless else [])
        args += ["-p", listen, "-c", self.confdir, *map(str, options)]
        self.process = subprocess.Popen(
            args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=clean_env(**(env or {})))
        self.readers = [
            threading.Thread(target=self._read, args=a, daemon=True)
            for a in ((self.process.stdout, self.out),
                      (self.process.stderr, self.err))]
        for reader in self.readers:
            reader.start()
        self.stopped = False
        self.port = until("the listening line", self._find_port)
        self.proxy = "127.0.0.1:%d" % self.port
        self.url = "http://" + self.proxy

    def _read(self, stream, lines):
        for line in stream:
            lines.append(line.decode("utf-8", "backslashreplace").rstrip("\n"))

    def _find_port(self):
        for line in list(self.err):
            if line.startswith("sluice: listening on "):
                return int(line.rsplit(":", 1)[1])
        if self.process.poll() is not None:
            for reader in self.readers:
                reader.join(WAIT)
            raise AssertionError("sluice ended: %d %s" % (
                self.process.returncode, self.err))
        return None

    def wait_line(self, *words, seconds=WAIT):
        """The first stdout line with all these words in it."""
        def find():
            for line in list(self.out):
                if all(w in line for w in words):
                    return line
            assert self.process.poll() is None, self.err
            return None
        try:
            return until("a line with %r" % (words,), find, seconds)
        except Timeout as e:
            raise Timeout("%s; stdout so far: %r" % (e, self.out)) from None

    def flows(self):
        return [json.loads(line) for line in list(self.out)]

    def wait_flow(self, predicate, seconds=WAIT):
        """With --format json: the first flow for which predicate is true."""
        try:
            return until("a flow", lambda: next(
                (f for f in self.flows() if predicate(f)), None), seconds)
        except Timeout as e:
            raise Timeout("%s; flows so far: %r" % (e, self.out)) from None

    def flows_of(self, sock):
        return ClientFlows(self, sock)

    def is_alive(self):
        return self.process.poll() is None

    def stop(self, how=signal.SIGTERM):
        """Ends it and asserts that it ended well."""
        if self.stopped:
            return
        self.stopped = True
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(WAIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("does not end on signal %d" % how) from None
        for reader in self.readers:
            reader.join(5)
        text = "\n".join(self.err)
        assert_no_sanitizer(text)
        assert self.process.returncode == 0, (self.process.returncode, text)


class ClientFlows:
    """The flows of one client of many, told by the port it comes from, which
    may have been another's before."""

    def __init__(self, sluice, sock):
        self.sluice, self.before = sluice, len(sluice.out)
        self.address = "%s:%d" % sock.getsockname()

    def flows(self):
        flows = [json.loads(line) for line in self.sluice.out[self.before:]]
        return [f for f in flows if f["client"] == self.address]

    def wait_flow(self, predicate=lambda f: True):
        """The first to end for which predicate is true."""
        return until("a flow of " + self.address, lambda: next(
            (f for f in self.flows() if predicate(f)), None))


def run_sluice(*args, env=None, timeout=WAIT, **more):
    """Runs it to its end; .returncode .stdout .stderr as text."""
    done = subprocess.run(
        [SLUICE, *map(str, args)], stdin=subprocess.DEVNULL,
        capture_output=True, timeout=timeout, env=clean_env(**(env or {})),
        errors="backslashreplace", **more)
    assert_no_sanitizer(done.stderr)
    return done


# --------------------------------------------------------------- certificates


class Certs:
    """A root and leaves signed by it, made once for all tests."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.root = self._root("root", "Test Root")
        self.other_root = self._root("other", "Other Root")
        self.leaf("one.localhost", "DNS:one.localhost,DNS:extra.localhost")
        self.leaf("two.localhost", "DNS:two.localhost")
        self.leaf("127.0.0.1", "IP:127.0.0.1")
        self.leaf("stranger.localhost", "DNS:stranger.localhost",
                  signer="other")
        self.leaf("expired.localhost", "DNS:expired.localhost", days=-1)

    def path(self, name, kind):
        return os.path.join(self.folder, "%s.%s" % (name, kind))

    def _openssl(self, *args):
        subprocess.run(["openssl", *args], check=True, capture_output=True)

    def _root(self, name, title):
        self._openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
            "/CN=" + title, "-keyout", self.path(name, "key"), "-out",
            self.path(name, "pem"), "-addext",
            "keyUsage=critical,keyCertSign,cRLSign")
        return self.path(name, "pem")

    def leaf(self, name, sans, signer="root", days=30):
        extensions = self.path(name, "ext")
        with open(extensions, "w", encoding="ascii") as f:
            f.write("subjectAltName=%s\nbasicConstraints=CA:FALSE\n"
                    "keyUsage=critical,digitalSignature\n"
                    "extendedKeyUsage=serverAuth\n"
                    "authorityKeyIdentifier=keyid\n" % sans)
        self._openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-subj", "/CN=" + name, "-keyout",
            self.path(name, "key"), "-out", self.path(name, "csr"))
        self._openssl(
            "x509", "-req", "-in", self.path(name, "csr"), "-CA",
            self.path(signer, "pem"), "-CAkey", self.path(signer, "key"),
            "-CAcreateserial", "-days", str(days), "-extfile", extensions,
            "-out", self.path(name, "pem"))

    def server_context(self, default="127.0.0.1", low=None, high=None,
                       alpn=None, seen=None):
        """Shows the certificate that the client's SNI asks for."""
        contexts = {}

        def context(name):
            if name not in contexts:
                c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                c.load_cert_chain(self.path(name, "pem"),
                                  self.path(name, "key"))
                if low:
                    c.minimum_version = low
                if high:
                    c.maximum_version = high
                if alpn:
                    c.set_alpn_protocols(alpn)
                contexts[name] = c
            return contexts[name]

        def choose(connection, name, _):
            if seen is not None:
                seen.append(name)
            if name and os.path.exists(self.path(name, "pem")):
                connection.context = context(name)

        first = context(default)
        first.sni_callback = choose
        return first


# ------------------------------------------------------------------ the origin


class Request:
    """One request as the origin received it."""

    def __init__(self, head, body, connection):
        self.head, self.body, self.connection = head, body, connection
        self.raw_body = b""
        self.trailers = b""
        lines = head.split(b"\r\n")
        self.line = lines[0].decode("latin-1")
        self.method, self.target = self.line.split(" ")[:2]
        self.fields = [tuple(p.strip() for p in l.decode("latin-1")
                             .split(":", 1)) for l in lines[1:] if l]

    def all(self, name):
        return [v for n, v in self.fields if n.lower() == name.lower()]

    def get(self, name, default=None):
        found = self.all(name)
        return found[0] if found else default


class Stream:
    """A socket with a buffer, for reading messages."""

    def __init__(self, sock):
        self.sock, self.pending = sock, b""

    def fill(self):
        more = self.sock.recv(65536)
        self.pending += more
        return bool(more)

    def until(self, mark):
        """Bytes up to and with mark, or b"" at an orderly end."""
        while mark not in self.pending:
            if not self.fill():
                assert not self.pending, "cut off in %r" % self.pending[:200]
                return b""
        at = self.pending.index(mark) + len(mark)
        taken, self.pending = self.pending[:at], self.pending[at:]
        return taken

    def exactly(self, n):
        while len(self.pending) < n:
            assert self.fill(), "cut off after %d of %d bytes" % (
                len(self.pending), n)
        taken, self.pending = self.pending[:n], self.pending[n:]
        return taken

    def rest(self):
        while self.fill():
            pass
        taken, self.pending = self.pending, b""
        return taken

    def chunked(self):
        """(body, raw bytes, trailer lines)"""
        body, raw = b"", b""
        while True:
            line = self.until(b"\r\n")
            raw += line
            size = int(line.split(b";")[0], 16)
            if size == 0:
                break
            piece = self.exactly(size + 2)
            raw += piece
            assert piece.endswith(b"\r\n")
            body += piece[:-2]
        trailers = b""
        while True:
            line = self.until(b"\r\n")
            raw += line
            if line == b"\r\n":
                return body, raw, trailers
            trailers += line


OK = (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
      b"Content-Length: 6\r\n\r\nhello\n")


def response(body=b"", status="200 OK", **fields):
    """A response with a Content-Length; content_type= names a field."""
    head = "HTTP/1.1 %s\r\n" % status
    for name, value in fields.items():
        head += "%s: %s\r\n" % (name.replace("_", "-"), value)
    return (head + "Content-Length: %d\r\n\r\n" % len(body)).encode() + body


class Listener:
    """Listens on 127.0.0.1, or takes a socket that does, and calls
    serve(socket, number) in a thread for each connection; numbers from 1."""

    def __init__(self, serve, listener=None):
        self.listener = listener or socket.create_server(
            ("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.serve, self.connections, self.sockets = serve, 0, []
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.sockets.append(sock)
            threading.Thread(target=self.serve, daemon=True,
                             args=(sock, self.connections)).start()

    def close(self):
        """Ends the connections too."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)    # wakes accept
        # The thread may be about to call accept with the number of the
        # descriptor, which would be the next listener's once this is closed.
        self.thread.join(WAIT)
        self.listener.close()
        for sock in self.sockets:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


class Origin:
    """A server on 127.0.0.1, a thread per connection.

    answer(request, stream) returns bytes to send, or None when it has done
    everything itself; raising Close ends the connection after it.
    before_body(head, stream) runs between head and body of a request.
    """

    class Close(Exception):
        pass

    def __init__(self, answer=None, context=None, before_body=None,
                 listener=None):
        self.answer = answer or (lambda request, stream: OK)
        self.context, self.before_body = context, before_body
        self.requests, self.errors = [], []
        self.snis, self.versions, self.alpns = [], [], []
        self.arrived = queue.Queue()
        self.listener = Listener(self._serve, listener)
        self.port = self.listener.port

    @property
    def connections(self):
        return self.listener.connections

    def _serve(self, sock, number):
        with contextlib.closing(sock):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                if self.context:
                    sock = self.context.wrap_socket(sock, server_side=True)
                    self.listener.sockets.append(sock)
                    self.versions.append(sock.version())
                    self.alpns.append(sock.selected_alpn_protocol())
                self._talk(Stream(sock), number)
            except self.Close:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_WR)
                    sock.settimeout(1)
                    while sock.recv(65536):
                        pass
            except Exception as e:
                self.errors.append(e)
            finally:
                with contextlib.suppress(OSError):
                    sock.close()

    def _talk(self, stream, number):
        while True:
            head = stream.until(b"\r\n\r\n")
            if not head:
                return
            request = Request(head, b"", number)
            if self.before_body:
                self.before_body(request, stream)
            if "chunked" in request.get("Transfer-Encoding", ""):
                request.body, request.raw_body, request.trailers = \
                    stream.chunked()
            else:
                request.body = stream.exactly(
                    int(request.get("Content-Length", "0")))
            self.requests.append(request)
            self.arrived.put(request)
            out = self.answer(request, stream)
            if out is not None:
                stream.sock.sendall(out)
            if (request.get("Connection") or "").lower() == "close":
                raise self.Close

    def next_request(self, seconds=WAIT):
        return self.arrived.get(timeout=seconds)

    def close(self):
        self.listener.close()


# ------------------------------------------------------------------ the client


class Response:
    def __init__(self, head):
        self.head, self.body, self.trailers = head, b"", b""
        lines = head.split(b"\r\n")
        self.line = lines[0].decode("latin-1")
        self.status = int(self.line.split(" ")[1])
        self.fields = [tuple(p.strip() for p in l.decode("latin-1")
                             .split(":", 1)) for l in lines[1:] if l]

    def get(self, name, default=None):
        return next((v for n, v in self.fields
                     if n.lower() == name.lower()), default)


class RawClient:
    """Sends exactly the bytes it is given to the proxy."""

    def __init__(self, port, sock=None):
        self.sock = sock or socket.create_connection(("127.0.0.1", port),
                                                     WAIT)
        self.stream = Stream(self.sock)

    def send(self, data):
        self.sock.sendall(data if isinstance(data, bytes) else data.encode())

    def get_head(self):
        return Response(self.stream.until(b"\r\n\r\n"))

    def get(self, method="GET"):
        """The next response, interim ones included, with its body."""
        r = self.get_head()
        if method == "HEAD" or r.status < 200 or r.status in (204, 304):
            return r
        if "chunked" in (r.get("Transfer-Encoding") or ""):
            r.body, _, r.trailers = self.stream.chunked()
        elif r.get("Content-Length") is not None:
            r.body = self.stream.exactly(int(r.get("Content-Length")))
        else:
            r.body = self.stream.rest()
        return r

    def connect(self, authority):
        self.send("CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (
            authority, authority))
        r = self.get_head()
        assert r.status == 200, r.head
        return self

    def start_tls(self, context, name=None):
        assert not self.stream.pending
        self.sock = context.wrap_socket(self.sock, server_hostname=name)
        self.stream = Stream(self.sock)
        return self

    def is_at_end(self):
        """Did the other side close? Waits for it."""
        try:
            return self.stream.rest() == b""
        except (ConnectionResetError, ssl.SSLError):
            return True

    def close(self):
        self.sock.close()


def client_context(ca, **attributes):
    """As strict as a client gets."""
    c = ssl.create_default_context(cafile=str(ca))
    c.verify_flags |= ssl.VERIFY_X509_STRICT
    for name, value in attributes.items():
        setattr(c, name, value)
    return c


def free_port():
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


# -------------------------------------------------------------------- fixtures


@pytest.fixture(autouse=True)
def time_limit():
    def ring(*_):
        raise Timeout("the test took more than %d s" % TEST_SECONDS)
    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(TEST_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="session")
def certs(tmp_path_factory):
    return Certs(tmp_path_factory.mktemp("certs"))


@pytest.fixture
def origin():
    """origin(answer, ..) starts one."""
    started = []

    def start(*args, **kwargs):
        started.append(Origin(*args, **kwargs))
        return started[-1]
    yield start
    for o in started:
        o.close()


@pytest.fixture(scope="session")
def made_ca(tmp_path_factory):
    """A directory with a CA: making its RSA key takes most of a start."""
    folder = tmp_path_factory.mktemp("made") / "ca"
    done = run_sluice("ca", "-c", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def sluice(tmp_path, made_ca):
    """sluice(option, ..) starts one; at the end it must stop well."""
    started = []

    def start(*options, **kwargs):
        confdir = kwargs.pop("confdir", None)
        if confdir is None:
            confdir = tmp_path / ("conf%d" % len(started))
            shutil.copytree(made_ca, confdir)
        started.append(Sluice(confdir, *options, **kwargs))
        return started[-1]
    yield start
    failures = []
    for s in started:
        try:
            s.stop()
        except AssertionError as e:
            failures.append(str(e))
    assert not failures, "\n".join(failures)


@pytest.fixture
def raw():
    """raw(port) is a RawClient."""
    opened = []

    def open_one(port):
        opened.append(RawClient(port))
        return opened[-1]
    yield open_one
    for c in opened:
        c.close()
