# SPDX-License-Identifier: MIT
"""The copy menu: what reaches the terminal's clipboard."""

import base64
import gzip
import os
import re

from console import ESC
from harness import response


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def clipboard(c):
    found = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", c.raw)
    return base64.b64decode(found[-1]) if found else None


def copy(c, key):
    c.press("y")
    c.wait("one more key")
    c.press(key)
    c.wait(r"copied .* bytes")
    return clipboard(c)


def one_flow(console, origin, *args):
    body = b'{"greeting": "hi"}'
    o = origin(lambda q, stream: response(
        gzip.compress(body), Content_Type="application/json",
        Content_Encoding="gzip"))
    c = console()
    c.fetch("--compressed", "-d", "item=7", url(o, "/copied"))
    c.wait(r"POST +200 .*/copied")
    c.press("G")
    return o, c, body


def test_curl_and_url(console, origin):
    o, c, _ = one_flow(console, origin)
    assert copy(c, "u") == url(o, "/copied").encode()
    text = copy(c, "c")
    assert text.startswith(b"curl ") and b"item=7" in text


def test_body_is_decoded(console, origin):
    _, c, body = one_flow(console, origin)
    assert copy(c, "b") == body


def test_raw_request_is_what_the_origin_got(console, origin):
    o, c, _ = one_flow(console, origin)
    text, q = copy(c, "q"), o.next_request()
    head, _, body = text.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == q.line and body == q.body == b"item=7"
    for line in lines[1:]:
        name, _, value = line.partition(": ")
        assert value in q.all(name)


def test_raw_response_is_what_came(console, origin):
    _, c, body = one_flow(console, origin)
    head, _, coded = copy(c, "s").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert gzip.decompress(coded) == body


def test_headers(console, origin):
    _, c, _ = one_flow(console, origin)
    text = copy(c, "h")
    assert text.startswith(b"POST ") and b"HTTP/1.1 200 OK\r\n" in text
    assert b"item=7" not in text


def test_again(console, origin):
    o, c, _ = one_flow(console, origin)
    copy(c, "u")
    c.fetch(url(o, "/second"))
    c.wait(r"GET +200 .*/second")
    c.press("G")
    assert copy(c, "y") == url(o, "/second").encode()


def test_marked_flows(console, origin):
    o, c, _ = one_flow(console, origin)
    c.fetch(url(o, "/second"))
    c.fetch(url(o, "/third"))
    c.wait(r"GET +200 .*/third")
    c.press("g", "m", "m", "G")
    assert copy(c, "u").decode().split("\n") == [
        url(o, "/copied"), url(o, "/second")]


def test_escape_copies_nothing(console, origin):
    _, c, _ = one_flow(console, origin)
    c.press("y", ESC)
    c.wait_gone("one more key")
    assert clipboard(c) is None


def test_redact(console, origin):
    o = origin(lambda q, stream: response(b"ok", Set_Cookie="sid=hidden2"))
    c = console()
    c.fetch("-H", "Authorization: Bearer hidden1", "-H", "cookie: a=hidden3",
            "-H", "X-Plain: kept", url(o, "/secret"))
    c.wait("/secret")
    c.press("G")
    assert b"Bearer hidden1" in copy(c, "q")
    c.command("set redact=on")
    c.wait("redact = on")
    for key, kept in (("c", b"kept"), ("q", b"X-Plain: kept"),
                      ("h", b"HTTP/1.1 200 OK"), ("s", b"ok")):
        text = copy(c, key)
        c.wait("without secrets")
        assert b"hidden" not in text and kept in text
        assert b"REDACTED" in text


def test_edited_request_is_copied_as_it_is_now(console, origin):
    o, c = origin(), console()
    c.press("I")
    client = c.curl(url(o, "/before"))
    c.wait_letter("/before", "Q")
    c.press("G")
    c.command("edit.start PUT http://127.0.0.1:%d/after HTTP/1.1" % o.port)
    c.wait("edited")
    assert copy(c, "q").startswith(b"PUT /after HTTP/1.1\r\n")
    c.press("a")
    c.curl_output(client)


def a_tool(folder, name, text):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o755)


def tool_console(console, tmp_path, **env):
    a_tool(tmp_path / "bin", "wl-copy", "cat >%s/wl\n" % tmp_path)
    a_tool(tmp_path / "bin", "xsel",
           'echo "$@" >%s/args; cat >%s/xsel\n' % (tmp_path, tmp_path))
    return console(env={"PATH": "%s:/usr/bin:/bin" % (tmp_path / "bin"),
                        **env})


def wait_file(c, path, text):
    c.wait("%s written" % path, lambda: path.exists() and
           path.read_bytes() == text)


def large_flow(c, origin):
    body = b"0123456789" * 30000
    o = origin(lambda q, stream: response(body))
    c.curl_output(c.curl(url(o, "/large"), "-o", "/dev/null"))
    c.wait(r"GET +200 .*/large")
    c.press("G")
    return body


def test_tool_of_the_desktop_takes_what_a_terminal_does_not(
        console, origin, tmp_path):
    c = tool_console(console, tmp_path, WAYLAND_DISPLAY="wayland-0")
    body = large_flow(c, origin)
    copy(c, "b")
    wait_file(c, tmp_path / "wl", body)
    assert clipboard(c) is None
    text = copy(c, "u")
    wait_file(c, tmp_path / "wl", text)


def test_tool_for_x11(console, origin, tmp_path):
    c = tool_console(console, tmp_path, DISPLAY=":77")
    a_tool(tmp_path / "bin", "xclip", "exec xsel -selection-was-xclip\n")
    large_flow(c, origin)
    text = copy(c, "u")
    wait_file(c, tmp_path / "xsel", text)


def test_too_long_for_a_terminal(console, origin, tmp_path):
    c = tool_console(console, tmp_path, WAYLAND_DISPLAY="wayland-0",
                     SSH_CONNECTION="there 1 here 2")
    large_flow(c, origin)
    c.press("y", "b")
    c.wait("300000 bytes are too many for a terminal's clipboard")
    assert clipboard(c) is None and not (tmp_path / "wl").exists()


def test_command_for_the_clipboard(console, origin, tmp_path):
    c = tool_console(console, tmp_path, WAYLAND_DISPLAY="wayland-0")
    large_flow(c, origin)
    c.command("set clipboard=cat >%s/mine" % tmp_path)
    c.wait("clipboard = cat")
    wait_file(c, tmp_path / "mine", copy(c, "u"))
    c.command("set clipboard=exit 3")
    c.press("y", "u")
    c.wait("ended with status 3")
    c.command("set clipboard=osc52")
    c.wait("clipboard = osc52")
    copy(c, "u")
    c.press("y", "b")
    c.wait("too many for a terminal")
    assert not (tmp_path / "wl").exists()
