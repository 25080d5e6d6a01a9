/* SPDX-License-Identifier: MIT */
/*
 * JSON cut into pieces: the same tokens from parts of any size, and no text
 * that Jansson reads is refused.
 */
#include <jansson.h>

#include "../../src/ui/json_lex.h"
#include "fuzz.h"

#define PIECES_MAX (4u << 20)

/* A letter and a place for every token; false where it goes wrong. */
static bool
lex(struct str text, size_t part, bool many, struct buf *out)
{
	struct err err = { "" };
	struct json_lex l;
	size_t at = 0;

	json_lex_init(&l, many);
	while (at < text.n) {
		struct str in = str_sub(text, at, at + part);
		struct json_piece p;
		enum json_kind kind = json_lex_next(&l, in, &p, &err);

		assert(p.begin <= p.end && p.end <= in.n);
		if (kind == LEX_BAD) {
			/* Parts may have begun the token that is wrong. */
			buf_clear(out);
			buf_printf(out, "?%zu", at + p.begin);
			assert(safe_for_terminal(str_from(err.text)));
			return false;
		}
		if (kind == LEX_MORE) {
			at += in.n;
			continue;
		}
		assert(p.end > p.begin && p.depth <= JSON_DEPTH_MAX);
		if (p.starts)
			buf_printf(out, "%d%c%zu ", kind, p.newline ? '/' : '-',
			    at + p.begin);
		at += p.end;
	}
	return json_lex_end(&l, &err);
}

/*
 * What Jansson takes with these flags is JSON, but that a NUL behind it is
 * its end; not all JSON is to its taste.
 */
static bool
is_json(struct str text)
{
	if (str_chr(text, '\0', 0) != SIZE_MAX)
		return false;
	json_t *value = json_loadb(text.p, text.n, JSON_DECODE_ANY |
	    JSON_ALLOW_NUL, NULL);

	json_decref(value);
	return value != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str in = str_make(bytes, n);
	unsigned choice = fuzz_choice(&in);
	struct buf whole, parts;
	bool many = choice & 1, good;

	buf_init(&whole, PIECES_MAX);
	buf_init(&parts, PIECES_MAX);
	good = lex(in, in.n, many, &whole);
	assert(lex(in, 1 + choice / 2 % 8, many, &parts) == good);
	assert(str_eq(buf_str(&whole), buf_str(&parts)));
	if (!many && !good)
		assert(!is_json(in));
	buf_fini(&whole);
	buf_fini(&parts);
	return 0;
}
