/* SPDX-License-Identifier: MIT */
/*
 * A filtered window on the flow list: flows in order of id, which another
 * order may stand beside.  After a change
 * of filter the new rows are collected beside the old ones, a slice at a
 * time, and take their place when all flows have been judged.  Meanwhile
 * the old rows stay, but news of a flow is judged by the new filter.
 */
#include "sluice/flow/flow_view.h"

#include <assert.h>

#include "flow_order.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"

/* Judged at once on a change of filter; the rest waits for flow_view_work. */
#define AT_ONCE		256u
#define AT_ONCE_US	2000
/* Judged between two looks at the clock, unless bodies are searched. */
#define STRIDE		64u
#define ROWS_FIRST	64u

/* Room on both sides: flows come at the end, and the oldest go first. */
struct rows {
	struct flow **p;
	size_t first, count, cap;
};

struct flow_view {
	struct flow_list *list;
	struct flow_observer flows;
	struct list observers;
	struct list walk;		/* among the observers, while telling */
	struct filter *filter;		/* owned; NULL: all */
	bool enabled;
	enum flow_limit limit;
	bool busy;
	struct rows rows;		/* what is shown */
	struct flow_order *order;	/* the same by a key, or NULL */
	bool reverse;
	struct rows fresh;		/* busy: what will be */
	struct flow *last;		/* busy: the last judged, or NULL .. */
	uint64_t judged;		/* .. and the highest id judged */
};

/* -- rows ------------------------------------------------------------------ */

static struct flow *
row_at(const struct rows *r, size_t i)
{
	assert(i < r->count);
	return r->p[r->first + i];
}

/* The first row whose id is not below id. */
static size_t
rows_find(const struct rows *r, uint64_t id)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (row_at(r, middle)->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
rows_has(const struct rows *r, const struct flow *f, size_t *row)
{
	*row = rows_find(r, f->id);
	return *row < r->count && row_at(r, *row) == f;
}

static void
move_rows(struct rows *r, size_t to, size_t from, size_t n)
{
	memmove(r->p + r->first + to, r->p + r->first + from,
	    n * sizeof *r->p);
}

static void
make_room(struct rows *r)
{
	if (r->first + r->count < r->cap)
		return;
	if (r->first > r->cap / 2) {
		memmove(r->p, r->p + r->first, r->count * sizeof *r->p);
		r->first = 0;
		return;
	}
	r->cap = r->cap ? r->cap * 2 : ROWS_FIRST;
	r->p = mem_array(r->p, r->cap, sizeof *r->p);
}

/* False: it was there. */
static bool
rows_add(struct rows *r, struct flow *f)
{
	size_t row = r->count;

	if (row > 0 && row_at(r, row - 1)->id >= f->id &&
	    rows_has(r, f, &row))
		return false;
	make_room(r);
	move_rows(r, row + 1, row, r->count - row);
	r->p[r->first + row] = f;
	r->count++;
	return true;
}

static bool
rows_remove(struct rows *r, const struct flow *f)
{
	size_t row;

	if (!rows_has(r, f, &row))
		return false;
	r->count--;
	if (row < r->count / 2) {
		move_rows(r, 1, 0, row);
		r->first++;
	} else {
		move_rows(r, row, row + 1, r->count - row);
	}
	return true;
}

static void
rows_fini(struct rows *r)
{
	free(r->p);
	*r = (struct rows){ .p = NULL };
}

/* -- telling observers ----------------------------------------------------- */

/*
 * Any observer may be removed meanwhile: the walk's own place in the list
 * moves on before each call.  Observers only take notes, so there is never
 * a second walk inside.
 */
static void
tell(struct flow_view *v)
{
	assert(list_is_empty(&v->walk));
	list_insert(&v->observers, &v->walk);
	while (v->walk.next != &v->observers) {
		struct flow_view_observer *o = list_entry(v->walk.next,
		    struct flow_view_observer, link);

		list_remove(&v->walk);
		list_insert(&o->link, &v->walk);
		o->changed(o);
	}
	list_remove(&v->walk);
}

void
flow_view_observe(struct flow_view *v, struct flow_view_observer *o)
{
	assert(o->changed);
	list_append(&v->observers, &o->link);
}

void
flow_view_unobserve(struct flow_view_observer *o)
{
	list_remove(&o->link);
}

/* -- filtering ------------------------------------------------------------- */

static bool
is_wanted(const struct flow_view *v, const struct flow *f)
{
	if ((v->limit == FLOW_LIMIT_MARKED && !f->marked) ||
	    (v->limit == FLOW_LIMIT_HELD && f->state != FLOW_HELD))
		return false;
	return !v->enabled || !v->filter || filter_match(v->filter, f);
}

static void
order_all(struct flow_view *v)
{
	if (!v->order)
		return;
	flow_order_clear(v->order);
	for (size_t i = 0; i < v->rows.count; i++)
		flow_order_add(v->order, row_at(&v->rows, i));
}

static void
finish_work(struct flow_view *v)
{
	rows_fini(&v->rows);
	v->rows = v->fresh;
	v->fresh = (struct rows){ .p = NULL };
	v->last = NULL;
	v->busy = false;
	order_all(v);
	tell(v);
}

/* Judges the next flow; false when there is none. */
static bool
judge_next(struct flow_view *v)
{
	struct flow *f = flow_list_next(v->list, v->last);

	if (!f)
		return false;
	v->last = f;
	v->judged = f->id;
	/* One that is just being removed is still in its place. */
	if (flow_list_find(v->list, f->id) == f && is_wanted(v, f))
		rows_add(&v->fresh, f);
	return true;
}

/* At most n flows and until the end; both only if there is more. */
static void
judge_some(struct flow_view *v, size_t n, int64_t end)
{
	size_t stride = v->filter && filter_needs_body(v->filter) ? 1 :
	    STRIDE;

	for (size_t i = 1; judge_next(v); i++)
		if (i == n || (i % stride == 0 && clock_mono() >= end))
			return;
	finish_work(v);
}

static void
start_work(struct flow_view *v)
{
	rows_fini(&v->fresh);
	v->last = NULL;
	v->judged = 0;
	v->busy = true;
	judge_some(v, AT_ONCE, clock_mono() + AT_ONCE_US);
	if (v->busy)
		tell(v);
}

bool
flow_view_work(struct flow_view *v, int64_t budget_us)
{
	if (v->busy)
		judge_some(v, SIZE_MAX, clock_mono() + budget_us);
	return !v->busy;
}

bool
flow_view_is_busy(const struct flow_view *v)
{
	return v->busy;
}

/* -- the list's news ------------------------------------------------------- */

static struct flow_view *
view_of(struct flow_observer *o)
{
	return container_of(o, struct flow_view, flows);
}

/* The row of f came, stayed or went. */
static void
place(struct flow_view *v, struct flow *f, bool wanted)
{
	bool came = wanted && rows_add(&v->rows, f);
	bool went = !wanted && rows_remove(&v->rows, f);

	if (!v->order)
		return;
	if (came)
		flow_order_add(v->order, f);
	else if (went)
		flow_order_remove(v->order, f);
	else if (wanted)
		flow_order_touch(v->order, f);
}

/* Shows f or not; true when that is to be seen. */
static bool
judge(struct flow_view *v, struct flow *f)
{
	bool wanted = is_wanted(v, f), was_shown;
	size_t row;

	was_shown = rows_has(&v->rows, f, &row);
	place(v, f, wanted);
	if (v->busy && f->id <= v->judged) {
		if (wanted)
			rows_add(&v->fresh, f);
		else
			rows_remove(&v->fresh, f);
	}
	return wanted || was_shown;
}

static void
added(struct flow_observer *o, struct flow *f)
{
	if (judge(view_of(o), f))
		tell(view_of(o));
}

static void
changed(struct flow_observer *o, struct flow *f, unsigned parts)
{
	(void)parts;
	if (judge(view_of(o), f))
		tell(view_of(o));
}

static void
removed(struct flow_observer *o, struct flow *f)
{
	struct flow_view *v = view_of(o);
	size_t row;

	if (v->busy) {
		rows_remove(&v->fresh, f);
		if (v->last == f)
			v->last = flow_list_prev(v->list, f);
	}
	if (rows_has(&v->rows, f, &row)) {
		place(v, f, false);
		tell(v);
	}
}

static const struct flow_observer_ops list_ops = {
	.added = added,
	.changed = changed,
	.removed = removed,
};

/* -- life ------------------------------------------------------------------ */

struct flow_view *
flow_view_new(struct flow_list *list)
{
	struct flow_view *v = NEW(struct flow_view);

	v->list = list;
	v->enabled = true;
	list_init(&v->observers);
	list_init(&v->walk);
	v->flows.ops = &list_ops;
	flow_list_observe(list, &v->flows);
	start_work(v);
	return v;
}

void
flow_view_free(struct flow_view *v)
{
	if (!v)
		return;
	assert(list_is_empty(&v->observers));
	flow_list_unobserve(&v->flows);
	rows_fini(&v->rows);
	rows_fini(&v->fresh);
	flow_order_free(v->order);
	filter_free(v->filter);
	free(v);
}

void
flow_view_set_filter(struct flow_view *v, struct filter *filter)
{
	filter_free(v->filter);
	v->filter = filter;
	start_work(v);
}

const struct filter *
flow_view_filter(const struct flow_view *v)
{
	return v->filter;
}

void
flow_view_enable(struct flow_view *v, bool enabled)
{
	if (v->enabled == enabled)
		return;
	v->enabled = enabled;
	start_work(v);
}

bool
flow_view_is_enabled(const struct flow_view *v)
{
	return v->enabled;
}

void
flow_view_set_limit(struct flow_view *v, enum flow_limit limit)
{
	if (v->limit == limit)
		return;
	v->limit = limit;
	start_work(v);
}

void
flow_view_set_order(struct flow_view *v, flow_key_fn *key, bool late,
    bool reverse)
{
	flow_order_free(v->order);
	v->order = key ? flow_order_new(key, late) : NULL;
	v->reverse = reverse;
	order_all(v);
	tell(v);
}

enum flow_limit
flow_view_limit(const struct flow_view *v)
{
	return v->limit;
}

/* -- looking --------------------------------------------------------------- */

size_t
flow_view_count(const struct flow_view *v)
{
	return v->rows.count;
}

/* From the order's rows to the shown ones, and back. */
static size_t
turned(const struct flow_view *v, size_t row)
{
	return v->reverse ? v->rows.count - 1 - row : row;
}

struct flow *
flow_view_at(const struct flow_view *v, size_t row)
{
	if (row >= v->rows.count)
		return NULL;
	row = turned(v, row);
	return v->order ? flow_order_at(v->order, row) :
	    row_at(&v->rows, row);
}

size_t
flow_view_row(const struct flow_view *v, const struct flow *f)
{
	size_t row;

	if (!rows_has(&v->rows, f, &row))
		return SIZE_MAX;
	return turned(v, v->order ? flow_order_row(v->order, f) : row);
}

size_t
flow_view_near(const struct flow_view *v, uint64_t id)
{
	size_t row = rows_find(&v->rows, id);

	if (v->rows.count == 0)
		return SIZE_MAX;
	if (row == v->rows.count)
		row--;
	return flow_view_row(v, row_at(&v->rows, row));
}

size_t
flow_view_newer(const struct flow_view *v, uint64_t id)
{
	return v->rows.count - rows_find(&v->rows, id + 1);
}
