/* SPDX-License-Identifier: MIT */
/*
 * A filtered window on the flow list: flows in order of id, which another
 * order may stand beside.  After a change of filter or order the new rows are
 * collected and sorted beside the old ones, a slice at a time, and take their
 * place when that is done.  Meanwhile the old rows stay in the old order, but
 * news of a flow is judged by the new filter.
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

struct flow_view {
	struct flow_list *list;
	struct flow_observer flows;
	struct list observers;
	struct list telling;		/* among the observers, while it goes on */
	struct filter *filter;		/* owned; NULL: all */
	bool enabled;
	enum flow_limit limit;
	flow_key_fn *key;		/* asked for, as are: */
	bool late, reverse;

	struct flow_rows rows;		/* what is shown */
	struct flow_order *order;	/* the same by a key, or NULL */
	bool reversed;

	enum { SETTLED, JUDGING, ORDERING } stage;
	struct flow_rows fresh;		/* what will be shown */
	struct flow_order *next;	/* .. by a key, while ORDERING */
	struct flow_walk walk;		/* JUDGING: goes through the flows .. */
	uint64_t judged;		/* .. and has judged up to this id */
};

/* -- telling observers ----------------------------------------------------- */

/*
 * Any observer may be removed meanwhile: the walk's own place in the list
 * moves on before each call.  Observers only take notes, so there is never
 * a second walk inside.
 */
static void
tell(struct flow_view *v)
{
	assert(list_is_empty(&v->telling));
	list_insert(&v->observers, &v->telling);
	while (v->telling.next != &v->observers) {
		struct flow_view_observer *o = list_entry(v->telling.next,
		    struct flow_view_observer, link);

		list_remove(&v->telling);
		list_insert(&o->link, &v->telling);
		o->changed(o);
	}
	list_remove(&v->telling);
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
stop_work(struct flow_view *v)
{
	if (v->stage == JUDGING)
		flow_walk_end(&v->walk);
	flow_rows_fini(&v->fresh);
	flow_order_free(v->next);
	v->next = NULL;
	v->stage = SETTLED;
}

static void
finish_work(struct flow_view *v)
{
	flow_rows_fini(&v->rows);
	v->rows = v->fresh;
	v->fresh = (struct flow_rows){ .p = NULL };
	flow_order_free(v->order);
	v->order = v->next;
	v->next = NULL;
	v->reversed = v->reverse;
	v->stage = SETTLED;
	tell(v);
}

/* All flows have been judged. */
static void
start_order(struct flow_view *v)
{
	v->stage = ORDERING;
	v->judged = UINT64_MAX;
	v->next = v->key ? flow_order_new(v->key, v->late) : NULL;
}

/* Judges the next flow; false when there is none. */
static bool
judge_next(struct flow_view *v)
{
	struct flow *f = flow_walk_next(&v->walk);

	if (!f)
		return false;
	v->judged = f->id;
	if (is_wanted(v, f))
		flow_rows_add(&v->fresh, f);
	return true;
}

/* At most n flows and until the end; both only if there is more. */
static bool
judge_some(struct flow_view *v, size_t n, int64_t end)
{
	size_t stride = v->filter && filter_needs_body(v->filter) ? 1 :
	    STRIDE;

	for (size_t i = 1; judge_next(v); i++)
		if (i == n || (i % stride == 0 && clock_mono() >= end))
			return false;
	flow_walk_end(&v->walk);
	return true;
}

static void
work(struct flow_view *v, size_t n, int64_t end)
{
	if (v->stage == JUDGING && judge_some(v, n, end))
		start_order(v);
	if (v->stage == ORDERING &&
	    (!v->next || flow_order_fill(v->next, &v->fresh, end)))
		finish_work(v);
}

/* The owner is told that there is more to do. */
static void
work_at_once(struct flow_view *v)
{
	work(v, AT_ONCE, clock_mono() + AT_ONCE_US);
	if (v->stage != SETTLED)
		tell(v);
}

static void
start_work(struct flow_view *v)
{
	stop_work(v);
	v->judged = 0;
	v->stage = JUDGING;
	flow_walk_begin(&v->walk, v->list);
	work_at_once(v);
}

bool
flow_view_work(struct flow_view *v, int64_t budget_us)
{
	work(v, SIZE_MAX, clock_mono() + budget_us);
	return v->stage == SETTLED;
}

bool
flow_view_is_busy(const struct flow_view *v)
{
	return v->stage != SETTLED;
}

/* -- the list's news ------------------------------------------------------- */

static struct flow_view *
view_of(struct flow_observer *o)
{
	return container_of(o, struct flow_view, flows);
}

/* The row of f comes, stays or goes; parts: what changed of it. */
static void
place(struct flow_rows *rows, struct flow_order *order, struct flow *f,
    bool wanted, unsigned parts)
{
	bool flipped = (parts & FLOW_PART_MARK) != 0;

	if (!wanted) {
		if (flow_rows_remove(rows, f, f->marked != flipped) && order)
			flow_order_remove(order, f);
	} else if (flow_rows_add(rows, f)) {
		if (order)
			flow_order_add(order, f);
	} else {
		if (flipped)
			rows->marked += f->marked ? 1 : (size_t)-1;
		if (order && parts != FLOW_PART_MARK)
			flow_order_touch(order, f);
	}
}

/* Shows f or not; true when that is to be seen. */
static bool
judge(struct flow_view *v, struct flow *f, bool wanted, unsigned parts)
{
	size_t row;
	bool was_shown = flow_rows_has(&v->rows, f, &row);

	place(&v->rows, v->order, f, wanted, parts);
	if (v->stage != SETTLED && f->id <= v->judged)
		place(&v->fresh, v->next, f, wanted, parts);
	return wanted || was_shown;
}

static void
added(struct flow_observer *o, struct flow *f)
{
	struct flow_view *v = view_of(o);

	if (judge(v, f, is_wanted(v, f), 0))
		tell(v);
}

static void
changed(struct flow_observer *o, struct flow *f, unsigned parts)
{
	struct flow_view *v = view_of(o);

	if (judge(v, f, is_wanted(v, f), parts))
		tell(v);
}

static void
removed(struct flow_observer *o, struct flow *f)
{
	if (judge(view_of(o), f, false, 0))
		tell(view_of(o));
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
	list_init(&v->telling);
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
	stop_work(v);
	flow_rows_fini(&v->rows);
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
	bool same = key == v->key && late == v->late;

	v->key = key;
	v->late = late;
	v->reverse = reverse;
	if (v->stage == JUDGING)
		return;			/* the order comes after that */
	if (v->stage == SETTLED && same) {
		v->reversed = reverse;
		tell(v);
		return;
	}
	if (v->stage == SETTLED)
		flow_rows_copy(&v->fresh, &v->rows);
	flow_order_free(v->next);
	start_order(v);
	work_at_once(v);
}

enum flow_limit
flow_view_limit(const struct flow_view *v)
{
	return v->limit;
}

/* -- looking --------------------------------------------------------------- */

size_t
flow_view_marked(const struct flow_view *v)
{
	return v->rows.marked;
}

size_t
flow_view_count(const struct flow_view *v)
{
	return v->rows.count;
}

/* From the order's rows to the shown ones, and back. */
static size_t
turned(const struct flow_view *v, size_t row)
{
	return v->reversed ? v->rows.count - 1 - row : row;
}

struct flow *
flow_view_at(const struct flow_view *v, size_t row)
{
	if (row >= v->rows.count)
		return NULL;
	row = turned(v, row);
	return v->order ? flow_order_at(v->order, row) :
	    flow_rows_at(&v->rows, row);
}

size_t
flow_view_row(const struct flow_view *v, const struct flow *f)
{
	size_t row;

	if (!flow_rows_has(&v->rows, f, &row))
		return SIZE_MAX;
	return turned(v, v->order ? flow_order_row(v->order, f) : row);
}

size_t
flow_view_near(const struct flow_view *v, uint64_t id)
{
	size_t row = flow_rows_find(&v->rows, id);

	if (v->rows.count == 0)
		return SIZE_MAX;
	if (row == v->rows.count)
		row--;
	return flow_view_row(v, flow_rows_at(&v->rows, row));
}

size_t
flow_view_newer(const struct flow_view *v, uint64_t id)
{
	return v->rows.count - flow_rows_find(&v->rows, id + 1);
}
