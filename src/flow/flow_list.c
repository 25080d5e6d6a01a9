/* SPDX-License-Identifier: MIT */
/*
 * All flows in order of arrival.  by_id is an open hash at most half full:
 * its size follows the number of flows, not the range of their ids, so that
 * one long-lived old flow costs nothing.
 */
#include "sluice/flow/flow_list.h"

#include <assert.h>

#include "sluice/base/clock.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"

#define INDEX_FIRST	64u

/* -- ids ------------------------------------------------------------------- */

static size_t
slot_of(const struct flow_list *l, uint64_t id)
{
	/* Golden ratio: consecutive ids fall far from each other. */
	return (size_t)((id * 0x9e3779b97f4a7c15u) >> 32) &
	    (l->by_id_cap - 1);
}

static void
index_put(struct flow_list *l, struct flow *f)
{
	size_t i = slot_of(l, f->id);

	while (l->by_id[i])
		i = (i + 1) & (l->by_id_cap - 1);
	l->by_id[i] = f;
}

static void
index_resize(struct flow_list *l, size_t cap)
{
	struct flow **old = l->by_id;
	size_t old_cap = l->by_id_cap;

	assert((cap & (cap - 1)) == 0 && l->total * 2 <= cap);
	l->by_id = mem_zalloc(cap * sizeof *l->by_id);
	l->by_id_cap = cap;
	for (size_t i = 0; i < old_cap; i++)
		if (old[i])
			index_put(l, old[i]);
	free(old);
}

static void
index_add(struct flow_list *l, struct flow *f)
{
	if ((l->total + 1) * 2 > l->by_id_cap)
		index_resize(l, l->by_id_cap ? l->by_id_cap * 2 :
		    INDEX_FIRST);
	index_put(l, f);
}

/* Closes the gap: what was pushed beyond slot i moves back to it. */
static void
index_remove(struct flow_list *l, const struct flow *f)
{
	size_t mask = l->by_id_cap - 1, i = slot_of(l, f->id), next;

	while (l->by_id[i] != f)
		i = (i + 1) & mask;
	for (next = (i + 1) & mask; l->by_id[next]; next = (next + 1) & mask) {
		size_t home = slot_of(l, l->by_id[next]->id);

		if (((next - home) & mask) < ((next - i) & mask))
			continue;
		l->by_id[i] = l->by_id[next];
		i = next;
	}
	l->by_id[i] = NULL;
}

struct flow *
flow_list_find(const struct flow_list *l, uint64_t id)
{
	if (id == 0 || id >= l->next_id || l->by_id_cap == 0)
		return NULL;
	for (size_t i = slot_of(l, id); l->by_id[i];
	    i = (i + 1) & (l->by_id_cap - 1))
		if (l->by_id[i]->id == id)
			return l->by_id[i];
	return NULL;
}

static bool
is_listed(const struct flow_list *l, const struct flow *f)
{
	assert(!f->listed || f->id < l->next_id);
	return f->listed;
}

/* -- walking --------------------------------------------------------------- */

struct flow *
flow_list_next(const struct flow_list *l, const struct flow *f)
{
	const struct list *at = f ? f->link.next : l->flows.next;

	return at == &l->flows ? NULL : list_entry(at, struct flow, link);
}

struct flow *
flow_list_prev(const struct flow_list *l, const struct flow *f)
{
	const struct list *at = f ? f->link.prev : l->flows.prev;

	return at == &l->flows ? NULL : list_entry(at, struct flow, link);
}

/* -- telling observers ----------------------------------------------------- */

enum news { NEWS_ADDED, NEWS_CHANGED, NEWS_REMOVED, NEWS_CLEARED };

static void
tell_one(struct flow_observer *o, enum news news, struct flow *f,
    unsigned parts)
{
	const struct flow_observer_ops *ops = o->ops;

	switch (news) {
	case NEWS_ADDED:
		if (ops->added)
			ops->added(o, f);
		break;
	case NEWS_CHANGED:
		if (ops->changed)
			ops->changed(o, f, parts);
		break;
	case NEWS_REMOVED:
		if (ops->removed)
			ops->removed(o, f);
		break;
	case NEWS_CLEARED:
		if (ops->cleared)
			ops->cleared(o);
		break;
	}
}

static const struct flow_observer_ops deaf_ops = { 0 };

/*
 * A cursor walks through the list of observers up to an end node, so that
 * any of them may go meanwhile, and new ones are not called.  Both are
 * observers themselves: a walk within this one calls them in vain.
 */
static void
tell(struct flow_list *l, enum news news, struct flow *f, unsigned parts)
{
	struct flow_observer cursor = { .ops = &deaf_ops };
	struct flow_observer end = { .ops = &deaf_ops };

	flow_ref(f);
	list_insert(&l->observers, &cursor.link);
	list_append(&l->observers, &end.link);
	while (cursor.link.next != &end.link) {
		struct flow_observer *o = list_entry(cursor.link.next,
		    struct flow_observer, link);

		list_remove(&cursor.link);
		list_insert(&o->link, &cursor.link);
		tell_one(o, news, f, parts);
	}
	list_remove(&cursor.link);
	list_remove(&end.link);
	flow_unref(f);
}

void
flow_list_observe(struct flow_list *l, struct flow_observer *o)
{
	assert(o->ops);
	list_append(&l->observers, &o->link);
}

void
flow_list_unobserve(struct flow_observer *o)
{
	list_remove(&o->link);
}

/* -- adding and removing --------------------------------------------------- */

void
flow_list_init(struct flow_list *l, size_t max)
{
	*l = (struct flow_list){ .next_id = 1, .max = max };
	list_init(&l->flows);
	list_init(&l->observers);
}

void
flow_list_fini(struct flow_list *l)
{
	struct flow *f, *tmp;

	assert(list_is_empty(&l->observers));
	list_for_each_safe(f, tmp, &l->flows, struct flow, link) {
		f->listed = false;
		list_remove(&f->link);
		flow_unref(f);
	}
	free(l->by_id);
	*l = (struct flow_list){ .next_id = l->next_id };
	list_init(&l->flows);
	list_init(&l->observers);
}

static bool
is_disposable(const struct flow *f)
{
	return !flow_is_live(f) && !f->marked;
}

static void
take_out(struct flow_list *l, struct flow *f)
{
	assert(is_listed(l, f) && !flow_is_live(f));
	index_remove(l, f);
	f->listed = false;
	l->total--;
	l->count[f->state]--;
	l->marked -= f->marked;
	tell(l, NEWS_REMOVED, f, 0);
	if (l->oldest == f)
		l->oldest = flow_list_next(l, f);
	list_remove(&f->link);
	flow_unref(f);
}

/* The oldest that may go, but never the newest. */
static struct flow *
find_disposable(struct flow_list *l)
{
	struct flow *f = l->oldest ? l->oldest : flow_list_next(l, NULL);

	while (f && !is_disposable(f))
		f = flow_list_next(l, f);
	l->oldest = f ? f : flow_list_prev(l, NULL);
	return f && flow_list_next(l, f) ? f : NULL;
}

/* It has come or may go now. */
static void
look_at(struct flow_list *l, struct flow *f)
{
	if (l->oldest && f->id < l->oldest->id)
		l->oldest = f;
}

static void
evict(struct flow_list *l)
{
	while (l->max > 0 && l->total > l->max) {
		struct flow *f = find_disposable(l);

		if (!f)
			return;
		if (l->evicted++ == 0)
			log_write(LOG_WARNING, "%zu flows are kept: from now "
			    "on the oldest finished, unmarked ones go; "
			    "flows_max allows more", l->max);
		take_out(l, f);
	}
}

/* Behind the link at; f has its id. */
static void
put_in(struct flow_list *l, struct flow *f, struct list *at)
{
	index_add(l, f);
	f->listed = true;
	list_insert(at, &f->link);
	l->total++;
	l->count[f->state]++;
	l->marked += f->marked;
	look_at(l, f);
	flow_ref(f);
	tell(l, NEWS_ADDED, f, 0);
	evict(l);
}

void
flow_list_add(struct flow_list *l, struct flow *f)
{
	assert(f->id == 0 && list_is_empty(&f->link));
	f->id = l->next_id++;
	put_in(l, f, l->flows.prev);
}

void
flow_list_restore(struct flow_list *l, struct flow *f, uint64_t after)
{
	struct flow *near = after < f->id ? flow_list_find(l, after) : NULL;
	struct list *at = near ? &near->link : &l->flows;

	assert(f->id != 0 && f->id < l->next_id && list_is_empty(&f->link));
	assert(!flow_list_find(l, f->id));
	while (at->next != &l->flows &&
	    list_entry(at->next, struct flow, link)->id < f->id)
		at = at->next;
	put_in(l, f, at);
}

bool
flow_list_remove(struct flow_list *l, struct flow *f)
{
	if (flow_is_live(f) || !is_listed(l, f))
		return false;
	take_out(l, f);
	return true;
}

size_t
flow_list_clear(struct flow_list *l)
{
	struct flow *f = flow_list_next(l, NULL), *next;
	size_t n = 0;

	for (; f; f = next) {
		next = flow_list_next(l, f);
		if (!is_disposable(f))
			continue;
		take_out(l, f);
		n++;
	}
	tell(l, NEWS_CLEARED, NULL, 0);
	return n;
}

/* -- changing -------------------------------------------------------------- */

void
flow_list_touch(struct flow_list *l, struct flow *f, unsigned parts)
{
	if (is_listed(l, f))
		tell(l, NEWS_CHANGED, f, parts);
}

void
flow_list_set_state(struct flow_list *l, struct flow *f, enum flow_state s)
{
	struct flow_times *t = &f->times;

	assert((unsigned)s < FLOW_STATES);
	if (f->state == s)
		return;
	if (f->state == FLOW_HELD) {
		t->held += clock_mono() - t->held_since;
		t->held_since = 0;
	}
	if (s == FLOW_HELD)
		t->held_since = clock_mono();
	if (is_listed(l, f)) {
		assert(l->count[f->state] > 0);
		l->count[f->state]--;
		l->count[s]++;
	}
	f->state = s;
	if (is_listed(l, f))
		look_at(l, f);
	flow_list_touch(l, f, FLOW_PART_STATE);
}

void
flow_list_set_mark(struct flow_list *l, struct flow *f, bool marked)
{
	if (f->marked == marked)
		return;
	f->marked = marked;
	if (!is_listed(l, f))
		return;
	l->marked += marked ? 1 : (size_t)-1;
	look_at(l, f);
	tell(l, NEWS_CHANGED, f, FLOW_PART_MARK);
}

/* -- walking with other work in between ------------------------------------ */

static void
walk_removed(struct flow_observer *o, struct flow *f)
{
	struct flow_walk *w = container_of(o, struct flow_walk, flows);

	if (w->at == f)
		w->at = flow_list_prev(w->list, f);
}

void
flow_walk_begin(struct flow_walk *w, struct flow_list *l)
{
	static const struct flow_observer_ops ops = {
		.removed = walk_removed
	};

	*w = (struct flow_walk){ .flows.ops = &ops, .list = l };
	flow_list_observe(l, &w->flows);
}

void
flow_walk_end(struct flow_walk *w)
{
	flow_list_unobserve(&w->flows);
}

struct flow *
flow_walk_next(struct flow_walk *w)
{
	struct flow *f = flow_list_next(w->list, w->at);

	/* One that is just being removed is still in its place. */
	while (f && !is_listed(w->list, f))
		f = flow_list_next(w->list, f);
	if (f)
		w->at = f;
	return f;
}
