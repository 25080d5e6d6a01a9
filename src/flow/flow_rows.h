/* SPDX-License-Identifier: MIT */
/*
 * Flows in order of id in one array, for flow_view.  The room in it lies where
 * rows came or went last: a run of changes that goes up or down the list
 * costs one pass.
 */
#ifndef SLUICE_SRC_FLOW_FLOW_ROWS_H
#define SLUICE_SRC_FLOW_FLOW_ROWS_H

#include "sluice/flow/flow.h"

struct flow_rows {
	struct flow **p;		/* first rows, room, rows, room */
	size_t first;			/* room before all */
	size_t before;			/* rows before the inner room .. */
	size_t gap;			/* .. and its size */
	size_t count, cap;
	size_t marked;			/* rows whose flow is marked */
};

/* i is below count. */
struct flow *flow_rows_at(const struct flow_rows *r, size_t i);
/* The first row whose id is not below id; count: none. */
size_t flow_rows_find(const struct flow_rows *r, uint64_t id);
bool flow_rows_has(const struct flow_rows *r, const struct flow *f,
    size_t *row);
/* False: it was there. */
bool flow_rows_add(struct flow_rows *r, struct flow *f);
/* False: it was not there.  marked: it was, when it was added or changed. */
bool flow_rows_remove(struct flow_rows *r, const struct flow *f, bool marked);
void flow_rows_copy(struct flow_rows *to, const struct flow_rows *from);
void flow_rows_fini(struct flow_rows *r);

#endif
