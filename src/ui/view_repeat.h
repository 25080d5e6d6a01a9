/* SPDX-License-Identifier: MIT */
/* A draft that is sent again and again: the request, and each try's answer. */
#ifndef SLUICE_SRC_UI_VIEW_REPEAT_H
#define SLUICE_SRC_UI_VIEW_REPEAT_H

#include "view.h"

/* Takes a reference to the draft. */
struct view *view_repeat_new(struct ui *ui, struct flow *draft);
bool view_is_repeat(const struct view *v);
/* Sends the draft as it is now: the next try. */
bool view_repeat_send(struct view *v, struct err *err) NODISCARD;
/* Shows another try; false: there is none. */
bool view_repeat_go(struct view *v, int direction);
/* The try shown and the one before it; false: there are no two. */
bool view_repeat_pair(struct view *v, struct flow **before, struct flow **now);
/* The other half gets the keys that scroll. */
void view_repeat_other(struct view *v);

#endif
