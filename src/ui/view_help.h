/* SPDX-License-Identifier: MIT */
/* Keys and commands of a screen, filters, made from the tables. */
#ifndef SLUICE_SRC_UI_VIEW_HELP_H
#define SLUICE_SRC_UI_VIEW_HELP_H

#include "view.h"

struct view *view_help_new(struct ui *ui, enum key_context context);
bool view_is_help(const struct view *v);

#endif
