# SPDX-License-Identifier: MIT
"""The programs that are compared, each with the configuration it runs with.
A peer that is not installed is left out with a word."""

import os
import re
import shutil
import subprocess

from proc import Failed, free_port, spawn, stop, tree, wait_port

HOST = "localhost"


def run(*args, **kwargs):
    return subprocess.run(args, check=True, capture_output=True, text=True,
                          **kwargs)


def version(*args):
    try:
        done = subprocess.run(args, capture_output=True, text=True,
                              timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "?"
    found = re.search(r"\d+\.\d+(\.\d+)?[-\w.+~]*", done.stdout + done.stderr)
    return found.group(0) if found else "?"


class Place:
    """A folder with everything that has to be made once."""

    def __init__(self, folder, built):
        self.folder, self.built = folder, built
        os.chmod(folder, 0o755)         # nginx and squid become others
        self._certificates()
        self._files()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as f:
            f.write(text)
        return self.path(name)

    def _certificates(self):
        """A root for the origin; sluice makes the one for the clients, and
        the other forgers are given the same."""
        key, pem, leaf = map(self.path, ("root.key", "root.pem", "leaf.pem"))
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=bench origin root", "-keyout", key, "-out", pem, "-addext",
            "keyUsage=critical,keyCertSign,cRLSign")
        self.write("leaf.ext", "subjectAltName=DNS:localhost,IP:127.0.0.1\n"
                   "basicConstraints=CA:FALSE\n"
                   "keyUsage=critical,digitalSignature\n"
                   "extendedKeyUsage=serverAuth\n")
        run("openssl", "req", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
            "-keyout", self.path("leaf.key"), "-out", self.path("leaf.csr"))
        run("openssl", "x509", "-req", "-in", self.path("leaf.csr"), "-CA",
            pem, "-CAkey", key, "-CAcreateserial", "-days", "2", "-extfile",
            self.path("leaf.ext"), "-out", self.path("leaf.crt"))
        with open(leaf, "w", encoding="ascii") as out:
            for name in ("leaf.crt", "leaf.key"):
                with open(self.path(name), encoding="ascii") as f:
                    out.write(f.read())
        self.root, self.leaf = pem, leaf
        run(os.path.join(self.built, "src/sluice"), "ca", "-c",
            self.path("conf"))
        # The forgers have one authority; sluice's file has key and
        # certificate.
        self.forger = shutil.copy(self.path("conf", "sluice-ca.pem"),
                                  self.path("forger.pem"))

    def _files(self):
        os.makedirs(self.path("www", "up"))
        os.chmod(self.path("www", "up"), 0o777)
        for name, size in (("1k", 1 << 10), ("1m", 1 << 20),
                           ("100m", 100 << 20)):
            with open(self.path("www", name), "wb") as f:
                f.write(os.urandom(1 << 10) * (size >> 10))


class Peer:
    """name, package; explicit: clients ask it as a proxy."""

    package = ""
    explicit = False
    fresh = False       # a new process for each measurement

    def __init__(self, place, origin):
        self.place, self.origin = place, origin
        self.tls_port, self.plain_port = free_port(), free_port()
        self.process = None

    def log(self):
        return self.place.path(self.name + ".log")

    def start(self):
        """Seconds from exec to the first accepted connection."""
        self.process = spawn(self.command(), self.log())
        try:
            return wait_port(self.tls_port, self.process)
        except Failed:
            self.stop()
            raise

    def stop(self):
        stop(self.process)
        self.process = None

    def pids(self):
        return tree(self.process.pid)

    def has(self, _work):
        return True

    def target(self, tls, path):
        """What the load is told."""
        scheme = "https" if tls else "http"
        if self.explicit:
            port = self.origin.tls_port if tls else self.origin.plain_port
            return ["-x", "127.0.0.1:%d" % self.tls_port,
                    "%s://%s:%d%s" % (scheme, HOST, port, path)]
        port = self.tls_port if tls else self.plain_port
        return ["%s://%s:%d%s" % (scheme, HOST, port, path)]


class Nginx(Peer):
    """The origin; measured directly it is the limit."""

    name, package, program = "nginx direct", "nginx-light", "nginx"

    def __init__(self, place):
        super().__init__(place, None)

    def log(self):
        return self.place.path("nginx.log")

    def version(self):
        return version("nginx", "-v")

    def command(self):
        user = "user root;" if os.geteuid() == 0 else ""
        listen = "".join(
            "listen %s:%d; listen %s:%d ssl;" % (a, self.plain_port, a,
                                                 self.tls_port)
            for a in self._addresses())
        p = self.place
        return ["nginx", "-p", p.folder, "-e", self.log(), "-c", p.write(
            "nginx.conf", """
%s worker_processes 2; daemon off; pid %s; error_log %s;
events { worker_connections 4096; }
http {
	access_log off; keepalive_requests 1000000000;
	client_body_temp_path %s; proxy_temp_path %s; fastcgi_temp_path %s;
	uwsgi_temp_path %s; scgi_temp_path %s;
	client_max_body_size 0;
	server {
		%s
		ssl_certificate %s; ssl_certificate_key %s;
		root %s;
		location /up { dav_methods PUT; }
	}
}
""" % (user, p.path("nginx.pid"), self.log(), *[p.path("temp%d" % i)
                                                for i in range(5)],
       listen, p.leaf, p.leaf, p.path("www")))]

    @staticmethod
    def _addresses():
        """localhost is both, where there is IPv6."""
        with open("/etc/hosts", encoding="utf-8") as f:
            six = re.search(r"^::1\s.*\blocalhost\b", f.read(), re.M)
        return ["127.0.0.1"] + (["[::1]"] if six and os.path.exists(
            "/proc/net/if_inet6") else [])


class Sluice(Peer):
    name, explicit, fresh = "sluice", True, True
    mode = ()
    more = ()

    @property
    def program(self):
        return os.path.join(self.place.built, "src/sluice")

    def version(self):
        return version(self.program, "--version")

    def options(self):
        return [self.program, "-c", self.place.path("conf"), "-p",
                "127.0.0.1:%d" % self.tls_port, "--upstream-ca",
                self.place.root, *self.mode, *self.more]

    def command(self):
        return self.options() + ["--headless"]

    def log(self):
        return os.devnull


class SluiceReverse(Sluice):
    """Not in the table of its own: the same program, asked otherwise."""

    name, explicit = "sluice", False

    def __init__(self, place, origin):
        super().__init__(place, origin)
        self.mode = ("-m", "reverse:https://%s:%d" % (HOST, origin.tls_port))

    def is_there(self):
        return "reverse" in run(self.program, "--help").stdout


class SluiceSpilling(Sluice):
    """With no memory left for bodies, as after a long time."""

    name, more = "sluice", ("-o", "memory=1MiB")


class Relay(Peer):
    name = "bare relay"

    @property
    def program(self):
        return os.path.join(self.place.built, "tests/bench/relay")

    def version(self):
        return "libev and OpenSSL"

    def command(self):
        return [self.program, self.tls_port, self.origin.tls_port,
                self.place.leaf, self.place.root]

    def has(self, work):
        return work.tls


class Sslsplit(Peer):
    """Copies blindly (ssl), without reading heads (https).  Its plain mode
    hangs when 16 connections come at once, so it has TLS only."""

    name, package, program = "sslsplit", "sslsplit", "sslsplit"

    def version(self):
        return version("sslsplit", "-V")

    def command(self):
        user = ["-u", "root"] if os.geteuid() == 0 else []
        return ["sslsplit", *user, "-k", self.place.forger, "-c",
                self.place.forger, "ssl", "127.0.0.1", self.tls_port,
                "127.0.0.1", self.origin.tls_port]

    def has(self, work):
        return work.tls


class Haproxy(Peer):
    """A reverse proxy with a certificate of its own."""

    name, package, program = "haproxy", "haproxy", "haproxy"

    def version(self):
        return version("haproxy", "-v")

    def command(self):
        p, o = self.place, self.origin
        return ["haproxy", "-q", "-db", "-f", p.write("haproxy.cfg", """
global
	nbthread 1
	maxconn 4096
defaults
	mode http
	timeout connect 10s
	timeout client 60s
	timeout server 60s
frontend sealed
	bind 127.0.0.1:%d ssl crt %s
	default_backend sealed
frontend plain
	bind 127.0.0.1:%d
	default_backend plain
backend sealed
	server o 127.0.0.1:%d ssl verify required ca-file %s sni str(%s)
backend plain
	server o 127.0.0.1:%d
""" % (self.tls_port, p.leaf, self.plain_port, o.tls_port, p.root, HOST,
       o.plain_port))]


class Squid(Peer):
    name, package, program = "squid", "squid-openssl", "squid"
    explicit = True

    def version(self):
        return version("squid", "-v")

    def command(self):
        p, certs = self.place, self.place.path("squid-certs")
        helper = "/usr/lib/squid/security_file_certgen"
        if not os.path.exists(helper):
            raise Failed("is built without OpenSSL")
        if not os.path.exists(certs):
            run(helper, "-c", "-s", certs, "-M", "4MB")
            if os.geteuid() == 0:
                run("chown", "-R", "proxy", certs)
        return ["squid", "-N", "-f", p.write("squid.conf", """
http_port 127.0.0.1:%d ssl-bump tls-cert=%s generate-host-certificates=on \
dynamic_cert_mem_cache_size=4MB
sslcrtd_program %s -s %s -M 4MB
sslcrtd_children 2
ssl_bump bump all
tls_outgoing_options cafile=%s
http_access allow localhost
http_access deny all
cache deny all
cache_mem 8 MB
access_log none
cache_log %s
pid_filename none
coredump_dir none
netdb_filename none
shutdown_lifetime 0 seconds
visible_hostname localhost
""" % (self.tls_port, p.forger, helper, certs, p.root, os.devnull))]


class Mitmdump(Peer):
    name, package, program = "mitmdump", "mitmproxy", "mitmdump"
    explicit = True

    def version(self):
        return version("mitmdump", "--version")

    def command(self):
        folder = self.place.path("mitm")
        os.makedirs(folder, exist_ok=True)
        return ["mitmdump", "-q", "--listen-host", "127.0.0.1", "-p",
                self.tls_port, "--set", "confdir=" + folder, "--set",
                "ssl_verify_upstream_trusted_ca=" + self.place.root]


ALL = (Sluice, Relay, Sslsplit, Haproxy, Squid, Mitmdump)
