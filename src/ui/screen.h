/* SPDX-License-Identifier: MIT */
/*
 * A stack of views and one paint per loop turn, at most one per 2 ms while
 * keys are pressed and one per 100 ms for traffic alone.
 */
#ifndef SLUICE_SRC_UI_SCREEN_H
#define SLUICE_SRC_UI_SCREEN_H

#include <ev.h>

#include "split.h"
#include "view.h"

struct screen {
	struct list views;		/* the last is on top */
	struct split split;		/* of the first one */
	struct ui *ui;
	ev_prepare paint;
	ev_timer later;			/* a paint that had to wait */
	ev_io drain;			/* the terminal takes bytes again */
	bool dirty, urgent;
	double last;			/* ev time of the last paint */
	bool off;			/* the terminal is lent */
};

void screen_init(struct screen *s, struct ui *ui);
void screen_fini(struct screen *s);
void screen_push(struct screen *s, struct view *v);
/*
 * Closes the top view; the first one stays.  Of a split, the list gets the
 * keys.
 */
void screen_pop(struct screen *s);
/* The view that has the keys. */
struct view *screen_top(const struct screen *s);
/* A flow changed or went: tells all views. */
void screen_flow_changed(struct screen *s, struct flow *f, unsigned parts);
void screen_flow_removed(struct screen *s, struct flow *f);
/* Something shown has changed; urgent: because of a key. */
void screen_dirty(struct screen *s, bool urgent);

#endif
