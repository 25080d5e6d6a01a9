# SPDX-License-Identifier: MIT
# Turns the rows of the .def tables into mdoc and splices them into the manual
# page:
#
#	awk -f gendoc.awk option.def command.def keymap.def filter.def sluice.1.in
#
# A line @OPTIONS@, @SETTINGS@, @COMMANDS@, @KEYS@ or @FILTERS@ of the page is
# replaced.  With -v list=1 the rows are printed as they were read, "KIND tab
# name tab help", for tests/lint/docs.sh.  Runs nothing of sluice, so it works
# when cross-compiling.

# One C string or character literal at the start of rest; sets word.
function take_literal(    quote, c) {
	quote = substr(rest, 1, 1)
	rest = substr(rest, 2)
	while (rest != "") {
		c = substr(rest, 1, 1)
		rest = substr(rest, 2)
		if (c == quote)
			return
		if (c == "\\") {
			c = substr(rest, 1, 1)
			rest = substr(rest, 2)
		}
		word = word c
	}
	fail("a literal without an end")
}

# Splits "KIND(a, "b" "c", ..)" into field[1..n]; returns n, or 0 when the row
# goes on in the next line.
function split_row(row,    n, c) {
	rest = substr(row, index(row, "(") + 1)
	n = 1
	word = ""
	while (rest != "") {
		c = substr(rest, 1, 1)
		if (c == "\"" || c == "'") {
			if (!closed(rest))
				return 0
			take_literal()
			continue
		}
		rest = substr(rest, 2)
		if (c == "," || c == ")") {
			field[n] = word
			word = ""
			if (c == ")")
				return n
			n++
		} else if (c !~ /[ \t\n]/)
			word = word c
	}
	return 0
}

# Does the literal at the start of text end in it?
function closed(text,    quote, i, c) {
	quote = substr(text, 1, 1)
	for (i = 2; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "\\")
			i++
		else if (c == quote)
			return 1
	}
	return 0
}

function fail(why) {
	printf "%s:%d: %s\n", FILENAME, FNR, why | "cat >&2"
	failed = 1
	exit 1
}

# Text as mdoc: no character is special any more.
function plain(text) {
	gsub(/\\/, "\\e", text)
	gsub(/~/, "\\(ti", text)
	gsub(/\^/, "\\(ha", text)
	gsub(/"/, "\\(dq", text)
	if (text ~ /^[.']/)
		text = "\\\\&" text
	gsub(/\\\\&/, "\\\\\\&", text)
	return text
}

# One argument of a macro: never a macro's name, never punctuation.
function argument(text,    part, n, i, out) {
	text = plain(text)
	sub(/^\\&/, "", text)
	n = split(text, part, " ")
	for (i = 1; i <= n; i++)
		out = out (i > 1 ? "\\ " : "") part[i]
	return "\\&" out
}

function sentence(text) {
	text = toupper(substr(text, 1, 1)) substr(text, 2)
	return plain(text) (text ~ /[.!?]$/ ? "" : ".")
}

function keep(kind, n) {
	rows++
	if (kind == "OPTION" && n == 8) {
		if (field[7] ~ /OPT_SET_ONLY/)
			kind = "SETTING"
		option_name[rows] = field[2]
		option_letter[rows] = field[3]
		option_type[rows] = field[4]
		option_initial[rows] = field[5]
		option_argument[rows] = field[6]
		name = field[2]
		help = field[8]
	} else if (kind == "COMMAND" && n == 6) {
		command_argument[rows] = field[3]
		command_group[rows] = field[5]
		name = field[2]
		help = field[6]
		command_help[name] = help
	} else if (kind == "KEY" && n == 3) {
		key_context[rows] = field[1]
		name = field[2]
		help = field[3]
	} else if ((kind == "ATOM" || kind == "FIELD") && n == 6) {
		atom_kind[rows] = field[2]
		atom_example[rows] = field[5]
		name = field[1]
		help = field[6]
	} else
		fail(kind " with " n " fields")
	row_kind[rows] = kind
	row_name[rows] = name
	row_help[rows] = help
	if (list)
		printf "%s\t%s\t%s\n", kind, name, help
}

function put_options(    i, letter) {
	print ".Bl -tag -width Ds"
	for (i = 1; i <= rows; i++) {
		if (row_kind[i] != "OPTION")
			continue
		letter = option_letter[i]
		printf ".It %sFl -%s%s\n",
		    letter == "0" ? "" : "Fl " letter " , ", option_name[i],
		    option_argument[i] == "" ? "" : \
		    " Ar " argument(option_argument[i])
		print sentence(row_help[i])
		if (option_type[i] != "BOOL" && option_initial[i] != "")
			print "The default is\n.Cm " \
			    argument(option_initial[i]) " ."
	}
	print ".El"
}

function put_settings(    i) {
	print ".Bl -tag -width Ds"
	for (i = 1; i <= rows; i++) {
		if (row_kind[i] != "SETTING")
			continue
		printf ".It Cm %s Ns = Ns Ar %s\n", option_name[i],
		    option_argument[i] == "" ? "on|off" : \
		    argument(option_argument[i])
		print sentence(row_help[i])
		print "The default is\n.Cm " argument(option_initial[i]) " ."
	}
	print ".El"
}

function put_command_group(group, title,    i) {
	print ".Ss \\&" title
	print ".Bl -tag -width Ds"
	for (i = 1; i <= rows; i++)
		if (row_kind[i] == "COMMAND" && command_group[i] == group) {
			printf ".It Ic %s%s\n", row_name[i],
			    command_argument[i] == "" ? "" : \
			    " Ar " argument(command_argument[i])
			print sentence(row_help[i])
			told[i] = 1
		}
	print ".El"
}

function put_commands(    i) {
	put_command_group("MOVE", "Moving")
	put_command_group("VIEW", "Looking")
	put_command_group("INTERCEPT", "Holding")
	put_command_group("FLOW", "Flows")
	put_command_group("OUT", "Saving and copying")
	put_command_group("APP", "The program")
	for (i = 1; i <= rows; i++)
		if (row_kind[i] == "COMMAND" && !(i in told))
			fail("a group that gendoc.awk does not know: " \
			    command_group[i])
}

# Keys of one context; those of the same command share a line.
function put_key_context(context, title,    i, k, line) {
	print ".Ss \\&" title
	print ".Bl -tag -width Ds"
	for (i = 1; i <= rows; i++) {
		if (row_kind[i] != "KEY" || key_context[i] != context ||
		    (i in told))
			continue
		line = ".It"
		for (k = i; k <= rows; k++)
			if (row_kind[k] == "KEY" && !(k in told) &&
			    key_context[k] == context &&
			    row_help[k] == row_help[i]) {
				line = line (k > i ? " ," : "") " Ic " \
				    argument(row_name[k])
				told[k] = 1
			}
		print line
		split(row_help[i], part, " ")
		if (!(part[1] in command_help))
			fail("a key of no command: " row_help[i])
		print sentence(command_help[part[1]])
		print ".Pq Ic " row_help[i]
	}
	print ".El"
}

function put_keys(    i) {
	put_key_context("ANY", "Everywhere")
	put_key_context("LIST", "In the list")
	put_key_context("FLOW", "In the detail")
	put_key_context("TLS", "In the detail, TLS tab")
	put_key_context("PASSES", "In the list of hosts passed through")
	put_key_context("DIFF", "Where two flows are compared")
	put_key_context("REPEAT", "In the repeater")
	put_key_context("EDIT", "In the edit menu")
	put_key_context("COPY", "In the copy menu")
	put_key_context("COLUMNS", "In the sheet of columns")
	put_key_context("EMPTY", "In the list while it has no flows")
	put_key_context("CHANGES", "On what was changed, after an edit")
	put_key_context("GRID", "In the grid of names and values")
	put_key_context("OPTIONS", "In the options")
	put_key_context("HELP", "In the help")
	put_key_context("EXPORT", "In the export menu")
	for (i = 1; i <= rows; i++)
		if (row_kind[i] == "KEY" && !(i in told))
			fail("a context that gendoc.awk does not know: " \
			    key_context[i])
}

function put_filters(    i) {
	print ".Bl -tag -width Ds"
	for (i = 1; i <= rows; i++) {
		if (row_kind[i] != "ATOM")
			continue
		printf ".It Cm \\(ti%s%s\n", row_name[i],
		    atom_kind[i] == "REGEX" ? " Ar REGEX" : \
		    atom_kind[i] == "NUMBER" ? " Ar CODE" : ""
		print sentence(row_help[i])
		if (atom_example[i] != "~" row_name[i])
			print "Example:\n.Ql " argument(atom_example[i]) " ."
	}
	print ".El"
}

function put_fields(    i) {
	print ".Bl -tag -width Ds"
	for (i = 1; i <= rows; i++) {
		if (row_kind[i] != "FIELD")
			continue
		printf ".It Cm %s\n", plain(row_name[i])
		print sentence(row_help[i])
		print "Example:\n.Ql " argument(atom_example[i]) " ."
	}
	print ".El"
}

pending == "" && FILENAME ~ /\.def$/ && !/^[A-Z]+\(/ { next }
FILENAME ~ /\.def$/ {
	pending = pending == "" ? $0 : pending "\n" $0
	n = split_row(pending)
	if (n > 0) {
		keep(substr(pending, 1, index(pending, "(") - 1), n)
		pending = ""
	}
	next
}
/^@OPTIONS@$/ { put_options(); next }
/^@SETTINGS@$/ { put_settings(); next }
/^@COMMANDS@$/ { put_commands(); next }
/^@KEYS@$/ { put_keys(); next }
/^@FILTERS@$/ { put_filters(); next }
/^@FIELDS@$/ { put_fields(); next }
{ print }
END {
	if (!failed && pending != "")
		fail("a row without an end: " pending)
	exit failed
}
