# SPDX-License-Identifier: MIT
"""The command line as scripts rely on it: status, files, lines, HAR."""

import base64
import gzip
import json
import os
import signal
import socket
import stat
import subprocess

import pytest

from harness import (
    WAIT, clean_env, client_context, free_port, response, run_sluice,
    until)


def ask(c, port, path, method="GET", body=b"", more=""):
    c.send(b"%s http://127.0.0.1:%d%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s"
           b"Content-Length: %d\r\n\r\n" % (
               method.encode(), port, path.encode(), port, more.encode(),
               len(body)) + body)
    return c.get(method)


# ------------------------------------------------------------- wrong and right


def one_line(done, status):
    assert done.returncode == status, done
    assert done.stderr.startswith("sluice: "), done.stderr
    return done.stderr


def test_version_and_help():
    done = run_sluice("--version")
    assert done.returncode == 0
    assert "sluice" in done.stdout and "0.1.0" in done.stdout
    assert run_sluice("-V").stdout == done.stdout
    done = run_sluice("--help")
    assert done.returncode == 0
    for word in ("--listen", "--headless", "--upstream-ca", "--filter",
                 "--har", "-p"):
        assert word in done.stdout
    assert run_sluice("-h").stdout == done.stdout


@pytest.mark.parametrize("args", [
    ["--nonsense"], ["-Z"], ["--headless", "surplus"], ["--format", "xml"],
    ["--listen"], ["-o", "nonsense=1"], ["-o", "head_max=lots"],
    ["--headless=maybe"], ["-p", "127.0.0.1:99999", "--headless"],
    ["nonsense"]], ids=" ".join)
def test_wrong_usage(tmp_path, args):
    done = run_sluice("-c", tmp_path, *args)
    text = one_line(done, 2)
    assert text.count("\n") == 1, text


@pytest.mark.parametrize("args", [
    ["-r", "x.har"],
    ["--read", "x.har"], ["-w", "x"], ["--write", "x"],
    ["run", "--", "true"], ["export", "curl"]], ids=" ".join)
def test_what_is_not_there_is_refused(tmp_path, args):
    one_line(run_sluice("-c", tmp_path, "--headless", *args), 2)


@pytest.mark.parametrize("option", ["-f", "-i", "--filter", "--intercept"])
def test_bad_filter_shows_where(tmp_path, option):
    done = run_sluice("--headless", "-p", "127.0.0.1:0", "-c", tmp_path,
                      option, "~u api & ~nonsense")
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert lines[0].startswith("sluice: ")
    caret = next(l for l in lines if l.strip() == "^")
    text = next(l for l in lines if "~u api & ~nonsense" in l)
    at = caret.index("^") - text.index("~u api")
    assert len("~u api & ") <= at < len("~u api & ~nonsense")


def test_port_in_use_is_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        done = run_sluice("--headless", "-p", address, "-c", tmp_path)
    text = one_line(done, 1)
    assert text.count("\n") == 1
    assert address in text
    assert done.stdout == ""


def test_console_without_a_terminal(tmp_path):
    text = one_line(run_sluice("-p", "127.0.0.1:0", "-c", tmp_path), 2)
    assert "--headless" in text
    assert text.count("\n") == 1


def test_root_file_that_is_not_there(tmp_path):
    done = run_sluice("--headless", "-p", "127.0.0.1:0", "-c", tmp_path,
                      "--upstream-ca", tmp_path / "none")
    assert str(tmp_path / "none") in one_line(done, 1)


def test_har_that_cannot_be_written(tmp_path):
    har = tmp_path / "no" / "such" / "x.har"
    done = run_sluice("--headless", "-p", "127.0.0.1:0", "-c", tmp_path,
                      "--har", har)
    assert "no/such" in one_line(done, 1)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it(sluice, how):
    s = sluice()
    s.stop(how)


def test_two_listeners(sluice, origin, raw):
    o = origin()
    port = free_port()
    s = sluice("-p", "127.0.0.1:%d" % port)
    until("both lines", lambda: len([
        l for l in s.err if l.startswith("sluice: listening on ")]) == 2)
    for p in (s.port, port):
        assert ask(raw(p), o.port, "/").status == 200


# -------------------------------------------------------------------------- CA


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_ca_files(sluice, tmp_path):
    s = sluice(confdir=tmp_path / "deep" / "conf")
    s.stop()
    d = s.confdir
    assert mode(d) == 0o700
    assert mode(d + "/sluice-ca.pem") == 0o600
    with open(d + "/sluice-ca.pem", encoding="ascii") as f:
        text = f.read()
    assert "PRIVATE KEY" in text and "BEGIN CERTIFICATE" in text
    for name in ("cert.pem", "cert.cer", "cert.p12"):
        assert os.path.exists(d + "/sluice-ca-" + name)
    with open(s.ca, encoding="ascii") as f:
        text = f.read()
    assert "PRIVATE" not in text and "BEGIN CERTIFICATE" in text
    fingerprints = {
        subprocess.run(
            ["openssl", "x509", "-in", d + "/sluice-ca" + name, "-inform",
             form, "-noout", "-fingerprint", "-sha256"], check=True,
            capture_output=True).stdout
        for name, form in ((".pem", "PEM"), ("-cert.pem", "PEM"),
                           ("-cert.cer", "DER"))}
    assert len(fingerprints) == 1
    keys = subprocess.run(
        ["openssl", "pkcs12", "-in", d + "/sluice-ca-cert.p12", "-nodes",
         "-passin", "pass:"], capture_output=True, check=True).stdout
    assert b"PRIVATE" not in keys and b"BEGIN CERTIFICATE" in keys
    # Nothing half written lies about.
    assert all(n.startswith("sluice-ca") for n in os.listdir(d)
               if "ca" in n), os.listdir(d)


def test_ca_is_kept(sluice, tmp_path):
    first = sluice(confdir=tmp_path / "c")
    with open(first.ca, "rb") as f:
        before = f.read()
    first.stop()
    second = sluice(confdir=tmp_path / "c")
    with open(second.ca, "rb") as f:
        assert f.read() == before


@pytest.mark.parametrize("bits", [0o640, 0o604])
def test_key_that_others_can_read_is_refused(sluice, tmp_path, bits):
    s = sluice(confdir=tmp_path / "c")
    s.stop()
    os.chmod(tmp_path / "c" / "sluice-ca.pem", bits)
    done = run_sluice("--headless", "-p", "127.0.0.1:0", "-c", tmp_path / "c")
    text = one_line(done, 1)
    assert "sluice-ca.pem" in text and "chmod" in text
    assert mode(tmp_path / "c" / "sluice-ca.pem") == bits


def test_broken_key_is_not_overwritten(tmp_path):
    d = tmp_path / "c"
    d.mkdir(mode=0o700)
    with open(d / "sluice-ca.pem", "w", encoding="ascii") as f:
        f.write("not a key\n")
    os.chmod(d / "sluice-ca.pem", 0o600)
    done = run_sluice("--headless", "-p", "127.0.0.1:0", "-c", d)
    assert "sluice-ca.pem" in one_line(done, 1)
    assert (d / "sluice-ca.pem").read_text() == "not a key\n"


def test_own_ca_is_used(sluice, origin, certs, raw, tmp_path):
    d = tmp_path / "c"
    d.mkdir(mode=0o700)
    text = open(certs.path("other", "key"), encoding="ascii").read() + \
        open(certs.path("other", "pem"), encoding="ascii").read()
    (d / "sluice-ca.pem").write_text(text)
    os.chmod(d / "sluice-ca.pem", 0o600)
    o = origin(context=certs.server_context())
    s = sluice("--upstream-ca", certs.root, confdir=d)
    c = raw(s.port).connect("one.localhost:%d" % o.port)
    context = client_context(certs.other_root)
    c.start_tls(context, "one.localhost")
    assert (d / "sluice-ca.pem").read_text() == text


def test_sluice_ca(tmp_path):
    done = run_sluice("ca", "-c", tmp_path / "c")
    assert done.returncode == 0
    path = str(tmp_path / "c" / "sluice-ca-cert.pem")
    assert path in done.stdout
    shown = subprocess.run(
        ["openssl", "x509", "-in", path, "-noout", "-fingerprint",
         "-sha256"], check=True, capture_output=True).stdout.decode()
    want = shown.strip().split("=")[1].replace(":", "").lower()
    assert want in done.stdout.replace(":", "").replace(" ", "").lower()
    assert run_sluice("ca", "-c", tmp_path / "c").stdout == done.stdout


def test_sluice_env(sluice, origin, certs, tmp_path):
    o = origin(context=certs.server_context())
    plain = origin()
    s = sluice("--upstream-ca", certs.root, confdir=tmp_path / "a b'c")
    done = subprocess.run(
        ["sh", "-euc", 'eval "$("$SLUICE" env -c "$DIR" -p "$PROXY")"\n'
         'curl -sS --fail https://one.localhost:$TLS/e\n'
         'curl -sS --fail http://one.localhost:$PLAIN/e\n'],
        capture_output=True, timeout=2 * WAIT, env=clean_env(
            SLUICE=os.environ.get("SLUICE", "src/sluice"), DIR=s.confdir,
            PROXY=s.proxy, TLS=str(o.port), PLAIN=str(plain.port)))
    assert done.stdout == b"hello\nhello\n", done
    assert done.returncode == 0
    s.wait_line("https://one.localhost:%d/e" % o.port)
    s.wait_line("http://one.localhost:%d/e" % plain.port)


def test_xdg_places(sluice, tmp_path):
    done = run_sluice("ca", env={
        "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")})
    assert done.returncode == 0
    assert (tmp_path / "data" / "sluice" / "sluice-ca.pem").exists()
    assert str(tmp_path / "data" / "sluice") in done.stdout
    done = run_sluice("ca", env={"HOME": str(tmp_path)})
    assert (tmp_path / ".local/share/sluice/sluice-ca.pem").exists()


# ----------------------------------------------------------------------- lines


def test_json_lines(sluice, origin, raw):
    o = origin(lambda q, stream: response(
        b'{"a": 1}', "404 Gone Fishing", Content_Type="application/json"))
    s = sluice("--format", "json")
    ask(raw(s.port), o.port, '/x"y\\z', "POST", b"four")
    f = s.wait_flow(lambda f: True)
    assert f["id"] == 1
    assert f["method"] == "POST"
    assert f["url"].startswith("http://127.0.0.1:%d/x" % o.port)
    assert (f["host"], f["port"], f["scheme"]) == \
        ("127.0.0.1", o.port, "http")
    assert f["status"] == 404
    assert (f["request_bytes"], f["response_bytes"]) == (4, 8)
    assert "json" in f["type"]
    assert f["duration_ms"] >= 0
    assert not f.get("error")
    assert "127.0.0.1" in f["client"] and "127.0.0.1" in f["server"]
    assert f["edited"] is False
    assert {"time", "state", "tls", "replay_of"} <= set(f)


def test_filter_shows_only_what_matches(sluice, origin, raw):
    o, s = origin(), sluice("-f", "~u yes | (~m POST & !~u no)")
    c = raw(s.port)
    ask(c, o.port, "/no1")
    ask(c, o.port, "/yes1")
    ask(c, o.port, "/no2", "POST")
    ask(c, o.port, "/other", "POST")
    ask(c, o.port, "/yes-last")
    s.wait_line("/yes-last")
    paths = [l.split("/")[3].split(" ")[0] for l in s.out]
    assert paths == ["yes1", "other", "yes-last"]


def test_filter_on_the_answer(sluice, origin, raw):
    o = origin(lambda q, stream: response(
        q.target.encode(), "500 No" if "bad" in q.target else "200 OK"))
    s = sluice("-f", "~c 5xx | ~b /needle")
    c = raw(s.port)
    for path in ("/good", "/bad", "/needle", "/end-bad"):
        ask(c, o.port, path)
    s.wait_line("/end-bad")
    assert len(s.out) == 3


# ------------------------------------------------------------------------- HAR


def check_har(path):
    """HAR 1.2: what must be there, and of which type."""
    with open(path, encoding="utf-8") as f:
        log = json.load(f)["log"]
    assert log["version"] == "1.2"
    assert log["creator"]["name"] == "sluice" and log["creator"]["version"]
    for e in log["entries"]:
        assert e["startedDateTime"][10] == "T"
        assert e["time"] >= 0
        assert isinstance(e["cache"], dict)
        q, r, t = e["request"], e["response"], e["timings"]
        for m in (q, r):
            for name in ("httpVersion", "cookies", "headers", "headersSize",
                         "bodySize"):
                assert name in m, name
            for h in m["headers"]:
                assert isinstance(h["name"], str)
                assert isinstance(h["value"], str)
        assert isinstance(q["method"], str) and "://" in q["url"]
        assert "#" not in q["url"]
        assert isinstance(q["queryString"], list)
        assert isinstance(r["status"], int)
        assert isinstance(r["statusText"], str)
        assert isinstance(r["redirectURL"], str)
        assert isinstance(r["content"]["size"], int)
        assert isinstance(r["content"]["mimeType"], str)
        for name in ("send", "wait", "receive"):
            assert t[name] >= 0
        total = sum(v for n, v in t.items()
                    if n != "ssl" and isinstance(v, (int, float)) and v > 0)
        assert abs(total - e["time"]) <= max(2, e["time"] * 0.05)
    return log["entries"]


def test_har_at_exit(sluice, origin, raw, tmp_path):
    png = b"\x89PNG\r\n\x1a\n\x00\xff"

    def answer(q, stream):
        if q.target.startswith("/png"):
            return response(png, Content_Type="image/png")
        if q.target.startswith("/gzip"):
            return response(gzip.compress("grüß".encode()),
                            Content_Type="text/plain; charset=utf-8",
                            Content_Encoding="gzip")
        if q.target.startswith("/there"):
            return response(b"", "302 Found", Location="/here")
        return response(b"ok", Content_Type="text/plain",
                        Set_Cookie="sid=1; Path=/; HttpOnly")
    o = origin(answer)
    har = tmp_path / "out.har"
    s = sluice("--har", har, "-f", "!~u hidden")
    c = raw(s.port)
    ask(c, o.port, "/a?x=1&y=a%20b", "POST", b"u=bob&p=x",
        "Content-Type: application/x-www-form-urlencoded\r\n"
        "Cookie: k=v\r\n")
    for path in ("/png", "/gzip", "/there", "/hidden"):
        ask(c, o.port, path)
    s.wait_line("/there")
    s.stop()
    assert mode(har) == 0o600
    entries = check_har(har)
    assert len(entries) == 4
    post, image, packed, redirect = entries
    assert post["request"]["method"] == "POST"
    assert post["request"]["url"] == \
        "http://127.0.0.1:%d/a?x=1&y=a%%20b" % o.port
    assert [(p["name"], p["value"]) for p in
            post["request"]["queryString"]] in (
                [("x", "1"), ("y", "a b")], [("x", "1"), ("y", "a%20b")])
    assert post["request"]["postData"]["text"] == "u=bob&p=x"
    assert post["request"]["bodySize"] == 9
    assert post["request"]["cookies"][0]["name"] == "k"
    assert post["response"]["cookies"][0]["name"] == "sid"
    assert post["response"]["content"]["text"] == "ok"
    assert image["response"]["content"]["encoding"] == "base64"
    assert base64.b64decode(image["response"]["content"]["text"]) == png
    assert packed["response"]["content"]["text"] == "grüß"
    assert packed["response"]["content"]["size"] == 6
    assert redirect["response"]["redirectURL"] == "/here"


def test_har_of_failures(sluice, raw, tmp_path):
    har = tmp_path / "out.har"
    s = sluice("--har", har)
    ask(raw(s.port), free_port(), "/refused")
    s.wait_line("/refused")
    s.stop()
    assert len(check_har(har)) == 1


def test_har_of_nothing(sluice, tmp_path):
    har = tmp_path / "out.har"
    sluice("--har", har).stop()
    assert check_har(har) == []


# ------------------------------------------------------------------------ demo


def test_demo_ends_by_itself(tmp_path):
    har = tmp_path / "demo.har"
    done = run_sluice("--demo", "--headless", "-p", "127.0.0.1:0", "-c",
                      tmp_path / "c", "--har", har, "--format", "json",
                      timeout=60)
    assert done.returncode == 0, done
    flows = [json.loads(l) for l in done.stdout.splitlines()]
    assert {"shop.localhost", "cdn.localhost"} <= {f["host"] for f in flows}
    assert {200, 302, 404} <= {f.get("status") for f in flows}
    assert "POST" in {f["method"] for f in flows}
    assert "https" in {f["scheme"] for f in flows}
    assert not [f for f in flows if f.get("error")]
    assert len(check_har(har)) == len(flows)


def test_demo_without_a_terminal_goes_on_headless(tmp_path):
    done = run_sluice("--demo", "-p", "127.0.0.1:0", "-c", tmp_path / "c",
                      timeout=60)
    assert done.returncode == 0, done
    assert "headless" in done.stderr
    assert "shop.localhost" in done.stdout


def test_headless_prints_warnings(sluice, tmp_path):
    """What the console's event log would show goes to stderr."""
    s = sluice(env={"SSLKEYLOGFILE": str(tmp_path / "no" / "such")})
    until("the warning", lambda: any(
        "SSLKEYLOGFILE" in line for line in s.err))


@pytest.mark.parametrize("how, status, reached", [
    ("resume", 200, True), ("drop", 502, False)])
def test_held_requests_at_the_end(sluice, origin, raw, how, status, reached):
    o, s = origin(), sluice("-i", "~u held", "-o", "on_exit=" + how)
    c = raw(s.port)
    c.send("GET http://127.0.0.1:%d/held HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
           "\r\n" % (o.port, o.port))
    with pytest.raises(socket.timeout):
        c.sock.settimeout(0.5)
        c.get()
    c.sock.settimeout(20)
    s.process.send_signal(signal.SIGTERM)
    assert c.get().status == status
    s.process.wait(20)
    s.stop()
    assert (not o.arrived.empty()) == reached
