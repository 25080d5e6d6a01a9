/* SPDX-License-Identifier: MIT */
/* One row of a text: where it ends and what it shows. */
#include "lines.h"

#include <assert.h>

#include "cells.h"
#include "lines_piece.h"

#define CHARACTER_MAX	4u	/* bytes */

static void
span(struct lines_row *r, enum role role, size_t len)
{
	if (len == 0)
		return;
	if (r->span_count > 0 && (r->spans[r->span_count - 1].role == role ||
	    r->span_count == LINES_SPANS)) {
		r->spans[r->span_count - 1].len += (uint32_t)len;
		return;
	}
	r->spans[r->span_count++] = (struct lines_span){ role, (uint32_t)len };
}

void
lines_put(struct lines_row *r, enum role role, struct str text)
{
	buf_put(&r->text, text);
	span(r, role, text.n);
}

void
lines_put_blanks(struct lines_row *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_putc(&r->text, ' ');
	span(r, ROLE_TEXT, n);
}

/* Text with its tabs as blanks; returns the column behind it. */
static size_t
put_tabbed(struct lines_row *r, struct str text)
{
	size_t column = 0;
	struct str part;

	while (str_split(&text, '\t', &part)) {
		lines_put(r, ROLE_TEXT, part);
		if (text.p == NULL)
			break;
		column += cells_of(part);
		lines_put_blanks(r, LINES_TAB - column % LINES_TAB);
		column += LINES_TAB - column % LINES_TAB;
	}
	return column;
}

/* The beginning of a line's text that fits into the cells; tabs count. */
static size_t
fit_tabbed(struct str text, size_t cells)
{
	size_t n = 0, column = 0;

	while (n < text.n) {
		size_t wide, used;

		if (text.p[n] == '\t') {
			used = 1;
			wide = LINES_TAB - column % LINES_TAB;
		} else {
			used = cells_step(str_skip(text, n), &wide);
		}
		if (column + wide > cells && n > 0)
			break;
		column += wide;
		n += used;
	}
	return n;
}

bool
lines_may_break(const struct lines *l, uint64_t at)
{
	return l->setup.final || lines_source_len(l) - at >= CHARACTER_MAX;
}

/*
 * A row of plain text at m; m moves behind it.  False when the row is not
 * ended by the text itself (LF, or full).
 */
static bool
text_make(struct lines *l, struct lines_mark *m, struct lines_row *r)
{
	struct str in = lines_peek(l, m->at);
	struct str row = cells_cut(in, LINES_ROW_MAX);
	/* The row may be full just before its LF. */
	size_t lf = str_chr(str_sub(in, 0, row.n + 1), '\n', 0);
	bool ended = lf != SIZE_MAX || row.n < in.n;

	if (lf != SIZE_MAX)
		row = str_sub(in, 0, lf);
	if (lf != SIZE_MAX && !l->setup.keep_cr && str_ends(row, STR("\r")))
		row.n--;
	if (l->setup.width > 0) {
		size_t fits = fit_tabbed(row, l->setup.width);

		if (fits < row.n) {
			row = str_sub(row, 0, fits);
			lf = SIZE_MAX;
			ended = lines_may_break(l, m->at + fits);
		}
	}
	if (r != NULL)
		put_tabbed(r, row);
	m->inside = lf == SIZE_MAX;
	m->at += m->inside ? row.n : lf + 1;
	return ended;
}

bool
lines_make(struct lines *l, struct lines_mark *m, struct lines_row *r)
{
	uint64_t begin = m->at;
	bool continued, ended;

	if (r != NULL) {
		buf_clear(&r->text);
		r->span_count = 0;
		r->depth = 0;
		r->node = LINES_NO_NODE;
		r->folded = r->closes = false;
	}
	m->hidden = 0;
	if (l->setup.kind != LINES_TEXT) {
		ended = lines_piece_make(l, m, r, &continued);
	} else {
		continued = m->inside;
		ended = text_make(l, m, r);
	}
	if (!continued)
		m->line++;
	if (r != NULL) {
		r->row = m->row;
		r->line = m->line;
		r->begin = begin;
		r->end = m->at;
		r->continued = continued;
	}
	m->row++;
	m->line += m->hidden;
	assert(l->scan.running || m->at > begin ||
	    m->at >= lines_source_len(l) || l->bad || l->lost);
	return ended;
}
