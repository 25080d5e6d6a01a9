/* SPDX-License-Identifier: MIT */
/*
 * Completion of a filter's argument from the newest flows: hosts, methods,
 * status codes, types.  Only plain words are offered: what a peer sends must
 * not become another filter, or need quotes.
 */
#include "complete.h"

#include <stdio.h>

#include "console.h"

#define LOOKED_AT	500u		/* flows; a few hundred µs */

static struct str
value_of(const struct flow *f, char atom, char room[8])
{
	switch (atom) {
	case 'd':
		return message_word(&f->request, f->request.host);
	case 'm':
		return message_word(&f->request, f->request.method);
	case 't':
		return message_media_type(&f->response);
	case 'c':
		if (!flow_has_response(f))
			return STR_NONE;
		snprintf(room, 8, "%u", f->response.status);
		return str_from(room);
	default:
		return STR_NONE;
	}
}

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr("-._/:", c) != NULL) ||
		    c == '\0')
			return false;
	}
	return s.n > 0 && s.n < sizeof(((struct candidate *)0)->text);
}

/* Is it there already?  Then once more. */
static bool
count_again(struct candidate *list, unsigned *seen, size_t n, struct str value)
{
	for (size_t i = 0; i < n; i++) {
		if (!str_eq_nocase(str_from(list[i].text), value))
			continue;
		seen[i]++;
		return true;
	}
	return false;
}

/* "~d exa" at the end of the line: the atom's letter, and where "exa" is. */
static char
open_argument(struct str line, size_t *from)
{
	size_t blank = str_rchr(line, ' ');
	struct str before;

	if (blank == SIZE_MAX)
		return '\0';
	before = str_sub(line, 0, blank);
	while (before.n > 0 && before.p[before.n - 1] == ' ')
		before.n--;
	if (before.n < 2 || before.p[before.n - 2] != '~' ||
	    strchr("dmtc", before.p[before.n - 1]) == NULL)
		return '\0';
	*from = blank + 1;
	return before.p[before.n - 1];
}

size_t
complete_seen(const struct ui *ui, struct str line,
    struct candidate out[COMPLETE_MAX], size_t *from)
{
	const struct flow *f = NULL;
	unsigned seen[COMPLETE_MAX];
	char atom = open_argument(line, from), room[8];
	struct str typed = str_skip(line, *from);
	size_t n = 0;

	if (atom == '\0')
		return 0;
	for (size_t i = 0; i < LOOKED_AT; i++) {
		struct str value;

		f = flow_list_prev(ui->setup.list, f);
		if (f == NULL)
			break;
		value = value_of(f, atom, room);
		if (!is_plain(value) || !str_starts_nocase(value, typed) ||
		    count_again(out, seen, n, value) || n == COMPLETE_MAX)
			continue;
		snprintf(out[n].text, sizeof(out[n].text), "%.*s",
		    STR_ARG(value));
		out[n].help = "seen";
		seen[n++] = 1;
	}
	for (size_t i = 0; i < n; i++)
		snprintf(out[i].aside, sizeof(out[i].aside), "%u flow%s",
		    seen[i], seen[i] == 1 ? "" : "s");
	return n;
}
