/* SPDX-License-Identifier: MIT */
/*
 * Searching a body: row by row as it is shown (so what is seen is found), or
 * over the bytes in hex.  A search gives up after a few milliseconds and says
 * where to go on.
 */
#include "view_body.h"

#include <assert.h>

#include "body_hex.h"
#include "cells.h"
#include "sluice/base/clock.h"

#define SLICE		(64u * 1024)	/* bytes between looks at the clock */
#define FIND_US		2000
#define FIND_BLOCK	256u		/* rows */
#define STRIDE		32u		/* rows between looks at the clock */

/* One row of a search: the end of the last one goes along. */
struct find {
	const struct search *search;
	struct buf text;	/* that end, and the row */
	size_t tail;		/* bytes of that end */
	uint64_t row;		/* where the match begins */
	size_t x;
};

static bool
find_in_row(struct find *f, const struct lines_row *r)
{
	size_t keep = strlen(f->search->text) - 1, at;

	if (!r->continued)
		buf_clear(&f->text);
	else if (buf_len(&f->text) > keep)
		buf_consume(&f->text, buf_len(&f->text) - keep);
	f->tail = buf_len(&f->text);
	if (!buf_add(&f->text, buf_str(&r->text).p, buf_len(&r->text)))
		return false;
	at = search_find(f->search, buf_str(&f->text), 0);
	if (at == SIZE_MAX)
		return false;
	f->row = at < f->tail && r->row > 0 ? r->row - 1 : r->row;
	f->x = at < f->tail ? 0 : cells_of(str_sub(buf_str(&f->text),
	    f->tail, at));
	return true;
}

static enum body_found
find_down(struct view_body *b, struct find *f, uint64_t from)
{
	int64_t stop = clock_mono() + FIND_US;
	uint64_t n = 0;

	lines_seek(&b->lines, from);
	for (;;) {
		while (lines_next(&b->lines, &b->row)) {
			if (find_in_row(f, &b->row) && f->row >= from)
				return BODY_FOUND;
			f->row = b->row.row;
			if (++n % STRIDE == 0 && clock_mono() > stop)
				return BODY_NOT_YET;
		}
		if (!lines_index(&b->lines, SLICE) &&
		    b->lines.here.row >= lines_count(&b->lines))
			return BODY_NOT_FOUND;
		if (b->lines.bad)
			return BODY_NOT_YET;
	}
}

static enum body_found
find_up(struct view_body *b, struct find *f, uint64_t from)
{
	int64_t stop = clock_mono() + FIND_US;
	uint64_t end = from + 1;

	while (end > 0) {
		uint64_t begin = end > FIND_BLOCK ? end - FIND_BLOCK : 0;
		uint64_t hit = UINT64_MAX;
		size_t x = 0;

		/* A match may begin in the row before the block. */
		lines_seek(&b->lines, begin > 0 ? begin - 1 : 0);
		buf_clear(&f->text);
		while (b->lines.here.row < end &&
		    lines_next(&b->lines, &b->row))
			if (find_in_row(f, &b->row)) {
				hit = f->row;
				x = f->x;
			}
		f->row = hit;
		f->x = x;
		if (hit != UINT64_MAX)
			return BODY_FOUND;
		f->row = begin;
		if (clock_mono() > stop && begin > 0)
			return BODY_NOT_YET;
		end = begin;
	}
	return BODY_NOT_FOUND;
}

/* Over the bytes, in blocks that overlap by a match's length. */
static enum body_found
find_hex(struct view_body *b, struct find *f, uint64_t from, int direction)
{
	unsigned per = body_hex_bytes(b);
	size_t needle = strlen(f->search->text);
	uint64_t at = from * per, len = view_body_len(b);
	int64_t stop = clock_mono() + FIND_US;
	char *block = buf_reserve(&f->text, SLICE);

	assert(block != NULL);
	if (direction < 0)
		at = at + per > SLICE / 2 ? at + per - SLICE / 2 : 0;
	for (;;) {
		struct str s = str_make(block, view_body_read(b, at, block,
		    direction > 0 ? SLICE : SLICE / 2 + needle));
		size_t hit = search_find(f->search, s, 0), next = hit;

		/* Upwards: the last match that begins in or before `from`. */
		while (direction < 0 && next != SIZE_MAX &&
		    (at + next) / per <= from) {
			hit = next;
			next = search_find(f->search, s, next + 1);
		}
		if (hit != SIZE_MAX && (direction > 0 ||
		    (at + hit) / per <= from)) {
			f->row = (at + hit) / per;
			return BODY_FOUND;
		}
		if (direction > 0 ? at + s.n >= len || s.n <= needle : at == 0)
			return BODY_NOT_FOUND;
		if (direction > 0)
			at += s.n - (needle - 1);
		else
			at = at > SLICE / 2 ? at - SLICE / 2 : 0;
		f->row = at / per;
		if (clock_mono() > stop)
			return BODY_NOT_YET;
	}
}

enum body_found
view_body_find(struct view_body *b, const struct search *search,
    uint64_t from, int direction, uint64_t *row, size_t *x)
{
	struct find f = { .search = search, .row = from };
	enum body_found found;

	if (!b->open || search->text[0] == '\0' || view_body_rows(b) == 0)
		return BODY_NOT_FOUND;
	buf_init(&f.text, 2 * SLICE);
	if (b->hex)
		found = find_hex(b, &f, from, direction);
	else if (direction > 0)
		found = find_down(b, &f, from);
	else
		found = find_up(b, &f, from);
	buf_fini(&f.text);
	*row = f.row;
	*x = b->hex ? 0 : f.x;
	return found;
}
