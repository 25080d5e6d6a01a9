/* SPDX-License-Identifier: MIT */
/*
 * Keeps all bodies together within their limits: over `memory` the oldest
 * ones go to the store's file; over `disk` the bodies of the oldest finished
 * unmarked flows are given up, and their flows say so.  What is kept for undo
 * goes before that, and when memory can't be had otherwise.  Works in slices;
 * the
 * engine calls it between events.
 */
#ifndef SLUICE_FLOW_BUDGET_H
#define SLUICE_FLOW_BUDGET_H

#include "sluice/flow/undo.h"

struct budget {
	struct flow_list *list;		/* borrowed */
	struct store *store;		/* borrowed */
	struct undo *undo;		/* borrowed; or NULL */
	uint64_t memory, disk;		/* limits; 0: none */
	uint64_t spilled;		/* flows up to this id were looked at */
	uint64_t dropped;		/* likewise, for the disk */
	bool told;			/* that bodies are given up */
	uint64_t stuck;			/* memory, when nothing more could go */
};

void budget_init(struct budget *b, struct flow_list *list,
    struct store *store, struct undo *undo);
/*
 * Does one slice of what there is to do.  True when there is more: call it
 * again soon.
 */
bool budget_keep(struct budget *b);

#endif
