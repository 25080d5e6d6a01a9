/* SPDX-License-Identifier: MIT */
/* The hosts that are passed through: which, why, and for how long. */
#ifndef SLUICE_SRC_UI_VIEW_PASSES_H
#define SLUICE_SRC_UI_VIEW_PASSES_H

#include "view.h"

struct view *view_passes_new(struct ui *ui);
bool view_is_passes(const struct view *v);
/* The place in the engine's list of the host under the cursor. */
bool view_passes_focus(struct view *v, size_t *i);

#endif
