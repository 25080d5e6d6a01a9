/* SPDX-License-Identifier: MIT */
/*
 * The rows around the view: the banner when something is held, the status
 * bar, and the last line (hints, a message, or the prompt).
 */
#ifndef SLUICE_SRC_UI_STATUS_H
#define SLUICE_SRC_UI_STATUS_H

#include "pane.h"

struct ui;

bool status_has_banner(const struct ui *ui);
void status_banner(struct ui *ui, const struct pane *p, int y);
void status_bar(struct ui *ui, const struct pane *p, int y);
void status_hints(struct ui *ui, const struct pane *p, int y);

#endif
