/* SPDX-License-Identifier: MIT */
/*
 * Telling somebody who looks elsewhere: the terminal's title and its bell.
 * The bell rings once when something begins to be held, and not when the
 * terminal has said that it has the focus.
 */
#ifndef SLUICE_SRC_UI_ATTENTION_H
#define SLUICE_SRC_UI_ATTENTION_H

#include <stdbool.h>
#include <stddef.h>

struct ui;

struct attention {
	bool focused;			/* the terminal said so */
	size_t held;			/* at the last paint: rings at 0 -> n */
	double titled;			/* loop time of the last title */
	bool stale;			/* the title waits for its second */
	char title[160];
};

/* After a paint; true while a newer title waits to be set. */
bool attention_paint(struct ui *ui);
void attention_focus(struct ui *ui, bool focused);
/* The option was changed: sets the title, or gives the old one back. */
void attention_title(struct ui *ui);

#endif
