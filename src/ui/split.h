/* SPDX-License-Identifier: MIT */
/*
 * The list and, below it or to its right, a detail that follows its cursor.
 * Owned by the screen; one of the two has the keys.  What does not fit the
 * terminal falls back: right to below, below to the one that has the keys.
 */
#ifndef SLUICE_SRC_UI_SPLIT_H
#define SLUICE_SRC_UI_SPLIT_H

#include <ev.h>

#include "view.h"

enum split_layout { LAYOUT_LIST, LAYOUT_BELOW, LAYOUT_RIGHT, LAYOUT_DETAIL };
#define LAYOUTS	4

struct split {
	struct ui *ui;
	struct view *list;		/* borrowed */
	struct view *detail;		/* owned; NULL: no flow, or not split */
	enum split_layout layout;		/* LIST: not split */
	bool in_detail;			/* it has the keys */
	bool zoomed;			/* the one with the keys is alone */
	struct pane list_pane, detail_pane;	/* at the last paint */
	ev_timer following;
};

void split_init(struct split *s, struct ui *ui);
void split_fini(struct split *s);
/* Not LAYOUT_DETAIL: that is a view of its own. */
void split_set(struct split *s, enum split_layout layout);
bool split_is_on(const struct split *s);
/* The one that has the keys; list is what it shares the screen with. */
struct view *split_focus(const struct split *s);
/* Gives the keys to the detail (when there is one), or to the list. */
void split_enter(struct split *s, bool detail);
/* Gives the detail away, and is no split any more; NULL: there is none. */
struct view *split_take(struct split *s) NODISCARD;
void split_draw(struct split *s, struct view *list, const struct pane *p);
/* The view drawn at a place of the screen, or NULL. */
struct view *split_at(const struct split *s, int row, int column);

const char *split_layout_name(enum split_layout layout);
bool split_layout_parse(struct str text, enum split_layout *layout) NODISCARD;

#endif
