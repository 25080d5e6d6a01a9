# SPDX-License-Identifier: MIT
"""The filter prompt: live, forgiving, with a memory."""

from console import ENTER, ESC
from harness import response

UP, DOWN, TAB = "\x1b[A", "\x1b[B", "\t"


def url(o, path, host="127.0.0.1"):
    return "http://%s:%d%s" % (host, o.port, path)


def two_flows(console, origin):
    o = origin(lambda q, stream: response(
        b"{}", Content_Type="application/json")
        if q.line.startswith("GET") else response(
            b"no", status="404 Not Found"))
    c = console()
    c.fetch(url(o, "/got"))
    c.fetch("-d", "x", url(o, "/posted", "localhost"))
    c.wait("/posted")
    return o, c


def open_filter(c, text):
    c.press("f")
    c.wait(r"^filter:")
    c.press(text)


def test_list_and_count_are_live(console, origin):
    _, c = two_flows(console, origin)
    open_filter(c, "~m POST")
    c.wait("1 of 2 match")
    c.wait_gone("/got")
    c.press(ESC)
    c.wait("/got")


def test_last_good_filter_stays(console, origin):
    _, c = two_flows(console, origin)
    open_filter(c, "~m POST")
    c.wait_gone("/got")
    c.press(" & ~zz")
    c.settle()
    c.press(ENTER)          # refused
    c.wait(r"^filter: ~m POST & ~zz")
    assert "/posted" in c.text() and "/got" not in c.text()
    c.press(ESC)
    c.wait("/got")
    open_filter(c, "")
    c.press(UP)             # a wrong line is not lost
    c.wait(r"^filter: ~m POST & ~zz")


def test_values_seen_are_offered(console, origin):
    _, c = two_flows(console, origin)
    for typed, offered, other in (("~d loc", "localhost", "127.0.0.1"),
                                  ("~m P", "POST", "GET"),
                                  ("~c 4", "404", "200"),
                                  ("~t app", "application/json", "text")):
        open_filter(c, typed)
        c.wait(r"%s +seen +1 flow$" % offered)
        assert not any("seen" in l and other in l for l in c.lines())
        c.press(TAB)
        c.wait(r"^filter: %s %s$" % (typed.split()[0], offered))
        c.press("\x07")
        c.wait_gone(r"^filter:")


def test_values_that_could_be_filters_are_not_offered(console, origin):
    o = origin(lambda q, stream: response(
        b"x", Content_Type="application/x|~all"))
    c = console()
    c.fetch(url(o, "/odd"))
    c.wait("/odd")
    open_filter(c, "~t app")
    c.settle()
    assert "seen" not in c.text()


def test_history_by_beginning_and_by_part(console, origin):
    _, c = two_flows(console, origin)
    for line in ("~m GET", "~d local", "~m POST"):
        open_filter(c, "\x15" + line)
        c.wait(r"^filter: " + line)
        c.press(ENTER)
        c.wait_gone(r"^filter:")
    open_filter(c, "\x15~m")
    c.press(UP)
    c.wait(r"^filter: ~m POST$")
    c.press(UP)             # not ~d local
    c.wait(r"^filter: ~m GET$")
    c.press(DOWN, DOWN)
    c.wait(r"^filter: ~m$")
    c.press("\x15loc", "\x12")
    c.wait(r"^filter: ~d local$")


def test_comparisons_and_their_completion(console, origin):
    _, c = two_flows(console, origin)
    open_filter(c, "stat")
    c.wait(r"status>=.*status code.*status>=500")
    c.press(TAB)
    c.wait(r"^filter: status>=")
    c.press("400")
    c.wait("1 of 2 match")
    c.wait_gone("/got")
    c.press(" & size>1M")
    c.wait("0 of 2 match")
    c.press("\x15", "dur>x")
    c.wait("dur needs a time, as in dur>500ms")
    c.press(ESC)
    c.wait_gone("^filter:")
    for text, shown, hidden in (("method=GET", "/got", "/posted"),
                                ("sent>0", "/posted", "/got"),
                                ("#=2", "/posted", "/got"),
                                ("type=json", "/got", "/posted"),
                                ("host=local*", "/posted", "/got"),
                                ("path=/g*", "/got", "/posted")):
        c.command("filter " + text)
        c.wait_gone(hidden)
        assert shown in c.text(), text


def test_filters_with_names(console, origin, tmp_path):
    o = origin()
    c = console("-c", str(tmp_path))
    c.fetch(url(o, "/one"))
    c.fetch("-d", "x", url(o, "/two"))
    c.wait("/two")
    c.command("filter.save posts ~m POST")
    c.wait("@posts is ~m POST")
    assert "/one" in c.text()           # it is kept, not used
    open_filter(c, "@")
    c.wait("@posts.*a filter of yours.*~m POST")
    c.press(TAB)
    c.wait(r"^filter: @posts")
    c.wait_gone("/one")
    c.press(ENTER)
    c.wait("f:@posts")
    c.command("filter ! @posts")
    c.wait("/one")
    c.command("filter.save @rest")      # the one that is shown
    c.wait("@rest is ! @posts")
    c.command("filter.save rest @rest")
    c.wait("nested too deeply")
    c.command("filter @nobody")
    c.wait("no filter has the name @nobody")
    c.leave()

    c = console("-c", str(tmp_path), "-f", "@rest")
    c.fetch(url(o, "/three"))
    c.fetch("-d", "x", url(o, "/four"))
    c.wait("/three")
    c.settle()
    assert "/four" not in c.text()
    c.press("f", "\x15")
    c.press(ENTER)
    c.wait("/four")
    c.command("filter.forget posts")
    c.command("filter @rest")
    c.wait("@rest: no filter has the name @posts")
    c.command("filter.forget posts")
    c.wait("no filter has the name @posts")
