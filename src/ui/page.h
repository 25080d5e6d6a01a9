/* SPDX-License-Identifier: MIT */
/*
 * A sheet and, below a rule, a body (or none): one run of rows to scroll and
 * to search.
 */
#ifndef SLUICE_SRC_UI_PAGE_H
#define SLUICE_SRC_UI_PAGE_H

#include "scroll.h"
#include "sheet.h"
#include "view_body.h"

struct page {
	struct sheet sheet;
	struct view_body *body;		/* borrowed; NULL: none */
};

size_t page_rows(const struct page *g);
/* The row of line n of the body; of row n when there is no body. */
size_t page_line(const struct page *g, size_t n);
/* The rows that scroll says, over the whole pane. */
void page_draw(const struct page *g, const struct pane *p,
    const struct scroll *scroll, const struct search *search);
/*
 * The next row with a match from `from` on, without going around the end;
 * *x: cells before it.  BODY_NOT_YET: *row is how far it came.
 */
enum body_found page_find(const struct page *g, const struct search *search,
    size_t from, int direction, size_t *row, size_t *x);

#endif
