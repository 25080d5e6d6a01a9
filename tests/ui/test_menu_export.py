# SPDX-License-Identifier: MIT
"""The export menu: what ends up in files, on the clipboard, in commands."""

import base64
import json
import os
import re
import shlex
import stat

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
    for key in "ciqsjh":
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
