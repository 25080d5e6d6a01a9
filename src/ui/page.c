/* SPDX-License-Identifier: MIT */
/* Rows of a page: the sheet's, the rule, the body's. */
#include "page.h"

#include <assert.h>

#define NO_ROW		SIZE_MAX

/* Rows before the body. */
static size_t
rows_above(const struct page *g)
{
	return g->sheet.row_count + (g->body != NULL);
}

size_t
page_rows(const struct page *g)
{
	return rows_above(g) + (g->body != NULL ?
	    (size_t)view_body_rows(g->body) : 0);
}

size_t
page_line(const struct page *g, size_t n)
{
	if (g->body != NULL && view_body_rows(g->body) > 0)
		return rows_above(g) + (size_t)view_body_line(g->body, n);
	return n > 0 ? n - 1 : 0;
}

/* The rule between head and body says what the body is. */
static void
draw_rule(const struct view_body *b, const struct pane *p, int y)
{
	struct buf text;
	int x, width;

	buf_init(&text, 256);
	view_body_size(b, &text);
	pane_rule(p, y, ROLE_DIM);
	width = pane_width(buf_str(&text), p->cols);
	x = p->cols - width - 4;
	if (width > 0 && x > 0)
		pane_printf(p, y, x, ROLE_DIM, " %.*s ",
		    STR_ARG(buf_str(&text)));
	if (b->problem[0] != '\0')
		pane_printf(p, y, 2, ROLE_ERROR, " %s ", b->problem);
	buf_fini(&text);
}

void
page_draw(const struct page *g, const struct pane *p,
    const struct scroll *scroll, const struct search *search)
{
	size_t row = scroll->offset, above = rows_above(g);
	struct pane below;
	int y = 0;

	for (; row < above && y < p->rows; row++, y++) {
		if (row < g->sheet.row_count)
			sheet_draw(&g->sheet, p, y, row, scroll->column,
			    search);
		else
			draw_rule(g->body, p, y);
	}
	if (g->body == NULL || y == p->rows)
		return;
	assert(row >= above);
	below = pane_sub(p, y, 0, p->rows - y, p->cols);
	view_body_draw(g->body, &below, row - above, scroll->column, search);
}

/* In the sheet, from row `from` on; NO_ROW: none. */
static size_t
find_above(const struct sheet *s, const struct search *search, size_t from,
    int direction)
{
	size_t row = from;

	if (direction < 0 && row >= s->row_count)
		row = s->row_count - 1;
	for (; row < s->row_count; row += (size_t)direction)
		if (sheet_match(s, row, search))
			return row;
	return NO_ROW;
}

enum body_found
page_find(const struct page *g, const struct search *search, size_t from,
    int direction, size_t *row, size_t *x)
{
	size_t above = rows_above(g);
	enum body_found found = BODY_NOT_FOUND;
	uint64_t at = 0;

	*x = 0;
	*row = NO_ROW;
	if (direction > 0)
		*row = find_above(&g->sheet, search, from, 1);
	if (*row != NO_ROW)
		return BODY_FOUND;
	if (g->body != NULL && (direction > 0 || from >= above)) {
		found = view_body_find(g->body, search, from > above ?
		    from - above : 0, direction, &at, x);
		*row = above + (size_t)at;
	}
	if (direction > 0 || found != BODY_NOT_FOUND)
		return found;
	*row = find_above(&g->sheet, search, from, -1);
	return *row != NO_ROW ? BODY_FOUND : BODY_NOT_FOUND;
}
