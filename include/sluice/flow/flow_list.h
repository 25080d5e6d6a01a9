/* SPDX-License-Identifier: MIT */
/*
 * All flows in order of arrival; ids; counts by state; eviction; observers.
 * Observers hear of changes at once and in order of registration; a callback
 * must be short (set bits, move a row) and may remove any observer.
 */
#ifndef SLUICE_FLOW_FLOW_LIST_H
#define SLUICE_FLOW_FLOW_LIST_H

#include "sluice/flow/flow.h"

struct flow_observer;

/*
 * NULL slots are allowed.  While `removed` runs, the flow can't be found any
 * more and is not counted, but flow_list_next and _prev still work on it.
 * flow_list_clear tells of every flow, then says `cleared` once.
 */
struct flow_observer_ops {
	void (*added)(struct flow_observer *, struct flow *);
	void (*changed)(struct flow_observer *, struct flow *, unsigned parts);
	void (*removed)(struct flow_observer *, struct flow *);
	void (*cleared)(struct flow_observer *);
};

struct flow_observer {
	struct list link;
	const struct flow_observer_ops *ops;
};

struct flow_list {
	struct list flows, observers;
	size_t total;
	size_t count[FLOW_STATES];
	size_t marked;
	uint64_t next_id;
	size_t max;			/* most flows kept */
	uint64_t evicted;		/* dropped because of max */
	struct flow *oldest;		/* none before it may be dropped; NULL:
					 * look from the first */
	struct flow **by_id;		/* hash for flow_list_find */
	size_t by_id_cap;		/* a power of two, or 0 */
};

void flow_list_init(struct flow_list *l, size_t max);
void flow_list_fini(struct flow_list *l);	/* no observers may be left */
/* Gives it an id, takes a reference, tells observers; may evict the oldest
 * finished unmarked flow (max 0: no maximum). */
void flow_list_add(struct flow_list *l, struct flow *f);
/* A live flow is refused (false), and so is one that is not listed. */
bool flow_list_remove(struct flow_list *l, struct flow *f);
/*
 * Puts a removed flow back in its place; takes a reference, tells observers.
 * after: id of a flow near before it, for a short way there, or 0.
 */
void flow_list_restore(struct flow_list *l, struct flow *f, uint64_t after);
/* Removes all finished, unmarked flows; returns how many. */
size_t flow_list_clear(struct flow_list *l);
/* Tells observers, if f is listed (still). */
void flow_list_touch(struct flow_list *l, struct flow *f, unsigned parts);
/* The only function that changes f->state; touches FLOW_PART_STATE. Keeps
 * times.held and held_since right (now: clock_mono()). */
void flow_list_set_state(struct flow_list *l, struct flow *f, enum flow_state s);
/* The only function that changes f->marked; touches FLOW_PART_MARK. */
void flow_list_set_mark(struct flow_list *l, struct flow *f, bool marked);
/* By id in constant time; NULL when gone. */
struct flow *flow_list_find(const struct flow_list *l, uint64_t id);
/* In order of arrival; NULL at the ends. f NULL: the first / last. */
struct flow *flow_list_next(const struct flow_list *l, const struct flow *f);
struct flow *flow_list_prev(const struct flow_list *l, const struct flow *f);

/* From the first to the last, with other work in between: flows may come and
 * go meanwhile.  Behind the last one flow_walk_next begins to see new ones. */
struct flow_walk {
	struct flow_observer flows;
	struct flow_list *list;
	struct flow *at;		/* where it is, or NULL: not begun */
};

void flow_walk_begin(struct flow_walk *w, struct flow_list *l);
void flow_walk_end(struct flow_walk *w);
/* NULL: that was the last.  One being removed just now is left out. */
struct flow *flow_walk_next(struct flow_walk *w);

/* Order of notification is order of registration. */
void flow_list_observe(struct flow_list *l, struct flow_observer *o);
void flow_list_unobserve(struct flow_observer *o);

#endif
