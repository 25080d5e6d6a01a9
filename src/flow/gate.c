/* SPDX-License-Identifier: MIT */
/*
 * What stops here, who is held, the verdict.  A hold is linked exactly while
 * its flow is FLOW_HELD by this gate; whoever embeds it owns it.
 */
#include "sluice/flow/gate.h"

#include <assert.h>

#include "filter_tree.h"

void
gate_init(struct gate *g, struct flow_list *list)
{
	*g = (struct gate){ .list = list };
	list_init(&g->holds);
}

void
gate_fini(struct gate *g)
{
	assert(list_is_empty(&g->holds) && g->held == 0);
	filter_free(g->filter);
	g->filter = NULL;
}

void
gate_hold_init(struct gate_hold *h)
{
	*h = (struct gate_hold){ .flow = NULL };
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

/* Does the filter speak of this point at all? */
static bool
is_armed(const struct gate *g, enum gate_point point)
{
	if (!g->on)
		return false;
	return point == GATE_REQUEST ||
	    (g->filter && filter_needs_response(g->filter));
}

static bool
is_asked_for(const struct flow *f, enum gate_point point)
{
	return point == GATE_RESPONSE && f->hold_response;
}

enum gate_answer
gate_ask(const struct gate *g, const struct flow *f, enum gate_point point)
{
	if (is_asked_for(f, point))
		return GATE_COLLECT;
	if (!is_armed(g, point))
		return GATE_PASS;
	if (g->filter && filter_may_match(g->filter, f) == ANSWER_NO)
		return GATE_PASS;
	return GATE_COLLECT;
}

bool
gate_stop(struct gate *g, struct gate_hold *h, struct flow *f,
    enum gate_point point)
{
	assert(list_is_empty(&h->link) && f->state != FLOW_HELD);
	if (!is_asked_for(f, point) && !(is_armed(g, point) &&
	    (!g->filter || filter_match(g->filter, f))))
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

	list_for_each(h, &g->holds, struct gate_hold, link)
		if (h->flow == f)
			return h;
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

static void
release(struct gate *g, struct gate_hold *h, enum verdict v)
{
	struct flow *f = h->flow;

	assert(f->state == FLOW_HELD);
	unlink_hold(g, h);
	flow_list_set_state(g->list, f, FLOW_ACTIVE);
	h->released(h, v);
}

bool
gate_release(struct gate *g, struct flow *f, enum verdict v)
{
	struct gate_hold *h = find(g, f);

	if (h)
		release(g, h, v);
	return h != NULL;
}

size_t
gate_release_all(struct gate *g, enum verdict v)
{
	size_t n = 0;

	/* Only those that are held now, should a new one come meanwhile. */
	for (size_t held = g->held; n < held && g->held > 0; n++)
		release(g, list_entry(g->holds.next, struct gate_hold, link),
		    v);
	return n;
}

void
gate_forget(struct gate *g, struct gate_hold *h)
{
	if (!list_is_empty(&h->link))
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
