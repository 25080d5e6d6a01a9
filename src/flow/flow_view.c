/* SPDX-License-Identifier: MIT */
/*
 * A filtered window on the flow list: an array of flows in order of id.
 * After a change of filter the new rows are collected in a second array, a
 * slice at a time, while the old ones stay shown; then they change places.
 */
#include "sluice/flow/flow_view.h"

#include <assert.h>
#include <string.h>

#include "sluice/base/clock.h"
#include "sluice/base/mem.h"

/* Flows judged at once, without waiting for flow_view_work. */
#define AT_ONCE		200
/* Flows judged between two looks at the clock. */
#define BETWEEN_LOOKS	32

struct rows {
	struct flow **at;
	size_t count, cap;
};

struct flow_view {
	struct flow_list *list;
	struct flow_observer flows;
	struct list observers;
	struct filter *filter;		/* NULL: all */
	bool enabled;
	struct rows rows;
	bool busy;
	struct rows fresh;		/* while busy */
	uint64_t judged;		/* while busy: ids up to this */
};

/* -- rows ------------------------------------------------------------------- */

/* First row whose id is not below id. */
static size_t
lower_bound(const struct rows *r, uint64_t id)
{
	size_t from = 0, to = r->count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (r->at[mid]->id < id)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static bool
has(const struct rows *r, size_t i, const struct flow *f)
{
	return i < r->count && r->at[i] == f;
}

static bool
insert(struct rows *r, struct flow *f)
{
	size_t i = r->count > 0 && r->at[r->count - 1]->id < f->id ?
	    r->count : lower_bound(r, f->id);

	if (has(r, i, f))
		return false;
	if (r->count == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 64;
		r->at = mem_array(r->at, r->cap, sizeof *r->at);
	}
	memmove(r->at + i + 1, r->at + i, (r->count - i) * sizeof *r->at);
	r->at[i] = f;
	r->count++;
	return true;
}

static bool
take_out(struct rows *r, const struct flow *f)
{
	size_t i = lower_bound(r, f->id);

	if (!has(r, i, f))
		return false;
	r->count--;
	memmove(r->at + i, r->at + i + 1, (r->count - i) * sizeof *r->at);
	return true;
}

/* -- telling ------------------------------------------------------------------ */

static void
tell(struct flow_view *v)
{
	struct flow_view_observer *o, *tmp;

	list_for_each_safe(o, tmp, &v->observers, struct flow_view_observer,
	    link)
		o->changed(o);
}

void
flow_view_observe(struct flow_view *v, struct flow_view_observer *o)
{
	list_append(&v->observers, &o->link);
}

void
flow_view_unobserve(struct flow_view_observer *o)
{
	list_remove(&o->link);
}

/* -- the list's news ----------------------------------------------------------- */

static bool
is_shown(const struct flow_view *v, const struct flow *f)
{
	return !v->enabled || !v->filter || filter_match(v->filter, f);
}

static void
judge(struct flow_view *v, struct flow *f)
{
	bool shown = is_shown(v, f);

	if (shown)
		insert(&v->rows, f);
	else
		take_out(&v->rows, f);
	if (!v->busy || f->id > v->judged)
		return;
	if (shown)
		insert(&v->fresh, f);
	else
		take_out(&v->fresh, f);
}

static struct flow_view *
view_of(struct flow_observer *o)
{
	return container_of(o, struct flow_view, flows);
}

static void
added(struct flow_observer *o, struct flow *f)
{
	judge(view_of(o), f);
	tell(view_of(o));
}

static void
changed(struct flow_observer *o, struct flow *f, unsigned parts)
{
	struct flow_view *v = view_of(o);

	(void)parts;
	if (v->filter && v->enabled)
		judge(v, f);
	tell(v);
}

static void
removed(struct flow_observer *o, struct flow *f)
{
	struct flow_view *v = view_of(o);

	take_out(&v->rows, f);
	if (v->busy)
		take_out(&v->fresh, f);
	tell(v);
}

static const struct flow_observer_ops view_ops = {
	.added = added,
	.changed = changed,
	.removed = removed,
};

/* -- filtering -------------------------------------------------------------------- */

static void
stop_work(struct flow_view *v)
{
	free(v->fresh.at);
	v->fresh = (struct rows){ 0 };
	v->busy = false;
}

static void
finish_work(struct flow_view *v)
{
	free(v->rows.at);
	v->rows = v->fresh;
	v->fresh = (struct rows){ 0 };
	v->busy = false;
	tell(v);
}

/* The next listed flow behind id, skipping ids that are gone. */
static struct flow *
flow_behind(const struct flow_view *v, uint64_t id)
{
	struct flow *f = flow_list_find(v->list, id);

	if (f)
		return flow_list_next(v->list, f);
	if (id == 0)
		return flow_list_next(v->list, NULL);
	while (++id < v->list->next_id) {
		f = flow_list_find(v->list, id);
		if (f)
			return f;
	}
	return NULL;
}

static bool
judge_some(struct flow_view *v, size_t n)
{
	struct flow *f = flow_behind(v, v->judged);

	while (f && n-- > 0) {
		if (is_shown(v, f))
			insert(&v->fresh, f);
		v->judged = f->id;
		f = flow_list_next(v->list, f);
	}
	if (f)
		return false;
	finish_work(v);
	return true;
}

static void
start_work(struct flow_view *v)
{
	stop_work(v);
	v->busy = true;
	v->judged = 0;
	judge_some(v, AT_ONCE);
	tell(v);
}

bool
flow_view_work(struct flow_view *v, int64_t budget_us)
{
	int64_t end = clock_mono() + budget_us;

	while (v->busy) {
		judge_some(v, BETWEEN_LOOKS);
		if (clock_mono() >= end)
			break;
	}
	return !v->busy;
}

bool
flow_view_is_busy(const struct flow_view *v)
{
	return v->busy;
}

struct flow_view *
flow_view_new(struct flow_list *list)
{
	struct flow_view *v = NEW(struct flow_view);

	v->list = list;
	v->enabled = true;
	list_init(&v->observers);
	v->flows.ops = &view_ops;
	flow_list_observe(list, &v->flows);
	start_work(v);
	while (!flow_view_work(v, 1000000))
		continue;
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
	free(v->rows.at);
	filter_free(v->filter);
	free(v);
}

void
flow_view_set_filter(struct flow_view *v, struct filter *filter)
{
	filter_free(v->filter);
	v->filter = filter;
	v->enabled = true;
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

/* -- looking ---------------------------------------------------------------------- */

size_t
flow_view_count(const struct flow_view *v)
{
	return v->rows.count;
}

struct flow *
flow_view_at(const struct flow_view *v, size_t row)
{
	return row < v->rows.count ? v->rows.at[row] : NULL;
}

size_t
flow_view_row(const struct flow_view *v, const struct flow *f)
{
	size_t i = lower_bound(&v->rows, f->id);

	return has(&v->rows, i, f) ? i : SIZE_MAX;
}

size_t
flow_view_near(const struct flow_view *v, uint64_t id)
{
	size_t i = lower_bound(&v->rows, id);

	if (v->rows.count == 0)
		return SIZE_MAX;
	return i < v->rows.count ? i : v->rows.count - 1;
}
