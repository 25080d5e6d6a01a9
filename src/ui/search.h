/* SPDX-License-Identifier: MIT */
/* A search text: smart case (capital letters make case count), literal. */
#ifndef SLUICE_SRC_UI_SEARCH_H
#define SLUICE_SRC_UI_SEARCH_H

#include <stdbool.h>

#include "sluice/base/str.h"

struct search {
	char text[256];		/* "" : none */
	bool exact;		/* case counts */
};

void search_set(struct search *s, struct str text);
/* Next match at or after from: its byte index, or SIZE_MAX. */
size_t search_find(const struct search *s, struct str in, size_t from);

#endif
