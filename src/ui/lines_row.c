/* SPDX-License-Identifier: MIT */
/* One row of a text, or of JSON laid out: where it ends and what it shows. */
#include "lines.h"

#include <assert.h>

#include "cells.h"

#define INDENT		2u
#define INDENT_MAX	48u
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

static void
put(struct lines_row *r, enum role role, struct str text)
{
	buf_put(&r->text, text);
	span(r, role, text.n);
}

static void
put_blanks(struct lines_row *r, size_t n)
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
		put(r, ROLE_TEXT, part);
		if (text.p == NULL)
			break;
		column += cells_of(part);
		put_blanks(r, LINES_TAB - column % LINES_TAB);
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

/*
 * A character at the very end may still be incomplete, and a whole one is
 * narrower: no row ends because of it.
 */
static bool
may_break(const struct lines *l, uint64_t at)
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
			ended = may_break(l, m->at + fits);
		}
	}
	if (r != NULL)
		put_tabbed(r, row);
	m->inside = lf == SIZE_MAX;
	m->at += m->inside ? row.n : lf + 1;
	return ended;
}

static enum role
role_of(enum json_kind kind)
{
	switch (kind) {
	case LEX_KEY:
		return ROLE_NAME;
	case LEX_STRING:
		return ROLE_STRING;
	case LEX_NUMBER:
		return ROLE_NUMBER;
	case LEX_WORD:
		return ROLE_KEYWORD;
	case LEX_OPEN:
	case LEX_CLOSE:
	case LEX_COMMA:
	case LEX_COLON:
	case LEX_MORE:
	case LEX_BAD:
		break;
	}
	return ROLE_PUNCT;
}

struct json_row {
	struct lines *l;
	struct lines_mark *m;
	struct lines_row *r;		/* or NULL: only where it ends */
	uint64_t begin;
	size_t cells;
	bool any;			/* a piece is in the row */
	bool continued;
};

static size_t
indent_cells(const struct json_row *j, const struct json_piece *piece)
{
	size_t depth = j->continued ? j->m->lex.depth + 1u : piece->depth;
	size_t cells = depth * INDENT;
	size_t most = j->l->setup.width > 0 ? j->l->setup.width / 2 :
	    INDENT_MAX;

	if (most > INDENT_MAX)
		most = INDENT_MAX;
	return cells < most ? cells : most;
}

static void
json_put(struct json_row *j, const struct json_piece *piece, struct str text)
{
	if (!j->any) {
		j->continued = !(piece->starts && (piece->newline ||
		    j->m->row == 0));
		j->cells = indent_cells(j, piece);
		if (j->r != NULL)
			put_blanks(j->r, j->cells);
	}
	j->any = true;
	if (j->r != NULL)
		put(j->r, role_of(piece->kind), text);
	if (j->l->setup.width > 0)
		j->cells += cells_of(text);
	if (piece->kind == LEX_COLON) {
		j->cells++;
		if (j->r != NULL)
			put_blanks(j->r, 1);
	}
	j->m->at += piece->end;
}

/* How much of a piece still fits into the row; all without wrapping. */
static size_t
json_fit(const struct json_row *j, const struct json_piece *piece,
    struct str text)
{
	size_t width = j->l->setup.width, used = j->cells, n, wide;

	if (width == 0)
		return text.n;
	if (!j->any)
		used = indent_cells(j, piece);
	n = used < width ? cells_fit(text, width - used).n : 0;
	/* A row takes a character, however narrow it is. */
	return n > 0 || j->any ? n : cells_step(text, &wide);
}

enum json_turn { TURN_MORE, TURN_ENDED, TURN_SOURCE_END, TURN_BAD };

/* One piece into the row. */
static enum json_turn
json_turn(struct json_row *j)
{
	struct lines_mark *m = j->m;
	size_t left = LINES_ROW_MAX - (size_t)(m->at - j->begin);
	struct str in = lines_peek(j->l, m->at);
	struct json_lex saved = m->lex;
	struct json_piece piece;
	size_t fits;

	if (in.n == 0)
		return TURN_SOURCE_END;
	in = cells_cut(in, left);
	if (in.n == 0)
		return TURN_ENDED;
	if (json_lex_next(&m->lex, in, &piece, &j->l->err) == LEX_BAD) {
		j->l->bad_at = m->at + piece.begin;
		return TURN_BAD;
	}
	if (piece.kind == LEX_MORE) {
		m->at += in.n;
		return TURN_MORE;
	}
	if (j->any && piece.starts && piece.newline) {
		m->lex = saved;
		m->at += piece.begin;
		return TURN_ENDED;
	}
	fits = json_fit(j, &piece, str_sub(in, piece.begin, piece.end));
	if (fits < piece.end - piece.begin &&
	    !may_break(j->l, m->at + piece.begin + fits)) {
		json_put(j, &piece, str_sub(in, piece.begin, piece.end));
		return TURN_SOURCE_END;
	}
	if (fits < piece.end - piece.begin) {
		m->lex = saved;
		if (fits == 0) {
			m->at += piece.begin;
			return TURN_ENDED;
		}
		in = str_sub(in, 0, piece.begin + fits);
		if (json_lex_next(&m->lex, in, &piece, &j->l->err) == LEX_BAD)
			assert(!"it was good a moment ago");
	}
	json_put(j, &piece, str_sub(in, piece.begin, piece.end));
	return TURN_MORE;
}

static bool
json_make(struct lines *l, struct lines_mark *m, struct lines_row *r,
    bool *continued)
{
	struct json_row j = { .l = l, .m = m, .r = r, .begin = m->at,
		.continued = m->row > 0 };
	enum json_turn turn = TURN_MORE;

	while (turn == TURN_MORE)
		turn = json_turn(&j);
	*continued = j.continued;
	if (turn == TURN_BAD)
		l->bad = true;
	return turn == TURN_ENDED;
}

bool
lines_make(struct lines *l, struct lines_mark *m, struct lines_row *r)
{
	uint64_t begin = m->at;
	bool continued, ended;

	if (r != NULL) {
		buf_clear(&r->text);
		r->span_count = 0;
	}
	if (l->setup.kind == LINES_JSON) {
		ended = json_make(l, m, r, &continued);
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
	assert(m->at > begin || m->at >= lines_source_len(l) || l->bad ||
	    l->lost);
	return ended;
}
