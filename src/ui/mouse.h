/* SPDX-License-Identifier: MIT */
/*
 * The mouse: a click chooses, two open, the wheel scrolls and leaves the
 * cursor where it is, hints and counts do what they say.
 */
#ifndef SLUICE_SRC_UI_MOUSE_H
#define SLUICE_SRC_UI_MOUSE_H

#include <stddef.h>

#define MOUSE_SPOTS	32

struct pane;
struct ui;

/* Cells of the screen that run a command when they are clicked. */
struct mouse_spot {
	int row, begin, end;
	const char *line;		/* static */
};

struct mouse {
	struct mouse_spot spots[MOUSE_SPOTS];
	size_t count;			/* put there by the last paint */
	double clicked;			/* loop time of the last click */
	int row;			/* .. and where */
};

/* Before a paint: no spots. */
void mouse_clear(struct mouse *m);
/* x and end in the pane; what is too much is no spot. */
void mouse_spot(struct mouse *m, const struct pane *p, int y, int x, int end,
    const char *line);
void mouse_clicked(struct ui *ui, int row, int column);
/* Scrolls what is under the pointer; the keys stay where they are. */
void mouse_wheel(struct ui *ui, int direction, int row, int column);

#endif
