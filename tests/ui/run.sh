#!/bin/sh
# SPDX-License-Identifier: MIT
# The console in a real pseudo-terminal: keys in, screen out.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
python=/usr/bin/python3		# Debian's, which has the modules
[ -x $python ] || python=python3
modules="pytest pexpect pyte"

for module in $modules; do
	"$python" -c "import $module" 2>/dev/null || {
		echo "skipped: $python has no module $module" \
		    "(apt-get install python3-$module)"
		exit 77
	}
done

SLUICE=${SLUICE:-$here/../../src/sluice}
PYTHONPATH=$here/..
PYTHONDONTWRITEBYTECODE=1
export SLUICE PYTHONPATH PYTHONDONTWRITEBYTECODE

# All of them: then every key must have been pressed where it is bound.
if [ $# -eq 0 ]; then
	SLUICE_KEYS=$(mktemp)
	export SLUICE_KEYS
	trap 'rm -f "$SLUICE_KEYS"' EXIT
	"$python" -m pytest -p no:cacheprovider -q -ra --tb=short \
	    --rootdir="$here" "$here"
	"$python" "$here/keys.py" "$SLUICE_KEYS"
	exit
fi

exec "$python" -m pytest -p no:cacheprovider -q -ra --tb=short \
    --rootdir="$here" "$@" "$here"
