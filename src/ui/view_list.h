/* SPDX-License-Identifier: MIT */
/* The flow list, the first view of the stack. */
#ifndef SLUICE_SRC_UI_VIEW_LIST_H
#define SLUICE_SRC_UI_VIEW_LIST_H

#include "view.h"

struct view *view_list_new(struct ui *ui);
/* Puts the cursor on f; false when a filter hides it. */
bool view_list_select(struct view *v, const struct flow *f);
/* A range of rows from where it was begun to the cursor, ends included. */
bool view_list_begin_range(struct view *v);
void view_list_end_range(struct view *v);
bool view_list_range(struct view *v, size_t *first, size_t *last);
/* Follow new flows: on, off; is it on? */
void view_list_follow(struct view *v, bool on);
bool view_list_follows(const struct view *v);

#endif
