# SPDX-License-Identifier: MIT
"""Bodies that leave the program: a file, a pager, a viewer, a command; and
the shell. The proxy goes on meanwhile."""

import gzip
import os
import time

from console import ENTER
from harness import response

WIRE = gzip.compress(b"plain inside")


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def start(console, origin, body=b"the body", env=None, media="text/plain",
          path="/dir/name.txt", **fields):
    o = origin(lambda *_: response(body, Content_Type=media, **fields))
    c = console(env=env)
    c.fetch("-o", "/dev/null", url(o, path))
    c.wait("200 .*" + path)
    return o, c


def read(path):
    with open(path, "rb") as f:
        return f.read()


def test_save(console, origin, tmp_path):
    _, c = start(console, origin)
    c.press("b")
    c.wait(r"^:body\.save ~/1-response-name\.txt")
    c.press(ENTER)
    c.wait(r"saved 8 bytes to ~/1-response-name.txt")
    path = os.path.join(c.dir, "1-response-name.txt")
    assert read(path) == b"the body"
    assert os.stat(path).st_mode & 0o777 == 0o600
    c.command("body.save %s" % (tmp_path / "no" / "dir"))
    c.wait("not written")
    assert not os.path.exists(path + ".part")


def test_decoded_or_as_sent(console, origin, tmp_path):
    _, c = start(console, origin, WIRE, Content_Encoding="gzip")
    c.press(ENTER, "l")
    c.wait("plain inside")
    c.command("body.save %s" % (tmp_path / "decoded"))
    c.wait("saved 12 bytes")
    assert read(tmp_path / "decoded") == b"plain inside"
    c.press("t")
    c.wait("raw")
    c.command("body.save %s" % (tmp_path / "sent"))
    c.wait("saved %d bytes" % len(WIRE))
    assert read(tmp_path / "sent") == WIRE


def test_a_hostile_name(console, origin):
    _, c = start(console, origin, path="/..%2f-rf%0a;x")
    c.press("b")
    line = c.wait(r"^:body\.save ~/(1-response-\S*)").group(1)
    assert "/" not in line and ";" not in line
    c.press("\x1b")


def test_large_body_is_whole(console, origin, tmp_path):
    body = os.urandom(1 << 20) * 20
    _, c = start(console, origin, body, media="application/octet-stream")
    c.command("body.save %s" % (tmp_path / "big"))
    c.wait("saved ")
    assert read(tmp_path / "big") == body


def test_pager(console, origin, editor):
    # What the pager gets, while the proxy goes on.
    env = editor("cat \"$1\" >'$OUT'", "while [ ! -e \"$GO\" ]; do "
                 "sleep 0.05; done")
    seen = str(editor.ran) + ".seen"
    go = str(editor.ran) + ".go"
    script = env["EDITOR"]
    with open(script, encoding="ascii") as f:
        text = f.read().replace("$OUT", seen)
    with open(script, "w", encoding="ascii") as f:
        f.write(text)
    o, c = start(console, origin, env={"PAGER": script, "GO": go})
    c.press(ENTER, "l", "p")
    c.wait("the pager", lambda: os.path.exists(seen) and read(seen))
    assert read(seen) == b"the body"
    assert "the body" in c.fetch(url(o, "/meanwhile"))
    open(go, "w", encoding="ascii").close()
    c.wait("the detail", lambda: "Response" in c.text())
    # Its file is gone.
    assert not [n for n in os.listdir(c.dir) if "response" in n]
    c.press("q")
    c.wait("/meanwhile")


def test_viewer_by_mailcap(console, origin, tmp_path):
    seen = tmp_path / "seen"
    o = origin(lambda *_: response(b"\x89PNG\r\n\x1a\n\0\0",
                                   Content_Type="image/png"))
    c = console(env={"PAGER": "false"})
    with open(os.path.join(c.dir, ".mailcap"), "w", encoding="ascii") as f:
        f.write("# comment\n"
                "text/*; false\n"
                "image/*; false %%s; test=false\n"
                "image/png; echo %%t >%s.type \\; cp '%%s' %s; "
                "test=test -n \"$SLUICE_URL\"\n" % (seen, seen))
    c.fetch("-o", "/dev/null", url(o, "/logo.png"))
    c.wait("/logo.png")
    c.press(ENTER, "l")
    c.wait("pretty image")
    c.press("p")
    c.wait("the viewer", seen.exists)
    c.wait("pretty image")
    assert read(seen).startswith(b"\x89PNG")
    assert read(str(seen) + ".type") == b"image/png\n"


def test_pipe(console, origin, tmp_path):
    seen = tmp_path / "seen"
    o, c = start(console, origin)
    c.press("|")
    c.wait(r"^:body\.pipe")
    c.press(" tr a-z A-Z >%s; echo $SLUICE_METHOD $SLUICE_STATUS $SLUICE_ID"
            " $SLUICE_URL $SLUICE_CONTENT_TYPE" % seen + ENTER)
    c.wait("GET 200 1 %s text/plain" % url(o, "/dir/name.txt"))
    c.wait("Enter goes back")
    assert read(seen) == b"THE BODY"
    c.press(ENTER)
    c.wait("FLOWS")


def test_shell(console, origin, tmp_path):
    o, _ = start(console, origin)
    shell = tmp_path / "shell"
    shell.write_text("#!/bin/sh\necho IN-THE-SHELL\nread line\n"
                     "echo \"$line\" >'%s'\n" % (tmp_path / "line"))
    shell.chmod(0o755)
    d = console(env={"SHELL": str(shell)})
    d.press("!")
    d.wait("IN-THE-SHELL")
    assert "the body" in d.fetch(url(o, "/meanwhile"))
    d.press("typed" + ENTER)
    d.wait("/meanwhile")
    assert read(tmp_path / "line") == b"typed\n"
    d.command("shell echo by-command")
    d.wait("by-command\n")
    d.press(ENTER)
    d.wait("/meanwhile")


def test_stopped_and_taken_back(console, origin, tmp_path):
    shell = tmp_path / "shell"
    shell.write_text("#!/bin/sh\necho BEFORE\nkill -STOP 0\necho AFTER\n"
                     "read line\n")
    shell.chmod(0o755)
    _, c = start(console, origin, env={"SHELL": str(shell)})
    c.press("!")
    c.wait("it is stopped")
    c.press("!")
    c.wait("AFTER")
    c.press(ENTER)
    c.wait("FLOWS")


def test_the_program_ends_meanwhile(console, origin, tmp_path):
    shell = tmp_path / "shell"
    shell.write_text("#!/bin/sh\necho BEFORE\nkill -STOP 0\n")
    shell.chmod(0o755)
    _, c = start(console, origin, env={"SHELL": str(shell)})
    c.press("!")
    c.wait("it is stopped")
    c.press("Q")
    assert c.wait_end() == 0
    c.assert_restored()


def test_no_body(console, origin):
    _, c = start(console, origin, b"")
    for key in ("b", "|"):
        c.press(key)
        c.wait("has no body")
        time.sleep(0.05)
    c.press(ENTER, "p")
    c.wait("has no body")
