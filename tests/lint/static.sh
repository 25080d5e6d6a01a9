#!/bin/sh
# SPDX-License-Identifier: MIT
# cppcheck and clang-tidy over the sources; what each is told to leave alone
# is in .clang-tidy, with the reason.
set -eu

top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${TOP_BUILDDIR:-$PWD}
failed=0
cd "$top"

cppcheck -q -j "$(nproc)" --std=c11 --language=c --error-exitcode=1 \
    --enable=warning,performance,portability --inline-suppr \
    -D_GNU_SOURCE -I include src || failed=1

flags=$(sed -n 's/^[A-Z0-9]*_CFLAGS = -/-/p' "$build/Makefile" | grep -v ' -W' |
    tr '\n' ' ')
export build flags
# shellcheck disable=SC2016
# pf's headers are those of other systems.
find src -name '*.c' ! -name origdst_pf.c | sort | xargs -P "$(nproc)" -n 8 sh -c '
    clang-tidy --quiet --warnings-as-errors="*" "$@" -- -std=c17 \
    -D_GNU_SOURCE -I include -I "$build" $flags 2>/dev/null' sh || failed=1
exit $failed
