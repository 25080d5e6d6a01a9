/* SPDX-License-Identifier: MIT */
/*
 * A filtered, ordered window on the flow list.  The order is arrival by id,
 * or that of a key; row lookups are O(log n).  A change of filter over many
 * flows is worked off in slices (flow_view_work), the old rows stay meanwhile.
 */
#ifndef SLUICE_FLOW_FLOW_VIEW_H
#define SLUICE_FLOW_FLOW_VIEW_H

#include "sluice/flow/filter.h"
#include "sluice/flow/flow_list.h"

struct flow_view;

struct flow_view_observer {
	struct list link;
	/* Rows or their content; may remove observers, not change the view. */
	void (*changed)(struct flow_view_observer *);
};

struct flow_view *flow_view_new(struct flow_list *list) NODISCARD;
void flow_view_free(struct flow_view *v);

/*
 * Consumes filter (NULL: all).  `enabled` false keeps it but shows all.
 * With more than a few flows the new rows come through flow_view_work.
 */
void flow_view_set_filter(struct flow_view *v, struct filter *filter);
const struct filter *flow_view_filter(const struct flow_view *v);
void flow_view_enable(struct flow_view *v, bool enabled);
bool flow_view_is_enabled(const struct flow_view *v);
/*
 * Goes on filtering for at most budget_us; true when all is done.  While
 * false, the owner calls it from an idle watcher.
 */
bool flow_view_work(struct flow_view *v, int64_t budget_us);
bool flow_view_is_busy(const struct flow_view *v);

/* Beside the filter, and not switched off with it. */
enum flow_limit { FLOW_LIMIT_NONE, FLOW_LIMIT_MARKED, FLOW_LIMIT_HELD };
void flow_view_set_limit(struct flow_view *v, enum flow_limit limit);
enum flow_limit flow_view_limit(const struct flow_view *v);

#define FLOW_KEY_MAX	40u
/* Fills in bytes that memcmp puts in order; key comes zeroed. */
typedef void flow_key_fn(const struct flow *f,
    unsigned char key[FLOW_KEY_MAX]);
/*
 * Rows by key, equal ones by arrival; NULL: by arrival alone.  late: the key
 * is settled when a flow is over, and live ones come behind all others.  Many
 * rows are sorted by flow_view_work.
 */
void flow_view_set_order(struct flow_view *v, flow_key_fn *key, bool late,
    bool reverse);
/* How many of the shown flows are marked. */
size_t flow_view_marked(const struct flow_view *v);
/* How many shown flows came after the one with this id. */
size_t flow_view_newer(const struct flow_view *v, uint64_t id);

size_t flow_view_count(const struct flow_view *v);
struct flow *flow_view_at(const struct flow_view *v, size_t row);	/* NULL: no such row */
/* Row of f, or SIZE_MAX when it is not shown. */
size_t flow_view_row(const struct flow_view *v, const struct flow *f);
/* The shown flow nearest to id: same, else next, else previous; SIZE_MAX. */
size_t flow_view_near(const struct flow_view *v, uint64_t id);

void flow_view_observe(struct flow_view *v, struct flow_view_observer *o);
void flow_view_unobserve(struct flow_view_observer *o);

#endif
