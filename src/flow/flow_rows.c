/* SPDX-License-Identifier: MIT */
/*
 * Flows come at the end and the oldest go first, so there is room on both
 * sides too: neither moves anything.
 */
#include "flow_rows.h"

#include <assert.h>
#include <string.h>

#include "sluice/base/mem.h"

#define ROWS_FIRST	64u

struct flow *
flow_rows_at(const struct flow_rows *r, size_t i)
{
	assert(i < r->count);
	return r->p[r->first + i + (i < r->before ? 0 : r->gap)];
}

size_t
flow_rows_find(const struct flow_rows *r, uint64_t id)
{
	size_t low = 0, high = r->count;

	/* Most often asked for: one that comes at the end. */
	if (high > 0 && flow_rows_at(r, high - 1)->id < id)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (flow_rows_at(r, middle)->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
flow_rows_has(const struct flow_rows *r, const struct flow *f, size_t *row)
{
	*row = flow_rows_find(r, f->id);
	return *row < r->count && flow_rows_at(r, *row) == f;
}

/* Brings the inner room before row i. */
static void
open_at(struct flow_rows *r, size_t i)
{
	struct flow **base = r->p + r->first;

	if (r->gap == 0)
		r->before = i;
	else if (i < r->before)
		memmove(base + i + r->gap, base + i,
		    (r->before - i) * sizeof *base);
	else if (i > r->before)
		memmove(base + r->before, base + r->before + r->gap,
		    (i - r->before) * sizeof *base);
	r->before = i;
}

static size_t
room_behind(const struct flow_rows *r)
{
	return r->cap - r->first - r->count - r->gap;
}

/* The room on both sides becomes inner room before row i; were it little, all
 * would be copied again and again. */
static void
make_gap(struct flow_rows *r, size_t i)
{
	size_t cap = r->cap > 0 ? r->cap : ROWS_FIRST;
	struct flow **p, **base = r->p;

	assert(r->gap == 0);
	if (r->first > 0)
		base += r->first;
	while (cap - r->count < cap / 4)
		cap *= 2;
	p = mem_array(NULL, cap, sizeof *p);
	r->gap = cap - r->count;
	if (i > 0)
		memcpy(p, base, i * sizeof *p);
	if (i < r->count)
		memcpy(p + i + r->gap, base + i, (r->count - i) * sizeof *p);
	free(r->p);
	r->p = p;
	r->cap = cap;
	r->first = 0;
	r->before = i;
}

bool
flow_rows_add(struct flow_rows *r, struct flow *f)
{
	size_t row;

	if (flow_rows_has(r, f, &row))
		return false;
	if (row == r->count && room_behind(r) > 0) {
		r->p[r->first + r->count + r->gap] = f;
	} else {
		if (r->gap == 0)
			make_gap(r, row);
		open_at(r, row);
		r->p[r->first + r->before++] = f;
		r->gap--;
	}
	r->count++;
	r->marked += f->marked;
	return true;
}

bool
flow_rows_remove(struct flow_rows *r, const struct flow *f, bool marked)
{
	size_t row;

	if (!flow_rows_has(r, f, &row))
		return false;
	if (row == 0 && r->before > 0) {
		r->first++;
		r->before--;
	} else if (row + 1 < r->count || r->before == r->count) {
		open_at(r, row);
		r->gap++;
	}
	/* else: the last, with the inner room elsewhere: room behind. */
	r->count--;
	r->marked -= marked;
	return true;
}

void
flow_rows_copy(struct flow_rows *to, const struct flow_rows *from)
{
	*to = *from;
	if (from->p == NULL)
		return;
	to->p = mem_array(NULL, from->cap, sizeof *to->p);
	memcpy(to->p, from->p, from->cap * sizeof *to->p);
}

void
flow_rows_fini(struct flow_rows *r)
{
	free(r->p);
	*r = (struct flow_rows){ .p = NULL };
}
