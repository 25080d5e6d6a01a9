/* SPDX-License-Identifier: MIT */
/* Below a head: what its query and its tokens say when they are decoded. */
#include "tabs.h"

#include "body_form.h"

#define TEXT_MAX	(4u * BODY_FORM_MAX)
#define QUERY_MAX	(16u * 1024)
#define TOKENS_MAX	3u

static void
put_lines(struct sheet *s, struct str text, size_t wrap)
{
	struct str line;

	while (text.n > 0 && str_split(&text, '\n', &line)) {
		if (line.n == 0)
			continue;
		sheet_row(s);
		sheet_wrap(s, 2, wrap, ROLE_TEXT, line);
	}
}

static void
put_query(struct sheet *s, const struct message *m, size_t wrap)
{
	struct str path = message_word(m, m->path);
	size_t mark = str_chr(path, '?', 0);
	struct buf out;

	if (m->kind != MESSAGE_REQUEST || mark == SIZE_MAX ||
	    mark + 1 == path.n)
		return;
	buf_init(&out, TEXT_MAX);
	if (body_form_pairs(str_sub(path, mark + 1, mark + 1 + QUERY_MAX),
	    &out)) {
		sheet_row(s);
		sheet_put(s, 0, ROLE_DIM, STR("query:"));
		put_lines(s, buf_str(&out), wrap);
	}
	buf_fini(&out);
}

static void
put_tokens(struct sheet *s, const struct message *m, size_t wrap)
{
	struct buf out;
	size_t n = 0;

	buf_init(&out, TEXT_MAX);
	for (size_t i = 0; i < m->headers.count && n < TOKENS_MAX; i++) {
		buf_clear(&out);
		if (!body_form_jwt(headers_value(&m->headers, i), &out))
			continue;
		n++;
		sheet_row(s);
		sheet_put(s, sheet_put(s, 0, ROLE_DIM, STR("token in ")),
		    ROLE_DIM, headers_name(&m->headers, i));
		put_lines(s, buf_str(&out), wrap);
	}
	buf_fini(&out);
}

void
tab_decoded(struct sheet *s, const struct message *m, size_t wrap)
{
	put_query(s, m, wrap);
	put_tokens(s, m, wrap);
}
