# SPDX-License-Identifier: MIT
import os

import pytest

from console import Console
from harness import (  # noqa: F401
    certs, made_ca, origin, raw, sluice, time_limit)


@pytest.fixture
def console(tmp_path):
    """console(option, .., columns=, rows=, env=) starts one and waits for it;
    at the end it must have ended well and left the terminal as it was."""
    started = []

    def start(*options, ready=True, **kwargs):
        folder = tmp_path / ("console%d" % len(started))
        os.mkdir(folder, 0o700)
        started.append(Console(folder, *options, **kwargs))
        if ready:
            started[-1].wait_port()
        return started[-1]
    yield start
    for c in started:
        c.stop()


@pytest.fixture
def editor(tmp_path):
    """editor(shell lines) makes a script; $1 is the file to edit. That it ran
    is seen by editor.ran."""
    def make(*lines):
        path = tmp_path / "editor"
        path.write_text("#!/bin/sh\ntouch '%s'\n" % make.ran +
                        "\n".join(lines) + "\n")
        path.chmod(0o755)
        return {"EDITOR": str(path)}
    make.ran = tmp_path / "editor.ran"
    return make
