/* SPDX-License-Identifier: MIT */
/*
 * What the event log warns of, in a line above the status bar: a letter for
 * how bad it is, how often it came, and a key that tells more.  Errors stay
 * until a key is pressed, warnings fade.
 */
#ifndef SLUICE_SRC_UI_TOAST_H
#define SLUICE_SRC_UI_TOAST_H

#include <stdbool.h>

#include "sluice/base/log.h"

struct pane;
struct ui;

struct toast {
	char text[512];			/* "": none */
	enum log_level level;
	unsigned times;
	double since;			/* loop time it came first */
	double until;			/* 0: until a key */
};

/* The same once more is counted; an error is not replaced by less. */
void toast_show(struct ui *ui, enum log_level level, const char *text);
bool toast_is_shown(const struct toast *t);
bool toast_is_fading(const struct toast *t);
/* Time has passed. */
void toast_fade(struct toast *t, double now);
/* A key was pressed: true when it is Enter on an error, which opens the log. */
bool toast_key(struct ui *ui, bool enter);
void toast_draw(struct ui *ui, const struct pane *p, int y);

#endif
