/* SPDX-License-Identifier: MIT */
/* Names and values of a message's part, edited in place. */
#ifndef SLUICE_SRC_UI_VIEW_GRID_H
#define SLUICE_SRC_UI_VIEW_GRID_H

#include "grid.h"
#include "view.h"

/* NULL with err when there is nothing of that kind.  Keeps f. */
struct view *view_grid_new(struct ui *ui, struct flow *f,
    enum gate_point which, enum edit_part part, struct err *err) NODISCARD;
bool view_is_grid(const struct view *v);
struct grid *view_grid_rows(struct view *v);
/* The cell under the cursor. */
bool view_grid_at(const struct view *v, size_t *row, enum grid_cell *cell);
void view_grid_go(struct view *v, size_t row, enum grid_cell cell);
struct flow *view_grid_flow(const struct view *v, enum gate_point *which);

#endif
