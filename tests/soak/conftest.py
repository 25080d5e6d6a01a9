# SPDX-License-Identifier: MIT
from harness import certs, made_ca, sluice  # noqa: F401 (fixtures)
