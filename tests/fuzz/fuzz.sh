#!/bin/bash
# SPDX-License-Identifier: MIT
# fuzz.sh [TARGET]...: builds the fuzzers with clang in fuzz-build/ below the
# current folder and runs each for FUZZ_SECONDS (30).  What they find of
# interest is kept in fuzz-build/corpus/, what breaks in fuzz-build/crashes/.
set -euo pipefail

top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
seconds=${FUZZ_SECONDS:-30}
clang=${CLANG:-clang}
work=$PWD/fuzz-build

if ! echo 'int LLVMFuzzerTestOneInput(const char *p, long n)
    { return p && n < 0; }' |
    "$clang" -fsanitize=fuzzer -x c - -o /dev/null 2>/dev/null; then
	echo "fuzz: $clang has no fuzzing engine:" \
	    "apt-get install clang libclang-rt-14-dev" >&2
	exit 1
fi

mkdir -p "$work/crashes"
cd "$work"
if [ ! -e Makefile ] || [ "$top/configure" -nt config.status ]; then
	"$top/configure" -q CC="$clang" --enable-debug --enable-fuzz
fi
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
	for source in "$top"/tests/fuzz/fuzz_*.c; do
		name=$(basename "$source" .c)
		targets+=("${name#fuzz_}")
	done
fi
make -s -j"$(nproc)" "${targets[@]/#/tests/fuzz/fuzz_}" >make.log

failed=()
for name in "${targets[@]}"; do
	mkdir -p "corpus/$name"
	printf 'fuzz: %s for %d s\n' "$name" "$seconds"
	if "tests/fuzz/fuzz_$name" -max_total_time="$seconds" \
	    -max_len=4096 -timeout=10 -rss_limit_mb=2048 -verbosity=1 \
	    -print_final_stats=1 -artifact_prefix="crashes/$name-" \
	    "corpus/$name" "$top/tests/fuzz/seeds/$name" >"$name.log" 2>&1
	then
		grep -E 'number_of_executed_units' "$name.log" || true
	else
		failed+=("$name")
		tail -n 40 "$name.log"
	fi
done
if [ ${#failed[@]} -gt 0 ]; then
	echo "fuzz: broken: ${failed[*]}; inputs in $work/crashes/"
	exit 1
fi
