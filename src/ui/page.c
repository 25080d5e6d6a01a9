/* SPDX-License-Identifier: MIT */
/* Rows of a page: for each part its rule, the sheet's, a rule, the body's. */
#include "page.h"
#include "sluice/base/clock.h"

#include <assert.h>

#define NO_ROW		SIZE_MAX
#define COUNT_BYTES	(256u * 1024)	/* longer: matches are not counted */
#define COUNT_ROWS	999u
#define COUNT_US	2000

void
page_init(struct page *g)
{
	*g = (struct page){ .count = 0 };
	for (size_t i = 0; i < PAGE_PARTS; i++)
		sheet_init(&g->parts[i].sheet);
}

void
page_fini(struct page *g)
{
	for (size_t i = 0; i < PAGE_PARTS; i++)
		sheet_fini(&g->parts[i].sheet);
}

void
page_clear(struct page *g, size_t count)
{
	assert(count > 0 && count <= PAGE_PARTS);
	g->count = count;
	for (size_t i = 0; i < PAGE_PARTS; i++) {
		struct page_part *part = &g->parts[i];

		sheet_clear(&part->sheet);
		part->title = NULL;
		part->body = NULL;
		part->most = 0;
	}
}

/* Rows of a part before its sheet, and before its body. */
static size_t
rows_title(const struct page_part *part)
{
	return part->title != NULL;
}

static size_t
rows_above(const struct page_part *part)
{
	return rows_title(part) + part->sheet.row_count + (part->body != NULL);
}

/* Does the body go on below what is shown of it? */
static bool
is_cut(const struct page_part *part)
{
	return part->body != NULL && part->most > 0 &&
	    view_body_rows(part->body) > part->most;
}

static size_t
rows_body(const struct page_part *part)
{
	if (part->body == NULL)
		return 0;
	return is_cut(part) ? part->most : (size_t)view_body_rows(part->body);
}

static size_t
rows_of(const struct page_part *part)
{
	return rows_above(part) + rows_body(part);
}

size_t
page_rows(const struct page *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->count; i++)
		n += rows_of(&g->parts[i]);
	return n;
}

size_t
page_line(const struct page *g, size_t n, bool *known)
{
	const struct page_part *part = &g->parts[g->count - 1];
	size_t before = page_rows(g) - rows_of(part);

	*known = true;
	if (part->body != NULL && view_body_rows(part->body) > 0)
		return before + rows_above(part) +
		    (size_t)view_body_line(part->body, n, known);
	return n > 0 ? n - 1 : 0;
}

struct view_body *
page_body_at(const struct page *g, size_t row, uint64_t *at)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct page_part *part = &g->parts[i];
		size_t above = rows_above(part), n = rows_of(part);

		if (row >= above && row < n) {
			*at = row - above;
			return part->body;
		}
		if (row < n)
			return NULL;
		row -= n;
	}
	return NULL;
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

static void
draw_title(const struct page_part *part, const struct pane *p, int y)
{
	pane_rule(p, y, ROLE_DIM);
	pane_printf(p, y, 1, ROLE_TITLE, " %s ", part->title);
}

/* Rows of a part from `from` on, to the end of the pane; how many. */
static int
draw_part(const struct page_part *part, const struct pane *p, size_t from,
    size_t column, const struct search *search)
{
	size_t title = rows_title(part), above = rows_above(part);
	size_t shown = rows_body(part);
	int y = 0, rows;
	struct pane below;

	for (size_t row = from; row < above && y < p->rows; row++, y++) {
		if (row < title)
			draw_title(part, p, y);
		else if (row - title < part->sheet.row_count)
			sheet_draw(&part->sheet, p, y, row - title, column,
			    search);
		else
			draw_rule(part->body, p, y);
	}
	from = from > above ? from - above : 0;
	if (part->body == NULL || from >= shown)
		return y;
	rows = p->rows - y;
	if ((size_t)rows > shown - from)
		rows = (int)(shown - from);
	below = pane_sub(p, y, 0, rows, p->cols);
	view_body_draw(part->body, &below, from, column, search);
	if (is_cut(part) && rows > 0 && from + (size_t)rows == shown) {
		pane_fill(&below, rows - 1, ROLE_DIM);
		pane_printf(&below, rows - 1, 2, ROLE_DIM,
		    "%.*s more in its own tab",
		    STR_ARG(pane_glyph(GLYPH_ELLIPSIS)));
	}
	return y + rows;
}

void
page_draw(const struct page *g, const struct pane *p,
    const struct scroll *scroll, size_t cursor, const struct search *search)
{
	size_t from = scroll->offset;
	int y = 0;

	for (size_t i = 0; i < g->count && y < p->rows; i++) {
		const struct page_part *part = &g->parts[i];
		struct pane rest = pane_sub(p, y, 0, p->rows - y, p->cols);

		if (from >= rows_of(part)) {
			from -= rows_of(part);
			continue;
		}
		y += draw_part(part, &rest, from, scroll->column, search);
		from = 0;
	}
	if (cursor >= scroll->offset &&
	    cursor - scroll->offset < (size_t)p->rows &&
	    cursor < page_rows(g))
		pane_reverse(p, (int)(cursor - scroll->offset));
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

static enum body_found
find_body(const struct page_part *part, const struct search *search,
    uint64_t from, int direction, uint64_t *at, size_t *x)
{
	enum body_found found;

	if (part->body == NULL || from >= rows_body(part))
		return BODY_NOT_FOUND;
	found = view_body_find(part->body, search, from, direction, at, x);
	/* What is not shown here is not found here. */
	if (is_cut(part) && *at >= part->most)
		return BODY_NOT_FOUND;
	return found;
}

/* In one part, rows counted from its first. */
static enum body_found
find_part(const struct page_part *part, const struct search *search,
    size_t from, int direction, size_t *row, size_t *x)
{
	size_t title = rows_title(part), above = rows_above(part);
	enum body_found found = BODY_NOT_FOUND;
	uint64_t at = 0;

	*x = 0;
	*row = NO_ROW;
	if (direction > 0)
		*row = find_above(&part->sheet, search,
		    from > title ? from - title : 0, 1);
	if (*row != NO_ROW) {
		*row += title;
		return BODY_FOUND;
	}
	if (direction > 0 || from >= above)
		found = find_body(part, search, from > above ? from - above : 0,
		    direction, &at, x);
	*row = above + (size_t)at;
	if (direction > 0 || found != BODY_NOT_FOUND)
		return found;
	if (from < title)
		return BODY_NOT_FOUND;
	*row = find_above(&part->sheet, search, from - title, -1);
	if (*row == NO_ROW)
		return BODY_NOT_FOUND;
	*row += title;
	return BODY_FOUND;
}

enum body_found
page_find(const struct page *g, const struct search *search, size_t from,
    int direction, size_t *row, size_t *x)
{
	size_t starts[PAGE_PARTS], at = 0;

	for (size_t i = 0; i < g->count; i++) {
		starts[i] = at;
		at += rows_of(&g->parts[i]);
	}
	for (size_t k = 0; k < g->count; k++) {
		size_t i = direction > 0 ? k : g->count - 1 - k;
		size_t end = starts[i] + rows_of(&g->parts[i]), here = 0;
		enum body_found found;

		if (direction > 0 ? from >= end : from < starts[i])
			continue;
		if (from > starts[i])
			here = from < end ? from - starts[i] :
			    end - starts[i] - 1;
		found = find_part(&g->parts[i], search, here, direction, row,
		    x);
		*row += starts[i];
		if (found != BODY_NOT_FOUND)
			return found;
	}
	return BODY_NOT_FOUND;
}

void
page_hits(const struct page *g, const struct search *search, size_t row,
    struct page_hits *hits)
{
	size_t at = 0, rows = page_rows(g), hit, x;
	int64_t stop = clock_mono() + COUNT_US;

	*hits = (struct page_hits){ .rows = 0 };
	for (size_t i = 0; i < g->count; i++)
		if (g->parts[i].body != NULL &&
		    view_body_len(g->parts[i].body) > COUNT_BYTES)
			return;
	while (at < rows) {
		enum body_found found = page_find(g, search, at, 1, &hit, &x);

		hits->more = found == BODY_NOT_YET ||
		    hits->rows == COUNT_ROWS || clock_mono() >= stop;
		if (found != BODY_FOUND || hits->more)
			return;
		hits->rows++;
		hits->before += hit <= row;
		at = hit + 1;
	}
}
