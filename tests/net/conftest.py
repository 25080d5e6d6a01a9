# SPDX-License-Identifier: MIT
from harness import (  # noqa: F401 (fixtures)
    certs, made_ca, origin, raw, sluice, time_limit)
