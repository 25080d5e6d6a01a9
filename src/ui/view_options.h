/* SPDX-License-Identifier: MIT */
/* Every option with its value; what can be changed is changed at once. */
#ifndef SLUICE_SRC_UI_VIEW_OPTIONS_H
#define SLUICE_SRC_UI_VIEW_OPTIONS_H

#include "sluice/base/option.h"
#include "view.h"

struct view *view_options_new(struct ui *ui) NODISCARD;
bool view_is_options(const struct view *v);
/* Under the cursor. */
enum option_id view_options_at(const struct view *v);

#endif
