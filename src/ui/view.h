/* SPDX-License-Identifier: MIT */
/*
 * A screen is a const record: what it is called, how it draws, what the
 * cursor is on.  Views are stacked by screen.h; the commands act on the top
 * one.  NULL slots are allowed except name, context and draw.
 */
#ifndef SLUICE_SRC_UI_VIEW_H
#define SLUICE_SRC_UI_VIEW_H

#include "pane.h"
#include "scroll.h"
#include "sluice/base/buf.h"
#include "sluice/base/list.h"
#include "sluice/flow/flow.h"

struct ui;
struct view;
struct search;

enum key_context {
	KEY_ANY, KEY_LIST, KEY_FLOW, KEY_TLS, KEY_PASSES, KEY_DIFF, KEY_CHANGES,
	KEY_REPEAT, KEY_COLUMNS, KEY_EMPTY, KEY_OPTIONS, KEY_HELP,
	KEY_GRID,
	KEY_EDIT, KEY_COPY, KEY_EXPORT,	/* menus: one key, then they close */
	KEY_CONTEXTS
};

struct view_ops {
	const char *name;		/* in the status bar: "FLOWS" */
	enum key_context context;	/* its keys */
	/* More keys while a part of it is shown; NULL: context's only. */
	enum key_context (*inside)(const struct view *);
	/* Draws everything between the banner and the status bar. Calls
	 * scroll_fit itself (it knows how many rows are left for content). */
	void (*draw)(struct view *, const struct pane *);
	/* The flow that flow commands act on, or NULL. */
	struct flow *(*focus)(struct view *);
	/* Brings scroll up to date with the content (rows come and go between
	 * paints) before a command moves the cursor. */
	void (*settle)(struct view *);
	/* Called after the cursor moved by a command (follow stops, ..). */
	void (*moved)(struct view *);
	/* Goes to flow or line N. */
	bool (*go)(struct view *, size_t n);
	/* Other flow in the same view: +1, -1. */
	void (*step)(struct view *, int direction);
	void (*tab)(struct view *, int direction);
	/* mode "" is the next one. */
	bool (*mode)(struct view *, struct str mode);
	void (*wrap)(struct view *);
	/* Folds the node under the cursor, or all; false: there is none. */
	bool (*fold)(struct view *, bool all);
	/* Moves the cursor to the next match from the cursor on (direction +1,
	 * -1; `here` counts the current line); false: none.  A long list
	 * may go on looking, and tells itself that there is none. */
	bool (*find)(struct view *, const struct search *, int direction,
	    bool here);
	/* The mouse, at a cell of the screen that is no content row: true when
	 * something was there to be pressed. */
	bool (*press)(struct view *, int row, int column);
	/* Left part of the status bar, after the name. */
	void (*status)(struct view *, struct buf *);
	/* A flow changed or went: drop borrowed pointers, mark dirty. */
	void (*changed)(struct view *, struct flow *, unsigned parts);
	void (*removed)(struct view *, struct flow *);
	/* Asked after each command: has what it shows come to an end? */
	bool (*over)(struct view *);
	/* Space separated command names whose keys are the hint line. */
	const char *hints;
	void (*close)(struct view *);	/* frees */
};

struct view {
	struct list link;		/* in the screen's stack */
	const struct view_ops *ops;
	struct ui *ui;
	struct scroll scroll;
	int top, left;			/* cell of the first content row, for
					 * both cursors; set by draw */
};

/* Its content begins in row y of the pane. */
static inline void
view_place(struct view *v, const struct pane *p, int y)
{
	v->top = p->y + y;
	v->left = p->x;
}

static inline enum key_context
view_context(const struct view *v)
{
	return v->ops->inside != NULL ? v->ops->inside(v) : v->ops->context;
}

#endif
