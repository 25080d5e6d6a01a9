#!/bin/sh
# SPDX-License-Identifier: MIT
# The console in a real pseudo-terminal: keys in, screen out.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
modules="pytest pexpect pyte"
. "$here/../python.sh"

if [ $# -gt 0 ]; then
	run_pytest "$@"
	exit
fi

# All of them: then every key must have been pressed where it is bound.
SLUICE_KEYS=$(mktemp)
export SLUICE_KEYS
trap 'rm -f "$SLUICE_KEYS"' EXIT
run_pytest_abreast
"$python" "$here/keys.py" "$SLUICE_KEYS"
