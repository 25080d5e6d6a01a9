#!/bin/sh
# SPDX-License-Identifier: MIT
# valgrind.sh TEST...: each under memcheck, which sees reads of memory that
# was never written, as sanitizers do not.
set -eu

top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
failed=0
for test in "$@"; do
	if ! valgrind -q --error-exitcode=9 --leak-check=full \
	    --errors-for-leak-kinds=definite \
	    --suppressions="$top/tests/lint/valgrind.supp" \
	    "$test" >valgrind.log 2>&1; then
		cat valgrind.log
		echo "valgrind: $test failed"
		failed=1
	fi
done
rm -f valgrind.log
exit $failed
