/* SPDX-License-Identifier: MIT */
/* Which rows of a comparison are on the screen, side by side or unified. */
#ifndef SLUICE_SRC_UI_DIFF_LAYOUT_H
#define SLUICE_SRC_UI_DIFF_LAYOUT_H

#include "diff.h"

/* A row of the screen: one of the diff, or what stands for hidden ones. */
struct diff_shown {
	size_t row, hidden;
	bool right;			/* unified: B's text of the row */
	bool starts;			/* a change begins here */
};

struct diff_layout {
	struct diff_shown *rows;
	size_t count, cap;
	bool all;			/* what is the same is shown, too */
	bool side;			/* side by side */
};

void diff_layout_make(struct diff_layout *l, const struct diff *d);
void diff_layout_fini(struct diff_layout *l);

#endif
