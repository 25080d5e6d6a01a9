/* SPDX-License-Identifier: MIT */
/*
 * Greedy forward search on diagonals (Myers 1986).  The furthest points of
 * every round are kept, so that the way can be walked back.
 */
#include "diff_script.h"

#include <assert.h>

#include "sluice/base/mem.h"

#define EDITS_MAX	400
#define STEPS_MAX	(8u * 1000 * 1000)	/* comparisons */

/* What is left when the same beginning and end are taken off. */
struct middle {
	const uint64_t *a, *b;
	long na, nb;
};

struct search_rounds {
	long *points;			/* round d has 2d + 1, from d * d on */
	long found;			/* the last round, or -1 */
};

static void
add(struct diff_script *s, enum diff_op op, size_t a, size_t b)
{
	if (s->count == s->cap) {
		s->cap = s->cap > 0 ? s->cap * 2 : 64;
		s->edits = mem_array(s->edits, s->cap, sizeof(*s->edits));
	}
	s->edits[s->count++] = (struct diff_edit){ op, a, b };
}

/* The furthest a on diagonal k after round d; rounds before know it. */
static long
point(const struct search_rounds *r, long d, long k)
{
	assert(k >= -d && k <= d);
	return r->points[d * d + k + d];
}

/* The start on diagonal k in round d: down (new) or right (gone)? */
static bool
is_down(const struct search_rounds *r, long d, long k)
{
	return k == -d || (k != d && point(r, d - 1, k - 1) <
	    point(r, d - 1, k + 1));
}

static long
begin(const struct search_rounds *r, long d, long k)
{
	if (d == 0)
		return 0;
	return is_down(r, d, k) ? point(r, d - 1, k + 1) :
	    point(r, d - 1, k - 1) + 1;
}

static void
search(struct search_rounds *r, const struct middle *m)
{
	size_t steps = 0;

	r->found = -1;
	for (long d = 0; d <= EDITS_MAX && steps < STEPS_MAX; d++) {
		r->points = mem_array(r->points, (size_t)((d + 1) * (d + 1)),
		    sizeof(*r->points));
		/* The other diagonals are not reached in this round. */
		for (long k = -d; k <= d; k++)
			r->points[d * d + k + d] = -1;
		for (long k = -d; k <= d; k += 2) {
			long x = begin(r, d, k), from = x;

			while (x < m->na && x - k < m->nb && x - k >= 0 &&
			    m->a[x] == m->b[x - k])
				x++;
			steps += (size_t)(x - from) + 1;
			r->points[d * d + k + d] = x;
			if (x >= m->na && x - k >= m->nb) {
				r->found = d;
				return;
			}
		}
	}
}

/* Backwards from the end; the edits come out in reverse. */
static void
walk_back(struct diff_script *s, const struct search_rounds *r,
    const struct middle *m, size_t off)
{
	long x = m->na, y = m->nb;

	for (long d = r->found; d >= 0; d--) {
		long k = x - y, from = begin(r, d, k);

		while (x > from) {
			x--;
			y--;
			add(s, DIFF_SAME, off + (size_t)x, off + (size_t)y);
		}
		if (d == 0)
			break;
		if (is_down(r, d, k))
			add(s, DIFF_NEW, off + (size_t)x, off + (size_t)--y);
		else
			add(s, DIFF_GONE, off + (size_t)--x, off + (size_t)y);
	}
}

static void
reverse(struct diff_edit *e, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct diff_edit other = e[i];

		e[i] = e[n - 1 - i];
		e[n - 1 - i] = other;
	}
}

/* In a run of edits what goes stands before what comes. */
static void
sort_run(struct diff_edit *e, size_t n)
{
	size_t gone = 0, a, b;

	if (n == 0)
		return;
	a = e[0].a;
	b = e[0].b;
	for (size_t i = 0; i < n; i++)
		gone += e[i].op == DIFF_GONE;
	for (size_t i = 0; i < n; i++)
		e[i] = i < gone ?
		    (struct diff_edit){ DIFF_GONE, a + i, b } :
		    (struct diff_edit){ DIFF_NEW, a + gone, b + i - gone };
}

static void
sort_runs(struct diff_script *s)
{
	for (size_t i = 0; i < s->count; ) {
		size_t end = i;

		while (end < s->count && s->edits[end].op != DIFF_SAME)
			end++;
		sort_run(&s->edits[i], end - i);
		i = end + (end == i);
	}
}

static void
compare_middle(struct diff_script *s, const struct middle *m, size_t off)
{
	struct search_rounds r = { .points = NULL };
	size_t from = s->count;

	search(&r, m);
	s->coarse = r.found < 0;
	if (!s->coarse) {
		walk_back(s, &r, m, off);
		if (s->count > from)
			reverse(s->edits + from, s->count - from);
	} else {
		for (size_t i = 0; i < (size_t)m->na; i++)
			add(s, DIFF_GONE, off + i, off);
		for (size_t i = 0; i < (size_t)m->nb; i++)
			add(s, DIFF_NEW, off + (size_t)m->na, off + i);
	}
	free(r.points);
}

void
diff_script_make(struct diff_script *out, const uint64_t *a, size_t na,
    const uint64_t *b, size_t nb)
{
	size_t head = 0, tail = 0;
	struct middle m;

	*out = (struct diff_script){ .count = 0 };
	for (; head < na && head < nb && a[head] == b[head]; head++)
		add(out, DIFF_SAME, head, head);
	while (tail < na - head && tail < nb - head &&
	    a[na - 1 - tail] == b[nb - 1 - tail])
		tail++;
	m = (struct middle){
		.a = head > 0 ? a + head : a, .na = (long)(na - head - tail),
		.b = head > 0 ? b + head : b, .nb = (long)(nb - head - tail)
	};
	compare_middle(out, &m, head);
	sort_runs(out);
	for (; tail > 0; tail--)
		add(out, DIFF_SAME, na - tail, nb - tail);
}

void
diff_script_fini(struct diff_script *s)
{
	free(s->edits);
	*s = (struct diff_script){ .count = 0 };
}
