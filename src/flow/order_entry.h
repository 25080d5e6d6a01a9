/* SPDX-License-Identifier: MIT */
/* What flow_order sorts, and sorting many of them a little at a time. */
#ifndef SLUICE_SRC_FLOW_ORDER_ENTRY_H
#define SLUICE_SRC_FLOW_ORDER_ENTRY_H

#include "sluice/flow/flow_view.h"

struct entry {
	unsigned char key[FLOW_KEY_MAX];
	uint64_t id;
	struct flow *f;			/* NULL: taken out */
};

struct entries {
	struct entry *p;
	size_t count, cap;
};

/* By key, then by id; for qsort and bsearch. */
int entry_compare(const void *a, const void *b);
void entries_reserve(struct entries *e, size_t room);
void entries_append(struct entries *e, const struct entry *entry);
void entries_fini(struct entries *e);

/* Zero to begin with. */
struct entry_sort {
	struct entries spare;		/* merged into, then exchanged */
	size_t width;			/* of the sorted runs; 0: none yet */
	size_t at;			/* so many were put in this pass */
	size_t left, right;		/* the next of both runs */
};

/*
 * A step of sorting e, a few hundred entries long; true: e is sorted and s
 * zero again.  e must not change in between.
 */
bool entry_sort_step(struct entry_sort *s, struct entries *e);
void entry_sort_fini(struct entry_sort *s);

#endif
