/* SPDX-License-Identifier: MIT */
/*
 * What a tab shows: one part or two, each a sheet and, below a rule, a body
 * (or none); all of it one run of rows to scroll and to search.
 */
#ifndef SLUICE_SRC_UI_PAGE_H
#define SLUICE_SRC_UI_PAGE_H

#include "scroll.h"
#include "sheet.h"
#include "view_body.h"

#define PAGE_PARTS	2

struct page_part {
	const char *title;		/* in a rule above it; NULL: none */
	struct sheet sheet;
	struct view_body *body;		/* borrowed; NULL: none */
	size_t most;			/* rows of the body shown; 0: all */
};

struct page {
	struct page_part parts[PAGE_PARTS];
	size_t count;			/* of parts in use */
};

void page_init(struct page *g);
void page_fini(struct page *g);
/* Empties it and says how many parts follow. */
void page_clear(struct page *g, size_t count);
size_t page_rows(const struct page *g);
/* The row of line n of the last body; of row n when there is no body.  *known
 * false: it was not found in the time; again. */
size_t page_line(const struct page *g, size_t n, bool *known);
/* The body that row belongs to, or NULL; *at: its row there. */
struct view_body *page_body_at(const struct page *g, size_t row, uint64_t *at);
/*
 * The rows that scroll says, over the whole pane; cursor: the row to show
 * reversed, or SIZE_MAX.
 */
void page_draw(const struct page *g, const struct pane *p,
    const struct scroll *scroll, size_t cursor, const struct search *search);
struct page_hits {
	size_t rows, before;	/* rows with matches; those up to the row */
	bool more;		/* there are more than were counted */
};
/* Counts, unless a body is so long that it would take time: rows is 0. */
void page_hits(const struct page *g, const struct search *search, size_t row,
    struct page_hits *hits);
/*
 * The next row with a match from `from` on, without going around the end;
 * *x: cells before it.  BODY_NOT_YET: *row is how far it came.
 */
enum body_found page_find(const struct page *g, const struct search *search,
    size_t from, int direction, size_t *row, size_t *x);

#endif
