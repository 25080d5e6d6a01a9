# SPDX-License-Identifier: MIT
"""sluice run: commands in a network of their own, and by environment."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest

from harness import (SLUICE, WAIT, Origin, assert_no_sanitizer, clean_env,
                     run_sluice)

BOTH = pytest.mark.parametrize("how", [(), ("--env-only",)],
                               ids=["space", "env"])


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    """Skips where the kernel allows no namespace."""
    done = run_sluice("run", "-c", tmp_path_factory.mktemp("probe"), "--",
                      "true")
    assert done.returncode == 0
    if "told of the proxy" in done.stderr:
        pytest.skip(done.stderr.strip())
    if "without nft" in done.stderr:
        pytest.skip(done.stderr.strip())


@pytest.fixture
def address():
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))
            own = s.getsockname()[0]
        except OSError:
            own = ""
    if not own or own.startswith("127."):
        pytest.skip("this machine has no address but loopback")
    return own


@pytest.fixture
def folder(tmp_path, made_ca):
    shutil.copytree(made_ca, tmp_path / "c")
    return tmp_path / "c"


@pytest.fixture
def outside(address):
    """outside(..): an Origin on that address."""
    started = []

    def start(**kwargs):
        started.append(Origin(listener=socket.create_server((address, 0)),
                              **kwargs))
        return started[-1]
    yield start
    for o in started:
        o.close()


def sluice_run(folder, *args, options=(), env=None, **more):
    return run_sluice("run", "-c", folder, *options, "--", *args, env=env,
                      **more)


def flows(done):
    return [json.loads(l) for l in done.stderr.splitlines()
            if l.startswith("{")]


@BOTH
@pytest.mark.parametrize("command,status", [
    (("true",), 0), (("false",), 1), (("sh", "-c", "exit 42"), 42),
    (("sh", "-c", "kill -9 $$"), 137), (("no-such-command",), 127),
    (("/etc/passwd",), 126)], ids=lambda v: str(v))
def test_status(folder, how, command, status):
    done = sluice_run(folder, *command, options=how)
    assert done.returncode == status, done.stderr
    if status in (126, 127):
        assert "sluice: run: " + command[0] in done.stderr
    assert not [f for f in os.listdir(folder) if ".run-" in f]


@pytest.mark.parametrize("args", [("run",), ("run", "--"), ("run", "true"),
                                  ("run", "--nonsense", "--", "true")],
                         ids=" ".join)
def test_wrong_usage(args):
    done = run_sluice(*args)
    assert done.returncode == 2 and done.stderr.count("\n") == 1


def test_stdio_is_the_commands(folder):
    done = subprocess.run(
        [SLUICE, "run", "-c", str(folder), "--", "cat"], input=b"through\n",
        capture_output=True, env=clean_env(), timeout=WAIT)
    assert (done.returncode, done.stdout) == (0, b"through\n")


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl")
def test_http_in_a_space(space, folder, address, outside):
    o = outside()
    done = sluice_run(folder, "curl", "-sS", "http://%s:%d/a" % (
        address, o.port), options=("--format", "json"))
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    assert [f["url"] for f in flows(done)] == [
        "http://%s:%d/a" % (address, o.port)]
    # It was told of no proxy: it came in origin form.
    assert o.next_request().line == "GET /a HTTP/1.1"


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl")
@BOTH
def test_https_is_trusted(request, folder, address, outside, certs, how):
    if not how:
        request.getfixturevalue("space")
    o = outside(context=certs.server_context("one.localhost"))
    url = "https://one.localhost:%d/b" % o.port
    done = sluice_run(
        folder, "curl", "-sS", "--resolve", "one.localhost:%d:%s" % (
            o.port, address), url,
        options=(*how, "--upstream-ca", certs.root, "--format", "json"))
    if how:     # there the proxy looks up the name itself
        assert [f["url"] for f in flows(done)] == [url]
    else:
        assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
        assert flows(done)[0]["url"] == url
        assert o.next_request().target == "/b"


def test_other_ports_and_raw_bytes(space, folder, address):
    with socket.create_server((address, 0)) as far:
        def serve():
            peer, _ = far.accept()
            with peer:
                assert peer.recv(10) == b"\0ping"
                peer.sendall(b"pong")
        threading.Thread(target=serve, daemon=True).start()
        script = ("import socket;"
                  "s=socket.create_connection(('%s',%d));"
                  "s.sendall(b'\\0ping');print(s.recv(10))" % (
                      address, far.getsockname()[1]))
        done = sluice_run(folder, "/usr/bin/python3", "-c", script,
                          options=("--format", "json"))
    assert "pong" in done.stdout, done.stderr
    assert flows(done)[0]["passed"]


def test_names_are_answered(space, folder):
    """Its questions reach the name server of this machine's resolv.conf."""
    script = ("import socket\n"
              "q=b'\\x12\\x34\\x01\\x00\\x00\\x01\\0\\0\\0\\0\\0\\0"
              "\\x09localhost\\0\\0\\x01\\0\\x01'\n"
              "s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\n"
              "s.settimeout(8)\n"
              "s.connect(('203.0.113.53',53))\n"
              "s.send(q)\n"
              "print(s.recv(600)[:2].hex())\n")
    done = sluice_run(folder, "/usr/bin/python3", "-c", script)
    if "timed out" in done.stderr:
        pytest.skip("this machine's name server does not answer")
    assert done.stdout == "1234\n", done.stderr


def test_own_loopback_stays(space, folder):
    """A command that serves itself on loopback is left alone."""
    script = ("import socket,threading\n"
              "l=socket.create_server(('127.0.0.1',0))\n"
              "def f():\n"
              " c,_=l.accept();c.sendall(b'mine');c.close()\n"
              "threading.Thread(target=f,daemon=True).start()\n"
              "print(socket.create_connection(l.getsockname()).recv(9))\n")
    done = sluice_run(folder, "/usr/bin/python3", "-c", script,
                      options=("--format", "json"))
    assert "mine" in done.stdout and not flows(done), done.stderr


def test_refused_and_unreachable(space, folder, address):
    from harness import free_port
    done = sluice_run(folder, "curl", "-sS", "-o", "/dev/null", "-w",
                      "%{http_code}", "http://%s:%d/" % (address,
                                                         free_port()),
                      options=("--format", "json"))
    assert done.stdout == "502", done.stderr
    assert "refused" in flows(done)[0]["error"]


def test_no_address_of_ours_is_used(space, folder):
    """Two at once, and one while a console has port 8080."""
    with socket.socket() as busy:
        busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            busy.bind(("127.0.0.1", 8080))
            busy.listen()
        except OSError:
            pass        # somebody has it: as good
        done = sluice_run(folder, SLUICE, "run", "-c", folder, "--env-only",
                          "--", "sh", "-c", "echo inner $http_proxy")
    assert "inner http://127.0.0.1:" in done.stdout, done.stderr


@BOTH
def test_environment(folder, how):
    done = sluice_run(folder, "env", options=how)
    env = dict(l.split("=", 1) for l in done.stdout.splitlines() if "=" in l)
    proxied = "told of the proxy" in done.stderr or bool(how)
    assert ("http_proxy" in env) == proxied
    for name in ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE",
                 "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO",
                 "JAVA_TOOL_OPTIONS"):
        assert str(folder) in env[name], name


def test_roots_have_both(folder):
    done = sluice_run(folder, "sh", "-c", "cat $SSL_CERT_FILE; stat -c %a "
                      "$SSL_CERT_FILE")
    with open(folder / "sluice-ca-cert.pem", encoding="ascii") as f:
        assert f.read().strip() in done.stdout
    assert done.stdout.count("BEGIN CERTIFICATE") >= 1
    assert done.stdout.strip().endswith("600")


@BOTH
def test_signals(folder, how):
    """TERM reaches the command, INT is the command's own affair."""
    p = subprocess.Popen(
        [SLUICE, "run", "-c", str(folder), *how, "--", "sh", "-c",
         "trap 'echo got; exit 5' TERM; echo up; "
         "while :; do sleep 0.1; done"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_env())
    assert p.stdout.readline() == b"up\n"
    p.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert p.poll() is None
    p.send_signal(signal.SIGTERM)
    out, err = p.communicate(timeout=WAIT)
    assert (p.returncode, out) == (5, b"got\n"), err
    assert_no_sanitizer(err.decode())


def test_nobody_reads_our_lines(folder, origin):
    """The command goes on all the same."""
    o = origin()
    p = subprocess.Popen(
        [SLUICE, "run", "-c", str(folder), "--env-only", "--", "sh", "-c",
         "for i in 1 2 3; do curl -sS -x $http_proxy http://127.0.0.1:%d/; "
         "done; echo end" % o.port], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=clean_env())
    p.stderr.close()
    out = p.stdout.read()
    assert p.wait(WAIT) == 0
    assert out == b"hello\nhello\nhello\nend\n"


def test_har(folder, tmp_path, origin):
    o = origin()
    har = tmp_path / "x.har"
    done = sluice_run(folder, "curl", "-sS", "http://127.0.0.1:%d/h" %
                      o.port, options=("--env-only", "--har", har))
    assert done.returncode == 0, done.stderr
    with open(har, encoding="utf-8") as f:
        assert json.load(f)["log"]["entries"][0]["request"]["url"].endswith(
            "/h")


def test_without_root(space, address, outside, tmp_path):
    """A user namespace, and nft in it, need no privilege."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("needs root to become somebody else")
    nobody = pwd.getpwnam("nobody")
    folder = tmp_path / "theirs"
    binary = tmp_path / "sluice"
    shutil.copy(SLUICE, binary)
    folder.mkdir()
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    for p in (tmp_path, *tmp_path.parents):
        if str(p).startswith("/tmp/pytest"):
            os.chmod(p, 0o755)
    o = outside()
    done = subprocess.run(
        ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups",
         str(binary), "run", "-c", str(folder), "--format", "json", "--",
         "sh", "-c", "id -un; curl -sS http://%s:%d/u" % (address, o.port)],
        capture_output=True, text=True, env=clean_env(HOME=str(folder)),
        timeout=WAIT)
    if "told of the proxy" in done.stderr:
        pytest.skip("no user namespaces: " + done.stderr)
    assert done.stdout == "nobody\nhello\n", done.stderr
    assert flows(done)[0]["url"].endswith("/u")


@pytest.mark.skipif(not shutil.which("java"), reason="no java")
@BOTH
def test_java_trusts(request, folder, address, outside, certs, tmp_path, how):
    if not how:
        request.getfixturevalue("space")
    certs.leaf("far", "IP:" + address)
    o = outside(context=certs.server_context("far"))
    source = tmp_path / "Get.java"
    source.write_text("""
import java.net.URL;
public class Get {
    public static void main(String[] a) throws Exception {
        System.out.print(new String(new URL(a[0]).openStream()
            .readAllBytes()));
    }
}
""")
    done = sluice_run(
        folder, "java", "-XX:TieredStopAtLevel=1", source,
        "https://%s:%d/j" % (address, o.port), timeout=60,
        options=(*how, "--upstream-ca", certs.root))
    if "compiler" in done.stderr:
        pytest.skip("this java cannot compile a source")
    assert done.stdout == "hello\n", done.stderr
