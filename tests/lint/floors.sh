#!/bin/sh
# SPDX-License-Identifier: MIT
# Holds the include directions (who may include whose headers) and the fences
# around foreign headers.  First it proves on a small bad tree that it sees
# each kind of offence.

set -eu

top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
script=$(mktemp)
work=$(mktemp -d)
trap 'rm -rf "$script" "$work"' EXIT

cat >"$script" <<'AWK'
function allow(floor, list,    n, i, part) {
	known[floor] = 1
	may[floor, floor] = 1
	n = split(list, part, " ")
	for (i = 1; i <= n; i++)
		may[floor, part[i]] = 1
}
function bad(why) {
	printf "%s:%d: %s\n", FILENAME, FNR, why
	offences++
}
# "src/ui/x.c" and "include/sluice/ui/x.h" are of floor ui, src/main.c of main.
function floor_of(name,    part, n, i) {
	n = split(name, part, "/")
	for (i = 1; i < n; i++)
		if (part[i] == "sluice" || part[i] == "src")
			return i + 1 == n ? "main" : part[i + 1]
	return ""
}
function fenced(header, name, floor) {
	if (header == "ev.h")
		return floor ~ /^(net|wire|proxy|demo|headless|run|ui|main)$/
	if (header ~ /^openssl\//)
		return floor == "tls"
	if (header == "http_parser.h")
		return name == "src/http/h1_read.c"
	if (header ~ /^n?curses(w\/.*)?\.h$/ || header ~ /^ncursesw?\//)
		return name ~ /^src\/ui\/(term|pane|theme)\.c$/
	if (header == "termkey.h")
		return name ~ /^src\/ui\/(input|key)\.c$/
	if (header == "magic.h")
		return name == "src/ui/body_image.c"
	if (header == "ares.h")
		return name == "src/net/resolve.c"
	if (header == "jansson.h")
		return floor == "format"
	if (header == "pcre2.h")
		return floor == "flow"
	return 1
}
BEGIN {
	allow("base", "")
	allow("net", "base")
	allow("tls", "base")
	allow("wire", "base net tls")
	allow("http", "base")
	allow("flow", "base http")
	allow("format", "base http flow")
	allow("proxy", "base net tls wire http flow")
	allow("demo", "base net tls wire http")
	allow("headless", "base http flow format")
	allow("ui", "base http flow format proxy")
	allow("run", "base net tls proxy")
	allow("main", "base net tls wire http flow format proxy demo headless " \
	    "run ui")
}
FNR == 1 {
	floor = floor_of(FILENAME)
	if (!(floor in known))
		bad("a file of no known floor")
}
/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
	header = $0
	sub(/^[^<"]*[<"]/, "", header)
	sub(/[>"].*$/, "", header)
	angle = $0 ~ /include[ \t]*</
	if (!fenced(header, FILENAME, floor))
		bad("<" header "> has no business here")
	if (header ~ /^sluice\//) {
		split(header, part, "/")
		if (!((floor, part[2]) in may))
			bad(floor " must not know " header)
		if (angle)
			bad("write \"" header "\" with quotes")
	} else if (!angle && header ~ /\//)
		bad("\"" header "\" reaches into another folder")
}
END { exit offences > 0 }
AWK

# check DIR: prints every offence below DIR/src and DIR/include.
check()
{
	(cd "$1" && find src include -name '*.[ch]' | sort |
	    xargs awk -f "$script")
}

# expect FILE LINE WORDS: the line in that file must be found and named.
expect()
{
	rm -rf "$work/src" "$work/include"
	mkdir -p "$work/src/$(dirname "$1")" "$work/include/sluice/base"
	echo '#include <stdio.h>' >"$work/include/sluice/base/mem.h"
	printf '#include <stdio.h>\n%s\n' "$2" >"$work/src/$1"
	if out=$(check "$work"); then
		echo "floors.sh does not see '$2' in src/$1" >&2
		exit 1
	fi
	case $out in
	"src/$1:2: "*"$3"*) ;;
	*)
		echo "floors.sh says '$out' of '$2' in src/$1" >&2
		exit 1
		;;
	esac
}

expect base/str.c '#include "sluice/net/conn.h"' 'must not know'
expect net/conn.c '#include "sluice/tls/tls.h"' 'must not know'
expect tls/tls.c '#include "sluice/net/conn.h"' 'must not know'
expect http/h1.c '#  include "sluice/tls/tls.h"' 'must not know'
expect flow/gate.c '#include "sluice/proxy/proxy.h"' 'must not know'
expect proxy/proxy.c '#include "sluice/ui/ui.h"' 'must not know'
expect headless/headless.c '#include "sluice/proxy/proxy.h"' 'must not know'
expect ui/ui.c '#include "sluice/tls/ca.h"' 'must not know'
expect ui/ui.c '#include "../proxy/session.h"' 'reaches into'
expect ui/ui.c '#include "proxy/session.h"' 'reaches into'
expect flow/flow.c '#include <ev.h>' 'no business'
expect net/conn.c '#include <openssl/ssl.h>' 'no business'
expect http/h1.c '#include <http_parser.h>' 'no business'
expect ui/status.c '#include <curses.h>' 'no business'
expect ui/status.c '#include <ncursesw/ncurses.h>' 'no business'
expect ui/screen.c '#include <termkey.h>' 'no business'
expect net/dial.c '#include <ares.h>' 'no business'
expect ui/saver.c '#include <jansson.h>' 'no business'
expect ui/saver.c '#include <magic.h>' 'no business'
expect proxy/policy.c '#include <pcre2.h>' 'no business'

# And a good tree must pass, else the test above proves nothing.
rm -rf "$work/src"
mkdir -p "$work/src/net"
printf '#include <ev.h>\n#include "sluice/base/mem.h"\n#include "own.h"\n' \
    >"$work/src/net/conn.c"
check "$work"

check "$top"
