/* SPDX-License-Identifier: MIT */
/* Choosing the list's columns, their order, and what it is sorted by. */
#ifndef SLUICE_SRC_UI_VIEW_COLUMNS_H
#define SLUICE_SRC_UI_VIEW_COLUMNS_H

#include "column.h"
#include "view.h"

/* sorting: Enter chooses what to sort by, and closes it. */
struct view *view_columns_new(struct ui *ui, bool sorting);
bool view_is_columns(const struct view *v);
/* Shows or hides the column under the cursor. */
void view_columns_toggle(struct view *v);
/* Moves it, and the cursor with it, one place up (-1) or down (+1). */
void view_columns_move(struct view *v, int direction);
/* Back to no choice. */
void view_columns_reset(struct view *v);
enum column_id view_columns_at(const struct view *v);
bool view_columns_is_sorting(const struct view *v);

#endif
