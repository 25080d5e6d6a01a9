#!/bin/sh
# SPDX-License-Identifier: MIT
# The program with calls to the system spoilt by fault.so.
# FAULT_ALL=1 spoils every call in turn, which takes an hour.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
python=/usr/bin/python3		# Debian's, which has the modules
[ -x $python ] || python=python3
modules="pytest requests pexpect pyte"

for module in $modules; do
	"$python" -c "import $module" 2>/dev/null || {
		echo "skipped: $python has no module $module" \
		    "(apt-get install python3-$module)"
		exit 77
	}
done

SLUICE=${SLUICE:-$here/../../src/sluice}
TOP_BUILDDIR=${TOP_BUILDDIR:-$here/../..}
PYTHONPATH=$here/..:$here/../ui
PYTHONDONTWRITEBYTECODE=1
export SLUICE TOP_BUILDDIR PYTHONPATH PYTHONDONTWRITEBYTECODE

exec "$python" -m pytest -p no:cacheprovider -q -ra --tb=short \
    --rootdir="$here" "$@" "$here"
