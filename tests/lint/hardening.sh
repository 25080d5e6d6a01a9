#!/bin/sh
# SPDX-License-Identifier: MIT
# The program as it was linked: position-independent, all relocations done
# and read-only before main, a stack that is not code, stack protector, and,
# in a build without sanitizers, checked string functions.

set -eu

program=${SLUICE:-src/sluice}
failed=0

want()
{
	if ! printf '%s\n' "$2" | grep -Eq "$3"; then
		echo "$program: $1 is missing"
		failed=1
	fi
}

command -v readelf >/dev/null || {
	echo "skipped: no readelf (apt-get install binutils)"
	exit 77
}
export LC_ALL=C
head=$(readelf -hW "$program")
segments=$(readelf -lW "$program")
dynamic=$(readelf -dW "$program")
symbols=$(readelf -sW "$program")

want "PIE (type)" "$head" 'Type: +DYN'
want "PIE (flag)" "$dynamic" 'FLAGS_1.* PIE'
want "RELRO" "$segments" 'GNU_RELRO'
want "immediate binding" "$dynamic" 'FLAGS.* (BIND_)?NOW'
want "a stack without code" "$segments" 'GNU_STACK.* RW '
want "the stack protector" "$symbols" '__stack_chk_fail'
case $symbols in
*__asan_init* | *__ubsan*) ;;		# they check more themselves
*__gcov_*) ;;				# not optimised
*) want "FORTIFY" "$symbols" '__(mem|str|s?n?printf|vsnprintf|read)[a-z]*_chk' ;;
esac
exit $failed
