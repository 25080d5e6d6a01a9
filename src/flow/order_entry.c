/* SPDX-License-Identifier: MIT */
/* Merge sort from short runs up, which can stop anywhere and go on. */
#include "order_entry.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/base/mem.h"

#define RUN		512u

int
entry_compare(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = memcmp(a->key, b->key, sizeof a->key);

	if (order != 0)
		return order;
	return a->id < b->id ? -1 : a->id > b->id;
}

void
entries_reserve(struct entries *e, size_t room)
{
	if (e->cap - e->count >= room)
		return;
	e->cap = e->count + room > e->cap * 2 ? e->count + room : e->cap * 2;
	e->p = mem_array(e->p, e->cap, sizeof *e->p);
}

void
entries_append(struct entries *e, const struct entry *entry)
{
	if (e->count == e->cap)
		entries_reserve(e, 64);
	e->p[e->count++] = *entry;
}

void
entries_fini(struct entries *e)
{
	free(e->p);
	*e = (struct entries){ .p = NULL };
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
sort_run(struct entry_sort *s, struct entries *e)
{
	size_t n = least(RUN, e->count - s->at);

	qsort(e->p + s->at, n, sizeof *e->p, entry_compare);
	s->at += n;
	if (s->at < e->count)
		return;
	s->at = 0;
	s->width = RUN;
	if (e->count > RUN)
		entries_reserve(&s->spare, e->count);
}

static void
merge_some(struct entry_sort *s, struct entries *e)
{
	size_t begin = s->at - s->at % (2 * s->width);
	size_t middle = least(begin + s->width, e->count);
	size_t end = least(middle + s->width, e->count);
	size_t stop = least(s->at + RUN, end);

	if (s->at == begin) {
		s->left = begin;
		s->right = middle;
	}
	while (s->at < stop) {
		bool from_left = s->right == end || (s->left < middle &&
		    entry_compare(&e->p[s->left], &e->p[s->right]) < 0);

		s->spare.p[s->at++] = e->p[from_left ? s->left++ :
		    s->right++];
	}
}

/* What was merged takes the place of the runs. */
static void
end_pass(struct entry_sort *s, struct entries *e)
{
	struct entries old = *e;

	*e = s->spare;
	e->count = old.count;
	s->spare = old;
	s->spare.count = 0;
	s->at = 0;
	s->width *= 2;
}

bool
entry_sort_step(struct entry_sort *s, struct entries *e)
{
	if (s->width == 0 && e->count > 0)
		sort_run(s, e);
	else if (s->width < e->count)
		merge_some(s, e);
	if (s->width > 0 && s->width < e->count && s->at == e->count)
		end_pass(s, e);
	if (e->count > 0 && (s->width == 0 || s->width < e->count))
		return false;
	entry_sort_fini(s);
	return true;
}

void
entry_sort_fini(struct entry_sort *s)
{
	entries_fini(&s->spare);
	*s = (struct entry_sort){ .width = 0 };
}
