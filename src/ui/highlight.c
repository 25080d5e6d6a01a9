/* SPDX-License-Identifier: MIT */
/* Rules that give rows a look. */
#include "highlight.h"

#include <string.h>

static void
remove_at(struct highlight *h, size_t i)
{
	filter_free(h->rules[i].filter);
	memmove(&h->rules[i], &h->rules[i + 1],
	    (--h->count - i) * sizeof(h->rules[0]));
}

void
highlight_fini(struct highlight *h)
{
	while (h->count > 0)
		remove_at(h, h->count - 1);
}

static size_t
find(const struct highlight *h, const char *text)
{
	size_t i = 0;

	while (i < h->count &&
	    strcmp(filter_text(h->rules[i].filter), text) != 0)
		i++;
	return i;
}

bool
highlight_set(struct highlight *h, struct filter *filter, enum role role,
    struct err *err)
{
	size_t i = find(h, filter_text(filter));
	const char *wrong = filter_needs_body(filter) ?
	    "a rule cannot look into bodies, or at their sizes" :
	    i == HIGHLIGHT_RULES ? "there are as many rules as there may be" :
	    NULL;

	if (wrong != NULL || (i == h->count && role == ROLE_TEXT)) {
		filter_free(filter);
		return wrong == NULL || err_set(err, "%s", wrong);
	}
	if (i < h->count && role == ROLE_TEXT) {
		remove_at(h, i);
		filter_free(filter);
		return true;
	}
	if (i < h->count)
		filter_free(h->rules[i].filter);
	else
		h->count++;
	h->rules[i].filter = filter;
	h->rules[i].role = role;
	return true;
}

enum role
highlight_of(const struct highlight *h, const struct flow *f)
{
	for (size_t i = 0; i < h->count; i++)
		if (filter_match(h->rules[i].filter, f))
			return h->rules[i].role;
	return ROLE_TEXT;
}
