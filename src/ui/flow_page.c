/* SPDX-License-Identifier: MIT */
/* Makes the page of a tab: which messages are in it, their heads and bodies. */
#include "flow_page.h"

#include <assert.h>

#include "sluice/base/clock.h"
#include "tabs.h"

const struct flow_page_tab flow_page_tabs[TAB_COUNT] = {
	[TAB_BOTH] = { "Request+Response", "BOTH" },
	[TAB_REQUEST] = { "Request", "REQUEST" },
	[TAB_RESPONSE] = { "Response", "RESPONSE" },
	[TAB_TLS] = { "TLS", "TLS" },
	[TAB_TIMING] = { "Timing", "TIMING" },
	[TAB_NOTES] = { "Notes", "NOTES" },
};

enum tab
flow_page_first_tab(const struct flow *f)
{
	if (f->state == FLOW_HELD && f->held_at == GATE_RESPONSE)
		return TAB_RESPONSE;
	return f->kind == FLOW_HANDSHAKE ? TAB_TLS : TAB_REQUEST;
}

static const struct message *
message_of(const struct flow *f, enum gate_point which)
{
	return which == GATE_REQUEST ? &f->request : &f->response;
}

/* Is the message shown, and has it come? */
static bool
is_shown(const struct flow_page *g, enum gate_point which)
{
	enum tab own = which == GATE_REQUEST ? TAB_REQUEST : TAB_RESPONSE;

	return (g->tab == TAB_BOTH || g->tab == own) &&
	    message_of(g->flow, which)->kind != MESSAGE_NONE;
}

struct view_body *
flow_page_body(struct flow_page *g)
{
	if (is_shown(g, GATE_RESPONSE))
		return &g->bodies[GATE_RESPONSE];
	return is_shown(g, GATE_REQUEST) ? &g->bodies[GATE_REQUEST] : NULL;
}

bool
flow_page_is_busy(const struct flow_page *g)
{
	for (enum gate_point i = GATE_REQUEST; i <= GATE_RESPONSE; i++)
		if (is_shown(g, i) && view_body_is_busy(&g->bodies[i]))
			return true;
	return false;
}

bool
flow_page_work(struct flow_page *g)
{
	for (enum gate_point i = GATE_REQUEST; i <= GATE_RESPONSE; i++)
		if (is_shown(g, i) && view_body_is_busy(&g->bodies[i])) {
			view_body_work(&g->bodies[i]);
			break;
		}
	return flow_page_is_busy(g);
}

/* One message as a part of the page. */
static void
prepare_message(struct flow_page *g, enum gate_point which, int cols)
{
	bool both = g->tab == TAB_BOTH;
	struct page_part *part =
	    &g->page.parts[both && which == GATE_RESPONSE];
	size_t rows;

	if (both)
		part->title = which == GATE_REQUEST ? "request" : "response";
	tab_head(&part->sheet, g->flow, which, (size_t)cols, g->wrap);
	if (!is_shown(g, which))
		return;
	part->body = &g->bodies[which];
	view_body_prepare(part->body, message_of(g->flow, which),
	    &(struct body_look){ g->mode, g->wrap, cols });
	if (!both || which == GATE_RESPONSE)
		return;
	/* A long request leaves room for the response. */
	rows = part->sheet.row_count + 4;
	part->most = (size_t)g->rows / 2 > rows ?
	    (size_t)g->rows / 2 - rows : 4;
}

void
flow_page_make(struct flow_page *g, const struct keymap *keys, int cols)
{
	struct sheet *s = &g->page.parts[0].sheet;
	int width = cols > 0 ? cols : 1;

	g->cols = cols;
	page_clear(&g->page, g->tab == TAB_BOTH ? 2 : 1);
	switch (g->tab) {
	case TAB_BOTH:
		prepare_message(g, GATE_REQUEST, width);
		prepare_message(g, GATE_RESPONSE, width);
		break;
	case TAB_REQUEST:
		prepare_message(g, GATE_REQUEST, width);
		break;
	case TAB_RESPONSE:
		prepare_message(g, GATE_RESPONSE, width);
		break;
	case TAB_TLS:
		tab_tls(s, g->flow, keys, (size_t)width);
		break;
	case TAB_TIMING:
		tab_timing(s, g->flow, (size_t)width, clock_mono());
		break;
	case TAB_NOTES:
		tab_notes(s, g->flow, (size_t)width);
		break;
	case TAB_COUNT:
		assert(!"not a tab");
	}
}

bool
flow_page_is_message(const struct flow_page *g)
{
	return g->tab <= TAB_RESPONSE;
}

void
flow_page_init(struct flow_page *g, struct flow *f)
{
	*g = (struct flow_page){
		.flow = flow_ref(f), .tab = flow_page_first_tab(f)
	};
	page_init(&g->page);
	for (size_t i = 0; i < ARRAY_LEN(g->bodies); i++)
		view_body_init(&g->bodies[i]);
}

void
flow_page_fini(struct flow_page *g)
{
	for (size_t i = 0; i < ARRAY_LEN(g->bodies); i++)
		view_body_fini(&g->bodies[i]);
	page_fini(&g->page);
	flow_unref(g->flow);
}

void
flow_page_show(struct flow_page *g, struct flow *f)
{
	struct flow *old = g->flow;

	g->flow = flow_ref(f);
	flow_unref(old);
	for (size_t i = 0; i < ARRAY_LEN(g->bodies); i++)
		view_body_reset(&g->bodies[i]);
}
