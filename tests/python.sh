# SPDX-License-Identifier: MIT
# Sourced by the run.sh of the tests in Python, which set `here', their folder,
# and `modules', what they need: skips (77) without those, and defines
# run_pytest and run_pytest_abreast.

python=/usr/bin/python3		# Debian's, which has the modules
[ -x $python ] || python=python3

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

# Arguments: for pytest.
run_pytest()
{
	"$python" -m pytest -p no:cacheprovider -q -ra --tb=short \
	    --rootdir="$here" "$@" "$here"
}

# Several at a time: for tests that wait more than they work.
run_pytest_abreast()
{
	if "$python" -c "import xdist" 2>/dev/null; then
		run_pytest -n 4 "$@"
	else
		run_pytest "$@"
	fi
}
