/* SPDX-License-Identifier: MIT */
/*
 * Names and values of a message's part (fields of the head, pairs of query,
 * cookies, form) as rows that are edited one by one, and undone.  It knows
 * no screen; what it puts out goes the way of every edit (flow/edit.h).
 */
#ifndef SLUICE_SRC_UI_GRID_H
#define SLUICE_SRC_UI_GRID_H

#include "sluice/flow/edit.h"

#define GRID_UNDO	100u		/* steps; older ones are forgotten */

enum grid_cell { GRID_NAME, GRID_VALUE };

struct grid_row {
	char *name, *value;
	char *was_name, *was_value;	/* NULL: the row is new */
	bool deleted;
	bool computed;			/* follows from the rest, unless it is
					 * edited */
	bool bare;			/* a pair that had no '=' */
};

/* All rows at one moment. */
struct grid_rows {
	struct grid_row *p;
	size_t count, cursor;
};

struct grid {
	enum edit_part part;
	char *start;			/* EDIT_HEAD: the start line */
	struct grid_rows rows;
	struct grid_rows past[GRID_UNDO];	/* before each step .. */
	size_t at, steps;		/* .. of which so many are done */
};

/* part: EDIT_HEAD, _QUERY, _COOKIES or _FORM; text: edit_part_format's. */
void grid_init(struct grid *g, enum edit_part part, const struct message *m,
    struct str text);
void grid_fini(struct grid *g);
/*
 * Each of these is a step for undo.  grid_add puts an empty row behind row
 * (SIZE_MAX: at the top); grid_delete on a deleted one brings it back, and
 * refuses a computed one.
 */
void grid_set(struct grid *g, size_t row, enum grid_cell cell,
    struct str text);
size_t grid_add(struct grid *g, size_t row);
bool grid_delete(struct grid *g, size_t row);
size_t grid_duplicate(struct grid *g, size_t row);
/* To before (-1) or behind the next; false at the ends. */
bool grid_move(struct grid *g, size_t row, int direction);
/* Back, or again; *row: where that was.  False: nothing to do. */
bool grid_turn(struct grid *g, bool back, size_t *row);
/* '~' changed, '+' new, '-' deleted, '=' computed, ' '. */
char grid_mark(const struct grid_row *row);
size_t grid_changes(const struct grid *g);
/* What edit_part_apply takes. */
void grid_put(const struct grid *g, struct buf *out);
/* The row that stands in line n of that, from 1; SIZE_MAX: none. */
size_t grid_row_of_line(const struct grid *g, unsigned n);

#endif
