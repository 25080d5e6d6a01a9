/* SPDX-License-Identifier: MIT */
/* A flow as a bar in time, in one cell row of the list. */
#ifndef SLUICE_SRC_UI_WATERFALL_H
#define SLUICE_SRC_UI_WATERFALL_H

#include "column.h"

/* Held or blocked, waiting for the answer, receiving it. */
void waterfall_draw(const struct pane *p, int y, int x, int width,
    const struct flow *f, const struct column_span *span);

#endif
