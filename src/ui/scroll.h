/* SPDX-License-Identifier: MIT */
/* Cursor, offset, page: arithmetic only; no drawing, no content. */
#ifndef SLUICE_SRC_UI_SCROLL_H
#define SLUICE_SRC_UI_SCROLL_H

#include <stdbool.h>
#include <stddef.h>

struct scroll {
	size_t rows;		/* of content */
	size_t cursor;		/* < rows, or 0 */
	size_t offset;		/* first shown row */
	size_t page;		/* rows that fit, at least 1 */
	bool text;		/* no cursor bar: moving scrolls (bodies) */
	bool away;		/* the wheel has left the cursor out of sight */
	size_t column;		/* horizontal scroll */
};

/* Sets the sizes and brings cursor and offset into range. */
void scroll_fit(struct scroll *s, size_t rows, size_t page);
void scroll_move(struct scroll *s, long delta);
/* Moves what is shown; the cursor stays, and comes back with any move. */
void scroll_wheel(struct scroll *s, long delta);
/* Half or whole pages, sign is the direction. */
void scroll_half(struct scroll *s, int direction);
void scroll_page(struct scroll *s, int direction);
void scroll_top(struct scroll *s);
void scroll_bottom(struct scroll *s);
void scroll_to(struct scroll *s, size_t row);

#endif
