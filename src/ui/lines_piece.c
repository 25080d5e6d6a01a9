/* SPDX-License-Identifier: MIT */
/*
 * One row of JSON or markup laid out, from the pieces of its lexer; and what
 * stands for a node that is folded.
 */
#include "lines_piece.h"

#include <assert.h>
#include <stdio.h>

#include "cells.h"

#define INDENT		2u
#define INDENT_MAX	48u
#define SCAN_SLICE	(256u * 1024)	/* of a node to fold, at a time */
#define SCAN_PIECE	4096u

static bool
is_markup(const struct lines *l)
{
	return l->setup.kind == LINES_XML || l->setup.kind == LINES_HTML;
}

static enum role
role_of(const struct lines *l, enum json_kind kind)
{
	switch (kind) {
	case LEX_KEY:
		return ROLE_NAME;
	case LEX_STRING:
		return is_markup(l) ? ROLE_TEXT : ROLE_STRING;
	case LEX_NUMBER:
		return ROLE_NUMBER;
	case LEX_WORD:
		return is_markup(l) ? ROLE_DIM : ROLE_KEYWORD;
	case LEX_OPEN:
	case LEX_CLOSE:
		return is_markup(l) ? ROLE_NAME : ROLE_PUNCT;
	case LEX_COMMA:
	case LEX_COLON:
	case LEX_MORE:
	case LEX_BAD:
		break;
	}
	return ROLE_PUNCT;
}

/* The next piece of the text at m, which ends at limit at the latest. */
static enum json_kind
next_piece(struct lines *l, struct lines_mark *m, struct str in,
    size_t limit, struct json_piece *piece)
{
	if (is_markup(l))
		return markup_lex_next(&m->markup, in, limit, piece);
	return json_lex_next(&m->lex, str_sub(in, 0, limit), piece, &l->err);
}

static unsigned
depth_of(const struct lines *l, const struct lines_mark *m)
{
	return is_markup(l) ? m->markup.depth : m->lex.depth;
}

struct piece_row {
	struct lines *l;
	struct lines_mark *m;
	struct lines_row *r;		/* or NULL: only where it ends */
	uint64_t begin;
	uint64_t folded;		/* bytes of it that a fold hides */
	uint64_t lines;			/* .. and lines */
	size_t cells;
	bool any;			/* a piece is in the row */
	bool continued;
};

static size_t
indent_cells(const struct piece_row *j, const struct json_piece *piece)
{
	size_t depth = j->continued ? depth_of(j->l, j->m) + 1u :
	    piece->depth;
	size_t cells = depth * INDENT;
	size_t most = j->l->setup.width > 0 ? j->l->setup.width / 2 :
	    INDENT_MAX;

	if (most > INDENT_MAX)
		most = INDENT_MAX;
	return cells < most ? cells : most;
}

/* Text of markup may hold tabs. */
static void
put_piece(struct lines_row *r, enum role role, struct str text)
{
	struct str part;

	while (str_split(&text, '\t', &part)) {
		lines_put(r, role, part);
		if (text.p != NULL)
			lines_put_blanks(r, 1);
	}
}

/* Where a node begins that goes on below this row. */
static void
note_node(struct piece_row *j, const struct json_piece *piece)
{
	if (j->r == NULL)
		return;
	if (piece->kind == LEX_OPEN && piece->starts) {
		j->r->node = j->m->at + piece->begin;
	} else if (piece->kind == LEX_CLOSE && !j->r->folded) {
		/* It ends where it began. */
		j->r->node = LINES_NO_NODE;
	}
}

static void
piece_put(struct piece_row *j, const struct json_piece *piece,
    struct str text)
{
	if (!j->any) {
		j->continued = !(piece->starts && (piece->newline ||
		    j->m->row == 0));
		j->cells = indent_cells(j, piece);
		if (j->r != NULL) {
			lines_put_blanks(j->r, j->cells);
			j->r->depth = piece->depth;
			j->r->closes = piece->kind == LEX_CLOSE;
		}
	}
	j->any = true;
	note_node(j, piece);
	if (j->r != NULL)
		put_piece(j->r, role_of(j->l, piece->kind), text);
	if (j->l->setup.width > 0)
		j->cells += cells_of(text);
	if (piece->kind == LEX_COLON) {
		j->cells++;
		if (j->r != NULL)
			lines_put_blanks(j->r, 1);
	}
	j->m->at += piece->end;
}

/* How much of a piece still fits into the row; all without wrapping. */
static size_t
piece_fit(const struct piece_row *j, const struct json_piece *piece,
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

enum piece_turn { TURN_MORE, TURN_ENDED, TURN_SOURCE_END, TURN_BAD };

/* Goes on to the end of the node that `scan` is in; false: not yet there. */
static bool
scan_on(struct lines *l, struct lines_scan *scan)
{
	uint64_t stop = scan->fold.end + SCAN_SLICE;

	while (scan->fold.end < stop) {
		struct str in = lines_peek(l, scan->fold.end);
		size_t limit = in.n < SCAN_PIECE ? in.n : SCAN_PIECE;
		uint64_t from = scan->fold.end;
		struct json_piece piece;
		enum json_kind kind;

		if (in.n == 0) {
			scan->fold.end = LINES_NO_NODE;
			return true;
		}
		kind = next_piece(l, &scan->mark, in, limit, &piece);
		if (kind == LEX_BAD) {
			scan->fold.end = LINES_NO_NODE;
			return true;
		}
		scan->fold.end += kind == LEX_MORE ? limit : piece.end;
		if (kind == LEX_MORE)
			continue;
		if (piece.starts && piece.newline)
			scan->fold.lines++;
		if (is_markup(l) ? piece.starts && kind != LEX_CLOSE &&
		    piece.depth == scan->depth : kind == LEX_COMMA &&
		    scan->mark.lex.depth == scan->depth)
			scan->fold.items++;
		if (kind != LEX_CLOSE ||
		    depth_of(l, &scan->mark) >= scan->depth)
			continue;
		/* In HTML the end of an outer element ends it, too. */
		if (depth_of(l, &scan->mark) + 1 < scan->depth)
			scan->fold.end = from + piece.begin;
		else if (!piece.ends)
			continue;
		return true;
	}
	return false;
}

/*
 * The fold of the node at m, or NULL: it has no end, or it is not found yet
 * (then scan.running is set).
 */
static const struct lines_fold *
fold_at(struct lines *l, const struct lines_mark *m, uint64_t at,
    const struct json_piece *piece)
{
	struct lines_scan *scan = &l->scan;
	const struct lines_fold *known;

	known = lines_folds_known(l->setup.folds, at);
	if (known != NULL)
		return known->end != LINES_NO_NODE ? known : NULL;
	if (!scan->running || scan->fold.at != at) {
		*scan = (struct lines_scan){
			.running = true, .mark = *m, .depth = piece->depth + 1,
			.fold = { .at = at, .end = at + piece->end -
			    piece->begin }
		};
	}
	if (!scan_on(l, scan))
		return NULL;
	scan->running = false;
	if (!is_markup(l) && scan->fold.lines > 0)
		scan->fold.items++;
	/* A short one is found again as quickly. */
	if (scan->fold.end - at <= SCAN_PIECE)
		return &scan->fold;
	lines_folds_learn(l->setup.folds, &scan->fold);
	known = lines_folds_known(l->setup.folds, at);
	return known->end != LINES_NO_NODE ? known : NULL;
}

/* What stands for a folded node. */
static void
put_fold(struct piece_row *j, const struct json_piece *piece, struct str tag,
    const struct lines_fold *fold)
{
	bool object = tag.p[0] == '{';
	struct lines_row *r = j->r;
	char text[48];

	piece_put(j, piece, tag);
	if (r != NULL) {
		r->folded = true;
		(void)snprintf(text, sizeof(text), " %llu %s%s ",
		    (unsigned long long)fold->items,
		    is_markup(j->l) || !object ? "item" : "key",
		    fold->items == 1 ? "" : "s");
		lines_put(r, ROLE_DIM, str_from(text));
		if (!is_markup(j->l))
			lines_put(r, ROLE_PUNCT, object ? STR("}") : STR("]"));
	}
	j->folded += fold->end - j->m->at;
	j->lines += fold->lines;
	j->m->at = fold->end;
}

/* A node that is folded, in one step; false: it is none, go on as usual. */
static bool
take_fold(struct piece_row *j, const struct lines_mark *before,
    const struct json_piece *piece, struct str in)
{
	struct lines *l = j->l;
	uint64_t at = j->m->at + piece->begin;
	const struct lines_fold *fold;
	struct json_piece closing;

	if (piece->kind != LEX_OPEN || !piece->starts || !piece->ends ||
	    l->setup.folds == NULL || !l->setup.final ||
	    !lines_folds_has(l->setup.folds, at, piece->depth))
		return false;
	/* An element without content is not open any more. */
	if (depth_of(l, j->m) == piece->depth)
		return false;
	fold = fold_at(l, j->m, at, piece);
	if (fold == NULL)
		return l->scan.running;
	if (fold->items == 0)
		return false;
	put_fold(j, piece, str_sub(in, piece->begin, piece->end), fold);
	/* Behind it, as if a short value had stood there. */
	if (is_markup(l)) {
		j->m->markup.depth = (uint16_t)piece->depth;
		j->m->markup.before = LEX_CLOSE;
		j->m->markup.inlined = false;
		j->m->markup.state = before->markup.state;
		return true;
	}
	j->m->lex = before->lex;
	if (json_lex_next(&j->m->lex, STR("\"\""), &closing, NULL) ==
	    LEX_BAD)
		assert(!"a value could stand here");
	return true;
}

/* One piece into the row. */
static enum piece_turn
piece_turn(struct piece_row *j)
{
	struct lines_mark *m = j->m, saved = *m;
	size_t left = LINES_ROW_MAX -
	    (size_t)(m->at - j->begin - j->folded);
	struct str in = lines_peek(j->l, m->at);
	size_t limit = cells_cut(in, left).n, fits;
	struct json_piece piece;

	if (in.n == 0)
		return TURN_SOURCE_END;
	if (limit == 0)
		return TURN_ENDED;
	if (next_piece(j->l, m, in, limit, &piece) == LEX_BAD) {
		j->l->bad_at = m->at + piece.begin;
		return TURN_BAD;
	}
	if (piece.kind == LEX_MORE) {
		m->at += limit;
		return TURN_MORE;
	}
	if (j->any && piece.starts && piece.newline) {
		*m = saved;
		m->at += piece.begin;
		/* What was skipped may have been a line end. */
		m->markup.broken = true;
		return TURN_ENDED;
	}
	if (take_fold(j, &saved, &piece, in))
		return j->l->scan.running ? TURN_SOURCE_END : TURN_MORE;
	fits = piece_fit(j, &piece, str_sub(in, piece.begin, piece.end));
	if (fits < piece.end - piece.begin &&
	    !lines_may_break(j->l, m->at + piece.begin + fits)) {
		piece_put(j, &piece, str_sub(in, piece.begin, piece.end));
		return TURN_SOURCE_END;
	}
	if (fits < piece.end - piece.begin) {
		*m = saved;
		if (fits == 0) {
			m->at += piece.begin;
			m->markup.broken = piece.starts;
			return TURN_ENDED;
		}
		if (next_piece(j->l, m, in, piece.begin + fits, &piece) ==
		    LEX_BAD)
			assert(!"it was good a moment ago");
	}
	piece_put(j, &piece, str_sub(in, piece.begin, piece.end));
	return TURN_MORE;
}

bool
lines_piece_make(struct lines *l, struct lines_mark *m, struct lines_row *r,
    bool *continued)
{
	struct piece_row j = { .l = l, .m = m, .r = r, .begin = m->at,
		.continued = m->row > 0 };
	enum piece_turn turn = TURN_MORE;

	while (turn == TURN_MORE)
		turn = piece_turn(&j);
	*continued = j.continued;
	if (turn == TURN_BAD)
		l->bad = true;
	m->hidden = j.lines;
	return turn == TURN_ENDED;
}
