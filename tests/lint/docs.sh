#!/bin/sh
# SPDX-License-Identifier: MIT
# The documents and the program must say the same: every table row has help,
# the manual page has every option, command, key and filter, and the walk in
# doc/architecture.md names functions that exist.

set -eu

top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
built=${TOP_BUILDDIR:-$top}
tables="base/option.def ui/command.def ui/keymap.def flow/filter.def"
failed=0

bad()
{
	echo "$*" >&2
	failed=1
}

rows()
{
	awk -v list=1 -f "$top/doc/gendoc.awk" "$top/include/sluice/$1"
}

# Each row as gendoc.awk reads it: KIND <tab> name <tab> help.
for table in $tables; do
	count=$(grep -c '^[A-Z]*(' "$top/include/sluice/$table")
	seen=$(rows "$table" | wc -l)
	[ "$count" -eq "$seen" ] ||
	    bad "$table: $count rows, but gendoc.awk reads $seen"
	empty=$(rows "$table" | awk -F '\t' '$2 == "" || $3 == ""')
	[ -z "$empty" ] || bad "$table: without a name or help: $empty"
done

page=$built/sluice.1
if [ -e "$page" ]; then
	plain=$(sed 's/\\[&]//g; s/\\-/-/g; s/\\(ha/^/g; s/\\(ti/~/g; s/\\e/\\/g' \
	    "$page")
	for table in $tables; do
		rows "$table" | while IFS='	' read -r kind name _; do
			case $kind in
			OPTION) want="Fl -$name" ;;
			SETTING) want="Cm $name" ;;
			ATOM) want="Cm ~$name" ;;
			FIELD) want="Cm $name" ;;
			*) want="Ic $name" ;;
			esac
			printf '%s\n' "$plain" | grep -Fq -e "$want" ||
			    echo "sluice.1 lacks $kind $name"
		done
	done >"$built/docs.missing"
	[ ! -s "$built/docs.missing" ] || bad "$(cat "$built/docs.missing")"
	rm -f "$built/docs.missing"
	if command -v mandoc >/dev/null; then
		mandoc -T lint -W warning "$page" >&2 ||
		    bad "mandoc has something to say about sluice.1"
	fi
else
	bad "$page has not been built"
fi

# Function names of the walk: `name` or `name()` in backticks.
walk=$(awk -F '`' '
	/<!-- walk -->/ { inside = 1 }
	/<!-- \/walk -->/ { inside = 0 }
	inside {
		for (i = 2; i <= NF; i += 2)
			if ($i ~ /^[a-z][a-z0-9]*_[a-z0-9_]*(\(\))?$/) {
				sub(/\(\)/, "", $i)
				print $i
			}
	}' "$top/doc/architecture.md" | sort -u)
[ -n "$walk" ] || bad "doc/architecture.md: no walk, or it names no function"
for name in $walk; do
	grep -rqE --include='*.c' "^$name\(" "$top/src" ||
	    bad "doc/architecture.md: the walk names $name, which is not in src/"
done

exit $failed
