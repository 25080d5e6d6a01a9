/* SPDX-License-Identifier: MIT */
/* The terminal sanitizer and its kin: nothing unsafe may come out. */
#include <ctype.h>
#include <stdlib.h>

#include "fuzz.h"
#include "sluice/base/escape.h"

#define OUT_MAX (8u << 20)

static void
check_steps(struct str in)
{
	while (in.n > 0) {
		struct escape_piece piece;

		escape_next(in, 0, &piece);
		assert(piece.used > 0 && piece.used <= in.n);
		assert(piece.len == strlen(piece.text) &&
		    piece.len < sizeof piece.text);
		assert(safe_for_terminal(str_make(piece.text, piece.len)));
		in = str_skip(in, piece.used);
	}
}

/* With flags, all but the bytes asked for is safe. */
static void
check_kept(struct buf *out, unsigned flags)
{
	for (size_t i = 0; i < buf_len(out); i++) {
		char *c = &out->p[out->off + i];

		if ((*c == '\n' && flags & ESCAPE_KEEP_LF) ||
		    (*c == '\t' && flags & ESCAPE_KEEP_TAB))
			*c = ' ';
	}
	assert(safe_for_terminal(buf_str(out)));
}

static void
check_text(struct str in, unsigned flags)
{
	struct buf out;

	buf_init(&out, OUT_MAX);
	escape_text(&out, in, flags);
	check_kept(&out, flags);
	buf_fini(&out);
}

static void
check_html(struct str in)
{
	struct buf out;

	buf_init(&out, OUT_MAX);
	escape_html(&out, in);
	struct str s = buf_str(&out);

	for (size_t i = 0; i < s.n; i++)
		assert(!strchr("<>\"'", s.p[i]));
	check_kept(&out, ESCAPE_KEEP_LF);
	buf_fini(&out);
}

/* Undone as a shell does it, no byte may be outside of quotes but \'. */
static void
check_shell(struct str in)
{
	bool quoted = false;
	struct buf out;

	buf_init(&out, OUT_MAX);
	escape_shell(&out, in);
	struct str s = buf_str(&out);

	assert(s.n >= 2);
	for (size_t i = 0; i < s.n; i++) {
		assert(s.p[i] != '\0');
		if (s.p[i] == '\'') {
			quoted = !quoted;
		} else if (!quoted) {
			assert(s.p[i] == '\\' && i + 1 < s.n &&
			    s.p[i + 1] == '\'');
			i++;
		}
	}
	assert(!quoted);
	buf_fini(&out);
}

static void
check_file_name(struct str in)
{
	struct buf out;

	buf_init(&out, OUT_MAX);
	escape_file_name(&out, in);
	struct str s = buf_str(&out);

	assert(s.n > 0 && s.n <= 80 && s.p[0] != '.' && s.p[0] != '-');
	for (size_t i = 0; i < s.n; i++)
		assert(isalnum((unsigned char)s.p[i]) ||
		    strchr("._-", s.p[i]));
	buf_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str in = str_make(bytes, n);
	char *copy = escape_dup(in);

	assert(safe_for_terminal(str_from(copy)));
	free(copy);
	check_steps(in);
	for (unsigned flags = 0; flags < 4; flags++)
		check_text(in, flags);
	check_html(in);
	check_shell(in);
	check_file_name(in);
	return 0;
}
