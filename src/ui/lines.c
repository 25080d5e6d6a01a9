/* SPDX-License-Identifier: MIT */
/*
 * One function makes a row from a mark (row_make); indexing and drawing both
 * call it, so they cannot disagree about where rows begin.
 */
#include "lines.h"

#include <assert.h>
#include <string.h>

#include "sluice/base/escape.h"
#include "sluice/base/mem.h"

#define WINDOW		(64u * 1024)
#define AHEAD		8u		/* look past a row's end: LF, UTF-8 */
#define TAB		8u
#define INDENT		2u
#define INDENT_MAX	48u
#define ROW_TEXT_MAX	(LINES_ROW_MAX * TAB + 1024u)

static bool
is_plain(char c)
{
	return c >= ' ' && c <= '~';
}

/* Bytes of the first character of s, and its cells. */
static size_t
step(struct str s, size_t *cells)
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
lines_cells(struct str text)
{
	size_t all = 0, cells;

	while (text.n > 0) {
		text = str_skip(text, step(text, &cells));
		all += cells;
	}
	return all;
}

struct str
lines_fit(struct str text, size_t cells)
{
	size_t n = 0;

	while (n < text.n) {
		size_t wide, used = step(str_skip(text, n), &wide);

		if (wide > cells)
			break;
		cells -= wide;
		n += used;
	}
	return str_sub(text, 0, n);
}

struct str
lines_skip(struct str text, size_t *cells)
{
	while (text.n > 0 && *cells > 0) {
		size_t wide, used = step(text, &wide);

		*cells -= wide < *cells ? wide : *cells;
		text = str_skip(text, used);
	}
	return text;
}

/* At most n bytes of s, without half a character at the end. */
static struct str
cut(struct str s, size_t n)
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

static uint64_t
source_len(const struct lines *l)
{
	return l->setup.body != NULL ? l->setup.body->len : l->setup.memory.n;
}

static void
fill_window(struct lines *l, uint64_t at)
{
	if (l->window == NULL)
		l->window = mem_alloc(WINDOW);
	l->window_at = at;
	l->window_len = 0;
	while (l->window_len < WINDOW) {
		ssize_t n = body_read(l->setup.body, at + l->window_len,
		    l->window + l->window_len, WINDOW - l->window_len,
		    &l->err);

		if (n < 0)
			l->lost = true;
		if (n <= 0)
			break;
		l->window_len += (size_t)n;
	}
}

/* The text from at on, at least a row of it when there is so much. */
static struct str
peek(struct lines *l, uint64_t at)
{
	const size_t want = LINES_ROW_MAX + AHEAD;
	uint64_t len = source_len(l);

	if (at >= len)
		return STR_NONE;
	if (l->setup.body == NULL)
		return str_skip(l->setup.memory, (size_t)at);
	if (at < l->window_at || at >= l->window_at + l->window_len ||
	    (l->window_at + l->window_len - at < want &&
	    l->window_at + l->window_len < len))
		fill_window(l, at);
	return str_skip(str_make(l->window, l->window_len),
	    (size_t)(at - l->window_at));
}

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
		column += lines_cells(part);
		put_blanks(r, TAB - column % TAB);
		column += TAB - column % TAB;
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
			wide = TAB - column % TAB;
		} else {
			used = step(str_skip(text, n), &wide);
		}
		if (column + wide > cells && n > 0)
			break;
		column += wide;
		n += used;
	}
	return n;
}

/*
 * A row of plain text at m; m moves behind it.  False when the row is not
 * ended by the text itself (LF, or full).
 */
static bool
text_make(struct lines *l, struct lines_mark *m, struct lines_row *r)
{
	struct str in = peek(l, m->at), row = cut(in, LINES_ROW_MAX);
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
			ended = true;
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
	case JSON_KEY:
		return ROLE_NAME;
	case JSON_STRING:
		return ROLE_STRING;
	case JSON_NUMBER:
		return ROLE_NUMBER;
	case JSON_WORD:
		return ROLE_KEYWORD;
	case JSON_OPEN:
	case JSON_CLOSE:
	case JSON_COMMA:
	case JSON_COLON:
	case JSON_MORE:
	case JSON_BAD:
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
		j->cells += lines_cells(text);
	if (piece->kind == JSON_COLON) {
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
	n = used < width ? lines_fit(text, width - used).n : 0;
	/* A row takes a character, however narrow it is. */
	return n > 0 || j->any ? n : step(text, &wide);
}

enum json_turn { TURN_MORE, TURN_ENDED, TURN_SOURCE_END, TURN_BAD };

/* One piece into the row. */
static enum json_turn
json_turn(struct json_row *j)
{
	struct lines_mark *m = j->m;
	size_t left = LINES_ROW_MAX - (size_t)(m->at - j->begin);
	struct str in = peek(j->l, m->at);
	struct json_lex saved = m->lex;
	struct json_piece piece;
	size_t fits;

	if (in.n == 0)
		return TURN_SOURCE_END;
	in = cut(in, left);
	if (in.n == 0)
		return TURN_ENDED;
	if (json_lex_next(&m->lex, in, &piece, &j->l->err) == JSON_BAD) {
		j->l->bad_at = m->at + piece.begin;
		return TURN_BAD;
	}
	if (piece.kind == JSON_MORE) {
		m->at += in.n;
		return TURN_MORE;
	}
	if (j->any && piece.starts && piece.newline) {
		m->lex = saved;
		m->at += piece.begin;
		return TURN_ENDED;
	}
	fits = json_fit(j, &piece, str_sub(in, piece.begin, piece.end));
	if (fits < piece.end - piece.begin) {
		m->lex = saved;
		if (fits == 0) {
			m->at += piece.begin;
			return TURN_ENDED;
		}
		in = str_sub(in, 0, piece.begin + fits);
		if (json_lex_next(&m->lex, in, &piece, &j->l->err) == JSON_BAD)
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

/*
 * Makes the row at m, which moves behind it.  False when the row may still
 * grow, because the text ended inside it.
 */
static bool
row_make(struct lines *l, struct lines_mark *m, struct lines_row *r)
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
	assert(l->bad || m->at > begin || m->at >= source_len(l) || l->lost);
	return ended;
}

static void
add_mark(struct lines *l)
{
	if (l->count > 0 &&
	    l->next.at - l->marks[l->count - 1].at < LINES_STEP)
		return;
	if (l->count == l->cap) {
		l->cap = l->cap > 0 ? l->cap * 2 : 4;
		l->marks = mem_array(l->marks, l->cap, sizeof(*l->marks));
	}
	l->marks[l->count++] = l->next;
}

void
lines_init(struct lines *l)
{
	*l = (struct lines){ .setup.kind = LINES_TEXT };
}

void
lines_fini(struct lines *l)
{
	free(l->marks);
	free(l->window);
	lines_init(l);
}

void
lines_open(struct lines *l, const struct lines_setup *setup)
{
	lines_fini(l);
	l->setup = *setup;
	json_lex_init(&l->next.lex, setup->many);
	/* RFC 8259 section 8.1: a byte order mark may be ignored. */
	if (setup->kind == LINES_JSON &&
	    str_starts(peek(l, 0), STR("\xef\xbb\xbf")))
		l->next.at = 3;
	l->here = l->next;
	add_mark(l);
}

void
lines_grow(struct lines *l, const struct lines_setup *setup)
{
	assert(setup->kind == l->setup.kind && setup->width == l->setup.width);
	l->setup = *setup;
	/* The window's end was the end of the text. */
	l->window_len = 0;
	l->here = l->marks[0];
	if (!l->bad)
		l->done = false;
}

bool
lines_index(struct lines *l, size_t bytes)
{
	uint64_t stop = l->next.at + bytes;

	while (!l->done && l->next.at < stop) {
		struct lines_mark m = l->next;
		bool ended;

		l->tail = false;
		if (peek(l, m.at).n == 0) {
			l->done = true;
			break;
		}
		ended = row_make(l, &m, NULL);
		if (l->bad) {
			l->done = true;
			break;
		}
		if (!ended && !l->setup.final && !l->lost) {
			l->tail = true;
			return false;
		}
		l->next = m;
		add_mark(l);
	}
	if (l->done && !l->bad && l->setup.kind == LINES_JSON &&
	    l->setup.final && !l->lost &&
	    !json_lex_end(&l->next.lex, &l->err)) {
		l->bad = true;
		l->bad_at = source_len(l);
	}
	return !l->done;
}

uint64_t
lines_count(const struct lines *l)
{
	return l->next.row + l->tail;
}

void
lines_row_init(struct lines_row *r)
{
	*r = (struct lines_row){ .row = 0 };
	buf_init(&r->text, ROW_TEXT_MAX);
}

void
lines_row_fini(struct lines_row *r)
{
	buf_fini(&r->text);
}

/* The last mark whose row (or line) is not behind the wanted one. */
static const struct lines_mark *
mark_before(const struct lines *l, uint64_t n, bool line)
{
	size_t low = 0, high = l->count;

	assert(l->count > 0);
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		const struct lines_mark *m = &l->marks[middle];

		if ((line ? m->line + 1 : m->row) <= n)
			low = middle;
		else
			high = middle;
	}
	return &l->marks[low];
}

void
lines_seek(struct lines *l, uint64_t row)
{
	const struct lines_mark *m = mark_before(l, row, false);

	/* Going on from where we are is often nearer. */
	if (l->here.row > row || l->here.row < m->row)
		l->here = *m;
	while (l->here.row < row && l->here.row < lines_count(l))
		row_make(l, &l->here, NULL);
}

bool
lines_next(struct lines *l, struct lines_row *r)
{
	if (l->here.row >= lines_count(l))
		return false;
	row_make(l, &l->here, r);
	return true;
}

uint64_t
lines_row_of_line(struct lines *l, uint64_t line)
{
	const struct lines_mark *m;
	struct lines_row r;
	uint64_t row;

	if (line == 0)
		line = 1;
	m = mark_before(l, line, true);
	row = m->row;
	lines_row_init(&r);
	lines_seek(l, m->row);
	while (lines_next(l, &r)) {
		if (r.continued)
			continue;
		row = r.row;
		if (r.line >= line)
			break;
	}
	lines_row_fini(&r);
	return row;
}
