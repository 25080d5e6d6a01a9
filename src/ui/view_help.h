/* SPDX-License-Identifier: MIT */
/* Keys and commands of a screen, filters, made from the tables. */
#ifndef SLUICE_SRC_UI_VIEW_HELP_H
#define SLUICE_SRC_UI_VIEW_HELP_H

#include "view.h"

struct command_row;

struct view *view_help_new(struct ui *ui, enum key_context context);
bool view_is_help(const struct view *v);
/* Of the line under the cursor: its command, its filter; NULL: none. */
const struct command_row *view_help_command(const struct view *v);
const char *view_help_filter(const struct view *v);

#endif
