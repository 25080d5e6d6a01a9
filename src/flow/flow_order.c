/* SPDX-License-Identifier: MIT */
/*
 * An entry keeps its key as it was when it was placed: the order stays sound
 * whatever becomes of the flow.  With a late key a live flow has the last key
 * of all, so that it is found again when it is over and has a real one.
 */
#include "flow_order.h"

#include <assert.h>
#include <stdlib.h>

#include "sluice/base/mem.h"

#define FRESH_MAX	1024u		/* merged at the latest then */

struct entry {
	unsigned char key[FLOW_KEY_MAX];
	uint64_t id;
	struct flow *f;			/* NULL: taken out */
};

struct entries {
	struct entry *p;
	size_t count, cap;
};

struct flow_order {
	flow_key_fn *key;
	bool late;
	struct entries sorted, fresh;
	size_t dead;			/* taken out of sorted */
};

struct flow_order *
flow_order_new(flow_key_fn *key, bool late)
{
	struct flow_order *o = NEW(struct flow_order);

	o->key = key;
	o->late = late;
	return o;
}

void
flow_order_free(struct flow_order *o)
{
	if (!o)
		return;
	free(o->sorted.p);
	free(o->fresh.p);
	free(o);
}

void
flow_order_clear(struct flow_order *o)
{
	o->sorted.count = o->fresh.count = o->dead = 0;
}

static void
reserve(struct entries *e, size_t room)
{
	if (e->cap - e->count >= room)
		return;
	e->cap = e->count + room > e->cap * 2 ? e->count + room : e->cap * 2;
	e->p = mem_array(e->p, e->cap, sizeof *e->p);
}

static void
append(struct entries *e, const struct entry *entry)
{
	if (e->count == e->cap)
		reserve(e, 64);
	e->p[e->count++] = *entry;
}

static int
compare(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = memcmp(a->key, b->key, sizeof a->key);

	if (order != 0)
		return order;
	return a->id < b->id ? -1 : a->id > b->id;
}

static struct entry
entry_of(const struct flow_order *o, const struct flow *f, bool live)
{
	struct entry e = { .id = f->id };

	if (live)
		memset(e.key, 0xff, sizeof e.key);
	else
		o->key(f, e.key);
	return e;
}

static bool
is_late(const struct flow_order *o, const struct flow *f)
{
	return o->late && flow_is_live(f);
}

static struct entry *
find_sorted(const struct flow_order *o, const struct entry *want)
{
	struct entry *e = NULL;

	if (o->sorted.count > 0)
		e = bsearch(want, o->sorted.p, o->sorted.count, sizeof *e,
		    compare);
	return e && e->f ? e : NULL;
}

static struct entry *
find_fresh(const struct flow_order *o, uint64_t id)
{
	for (size_t i = 0; i < o->fresh.count; i++)
		if (o->fresh.p[i].id == id)
			return &o->fresh.p[i];
	return NULL;
}

/* Where f was placed, with whatever key it had then. */
static struct entry *
find_placed(const struct flow_order *o, const struct flow *f)
{
	struct entry want = entry_of(o, f, is_late(o, f));
	struct entry *e = find_sorted(o, &want);

	if (!e && o->late) {
		want = entry_of(o, f, true);
		e = find_sorted(o, &want);
	}
	/* An edit has changed what it is sorted by: rare enough. */
	for (size_t i = 0; !e && i < o->sorted.count; i++)
		if (o->sorted.p[i].f && o->sorted.p[i].id == f->id)
			e = &o->sorted.p[i];
	return e;
}

/* Closes up where entries were taken out. */
static void
compact(struct flow_order *o)
{
	struct entries *e = &o->sorted;
	size_t to = 0;

	if (o->dead == 0)
		return;
	while (to < e->count && e->p[to].f)
		to++;
	for (size_t from = to; from < e->count; from++)
		if (e->p[from].f)
			e->p[to++] = e->p[from];
	e->count = to;
	o->dead = 0;
}

/* How many sorted entries come before it. */
static size_t
count_before(const struct entries *e, size_t count, const struct entry *it)
{
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;

		if (compare(&e->p[middle], it) < 0)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

/* From the end, a run at a time: a few new ones move what is behind them. */
static void
merge(struct flow_order *o)
{
	struct entries *to = &o->sorted, *from = &o->fresh;
	size_t left;

	compact(o);
	if (from->count == 0)
		return;
	qsort(from->p, from->count, sizeof *from->p, compare);
	reserve(to, from->count);
	left = to->count;
	to->count += from->count;
	for (; from->count > 0; from->count--) {
		const struct entry *it = &from->p[from->count - 1];
		size_t at = count_before(to, left, it);

		memmove(&to->p[at + from->count], &to->p[at],
		    (left - at) * sizeof *to->p);
		to->p[at + from->count - 1] = *it;
		left = at;
	}
}

void
flow_order_add(struct flow_order *o, struct flow *f)
{
	struct entry e = entry_of(o, f, is_late(o, f));

	e.f = f;
	append(&o->fresh, &e);
	/* Long runs (all rows at once) are cheaper in one piece. */
	if (o->fresh.count > FRESH_MAX && o->fresh.count > o->sorted.count)
		merge(o);
}

void
flow_order_remove(struct flow_order *o, const struct flow *f)
{
	struct entry *e = find_fresh(o, f->id);

	if (e) {
		*e = o->fresh.p[--o->fresh.count];
		return;
	}
	e = find_placed(o, f);
	assert(e);
	e->f = NULL;
	o->dead++;
}

void
flow_order_touch(struct flow_order *o, struct flow *f)
{
	struct entry now = entry_of(o, f, is_late(o, f));

	if (find_sorted(o, &now))
		return;
	if (o->fresh.count > FRESH_MAX)
		merge(o);
	flow_order_remove(o, f);
	flow_order_add(o, f);
}

struct flow *
flow_order_at(struct flow_order *o, size_t row)
{
	merge(o);
	return row < o->sorted.count ? o->sorted.p[row].f : NULL;
}

size_t
flow_order_row(struct flow_order *o, const struct flow *f)
{
	struct entry *e;

	merge(o);
	e = find_placed(o, f);
	return e ? (size_t)(e - o->sorted.p) : SIZE_MAX;
}
