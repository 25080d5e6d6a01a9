/* SPDX-License-Identifier: MIT */
/*
 * An entry keeps its key as it was when it was placed: the order stays sound
 * whatever becomes of the flow.  With a late key a live flow has the last key
 * of all, so that it is found again when it is over and has a real one.
 */
#include "flow_order.h"

#include <assert.h>
#include <stdlib.h>

#include "order_entry.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"

#define FRESH_MAX	1024u		/* merged at the latest then */
#define STRIDE		64u		/* taken in between two looks at the clock */

struct flow_order {
	flow_key_fn *key;
	bool late;
	struct entries sorted, fresh;
	size_t dead;			/* taken out of sorted */
	enum { TAKING_IN, SORTING, FILLED } stage;
	/* Until FILLED: rows before `next', up to the id `last', are in
	 * sorted, and what changed among them since is done over. */
	size_t next;
	uint64_t last;
	struct entry_sort sort;
	uint64_t *again;
	size_t again_count, again_cap;
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
	entries_fini(&o->sorted);
	entries_fini(&o->fresh);
	entry_sort_fini(&o->sort);
	free(o->again);
	free(o);
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
		    entry_compare);
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

		if (entry_compare(&e->p[middle], it) < 0)
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
	qsort(from->p, from->count, sizeof *from->p, entry_compare);
	entries_reserve(to, from->count);
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

/* -- changes --------------------------------------------------------------- */

/* The row of f came or changed (0), went (-1) or came (1). */
static void
note(struct flow_order *o, const struct flow *f, int rows)
{
	if (f->id > o->last)
		return;			/* not looked at so far */
	o->next += (size_t)rows;
	if (o->again_count == o->again_cap) {
		o->again_cap = o->again_cap ? o->again_cap * 2 : 64;
		o->again = mem_array(o->again, o->again_cap,
		    sizeof *o->again);
	}
	o->again[o->again_count++] = f->id;
}

void
flow_order_add(struct flow_order *o, struct flow *f)
{
	struct entry e;

	if (o->stage != FILLED) {
		note(o, f, 1);
		return;
	}
	e = entry_of(o, f, is_late(o, f));
	e.f = f;
	entries_append(&o->fresh, &e);
	/* Many at once (deletions undone) are cheaper in one piece. */
	if (o->fresh.count > FRESH_MAX)
		merge(o);
}

void
flow_order_remove(struct flow_order *o, const struct flow *f)
{
	struct entry *e;

	if (o->stage != FILLED) {
		note(o, f, -1);
		return;
	}
	e = find_fresh(o, f->id);
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
	struct entry now;

	if (o->stage != FILLED) {
		note(o, f, 0);
		return;
	}
	now = entry_of(o, f, is_late(o, f));
	if (find_sorted(o, &now))
		return;
	if (o->fresh.count > FRESH_MAX)
		merge(o);
	flow_order_remove(o, f);
	flow_order_add(o, f);
}

/* -- filling --------------------------------------------------------------- */

static void
take_in(struct flow_order *o, const struct flow_rows *rows)
{
	size_t end = rows->count - o->next > STRIDE ? o->next + STRIDE :
	    rows->count;

	entries_reserve(&o->sorted, end - o->next);
	while (o->next < end) {
		struct flow *f = flow_rows_at(rows, o->next++);
		struct entry e = entry_of(o, f, is_late(o, f));

		e.f = f;
		entries_append(&o->sorted, &e);
		o->last = f->id;
	}
}

static int
compare_ids(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* What changed meanwhile is taken out, and comes as new if it is a row. */
static void
do_over(struct flow_order *o, const struct flow_rows *rows)
{
	uint64_t before = 0;

	if (o->again_count == 0)
		return;
	qsort(o->again, o->again_count, sizeof *o->again, compare_ids);
	for (size_t i = 0; i < o->sorted.count; i++) {
		struct entry *e = &o->sorted.p[i];

		if (bsearch(&e->id, o->again, o->again_count,
		    sizeof *o->again, compare_ids)) {
			e->f = NULL;
			o->dead++;
		}
	}
	for (size_t i = 0; i < o->again_count; i++) {
		size_t row = flow_rows_find(rows, o->again[i]);
		struct flow *f = row < rows->count ? flow_rows_at(rows, row) :
		    NULL;

		if (f && f->id == o->again[i] && f->id != before)
			flow_order_add(o, f);
		before = o->again[i];
	}
	o->again_count = 0;
}

bool
flow_order_fill(struct flow_order *o, const struct flow_rows *rows,
    int64_t end)
{
	while (o->stage == TAKING_IN) {
		take_in(o, rows);
		if (o->next == rows->count) {
			o->stage = SORTING;
			o->last = UINT64_MAX;
		}
		if (clock_mono() >= end)
			return false;
	}
	while (o->stage == SORTING) {
		if (entry_sort_step(&o->sort, &o->sorted))
			o->stage = FILLED;
		else if (clock_mono() >= end)
			return false;
	}
	do_over(o, rows);
	return true;
}

/* -- looking --------------------------------------------------------------- */

struct flow *
flow_order_at(struct flow_order *o, size_t row)
{
	assert(o->stage == FILLED);
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
