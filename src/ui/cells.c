/* SPDX-License-Identifier: MIT */
/* Characters, and their cells, as the terminal rule of escape.h shows them. */
#include "cells.h"

#include <assert.h>

#include "sluice/base/escape.h"

static bool
is_plain(char c)
{
	return c >= ' ' && c <= '~';
}

size_t
cells_step(struct str s, size_t *cells)
{
	struct escape_piece piece;

	assert(s.n > 0);
	*cells = 1;
	if (is_plain(s.p[0]))
		return 1;
	escape_next(s, 0, &piece);
	*cells = piece.width;
	return piece.used;
}

size_t
cells_of(struct str text)
{
	size_t all = 0, cells;

	while (text.n > 0) {
		text = str_skip(text, cells_step(text, &cells));
		all += cells;
	}
	return all;
}

struct str
cells_fit(struct str text, size_t cells)
{
	size_t n = 0;

	while (n < text.n) {
		size_t wide, used = cells_step(str_skip(text, n), &wide);

		if (wide > cells)
			break;
		cells -= wide;
		n += used;
	}
	return str_sub(text, 0, n);
}

struct str
cells_skip(struct str text, size_t *cells)
{
	while (text.n > 0 && *cells > 0) {
		size_t wide, used = cells_step(text, &wide);

		*cells -= wide < *cells ? wide : *cells;
		text = str_skip(text, used);
	}
	return text;
}

struct str
cells_cut(struct str s, size_t n)
{
	size_t at = n;

	if (s.n <= n)
		return s;
	while (at > 0 && n - at < 3 && ((unsigned char)s.p[at] & 0xc0) == 0x80)
		at--;
	if (((unsigned char)s.p[at] & 0xc0) == 0x80)
		at = n;
	return str_sub(s, 0, at);
}
