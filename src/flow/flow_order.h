/* SPDX-License-Identifier: MIT */
/*
 * Flows in the order of a key, for flow_view.  What comes is put aside and
 * merged before the next look, so that many arrivals cost one pass.
 */
#ifndef SLUICE_SRC_FLOW_FLOW_ORDER_H
#define SLUICE_SRC_FLOW_FLOW_ORDER_H

#include "flow_rows.h"
#include "sluice/flow/flow_view.h"

struct flow_order;

struct flow_order *flow_order_new(flow_key_fn *key, bool late) NODISCARD;
void flow_order_free(struct flow_order *o);	/* NULL is fine */
/*
 * Takes in all flows of rows until the clock (clock_mono) says end; false:
 * there is more to do, with the same rows.  Until then it can't be looked at,
 * but every change of the rows must be told by the next three functions.
 */
bool flow_order_fill(struct flow_order *o, const struct flow_rows *rows,
    int64_t end);
/* f must not be there yet; must be there.  Both before f is freed. */
void flow_order_add(struct flow_order *o, struct flow *f);
void flow_order_remove(struct flow_order *o, const struct flow *f);
/* Its key may be another one now. */
void flow_order_touch(struct flow_order *o, struct flow *f);
struct flow *flow_order_at(struct flow_order *o, size_t row);
size_t flow_order_row(struct flow_order *o, const struct flow *f);

#endif
