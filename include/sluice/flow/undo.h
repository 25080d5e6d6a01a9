/* SPDX-License-Identifier: MIT */
/*
 * What was done to flows, so that it can be taken back and done again:
 * deletions, marks, edits.  Flows that were deleted are kept here, bodies and
 * all; the store counts them, and the budget has them forgotten before it
 * takes anything from flows that are listed.
 */
#ifndef SLUICE_FLOW_UNDO_H
#define SLUICE_FLOW_UNDO_H

#include "sluice/flow/flow_list.h"

#define UNDO_STEPS	100u		/* older ones are forgotten */

struct undo;

/* What a step back or forward did. */
struct undo_news {
	const char *what;		/* "delete", "mark", ..: as begun */
	size_t done;			/* flows it concerned */
	size_t refused;			/* .. and those that have gone on */
	uint64_t id;			/* flow to go to, or 0 */
};

struct undo *undo_new(struct flow_list *list) NODISCARD;
void undo_free(struct undo *u);

/*
 * Everything until undo_end is one step; one without changes leaves no trace.
 * what is static; id: where the cursor goes when it is undone, or 0.
 */
void undo_begin(struct undo *u, const char *what, uint64_t id);
void undo_end(struct undo *u);
/* flow_list_remove, remembered; refused alike. */
bool undo_remove(struct undo *u, struct flow *f);
/* Sets or clears the mark and tells observers; false: it was so already. */
bool undo_mark(struct undo *u, struct flow *f, bool marked);
/* A step of its own: f was edited; before (consumed) is what edit_snapshot
 * gave. */
void undo_edit(struct undo *u, struct flow *f, struct flow *before);

/*
 * Begins to undo the last step (back), or to do the last undone one again;
 * false: there is none.  Nothing else may be recorded or begun until
 * undo_work, which stops when the clock (clock_mono) says end, returned true.
 */
bool undo_start(struct undo *u, bool back);
bool undo_work(struct undo *u, int64_t end, struct undo_news *news);
/* Forgets the oldest step, or a part of a long one; false: there is none. */
bool undo_forget(struct undo *u);

#endif
