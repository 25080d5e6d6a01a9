# SPDX-License-Identifier: MIT
from harness import (  # noqa: F401 (fixtures)
    certs, origin, raw, sluice, time_limit)
