# SPDX-License-Identifier: MIT
"""What is held: the banner, the queue, going from one to the next, and what
becomes of it when holding or the program ends."""

from console import ESC

HOLDING = r"I:ON\b"


def url(o, path):
    return "http://127.0.0.1:%d%s" % (o.port, path)


def hold(c, o, *paths):
    clients = []
    for path in paths:
        clients.append(c.curl(url(o, path)))
        c.wait_letter(path, "Q")
    return clients


def test_banner(console, origin):
    o, c = origin(), console("-i", "~q")
    c.settle()
    assert "HELD" not in c.text()
    clients = hold(c, o, "/b0", "/b1")
    c.wait(r"^‖ HELD 2 +oldest .*client still waiting .*\] held next")
    c.wait("what else is shown", lambda: "H only held" in c.lines()[0])
    c.press("G")
    c.wait(r"HELD 2/2  #2 at REQUEST")
    c.press("A")
    for client in clients:
        c.curl_output(client)
    c.wait_gone("^‖")


def test_bell_once(console, origin):
    o, c = origin(), console("-i", "~q")
    before = c.raw.count(b"\a")
    hold(c, o, "/b0", "/b1", "/b2")
    c.wait("HELD 3")
    c.settle()
    assert c.raw.count(b"\a") == before + 1
    c.press("A")
    c.wait_gone("^‖")
    hold(c, o, "/again")
    c.wait("the second", lambda: c.raw.count(b"\a") == before + 2)
    c.press("A")


def test_resume_goes_to_the_next(console, origin):
    o, c = origin(), console("-i", "~u held & ~q")
    clients = hold(c, o, "/held0", "/held1")
    c.fetch(url(o, "/free"))
    clients += hold(c, o, "/held2")
    c.press("g")
    for path in ("/held0", "/held1", "/held2"):
        c.wait(path, lambda p=path: p in c.cursor_row())
        c.press("a")
        assert "200 OK" in c.curl_output(clients.pop(0))
    assert [q.target for q in o.requests] == [
        "/free", "/held0", "/held1", "/held2"]


def test_next_and_previous_held_and_error(console, origin):
    o, dead = origin(), origin()
    dead.close()
    c = console("-i", "~u held & ~q")
    for path in ("/e1", "/e2"):
        c.fetch(url(dead, path))
        c.fetch(url(o, "/ok"))
    c.wait_letter("/e2", "E")
    c.press("g")
    for key, path in (("]", "/e2"), (".", "/e1"), ("[", "/e2"),
                      (",", "/e1")):
        c.press(key)
        c.wait(path, lambda p=path: p in c.cursor_row())
    hold(c, o, "/held0")
    c.fetch(url(o, "/between"))
    hold(c, o, "/held1")
    c.press("g")
    for key, path in (("]", "/held0"), (".", "/held1"), ("]", "/held0"),
                      (",", "/held1"), ("[", "/held0")):
        c.press(key)
        c.wait(path, lambda p=path: p in c.cursor_row())
    c.press("A")


def test_hold_off_asks(console, origin):
    o, c = origin(), console("-i", "~q")
    one, = hold(c, o, "/one")
    c.press("I")
    c.wait("1 held: +r resumes all, k keeps them held, d drops all")
    c.press(ESC)
    c.wait(HOLDING)
    assert one.poll() is None
    c.press("I", "k")
    c.wait("nothing more is held")
    c.wait("intercept OFF")
    c.wait_letter("/one", "Q")
    assert one.poll() is None and o.requests == []
    # Off already: on again, and off with an answer.
    c.press("I")
    c.wait(HOLDING)
    c.press("I")
    c.wait("r resumes all")
    c.press("r")
    assert "200 OK" in c.curl_output(one)
    c.wait("intercept OFF")
    c.press("I")
    c.wait(HOLDING)
    two, = hold(c, o, "/two")
    c.press("I", "d")
    assert " 502 " in c.curl_output(two)
    assert [q.target for q in o.requests] == ["/one"]


def test_quit_asks(console, origin):
    o, c = origin(), console("-i", "~q")
    client, = hold(c, o, "/kept")
    c.press("q")
    c.wait("1 held. Quit")
    c.press(ESC)
    c.wait_gone("Quit")
    assert client.poll() is None and not c.ended
    c.press("q")
    c.wait("1 held. Quit")
    c.press("d")
    assert c.wait_end() == 0
    client.wait()
    assert b" 502 " in client.stdout.read()
    assert o.requests == []


def test_quit_resumes(console, origin):
    o, c = origin(), console("-i", "~q")
    client, = hold(c, o, "/kept")
    c.press("q", "r")
    assert c.wait_end() == 0
    client.wait()
    assert b"200 OK" in client.stdout.read()
    assert [q.target for q in o.requests] == ["/kept"]


def test_client_gone_is_shown_while_held(console, origin):
    o, c = origin(), console("-i", "~q")
    client, = hold(c, o, "/gone")
    client.kill()
    client.wait()
    c.wait(r"client gone|client .*left", seconds=20)
    c.press("a")
    c.wait("Send it all the same")
    c.press("n", "X")
    c.wait("dropped")
    assert o.requests == []


def test_queue_banner_names_the_filter(console, origin):
    o, c = origin(), console("-i", "~u held & ~q", columns=160)
    c.fetch(url(o, "/free"))
    client, = hold(c, o, "/held")
    c.press("H")
    c.wait(r"^‖ INTERCEPT ON  ~u held & ~q +HELD 1 +oldest")
    c.press("a")
    assert "200 OK" in c.curl_output(client)
    c.wait("Nothing is held")
    c.press("H")
    c.wait("/free")
