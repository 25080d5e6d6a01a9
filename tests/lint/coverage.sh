#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds with counters in coverage-build/ below the current folder, runs the
# tests, and prints the lines that ran, by floor.  Fails when a test does.
set -eu

top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
mkdir -p coverage-build
cd coverage-build
[ -e Makefile ] || "$top/configure" -q CFLAGS="-O0 -g --coverage" \
    LDFLAGS=--coverage
make -s -j"$(nproc)" >make.log
find . -name '*.gcda' -delete
# What writes the counters down at the end crashes when malloc fails there.
status=0
FAULT_SKIP=malloc make -k -j"$(nproc)" VERBOSE=1 check >check.log 2>&1 || {
	status=1
	sed -n '/^FAIL/,$p' check.log
}
# gcov prints for each source "File 'NAME'" and "Lines executed:P% of N".
find src -name '*.gcno' | xargs gcov -n 2>/dev/null | awk -v top="$top/src/" '
/^File / {
	name = substr($2, 2, length($2) - 2)
	floor = ""
	if (index(name, top) == 1) {
		name = substr(name, length(top) + 1)
		floor = index(name, "/") ? substr(name, 1, index(name, "/") - 1) : "main"
	}
}
/^Lines executed:/ && floor != "" {
	split($2, part, /[:%]/)
	lines = $4
	all[floor] += lines
	ran[floor] += lines * part[2] / 100
	floor = ""
}
END {
	for (floor in all)
		printf "%-10s %6d lines %6.1f %%\n", floor, all[floor],
		    100 * ran[floor] / all[floor]
}' | sort
exit $status
