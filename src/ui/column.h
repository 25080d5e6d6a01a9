/* SPDX-License-Identifier: MIT */
/*
 * The columns of the flow list: a table of what each shows, how wide it is
 * and which ones a narrow terminal leaves out.
 */
#ifndef SLUICE_SRC_UI_COLUMN_H
#define SLUICE_SRC_UI_COLUMN_H

#include "pane.h"
#include "sluice/flow/flow.h"

enum column_id {
	COLUMN_ID, COLUMN_TIME, COLUMN_METHOD, COLUMN_STATUS, COLUMN_HOST,
	COLUMN_PATH, COLUMN_TYPE, COLUMN_SIZE, COLUMN_DURATION, COLUMN_COUNT
};

struct column_layout {
	int x[COLUMN_COUNT];		/* from the pane's left edge */
	int width[COLUMN_COUNT];	/* 0: left out */
	bool joined;			/* PATH begins with the host */
};

void column_layout(struct column_layout *l, int cols);
/* The header row. */
void column_head(const struct column_layout *l, const struct pane *p, int y);
/* One flow; skip: cells of the path scrolled away. */
void column_row(const struct column_layout *l, const struct pane *p, int y,
    const struct flow *f, size_t skip);

#endif
