/* SPDX-License-Identifier: MIT */
/* Offset, bytes, characters: a row of 16, of 8 or 4 when it is narrow. */
#include "body_hex.h"

#include <string.h>

#define HEX_OFFSET	10		/* cells before the first byte */

unsigned
body_hex_bytes(const struct view_body *b)
{
	return b->look.cols >= 77 ? 16 : b->look.cols >= 45 ? 8 : 4;
}

/* Which bytes of the row belong to a match?  Matches reach over rows. */
static void
hex_matches(const struct view_body *b, uint64_t at, unsigned n, bool *hits,
    const struct search *search)
{
	char bytes[16 + 2 * sizeof(search->text)];
	size_t needle = strlen(search->text), found;
	size_t before = at < needle ? (size_t)at : needle;
	struct str s;

	memset(hits, 0, n * sizeof(*hits));
	if (needle == 0)
		return;
	s = str_make(bytes, view_body_read(b, at - before, bytes,
	    before + n + needle));
	for (found = search_find(search, s, 0); found != SIZE_MAX;
	    found = search_find(search, s, found + 1))
		for (size_t i = found; i < found + needle; i++)
			if (i >= before && i - before < n)
				hits[i - before] = true;
}

void
body_hex_row(const struct view_body *b, const struct pane *p, int y,
    uint64_t row, const struct search *search)
{
	unsigned n = body_hex_bytes(b);
	int ascii = HEX_OFFSET + (int)n * 3 + (int)n / 8 + 1;
	struct str bar = pane_glyph(GLYPH_BAR);
	struct str dot = pane_is_unicode() ? STR("·") : STR(".");
	char bytes[16];
	bool hits[16];
	size_t got = view_body_read(b, row * n, bytes, n);

	hex_matches(b, row * n, n, hits, search);
	pane_printf(p, y, 0, ROLE_DIM, "%08llx", (unsigned long long)row * n);
	pane_put(p, y, ascii - 1, ROLE_DIM, bar);
	for (size_t i = 0; i < got; i++) {
		unsigned char c = (unsigned char)bytes[i];
		bool text = c >= ' ' && c <= '~';

		pane_printf(p, y, HEX_OFFSET + (int)(i * 3 + i / 8),
		    hits[i] ? ROLE_MATCH : c == 0 ? ROLE_DIM : ROLE_TEXT,
		    "%02x", c);
		pane_put(p, y, ascii + (int)i,
		    hits[i] ? ROLE_MATCH : text ? ROLE_TEXT : ROLE_DIM,
		    text ? str_make(&bytes[i], 1) : dot);
	}
	pane_put(p, y, ascii + (int)n, ROLE_DIM, bar);
}
