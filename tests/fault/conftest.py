# SPDX-License-Identifier: MIT
import os

from harness import certs, made_ca, origin  # noqa: F401 (fixtures)

LIBRARY = os.path.join(os.environ.get("TOP_BUILDDIR", "."),
                       "tests/fault/fault.so")
