#!/bin/sh
# SPDX-License-Identifier: MIT
# valgrind.sh TEST...: each under memcheck, which sees reads of memory that
# was never written, as sanitizers do not.
set -eu

top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
logs=$(mktemp -d)
export top logs
trap 'rm -rf "$logs"' EXIT

# shellcheck disable=SC2016
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 sh -c '
	log=$logs/$(basename "$1")
	valgrind -q --error-exitcode=9 --leak-check=full \
	    --errors-for-leak-kinds=definite \
	    --suppressions="$top/tests/lint/valgrind.supp" \
	    "$1" >"$log" 2>&1 && exit 0
	cat "$log"
	echo "valgrind: $1 failed"
	exit 1' sh
echo "valgrind: $# programs are clean"
