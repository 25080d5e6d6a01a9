/* SPDX-License-Identifier: MIT */
/* Two flows compared: side by side where there is room, else unified. */
#ifndef SLUICE_SRC_UI_VIEW_DIFF_H
#define SLUICE_SRC_UI_VIEW_DIFF_H

#include "view.h"

/* Takes references to both; a is the older one. */
struct view *view_diff_new(struct ui *ui, struct flow *a, struct flow *b);
/*
 * What was changed of f, which was edited: the same, with the keys for what
 * comes next.  Closes itself when f goes on or is as it came.
 */
struct view *view_changes_new(struct ui *ui, struct flow *f);
bool view_is_changes(const struct view *v);
bool view_is_diff(const struct view *v);	/* either */
/* The next difference from the cursor on; false: there is none. */
bool view_diff_go(struct view *v, int direction);
/* Shows what is the same, too, or hides it. */
void view_diff_fold(struct view *v);
void view_diff_swap(struct view *v);
void view_diff_side(struct view *v);
void view_diff_bytes(struct view *v);
void view_diff_blanks(struct view *v);
/* Leaves out the field under the cursor; on any other row, none any more. */
void view_diff_ignore(struct view *v);
/* All of it as text; name: of a file for it. */
void view_diff_text(struct view *v, struct buf *out);
void view_diff_name(const struct view *v, struct buf *name);

#endif
