# SPDX-License-Identifier: MIT
"""The export menu: what ends up in files, on the clipboard, in commands."""

import base64
import gzip
import json
import os
import re
import shlex
import stat
import subprocess

import pytest

from console import ENTER, ESC
from harness import response

TAB = "\t"


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def two_flows(console, origin, **fields):
    o = origin(lambda q, stream: response(b"hello", **fields))
    c = console()
    c.fetch("-d", "item=7", "-H", "X-Odd: =@;", "-H",
            "Authorization: Bearer hidden1", url(o, "/..%2f-first?a=b"))
    c.fetch(url(o, "/second"))
    c.wait(r"GET +200 .*/second")
    c.press("g")
    return o, c


def export(c, key):
    """To a file; the name offered and what is in it."""
    c.press("x")
    c.wait("EXPORT to a file")
    c.press(key)
    name = c.wait(r"^:export\.\S+ file (~/\S+)").group(1)
    c.press(ENTER)
    c.wait(r"saved .* to")
    path = os.path.join(c.dir, name[2:])
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    with open(path, "rb") as f:
        return name, f.read()


def clipboard(c):
    found = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", c.raw)
    return base64.b64decode(found[-1]) if found else None


def test_curl_to_a_file(console, origin):
    o, c = two_flows(console, origin)
    name, text = export(c, "c")
    assert re.fullmatch(r"~/1-curl-[A-Za-z0-9_.-]+\.sh", name)
    words = shlex.split(text.decode().replace("\\\n", ""))
    assert words[0] == "curl" and "item=7" in words
    assert text.endswith(b"\n")


def test_httpie(console, origin):
    o, c = two_flows(console, origin)
    words = shlex.split(export(c, "i")[1].decode().replace("\\\n", ""))
    assert words[0] == "http" and "POST" in words
    assert url(o, "/..%2f-first?a=b") in words
    assert "--raw=item=7" in words and "X-Odd:\\=@;" in words
    assert "Authorization:Bearer hidden1" in words
    assert not any(w.startswith("Content-Length") for w in words)


# What a program must send as it was: quotes, UTF-8, bytes, two of a name.
BODIES = {
    "text": 'a "b" \\ \n\t${x} Zo\u00eb \u65e5\u672c \U0001f600'.encode(),
    "bytes": bytes(range(256)),
    "right-to-left": "a\u202eb".encode(),
}
K6 = """
import { writeFileSync } from "fs";
const calls = [];
export default { request(method, url, body, params) {
  const bytes = typeof body == "string" ? Buffer.from(body, "utf8")
    : Buffer.from(body ?? "");
  calls.push({ method, url, body: bytes.toString("base64"), params });
  writeFileSync("calls.json", JSON.stringify(calls));
} };
"""


def odd_request(console, origin, body, path="/x?a=%22b%22&c=(d)"):
    """One request with what quoting may break; and what came of it."""
    o = origin(lambda q, stream: response(b"ok"))
    c = console()
    with open(os.path.join(c.dir, "body"), "wb") as f:
        f.write(body)
    c.fetch("-X", "PUT", "--data-binary", "@%s/body" % c.dir,
            "-H", "X-Quote: a\"b\\c'd", "-H", "X-Two: 1", "-H", "X-Two: 2",
            "-H", "Cookie: a=b; c=\xff", "-H", "Content-Type: text/x-odd",
            url(o, path))
    c.wait(r"PUT +200")
    return o, c, o.next_request()


def assert_same(q, was):
    assert q.line == was.line and q.body == was.body
    assert q.get("x-quote") == was.get("x-quote")
    assert q.get("cookie") == was.get("cookie")
    assert q.get("content-type") == "text/x-odd"
    assert q.get("x-two") == "1, 2"


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_programs_send_the_same_again(console, origin, kind):
    o, c, was = odd_request(console, origin, BODIES[kind])
    for key, run in (("f", ["node"]), ("p", ["/usr/bin/python3"])):
        name, text = export(c, key)
        assert not re.search(rb"[^\n -\x7e]", text) or kind == "text"
        subprocess.run(run + [os.path.join(c.dir, name[2:])], check=True,
                       timeout=30, stdout=subprocess.DEVNULL)
        assert_same(o.next_request(), was)


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_k6(console, origin, kind):
    """k6 is no Debian package: its library is one that takes down calls."""
    o, c, was = odd_request(console, origin, BODIES[kind])
    c.fetch(url(o, "/second"))
    c.wait("/second")
    c.press("g", "m", "m")
    name, text = export(c, "k")
    os.makedirs(os.path.join(c.dir, "node_modules/k6"))
    for path, content in (
            ("node_modules/k6/package.json",
             '{"type": "module", "exports": {"./http": "./http.js"}}'),
            ("node_modules/k6/http.js", K6), ("test.mjs", text.decode()),
            ("run.mjs", 'import run from "./test.mjs"; run();')):
        with open(os.path.join(c.dir, path), "w", encoding="utf-8") as f:
            f.write(content)
    subprocess.run(["node", "run.mjs"], check=True, timeout=30, cwd=c.dir)
    with open(os.path.join(c.dir, "calls.json"), encoding="utf-8") as f:
        first, second = json.load(f)
    assert (first["method"], first["url"]) == ("PUT", url(
        o, "/x?a=%22b%22&c=(d)"))
    assert base64.b64decode(first["body"]) == BODIES[kind]
    fields = first["params"]["headers"]
    assert fields["X-Two"] == "1, 2" and fields["X-Quote"] == "a\"b\\c'd"
    assert "Content-Length" not in fields and "Host" not in fields
    assert second["method"] == "GET" and second["body"] == ""


def test_fetch_says_what_it_cannot(console, origin):
    o = origin(lambda q, stream: response(b"ok"))
    c = console()
    c.fetch("-X", "GET", "-d", "x", url(o, "/get"))
    c.wait("GET +200")
    c.press("x")
    c.wait("EXPORT to a file")
    c.press("f", ENTER)
    c.wait("fetch sends no body with GET")
    c.fetch("-X", "OPTIONS", "--request-target", "http://127.0.0.1:%d" %
            o.port, url(o, "/"))
    c.wait("OPTIONS +200")
    c.press("G")
    for key, tool in (("f", "fetch"), ("p", "requests"), ("k", "k6")):
        c.press("x")
        c.wait("EXPORT to a file")
        c.press(key, ENTER)
        c.wait('%s has no URL for "\\*"' % tool)


def test_body_as_received(console, origin):
    packed = gzip.compress(b"hello hello hello")
    o = origin(lambda q, stream: response(packed, Content_Encoding="gzip"))
    c = console()
    c.fetch(url(o, "/packed"))
    c.wait("GET +200")
    assert export(c, "b")[1] == b"hello hello hello"
    assert export(c, "B")[1] == packed
    c.press("y", "B")
    c.wait("copied body as received")
    assert clipboard(c) == packed


def test_raw(console, origin):
    o, c = two_flows(console, origin)
    q = o.next_request()
    head, _, body = export(c, "q")[1].partition(b"\r\n\r\n")
    assert head.decode().split("\r\n")[0] == q.line and body == b"item=7"
    head, _, body = export(c, "s")[1].partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n") and body == b"hello"
    assert export(c, "b")[1] == b"hello"


def test_har_of_one_and_of_marked(console, origin):
    o, c = two_flows(console, origin)
    entries = json.loads(export(c, "j")[1])["log"]["entries"]
    assert [e["request"]["method"] for e in entries] == ["POST"]
    c.fetch(url(o, "/third"))
    c.wait("/third")
    c.press("g", "m", "m")
    name, text = export(c, "j")
    assert name == "~/1-har-and-1-more.har"
    assert [e["request"]["method"] for e in json.loads(text)["log"]["entries"]
            ] == ["POST", "GET"]


def test_marked_urls(console, origin):
    o, c = two_flows(console, origin)
    c.press("m", "m")
    assert export(c, "u")[1].decode() == "%s\n%s\n" % (
        url(o, "/..%2f-first?a=b"), url(o, "/second"))


def test_to_the_clipboard(console, origin):
    o, c = two_flows(console, origin)
    c.press("G", "x")
    c.wait("EXPORT to a file")
    c.press(TAB)
    c.wait("EXPORT to the clipboard")
    c.press("u")
    c.wait("copied URL")
    assert clipboard(c) == url(o, "/second").encode()
    # It stays where it was set.
    c.press("x")
    c.wait("EXPORT to the clipboard")
    c.press("j")
    c.wait("copied HAR")
    log = json.loads(clipboard(c))["log"]
    assert log["version"] == "1.2" and len(log["entries"]) == 1


def test_to_a_command(console, origin, tmp_path):
    o, c = two_flows(console, origin)
    c.press("x", TAB, TAB)
    c.wait("EXPORT to a command")
    c.press("q")
    c.wait(r"^:export\.request pipe")
    c.press("cat >%s/piped" % tmp_path, ENTER)
    c.wait("Enter goes back")
    c.press(ENTER)
    c.wait("/second")
    assert b"\r\n\r\nitem=7" in (tmp_path / "piped").read_bytes()


def test_redact(console, origin):
    o, c = two_flows(console, origin, Set_Cookie="sid=hidden2")
    assert b"hidden1" in export(c, "i")[1]
    c.press("x", "r")
    c.wait("secrets left out")
    c.press(ESC)
    c.wait_gone("secrets left out")
    for key in "ciqsjhfpk":
        text = export(c, key)[1]
        assert b"hidden" not in text and b"REDACTED" in text, key


def test_escape_and_mistakes(console, origin):
    o, c = two_flows(console, origin)
    before = set(os.listdir(c.dir))
    c.press("x")
    c.wait("EXPORT to a file")
    c.press(ESC)
    c.wait_gone("EXPORT")
    c.command("export.url nowhere x")
    c.wait("takes file FILE, clipboard or pipe COMMAND")
    c.command("export.url file /no/such/folder/x")
    c.wait("not written")
    c.command("export.har file /no/such/folder/x")
    c.wait("not saved")
    assert set(os.listdir(c.dir)) == before


def test_w_saves_all_shown(console, origin):
    o, c = two_flows(console, origin)
    c.press("w")
    c.wait("save as HAR: ")
    c.press("\x15", "~/all.har", ENTER)
    c.wait("saved 2 flows")
    with open(os.path.join(c.dir, "all.har"), encoding="utf-8") as f:
        assert len(json.load(f)["log"]["entries"]) == 2
