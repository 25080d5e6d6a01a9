/* SPDX-License-Identifier: MIT */
/* Literal search over bytes; called by the views for each row they show. */
#include "search.h"

#include <assert.h>

void
search_set(struct search *s, struct str text)
{
	size_t n = text.n;

	if (n > sizeof(s->text) - 1)
		n = sizeof(s->text) - 1;
	s->exact = false;
	for (size_t i = 0; i < n; i++) {
		/* The text is kept as a C string. */
		if (text.p[i] == '\0') {
			n = i;
			break;
		}
		s->text[i] = text.p[i];
		if (text.p[i] >= 'A' && text.p[i] <= 'Z')
			s->exact = true;
	}
	s->text[n] = '\0';
}

size_t
search_find(const struct search *s, struct str in, size_t from)
{
	struct str needle = str_from(s->text), rest;
	size_t at;

	if (needle.n == 0 || from > in.n)
		return SIZE_MAX;
	rest = str_skip(in, from);
	at = s->exact ? str_find(rest, needle) : str_find_nocase(rest, needle);
	if (at == SIZE_MAX)
		return SIZE_MAX;
	assert(at + needle.n <= rest.n);
	return from + at;
}
