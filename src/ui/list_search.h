/* SPDX-License-Identifier: MIT */
/* Search in what the rows of the list say, uncut. */
#ifndef SLUICE_SRC_UI_LIST_SEARCH_H
#define SLUICE_SRC_UI_LIST_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

struct search;
struct ui;

/*
 * Puts the list's cursor on the next match behind row (here: from it on), in
 * either direction and round the end; false: there is none.  In a very long
 * list it goes on as an errand, and tells itself if there is none.
 */
bool list_search(struct ui *ui, const struct search *search, size_t row,
    int direction, bool here);

#endif
