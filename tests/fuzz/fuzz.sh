#!/bin/bash
# SPDX-License-Identifier: MIT
# fuzz.sh [TARGET]...: builds the fuzzers with clang in fuzz-build/ below the
# current folder and runs each for FUZZ_SECONDS (30), FUZZ_JOBS (1) at a time.
# What they find of interest is kept in fuzz-build/corpus/, what breaks in
# fuzz-build/crashes/.
set -euo pipefail

top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
seconds=${FUZZ_SECONDS:-30}
jobs=${FUZZ_JOBS:-1}
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

run()
{
	local name=$1

	mkdir -p "corpus/$name"
	if "tests/fuzz/fuzz_$name" -max_total_time="$seconds" \
	    -max_len=4096 -timeout=10 -rss_limit_mb=2048 -verbosity=1 \
	    -print_final_stats=1 -artifact_prefix="crashes/$name-" \
	    "corpus/$name" "$top/tests/fuzz/seeds/$name" >"$name.log" 2>&1
	then
		printf 'fuzz: %-12s %d s, %s inputs\n' "$name" "$seconds" \
		    "$(sed -n 's/^stat::number_of_executed_units: *//p' \
		    "$name.log")"
		return 0
	fi
	tail -n 40 "$name.log"
	echo "$name" >>broken
}

rm -f broken
running=0
for name in "${targets[@]}"; do
	if [ "$running" -ge "$jobs" ]; then
		wait -n || true
		running=$((running - 1))
	fi
	run "$name" &
	running=$((running + 1))
done
wait
if [ -e broken ]; then
	echo "fuzz: broken: $(tr '\n' ' ' <broken); inputs in $work/crashes/"
	exit 1
fi
