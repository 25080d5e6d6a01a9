# SPDX-License-Identifier: MIT
"""TLS on the screen: what both sides said, certificates that are not trusted,
clients that refuse ours, and hosts that are passed through."""

import re
import subprocess

import pytest

from console import ENTER
from harness import clean_env

JA4 = r"t1[23][di]\d{4}\w\w_[0-9a-f]{12}_[0-9a-f]{12}"


def address(name, o, path="/"):
    return "https://%s:%d%s" % (name, o.port, path)


def shown_to_client(c, host, port):
    """The issuer of the certificate that comes out of the proxy."""
    child = subprocess.Popen(
        ["openssl", "s_client", "-proxy", "127.0.0.1:%d" % c.port, "-connect",
         "%s:%d" % (host, port), "-servername", host],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, env=clean_env())
    c.children.append(child)
    text = c.curl_output(child)
    return re.search(r"^issuer=(.*)$", text, re.M).group(1)


def everything(c):
    """The text of the tab, scrolled to its end."""
    c.press("g")
    c.settle()
    seen = c.lines()
    for _ in range(8):
        c.press(" ")
        c.settle(0.2)
        seen += c.lines()
    return "\n".join(seen)


def open_tls_tab(c):
    c.press(ENTER)
    c.wait("Request.*Response.*TLS")
    c.press("l", "l")
    c.wait(r"^FLOW \S+ +TLS")


# ------------------------------------------------------------------ what is said


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_tls_tab_shows_both_sides(console, origin, certs, size):
    o = origin(context=certs.server_context())
    c = console("--upstream-ca", certs.root, columns=size[0], rows=size[1])
    assert "hello" in c.fetch(address("one.localhost", o, "/both"))
    c.wait(r"GET +200 .*/both")
    open_tls_tab(c)
    text = everything(c)
    assert re.search(JA4, text)
    assert re.search(r"^version +TLS\S* ?1\.[23] +TLS\S* ?1\.[23]", text, re.M)
    assert re.search(r"^ offered +TLS\S* ?1\.3", text, re.M)
    assert re.search(r"^ offered +\d+ ", text, re.M)     # ciphers
    assert re.search(r"^SNI +one\.localhost +one\.localhost", text, re.M)
    assert "ECH" in text and "Test Root" in text
    assert text.count("extra.localhost") >= 2
    title = c.row("SERVER CERTIFICATE") or \
        re.search(r"^.*SERVER CERTIFICATE.*$", text, re.M).group(0)
    assert ("SHOWN TO CLIENT" in title) == (size[0] >= 100)
    assert "SHOWN TO CLIENT" in text and "made by sluice" in text
    digests = re.findall(r"(?:[0-9A-Fa-f]{2}:){11,}", text)
    assert len(set(digests)) >= 2
    assert "unverified" not in text and "WEAK" not in text


def test_t_is_the_body_mode_elsewhere(console, origin, certs):
    o = origin(context=certs.server_context())
    c = console("--upstream-ca", certs.root)
    c.fetch(address("one.localhost", o, "/t"))
    c.wait(r"GET +200 .*/t\b")
    c.press(ENTER)
    c.wait("Request.*Response.*TLS")
    c.press("l")
    c.wait("t:raw")
    c.press("t")
    c.wait("t:hex")
    c.press("l")
    c.wait(r"^FLOW \S+ +TLS")
    # Here it is about trust, and this server needs none.
    c.press("t")
    c.wait(r"^#1: .*verified")


# ------------------------------------------------------------------------ trust


@pytest.mark.parametrize("where", ["list", "tab"])
def test_trust_an_expired_certificate_and_send_again(
        console, origin, certs, where):
    o = origin(context=certs.server_context())
    c = console("--upstream-ca", certs.root)
    host = "expired.localhost"
    assert " 502 " in c.fetch(address(host, o, "/old"))
    c.wait(r"^.E.*ERR .*/old")
    if where == "tab":
        open_tls_tab(c)
        c.wait("t trust this certificate")
        assert "r send the request again" in c.text()
        text = everything(c)
        assert re.search(r"^verified +no: .*expired", text, re.M)
        assert re.search(r"\(expired \d+ days? ago\)", text)
    assert o.requests == []
    c.press("t")
    c.wait(r"trusted %s for this run, certificate "
           r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})+\.\.; r tries again" %
           re.escape(host))
    c.press("r")
    c.wait("sent again: #1 -> #2")
    if where == "tab":
        c.press("q")
    c.wait(r"^.r.*GET +200 .*/old")
    assert o.next_request().target == "/old"
    # For clients too; but for this server only.
    assert "hello" in c.fetch(address(host, o, "/new"))
    assert " 502 " in c.fetch(address("stranger.localhost", o, "/other"))
    c.wait(r"ERR .*/other")
    c.command("goto 3")
    open_tls_tab(c)
    assert "trusted by you" in c.lines()[0]
    assert "trusted by you for this run" in everything(c)


def test_nothing_to_trust(console, origin):
    o, c = origin(), console()
    c.fetch("http://127.0.0.1:%d/plain" % o.port)
    c.wait("/plain")
    c.press("t")
    c.wait("^#1: ")
    c.press("p")
    c.wait("^#1 is plain HTTP")
    c.press("T")
    c.wait("No host is passed through")


# --------------------------------------------------------------------- passing


def test_pass_a_host_and_open_it_again(console, origin, certs):
    o = origin(context=certs.server_context())
    c = console("--upstream-ca", certs.root)
    host = "one.localhost"
    assert "sluice" in shown_to_client(c, host, o.port)
    assert "hello" in c.fetch(address(host, o, "/read"))
    c.wait(r"GET +200 .*/read")
    c.press("G", "p")
    c.wait(r"one\.localhost passes through from now on; T lists, d there")
    # The next connection reaches the server itself.
    assert "Test Root" in shown_to_client(c, host, o.port)
    assert "hello" in c.fetch("--cacert", certs.root,
                              address(host, o, "/unread"))
    line = c.wait(r"^.T.*one\.localhost .*$").group(0)
    assert re.search(r"↑\S+ ↓\S+ ", line), line
    assert "/unread" not in c.text()

    c.press("T")
    line = c.wait(r"^.*one\.localhost +you +2 .*$").group(0)
    assert "run" in line
    c.press("d")
    c.wait(r"one\.localhost is opened again")
    c.wait("No host is passed through")
    c.press("q")
    c.wait(r"GET +200 .*/read")
    assert "hello" in c.fetch(address(host, o, "/again"))
    c.wait(r"GET +200 .*/again")


def test_what_an_option_passes_stays(console, origin, certs):
    o = origin(context=certs.server_context())
    c = console("--pass", r"two\.localhost", "--upstream-ca", certs.root)
    assert "Test Root" in shown_to_client(c, "two.localhost", o.port)
    c.wait(r"^.T.*two\.localhost .*--pass")
    c.command("flow.pass one.localhost")
    c.wait("one.localhost passes through")
    c.press("T")
    c.wait("one.localhost")
    c.press("g", "d")
    c.wait(r"--pass two.*holds as long as")
    assert r"two\.localhost" in c.text()
    c.press("j", "d")
    c.wait(r"one\.localhost is opened again")
    c.wait(r"^PASSED THROUGH 1/1")
    c.press(ENTER)
    c.wait("passes through already")


def test_a_client_that_refuses_is_told_and_suggested(console, origin, certs):
    o = origin(context=certs.server_context())
    c = console("--upstream-ca", certs.root, columns=120, rows=30)
    host = "one.localhost"
    for _ in range(2):
        c.fetch("--cacert", certs.other_root, address(host, o))
    c.wait("refuses our certificate for one.localhost")
    assert "the client refuses our CA" in c.wait(
        r"^.E.*ERR +one\.localhost.*$").group(0)
    c.press("g", ENTER)
    c.wait(r"^FLOW \S+ +TLS")
    c.wait("does not trust the CA, or pins")
    assert re.search(JA4, c.text())
    assert "p pass this host through" in c.text()
    c.press("T")
    c.wait(r"one\.localhost +suggested +0 .*refused our certificate")
    # Nothing is passed before somebody says so.
    assert "sluice" in shown_to_client(c, host, o.port)
    c.press(ENTER)
    c.wait(r"one\.localhost +you +0")
    assert "Test Root" in shown_to_client(c, host, o.port)
    c.wait(r"one\.localhost +you +1")


def test_help_has_the_keys_of_the_tab(console, origin, certs):
    o = origin(context=certs.server_context())
    c = console("--upstream-ca", certs.root, columns=120, rows=160)
    c.fetch(address("one.localhost", o))
    c.wait("GET +200")
    open_tls_tab(c)
    c.press("?")
    c.wait(r"^ t +Trust the server's certificate")
    c.wait(r"^ p +Pass this host through")
    c.settle()
    assert not re.search(r"^ t .*Body as", c.text(), re.M)
    c.press("q", "q", "T", "?")
    c.wait(r"^ d Del\w* +Open this host again")


def test_troubles_say_what_to_press(console, origin, certs):
    o = origin(context=certs.server_context())
    c = console(columns=120)        # the origin's CA is unknown
    target = "https://one.localhost:%d/x" % o.port
    c.fetch(target)
    c.wait(r"^W one\.localhost: the server is not trusted; t: trust this "
           "certificate for this run")
    c.curl_output(c.curl("--cacert", certs.root, target))
    c.wait(r"^W one\.localhost: the client refuses our CA; p: pass this host "
           "through unopened")
    c.press("E")
    c.wait("^LOG ")
    c.wait("the client refuses our CA")
    c.press("q", "g", "t")
    c.wait("trusted")
