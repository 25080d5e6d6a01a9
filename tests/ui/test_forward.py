# SPDX-License-Identifier: MIT
"""The detail shows what forwarding changed."""

from console import ENTER


def test_lines_that_forwarding_changed(console, origin):
    o = origin()
    c = console()
    c.wait_port()
    url = "http://127.0.0.1:%d/fw" % o.port
    c.fetch("-H", "X-Mine: 1", "-H", "Connection: X-Hop", "-H", "X-Hop: 2", url)
    c.wait("/fw")
    c.press(ENTER)
    c.wait("changed in forwarding:")
    text = c.text().split("changed in forwarding:")[1]
    assert "- GET %s HTTP/1.1" % url in text
    assert "+ GET /fw HTTP/1.1" in text
    assert "- X-Hop: 2" in text
    assert "X-Mine" not in text
    # The origin got what the screen says.
    q = o.next_request()
    assert q.line == "GET /fw HTTP/1.1"
    assert q.get("X-Hop") is None


def test_where_it_went_when_its_words_lie(console, origin):
    o = origin()
    c = console()
    c.wait_port()
    c.fetch("-H", "Host: other.test", "http://127.0.0.1:%d/lie" % o.port)
    c.wait("/lie")
    c.press(ENTER)
    c.wait("its Host is another than the server it went to: 127.0.0.1:%d" %
           o.port)


def test_by_way_of_a_proxy(console, origin, sluice):
    o, far = origin(), sluice()
    c = console("-m", "upstream:" + far.url)
    c.wait_port()
    c.fetch("http://127.0.0.1:%d/far" % o.port)
    c.wait("/far")
    c.press(ENTER)
    c.wait("by way of the proxy 127.0.0.1")
    c.settle()
    assert "its Host" not in c.text()


def test_nothing_changed_nothing_said(console, origin, certs):
    o = origin(context=certs.server_context())
    c = console("--upstream-ca", certs.root)
    c.wait_port()
    c.fetch("https://one.localhost:%d/same" % o.port)
    c.wait("/same")
    c.press(ENTER)
    c.wait("user-agent|User-Agent")
    c.settle()
    assert "changed in forwarding" not in c.text()
