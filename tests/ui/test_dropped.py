# SPDX-License-Identifier: MIT
"""Bodies that were given up to keep within the limits say so."""

import os

from console import ENTER
from harness import response


def test_row_and_detail_say_so(console, origin):
    body = os.urandom(300 * 1024)
    o = origin(lambda q, stream: response(body))
    c = console("-omemory=256KiB", "-odisk=800KiB")
    c.wait_port()
    for i in range(6):
        c.fetch("-o", "/dev/null", "http://127.0.0.1:%d/b%d" % (o.port, i))
    c.wait("/b5")
    c.wait("x300", lambda: "x3" in c.row("/b0"))
    assert "x3" not in c.row("/b5")
    c.press("g", ENTER)
    c.wait("Response")
    c.press("l")
    c.wait("was dropped to keep")
    assert o.requests[0].target == "/b0"
