/* SPDX-License-Identifier: MIT */
/*
 * A rectangle to draw styled text in.  Only pane.c and term.c call curses
 * drawing functions.  pane_put passes every byte through escape_next, so
 * network bytes cannot reach the terminal raw; there is no other way to put
 * text on the screen.
 */
#ifndef SLUICE_SRC_UI_PANE_H
#define SLUICE_SRC_UI_PANE_H

#include <stdbool.h>

#include "sluice/base/str.h"
#include "theme.h"

/* Signs of our own, with an ASCII stand-in where the locale has no UTF-8. */
enum glyph {
	GLYPH_CURSOR, GLYPH_MARK, GLYPH_ELLIPSIS, GLYPH_DASH, GLYPH_RULE,
	GLYPH_BAR, GLYPH_FOLLOW, GLYPH_PAUSED, GLYPH_HELD, GLYPH_CARET,
	GLYPH_FOLD,
	GLYPH_UP, GLYPH_DOWN, GLYPH_BLOCKED, GLYPH_WAITING, GLYPH_RECEIVING,
	GLYPH_COUNT
};

struct pane {
	int y, x, rows, cols;		/* on the screen, in cells */
};

/* Set once at the start: may characters outside ASCII be drawn? */
void pane_open(bool unicode);
bool pane_is_unicode(void);
struct str pane_glyph(enum glyph g);
/* Part of a pane; clipped to it. */
struct pane pane_sub(const struct pane *p, int y, int x, int rows, int cols);
/*
 * Text at row y, column x; cut at the pane's edge; returns the column behind
 * it.  Never wraps.  Out-of-range positions draw nothing.
 */
int pane_put(const struct pane *p, int y, int x, enum role role,
    struct str text);
int pane_printf(const struct pane *p, int y, int x, enum role role,
    const char *fmt, ...) PRINTF_LIKE(5, 6);
/*
 * Text in exactly `width` cells, padded with blanks; too long is cut with an
 * ellipsis at the right, or at the left with from_left.
 */
int pane_cell(const struct pane *p, int y, int x, int width, enum role role,
    struct str text, bool from_left);
/* Right-aligned in width cells. */
int pane_cell_right(const struct pane *p, int y, int x, int width,
    enum role role, struct str text);
/* Fills a row with blanks in the role. */
void pane_fill(const struct pane *p, int y, enum role role);
/* Adds reverse video to a drawn row (the cursor row keeps its colours). */
void pane_reverse(const struct pane *p, int y);
/* A line across ("─", or "-" where the locale has none). */
void pane_rule(const struct pane *p, int y, enum role role);
/* The text's width in cells when drawn by pane_put, at most `most`. */
int pane_width(struct str text, int most);
void pane_clear(const struct pane *p);
/* Places the hardware cursor; shown only by prompts. */
void pane_cursor(const struct pane *p, int y, int x);

#endif
