/* SPDX-License-Identifier: MIT */
/*
 * Rows of styled text, made anew for a paint: header fields, facts, bars.
 * For texts that are small enough to be made whole; bodies use lines.h.
 */
#ifndef SLUICE_SRC_UI_SHEET_H
#define SLUICE_SRC_UI_SHEET_H

#include "pane.h"
#include "search.h"
#include "sluice/base/buf.h"

struct sheet_span {
	uint32_t off, len;		/* of the text */
	uint32_t x;			/* cell in its row */
	enum role role;
};

struct sheet {
	struct buf text;
	struct sheet_span *spans;
	size_t span_count, span_cap;
	size_t *rows;			/* each row's first span */
	size_t row_count, row_cap;
};

void sheet_init(struct sheet *s);
void sheet_fini(struct sheet *s);
void sheet_clear(struct sheet *s);
/* Begins the next row; what follows is put there. */
void sheet_row(struct sheet *s);
/* Both return the cell behind the text. */
size_t sheet_put(struct sheet *s, size_t x, enum role role, struct str text);
size_t sheet_printf(struct sheet *s, size_t x, enum role role,
    const char *fmt, ...) PRINTF_LIKE(4, 5);
/* Text from x on, in as many rows as it needs when they are so wide; 0: in
 * one.  Returns the cell behind it in the last row. */
size_t sheet_wrap(struct sheet *s, size_t x, size_t width, enum role role,
    struct str text);
/* Draws row at y without its first skip cells; matches are marked. */
void sheet_draw(const struct sheet *s, const struct pane *p, int y, size_t row,
    size_t skip, const struct search *search);
/* Does the row have a match? */
bool sheet_match(const struct sheet *s, size_t row,
    const struct search *search);
/* Draws the matches in a text over it; it began at x, skip cells left out. */
void sheet_mark(const struct pane *p, int y, int x, size_t skip,
    struct str text, const struct search *search);

#endif
