/* SPDX-License-Identifier: MIT */
/* Search and going to a line in pages, whose bodies may be very long. */
#ifndef SLUICE_SRC_UI_PAGE_SEARCH_H
#define SLUICE_SRC_UI_PAGE_SEARCH_H

#include "page.h"
#include "view.h"

/* Shows row, at the cell x of it. */
typedef void page_show_fn(struct view *v, size_t row, size_t x);

/*
 * From `from` on (SIZE_MAX: from the other end), round the end; false: there
 * is no match.  In a long body it goes on as an errand of v's console, and
 * tells itself that there is none.  page is v's.
 */
bool page_search(struct view *v, struct page *page,
    const struct search *search, size_t from, int direction,
    page_show_fn *show);
/* The row of line n, likewise. */
void page_go(struct view *v, struct page *page, size_t n, page_show_fn *show);

#endif
