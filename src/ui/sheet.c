/* SPDX-License-Identifier: MIT */
/* Spans in one buffer; a row is the run of spans up to the next row's. */
#include "sheet.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "cells.h"
#include "sluice/base/mem.h"

#define SHEET_MAX	(8u * 1024 * 1024)
#define SHEET_KEEP	(256u * 1024)

void
sheet_init(struct sheet *s)
{
	*s = (struct sheet){ .span_count = 0 };
	buf_init(&s->text, SHEET_MAX);
}

void
sheet_fini(struct sheet *s)
{
	buf_fini(&s->text);
	free(s->spans);
	free(s->rows);
	sheet_init(s);
}

void
sheet_clear(struct sheet *s)
{
	buf_clear(&s->text);
	buf_shrink(&s->text, SHEET_KEEP);
	s->span_count = s->row_count = 0;
}

void
sheet_row(struct sheet *s)
{
	if (s->row_count == s->row_cap) {
		s->row_cap = s->row_cap > 0 ? s->row_cap * 2 : 64;
		s->rows = mem_array(s->rows, s->row_cap, sizeof(*s->rows));
	}
	s->rows[s->row_count++] = s->span_count;
}

size_t
sheet_put(struct sheet *s, size_t x, enum role role, struct str text)
{
	uint32_t off = (uint32_t)buf_len(&s->text);

	assert(s->row_count > 0);
	if (text.n == 0)
		return x;
	/* Beyond a sheet's size, what the text says is not for reading. */
	if (!buf_add(&s->text, text.p, text.n))
		return x;
	if (s->span_count == s->span_cap) {
		s->span_cap = s->span_cap > 0 ? s->span_cap * 2 : 128;
		s->spans = mem_array(s->spans, s->span_cap, sizeof(*s->spans));
	}
	s->spans[s->span_count++] = (struct sheet_span){
		.off = off, .len = (uint32_t)text.n, .x = (uint32_t)x,
		.role = role
	};
	return x + cells_of(text);
}

size_t
sheet_printf(struct sheet *s, size_t x, enum role role, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert(n >= 0);
	if ((size_t)n >= sizeof(text))
		n = sizeof(text) - 1;
	return sheet_put(s, x, role, str_make(text, (size_t)n));
}

size_t
sheet_wrap(struct sheet *s, size_t x, size_t width, enum role role,
    struct str text)
{
	size_t room = width > x + 8 ? width - x : 8;

	if (width == 0)
		return sheet_put(s, x, role, text);
	for (;;) {
		struct str row = cells_fit(text, room);
		size_t end;

		/* Nothing fits: a character wider than the room. */
		if (row.n == 0)
			row = text;
		end = sheet_put(s, x, role, row);
		text = str_skip(text, row.n);
		if (text.n == 0)
			return end;
		sheet_row(s);
	}
}

static size_t
row_end(const struct sheet *s, size_t row)
{
	return row + 1 < s->row_count ? s->rows[row + 1] : s->span_count;
}

static struct str
span_text(const struct sheet *s, const struct sheet_span *span)
{
	return str_sub(buf_str(&s->text), span->off, span->off + span->len);
}

void
sheet_mark(const struct pane *p, int y, int x, size_t skip, struct str text,
    const struct search *search)
{
	size_t n = strlen(search->text), at = search_find(search, text, 0);

	for (; at != SIZE_MAX; at = search_find(search, text, at + n)) {
		size_t cells = cells_of(str_sub(text, 0, at));
		size_t over = cells < skip ? skip - cells : 0;
		struct str match = str_sub(text, at, at + n);

		match = cells_skip(match, &over);
		cells = cells > skip ? cells - skip : 0;
		if (cells >= (size_t)p->cols)
			return;
		if (over == 0 && match.n > 0)
			pane_put(p, y, x + (int)cells, ROLE_MATCH, match);
	}
}

void
sheet_draw(const struct sheet *s, const struct pane *p, int y, size_t row,
    size_t skip, const struct search *search)
{
	assert(row < s->row_count);
	for (size_t i = s->rows[row]; i < row_end(s, row); i++) {
		const struct sheet_span *span = &s->spans[i];
		size_t over = span->x < skip ? skip - span->x : 0;
		size_t left = over;
		struct str text = cells_skip(span_text(s, span), &left);
		size_t x = span->x > skip ? span->x - skip : 0;

		if (left > 0 || x >= (size_t)p->cols)
			continue;
		/* The last cell says that there is more to the right. */
		if (i + 1 == row_end(s, row))
			pane_cell(p, y, (int)x, p->cols - (int)x, span->role,
			    text, false);
		else
			pane_put(p, y, (int)x, span->role, text);
		sheet_mark(p, y, (int)x, over, span_text(s, span), search);
	}
}

bool
sheet_match(const struct sheet *s, size_t row, const struct search *search)
{
	assert(row < s->row_count);
	for (size_t i = s->rows[row]; i < row_end(s, row); i++)
		if (search_find(search, span_text(s, &s->spans[i]), 0) !=
		    SIZE_MAX)
			return true;
	return false;
}
