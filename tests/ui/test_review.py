# SPDX-License-Identifier: MIT
"""What a newcomer and an opponent of the console stumbled over."""

import os
import signal
import subprocess

import pytest

from console import ENTER, ESC
from harness import SLUICE, clean_env
from test_console import edit, url


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGUSR1,
                                    signal.SIGALRM, signal.SIGXCPU])
def test_any_fatal_signal_restores_the_terminal(console, number):
    c = console()
    c.settle()
    c.is_crash = True
    c.kill(number)
    assert c.wait_end() != 0
    c.assert_restored()
