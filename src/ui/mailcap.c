/* SPDX-License-Identifier: MIT */
/*
 * The file's own words become shell code, as everywhere; what came from the
 * network is only the type, and that is letters, digits and few signs.
 */
#include "mailcap.h"

#define TYPE_MAX	100u
#define ENTRY_MAX	4096u

static bool
is_plain(struct str type)
{
	for (size_t i = 0; i < type.n; i++) {
		char c = type.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr("/+.-_", c) != NULL) ||
		    c == '\0')
			return false;
	}
	return type.n > 0 && type.n <= TYPE_MAX &&
	    str_chr(type, '/', 0) != SIZE_MAX;
}

/* "image/png" is of "image/png", of "image/ *" and of "image". */
static bool
is_of(struct str type, struct str pattern)
{
	struct str major = str_sub(type, 0, str_chr(type, '/', 0));

	if (str_ends(pattern, STR("/*")))
		pattern.n -= 2;
	return str_eq_nocase(pattern, type) || str_eq_nocase(pattern, major);
}

/* The next field, which ends at a ';' without a backslash before it. */
static bool
next_field(struct str *rest, struct str *field)
{
	size_t at = 0;

	if (rest->p == NULL)
		return false;
	while (at < rest->n && rest->p[at] != ';')
		at += rest->p[at] == '\\' && at + 1 < rest->n ? 2 : 1;
	*field = str_trim(str_sub(*rest, 0, at));
	*rest = at < rest->n ? str_skip(*rest, at + 1) : STR_NONE;
	return true;
}

/* A command with %s, %t and %% filled in; false: it was given no file. */
static bool
put_command(struct buf *out, struct str command, struct str type)
{
	bool file = false;

	for (size_t i = 0; i < command.n; i++) {
		char c = command.p[i];

		if (c == '\\' && i + 1 < command.n) {
			buf_putc(out, command.p[++i]);
		} else if (c != '%' || i + 1 == command.n) {
			buf_putc(out, c);
		} else if (command.p[++i] == 's') {
			buf_put(out, STR("\"$1\""));
			file = true;
		} else if (command.p[i] == 't') {
			buf_put(out, type);
		} else if (command.p[i] == '%') {
			buf_putc(out, '%');
		}
	}
	return file;
}

/* Words written '%s' or "%s" in quotes: ours bring their own. */
static struct str
without_quotes(struct str command, struct buf *to)
{
	for (size_t i = 0; i < command.n; i++) {
		struct str rest = str_skip(command, i);

		if (str_starts(rest, STR("'%s'")) ||
		    str_starts(rest, STR("\"%s\""))) {
			buf_put(to, STR("%s"));
			i += 3;
		} else {
			buf_putc(to, command.p[i]);
		}
	}
	return buf_str(to);
}

static void
put_entry(struct buf *script, struct str entry, struct str type)
{
	struct str pattern, command, field, test = STR_NONE;
	struct buf plain;

	if (entry.n > ENTRY_MAX || !next_field(&entry, &pattern) ||
	    !is_of(type, pattern) || !next_field(&entry, &command) ||
	    command.n == 0 || buf_room(script) < 16 * ENTRY_MAX)
		return;
	while (next_field(&entry, &field))
		if (str_starts_nocase(field, STR("test=")))
			test = str_skip(field, 5);
	buf_init(&plain, 2 * ENTRY_MAX);
	buf_put(script, STR("if "));
	if (test.n > 0)
		put_command(script, without_quotes(test, &plain), type);
	else
		buf_put(script, STR("true"));
	buf_put(script, STR("\nthen\n"));
	buf_clear(&plain);
	if (!put_command(script, without_quotes(command, &plain), type))
		buf_put(script, STR(" <\"$1\""));
	buf_put(script, STR("\nexit\nfi\n"));
	buf_fini(&plain);
}

void
mailcap_put(struct buf *script, struct str mailcap, struct str type)
{
	struct str line;
	struct buf entry;

	if (!is_plain(type))
		return;
	buf_init(&entry, ENTRY_MAX);
	while (str_split(&mailcap, '\n', &line)) {
		bool more = str_ends(line, STR("\\"));

		if (buf_len(&entry) == 0 && str_starts(line, STR("#")))
			continue;
		if (more)
			line.n--;
		if (!buf_add(&entry, line.p, line.n))
			buf_clear(&entry);
		if (more)
			continue;
		if (buf_len(&entry) > 0)
			put_entry(script, buf_str(&entry), type);
		buf_clear(&entry);
	}
	buf_fini(&entry);
}
