# SPDX-License-Identifier: MIT
"""Bodies as what they are: folded, indented, decoded, told in words."""

import base64
import json
import re
import struct
import time
import zlib

from console import ENTER
from harness import response


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def show(console, origin, body, media, *curl, columns=80, rows=40, tab="l",
         path="/body"):
    """The console with the response of one flow open."""
    o = origin(lambda *_: response(body, Content_Type=media))
    c = console(columns=columns, rows=rows)
    c.fetch("-o", "/dev/null", *curl, url(o, path))
    c.wait("200 .*/body")
    c.press(ENTER)
    c.wait("Request")
    for key in tab:
        c.press(key)
    if tab:
        c.wait("HTTP/1.1 200")
    return c


def to_row(c, text):
    """The cursor on the row with text, by searching it."""
    c.press("/" + text + ENTER)
    c.press("\x1b")
    c.settle(0.2)


NESTED = b'{"a":{"b":[1,2,3],"c":"x"},"num":1.50,"a":null}'


def test_fold_one_node(console, origin):
    c = show(console, origin, NESTED, "application/json")
    c.wait('"num": 1.50')
    to_row(c, '"b"')
    c.press(ENTER)
    c.wait(r'"b": \[ 3 items \]')
    assert "▸" in c.row('"b"')
    # The lines keep the numbers they have unfolded.
    assert re.search(r'^ *8 .*"c"', c.text(), re.M)
    c.press(ENTER)
    c.wait_gone("3 items")
    # From inside: the node around it.
    to_row(c, "2,")
    c.press(ENTER)
    c.wait(r'"b": \[ 3 items \]')


def test_fold_all(console, origin):
    c = show(console, origin, NESTED, "application/json")
    c.wait('"num": 1.50')
    c.press("z")
    c.wait(r'"a": \{ 2 keys \}')
    assert '"b"' not in c.text()
    # Tokens, order and double keys are as they were sent.
    assert re.search(r'"num": 1\.50,\s*\n.*"a": null', c.text())
    c.press("z")
    c.wait('"b"')


def test_nothing_to_fold(console, origin):
    c = show(console, origin, b"plain", "text/plain")
    c.wait("plain")
    c.press("z")
    c.wait("nothing to fold")
    c.press(ENTER)


def test_xml_is_indented(console, origin):
    c = show(console, origin, b"<?xml version='1.0'?><r><i k='1'>one</i>"
             b"<n><e/></n></r>", "application/xml")
    c.wait("pretty xml")
    c.wait(r"^ *3 +<i k='1'>one</i>$")
    c.wait(r"^ *5 +    <e/>$")
    to_row(c, "<n>")
    c.press(ENTER)
    c.wait("<n> 1 item")


def test_html_is_indented(console, origin):
    c = show(console, origin, b"<!doctype html><html><body><p>one<br>two"
             b"<script>if (a<b) f();</script></body></html>", "text/html")
    c.wait("pretty html")
    c.wait(r"^ *3 +<body>$")
    c.wait(r"<script>if \(a<b\) f\(\);</script>")


def test_form_is_decoded(console, origin):
    c = show(console, origin, b"x", "text/plain", "-d",
             "name=Zo%C3%AB+Q&empty=&flag&bad=%zz&esc=%1b]0;X%07", tab="")
    c.wait("pretty form")
    c.wait(r"^name +  = Zoë Q$")
    c.wait(r"^bad +  = %zz$")
    c.wait(r"^flag$")
    assert b"\x1b]0;X" not in c.raw
    c.press("t")
    c.wait("name=Zo%C3%AB")


def test_query_is_decoded(console, origin):
    c = show(console, origin, b"x", "text/plain", tab="",
             path="/body?q=%E6%97%A5&p=a%2Fb")
    c.wait("query")
    c.wait(r"q +  = 日")
    c.wait(r"p +  = a/b")


def test_multipart_is_listed(console, origin):
    c = show(console, origin, b"x", "text/plain", "-F", "field=value",
             "-F", "up=@-;filename=a.bin;type=application/octet-stream",
             tab="")
    c.wait("pretty multipart")
    c.wait("part 1")
    c.wait('name="field"')
    c.wait("value")
    c.wait("part 2")
    c.wait('filename="a.bin"')


def jwt(claims, header=None):
    def part(what):
        return base64.urlsafe_b64encode(json.dumps(what).encode()) \
            .rstrip(b"=").decode()
    return part(header or {"alg": "HS256", "typ": "JWT"}) + "." + \
        part(claims) + "." + "c2lnbmF0dXJl"


def test_jwt_body(console, origin):
    token = jwt({"sub": "7", "exp": 1000000000})
    c = show(console, origin, token.encode(), "application/jwt")
    c.wait("pretty jwt")
    c.wait('"sub": "7"')
    c.wait(r"expires +2001-09-09 01:46:40 UTC \(past\)")
    c.wait(r'signature +"HS256" 9 bytes, not verified')


def test_jwt_in_a_header(console, origin):
    token = jwt({"sub": "me", "exp": int(time.time()) + 3600})
    c = show(console, origin, b"x", "text/plain", "-H",
             "Authorization: Bearer " + token, tab="")
    c.wait("token in Authorization")
    c.wait('"sub": "me"')
    c.wait(r"expires +20.* \(in the future\)")
    c.wait("not verified")


def test_jwt_chosen_inside_json(console, origin):
    body = json.dumps({"token": jwt({"sub": "inner"})}).encode()
    c = show(console, origin, body, "application/json")
    c.wait('"token"')
    c.command("body.mode jwt")
    c.wait('"sub": "inner"')


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + \
            struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + \
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) \
        + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def test_image_as_facts(console, origin):
    c = show(console, origin, png(800, 600), "image/png")
    c.wait("pretty image")
    c.wait("PNG image data, 800 x 600")
    c.wait("said to be image/png")
    c.press("t", "t")
    c.wait("89 50 4e 47")


def test_image_that_is_none(console, origin):
    c = show(console, origin, b"\x1b]0;PWNED\x07<html>", "image/png")
    c.wait("said to be image/png")
    c.press("q")
    c.wait("FLOWS")


def test_choose_with_T(console, origin):
    c = show(console, origin, b'{"a":[1]}', "text/css")
    c.wait(r'\{"a":\[1\]\}')
    c.press("T")
    c.wait("^:body.mode")
    c.wait("│ json")                # the ways there are
    c.press("js\t" + ENTER)
    c.wait('"a": ')
    c.command("body.mode nonsense")
    c.wait("a body is pretty, raw")


def test_broken_of_every_kind(console, origin):
    """What says one thing and is another is still shown."""
    for media in ("application/json", "application/xml", "text/html",
                  "application/x-www-form-urlencoded", "application/jwt",
                  "multipart/form-data; boundary=x", "multipart/mixed",
                  "image/svg+xml"):
        c = show(console, origin, b"needle <<& %% not of that kind", media)
        c.wait("needle")
        c.stop()


def test_a_huge_body_opens_at_once(console, origin):
    body = b'{"a":[' + b",".join(b'{"n":%d}' % i for i in range(2000000)) + \
        b"]}"
    c = show(console, origin, body, "application/json")
    c.wait('"n": 0')
    c.press("z")
    c.wait(r'\[ 2000000 items \]', seconds=60)
    # What is on the wire was not touched, and other keys work meanwhile.
    c.press("q")
    c.wait("FLOWS")
