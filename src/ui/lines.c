/* SPDX-License-Identifier: MIT */
/*
 * One function makes a row from a mark (lines_make); indexing and drawing both
 * call it, so they cannot disagree about where rows begin.
 */
#include "lines.h"

#include <assert.h>
#include <string.h>

#include "sluice/base/mem.h"

#define WINDOW		(64u * 1024)
#define AHEAD		MARKUP_AHEAD	/* look past a row's end */
#define NODE_ROWS	2000u		/* looked back for a node */
#define ROW_TEXT_MAX	(LINES_ROW_MAX * LINES_TAB + 1024u)

uint64_t
lines_source_len(const struct lines *l)
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

struct str
lines_peek(struct lines *l, uint64_t at)
{
	const size_t want = LINES_ROW_MAX + AHEAD;
	uint64_t len = lines_source_len(l);

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
	markup_lex_init(&l->next.markup, setup->kind == LINES_HTML);
	/* RFC 8259 section 8.1: a byte order mark may be ignored. */
	if (setup->kind == LINES_JSON &&
	    str_starts(lines_peek(l, 0), STR("\xef\xbb\xbf")))
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
		if (lines_peek(l, m.at).n == 0) {
			l->done = true;
			break;
		}
		ended = lines_make(l, &m, NULL);
		/* A folded node's end is far. */
		if (l->scan.running)
			return true;
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
		l->bad_at = lines_source_len(l);
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
		lines_make(l, &l->here, NULL);
}

bool
lines_next(struct lines *l, struct lines_row *r)
{
	if (l->here.row >= lines_count(l))
		return false;
	lines_make(l, &l->here, r);
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

bool
lines_node(struct lines *l, uint64_t row, uint64_t *node, uint64_t *begins)
{
	uint64_t from = row > NODE_ROWS ? row - NODE_ROWS : 0;
	struct lines_row r;
	unsigned depth;
	bool found = false, closes;

	lines_row_init(&r);
	lines_seek(l, row);
	if (!lines_next(l, &r) || l->setup.kind == LINES_TEXT)
		goto out;
	depth = r.depth;
	closes = r.closes;
	*node = r.node;
	*begins = row;
	found = r.node != LINES_NO_NODE;
	if (found)
		goto out;
	lines_seek(l, from);
	while (l->here.row < row && lines_next(l, &r)) {
		if (r.node == LINES_NO_NODE || r.folded ||
		    (closes ? r.depth != depth : r.depth >= depth))
			continue;
		*node = r.node;
		*begins = r.row;
		found = true;
	}
out:
	lines_row_fini(&r);
	return found;
}

void
lines_refold(struct lines *l, uint64_t from)
{
	assert(l->count > 0);
	if (l->bad)
		return;
	while (l->count > 1 && l->marks[l->count - 1].at > from)
		l->count--;
	l->next = l->marks[l->count - 1];
	l->here = l->marks[0];
	l->scan.running = false;
	l->tail = l->done = false;
}
