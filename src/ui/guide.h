/* SPDX-License-Identifier: MIT */
/*
 * What the flow list shows when it has no rows: how to send traffic here, or
 * which filter hides everything.
 */
#ifndef SLUICE_SRC_UI_GUIDE_H
#define SLUICE_SRC_UI_GUIDE_H

#include "pane.h"
#include "sluice/base/buf.h"
#include "view.h"

struct ui;

void guide_draw(struct ui *ui, const struct pane *p);
void guide_draw_hidden(struct ui *ui, const struct pane *p);
/* A command that goes through here; one that sends a whole shell. */
void guide_curl(const struct ui *ui, struct buf *out);
void guide_env(const struct ui *ui, struct buf *out);
/* guide_draw as a view of its own. */
struct view *guide_new(struct ui *ui);

#endif
