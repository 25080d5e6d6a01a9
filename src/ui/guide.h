/* SPDX-License-Identifier: MIT */
/*
 * What the flow list shows when it has no rows: how to send traffic here, or
 * which filter hides everything.
 */
#ifndef SLUICE_SRC_UI_GUIDE_H
#define SLUICE_SRC_UI_GUIDE_H

#include "pane.h"

struct ui;

void guide_draw(struct ui *ui, const struct pane *p);
void guide_draw_hidden(struct ui *ui, const struct pane *p);

#endif
