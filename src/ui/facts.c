/* SPDX-License-Identifier: MIT */
/* A fact's rows are made line by line, as a sheet's rows are. */
#include "facts.h"

#include <assert.h>

#include "cells.h"

#define GAP		2u		/* cells between the columns */
#define WIDTH_MIN	8u

void
facts_init(struct facts *t, struct sheet *s, size_t cols, size_t columns)
{
	size_t half = cols / 2 + FACTS_LABEL / 2;

	assert(columns == 1 || columns == 2);
	*t = (struct facts){
		.sheet = s, .cols = cols, .columns = columns,
		.at = { FACTS_LABEL, half },
	};
	t->width[0] = columns == 2 ? half - FACTS_LABEL - GAP :
	    cols > FACTS_LABEL ? cols - FACTS_LABEL : 0;
	t->width[1] = cols - half;
	for (size_t i = 0; i < 2; i++)
		if (t->width[i] < WIDTH_MIN)
			t->width[i] = WIDTH_MIN;
}

static void
put_rule(struct sheet *s, size_t x, size_t cells)
{
	struct buf line;

	buf_init(&line, 4096);
	for (size_t i = 0; i < cells && i < 1000; i++)
		buf_put(&line, pane_glyph(GLYPH_RULE));
	sheet_put(s, x, ROLE_DIM, buf_str(&line));
	buf_fini(&line);
}

void
facts_title(struct facts *t, struct str left, struct str right)
{
	struct sheet *s = t->sheet;

	sheet_row(s);
	sheet_put(s, 0, ROLE_TITLE, left);
	if (t->columns == 2)
		sheet_put(s, t->at[1], ROLE_TITLE, right);
	sheet_row(s);
	put_rule(s, 0, t->at[0] + t->width[0]);
	if (t->columns == 2)
		put_rule(s, t->at[1], t->width[1]);
}

void
fact_init(struct fact *f)
{
	for (size_t i = 0; i < 2; i++) {
		buf_init(&f->text[i], FACTS_TEXT_MAX);
		f->role[i] = ROLE_TEXT;
	}
}

void
fact_fini(struct fact *f)
{
	buf_fini(&f->text[0]);
	buf_fini(&f->text[1]);
}

/* Where to break a row that does not end with a word: bytes of it to keep. */
static size_t
break_of(struct str row)
{
	size_t blank = str_rchr(row, ' '), colon = str_rchr(row, ':');

	if (blank != SIZE_MAX && blank > row.n / 3)
		return blank;
	/* Between the bytes of a fingerprint. */
	if (blank == SIZE_MAX && colon != SIZE_MAX && colon > row.n / 3)
		return colon + 1;
	return row.n;
}

/* Cuts off what goes into one row. */
static struct str
take_row(struct str *rest, size_t width)
{
	struct str row = cells_fit(*rest, width);

	/* Nothing fits: a character wider than the room. */
	if (row.n == 0)
		row = *rest;
	if (row.n < rest->n && rest->p[row.n] != ' ')
		row = str_sub(row, 0, break_of(row));
	*rest = str_trim(str_skip(*rest, row.n));
	return row;
}

void
facts_say(struct sheet *s, size_t x, size_t cols, enum role role,
    struct str text)
{
	size_t width = cols > x + WIDTH_MIN ? cols - x : WIDTH_MIN;

	for (;;) {
		struct str row = take_row(&text, width);

		sheet_put(s, x, role, row);
		if (text.n == 0)
			return;
		sheet_row(s);
	}
}

/* One row of a value; the last one allowed is cut. */
static void
put_piece(struct sheet *s, size_t x, size_t width, enum role role,
    struct str *rest, bool last)
{
	struct str row;

	if (rest->n == 0)
		return;
	if (last && cells_of(*rest) > width) {
		x = sheet_put(s, x, role, cells_fit(*rest, width - 1));
		sheet_put(s, x, ROLE_DIM, pane_glyph(GLYPH_ELLIPSIS));
		*rest = STR_NONE;
		return;
	}
	row = take_row(rest, width);
	sheet_put(s, x, role, row);
}

void
facts_put(struct facts *t, const char *label, struct fact *f, size_t most)
{
	struct str left = buf_str(&f->text[0]), right = STR_NONE;
	size_t width = t->width[0], rows = 0;

	if (t->columns == 2)
		right = buf_str(&f->text[1]);
	if (right.n == 0)
		width = t->cols > t->at[0] + WIDTH_MIN ?
		    t->cols - t->at[0] : WIDTH_MIN;
	do {
		bool last = ++rows == most;

		sheet_row(t->sheet);
		if (rows == 1)
			sheet_put(t->sheet, 0, ROLE_NAME, str_from(label));
		put_piece(t->sheet, t->at[0], width, f->role[0], &left, last);
		put_piece(t->sheet, t->at[1], t->width[1], f->role[1], &right,
		    last);
	} while (left.n > 0 || right.n > 0);
	for (size_t i = 0; i < 2; i++) {
		buf_clear(&f->text[i]);
		f->role[i] = ROLE_TEXT;
	}
}
