#!/bin/sh
# SPDX-License-Identifier: MIT
# Many connections, and ends that vanish.  SOAK_SECONDS makes it the long form.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
python=/usr/bin/python3		# Debian's, which has the modules
[ -x $python ] || python=python3
modules="pytest requests"

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

exec "$python" -m pytest -p no:cacheprovider -q -ra --tb=short \
    --rootdir="$here" "$@" "$here"
