/* SPDX-License-Identifier: MIT */
/* What stops here, who is held, the verdict. */
#include "sluice/flow/gate.h"

#include <assert.h>

void
gate_init(struct gate *g, struct flow_list *list)
{
	*g = (struct gate){ .list = list };
	list_init(&g->holds);
}

void
gate_fini(struct gate *g)
{
	assert(g->held == 0);
	filter_free(g->filter);
	g->filter = NULL;
}

void
gate_hold_init(struct gate_hold *h)
{
	*h = (struct gate_hold){ 0 };
	list_init(&h->link);
}

void
gate_set_filter(struct gate *g, struct filter *filter)
{
	filter_free(g->filter);
	g->filter = filter;
}

void
gate_set_on(struct gate *g, bool on)
{
	g->on = on;
}

/* Does the filter speak about this point at all? */
static bool
is_armed(const struct gate *g, enum gate_point point)
{
	if (!g->on)
		return false;
	if (!g->filter)
		return point == GATE_REQUEST;
	return point == GATE_REQUEST || filter_needs_response(g->filter);
}

enum gate_answer
gate_ask(const struct gate *g, const struct flow *f, enum gate_point point)
{
	if (point == GATE_RESPONSE && f->hold_response)
		return GATE_COLLECT;
	if (!is_armed(g, point))
		return GATE_PASS;
	if (!g->filter || filter_needs_body(g->filter) ||
	    filter_match(g->filter, f))
		return GATE_COLLECT;
	return GATE_PASS;
}

static bool
must_stop(const struct gate *g, const struct flow *f, enum gate_point point)
{
	if (point == GATE_RESPONSE && f->hold_response)
		return true;
	return is_armed(g, point) && (!g->filter || filter_match(g->filter, f));
}

bool
gate_stop(struct gate *g, struct gate_hold *h, struct flow *f,
    enum gate_point point)
{
	assert(!h->flow && list_is_empty(&h->link));
	if (!must_stop(g, f, point))
		return false;
	if (point == GATE_RESPONSE)
		f->hold_response = false;
	h->flow = f;
	h->point = point;
	list_append(&g->holds, &h->link);
	g->held++;
	f->held_at = point;
	flow_list_set_state(g->list, f, FLOW_HELD);
	return true;
}

static struct gate_hold *
find(const struct gate *g, const struct flow *f)
{
	struct gate_hold *h;

	list_for_each(h, &g->holds, struct gate_hold, link) {
		if (h->flow == f)
			return h;
	}
	return NULL;
}

static void
unlink_hold(struct gate *g, struct gate_hold *h)
{
	assert(g->held > 0);
	list_remove(&h->link);
	h->flow = NULL;
	g->held--;
}

bool
gate_release(struct gate *g, struct flow *f, enum verdict v)
{
	struct gate_hold *h = f->state == FLOW_HELD ? find(g, f) : NULL;

	if (!h)
		return false;
	unlink_hold(g, h);
	flow_list_set_state(g->list, f, FLOW_ACTIVE);
	h->released(h, v);
	return true;
}

size_t
gate_release_all(struct gate *g, enum verdict v)
{
	size_t n = 0;

	while (!list_is_empty(&g->holds)) {
		struct gate_hold *h = list_entry(g->holds.next,
		    struct gate_hold, link);

		if (gate_release(g, h->flow, v))
			n++;
	}
	return n;
}

void
gate_forget(struct gate *g, struct gate_hold *h)
{
	if (h->flow)
		unlink_hold(g, h);
}

struct flow *
gate_next(const struct gate *g, const struct flow *f)
{
	const struct gate_hold *h = f ? find(g, f) : NULL;
	const struct list *at = h ? h->link.next : g->holds.next;

	if (at == &g->holds)
		at = g->holds.next;
	return at == &g->holds ? NULL :
	    list_entry(at, struct gate_hold, link)->flow;
}
