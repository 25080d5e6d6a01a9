/* SPDX-License-Identifier: MIT */
/* What stops, who is held in which order, and how holds end. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sluice/base/mem.h"
#include "sluice/flow/gate.h"

struct waiter {
	struct gate_hold hold;
	struct flow *flow;
	int released;
	enum verdict verdict;
};

struct world {
	struct flow_list list;
	struct gate gate;
	struct waiter w[3];
};

static void
released(struct gate_hold *hold, enum verdict v)
{
	struct waiter *w = container_of(hold, struct waiter, hold);

	/* The flow goes on before the waiter hears of it. */
	assert_int_equal(w->flow->state, FLOW_ACTIVE);
	w->released++;
	w->verdict = v;
}

static struct filter *
parse(const char *text)
{
	struct err err;
	size_t at;
	struct filter *f = filter_parse(str_from(text), &err, &at);

	assert_non_null(f);
	return f;
}

static void
begin(struct world *w)
{
	flow_list_init(&w->list, 0);
	gate_init(&w->gate, &w->list);
	for (size_t i = 0; i < ARRAY_LEN(w->w); i++) {
		struct flow *f = flow_new(NULL);

		f->request.kind = MESSAGE_REQUEST;
		message_set(&f->request, &f->request.method, STR("POST"));
		message_set(&f->request, &f->request.host, STR("a.test"));
		flow_list_add(&w->list, f);
		flow_unref(f);
		w->w[i] = (struct waiter){ .flow = f };
		gate_hold_init(&w->w[i].hold);
		w->w[i].hold.released = released;
	}
}

static void
end(struct world *w)
{
	gate_fini(&w->gate);
	flow_list_fini(&w->list);
}

static bool
stop(struct world *w, size_t i, enum gate_point point)
{
	return gate_stop(&w->gate, &w->w[i].hold, w->w[i].flow, point);
}

/* Which point stops with which filter; the response has come for both. */
static const struct {
	const char *filter;		/* NULL: none */
	bool on, wish;
	bool request, response;
} rows[] = {
	{ NULL, false, false, false, false },
	{ NULL, true, false, true, false },
	{ "~m POST", false, false, false, false },
	{ "~m POST", true, false, true, false },
	{ "~m GET", true, false, false, false },
	{ "~m GET", false, true, false, true },
	{ "~m GET", true, true, false, true },
	{ "~s", true, false, false, true },
	{ "~m POST & ~s", true, false, false, true },
	{ "~m GET & ~s", true, false, false, false },
	{ "~c 200", true, false, false, true },
	{ "~c 404", true, false, false, false },
	{ "~hs x", true, false, false, true },
	{ "~bs hello", true, false, false, true },
	{ "~bs other", true, false, false, false },
	{ "~b body", true, false, true, false },
	{ "~m POST | ~s", true, false, true, true },
};

static void
points(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world w;
		struct flow *f;
		bool request, response;

		begin(&w);
		f = w.w[0].flow;
		body_append(&f->request.body, STR("body"));
		f->request.complete = true;
		gate_set_filter(&w.gate, rows[i].filter ?
		    parse(rows[i].filter) : NULL);
		gate_set_on(&w.gate, rows[i].on);
		f->hold_response = rows[i].wish;
		request = stop(&w, 0, GATE_REQUEST);
		gate_release_all(&w.gate, VERDICT_FORWARD);
		f->response.kind = MESSAGE_RESPONSE;
		f->response.status = 200;
		f->response.complete = true;
		headers_add(&f->response.headers, STR("X"), STR("y"));
		body_append(&f->response.body, STR("hello"));
		response = stop(&w, 0, GATE_RESPONSE);
		gate_release_all(&w.gate, VERDICT_FORWARD);
		if (request != rows[i].request ||
		    response != rows[i].response)
			fail_msg("%s", rows[i].filter ? rows[i].filter : "-");
		end(&w);
	}
}

/* Asked at the head: only what may be held is collected. */
static void
asking(void **state)
{
	static const struct {
		const char *filter;
		enum gate_answer request, response;
	} asks[] = {
		{ "~m POST", GATE_COLLECT, GATE_PASS },
		{ "~m GET", GATE_PASS, GATE_PASS },
		{ "~bq x", GATE_COLLECT, GATE_PASS },
		{ "~m GET & ~bq x", GATE_PASS, GATE_PASS },
		{ "~bs x", GATE_PASS, GATE_COLLECT },
		{ "!~bs x", GATE_COLLECT, GATE_COLLECT },
		{ "~m GET & ~bs x", GATE_PASS, GATE_PASS },
		{ "~d a.test & ~c 200", GATE_PASS, GATE_COLLECT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
		struct world w;
		struct flow *f;

		begin(&w);
		f = w.w[0].flow;
		gate_set_filter(&w.gate, parse(asks[i].filter));
		gate_set_on(&w.gate, true);
		if (gate_ask(&w.gate, f, GATE_REQUEST) != asks[i].request)
			fail_msg("request: %s", asks[i].filter);
		f->response.kind = MESSAGE_RESPONSE;
		f->response.status = 200;
		if (gate_ask(&w.gate, f, GATE_RESPONSE) != asks[i].response)
			fail_msg("response: %s", asks[i].filter);
		gate_set_on(&w.gate, false);
		assert_int_equal(gate_ask(&w.gate, f, GATE_RESPONSE),
		    GATE_PASS);
		f->hold_response = true;
		assert_int_equal(gate_ask(&w.gate, f, GATE_RESPONSE),
		    GATE_COLLECT);
		end(&w);
	}
}

static void
holding(void **state)
{
	struct world w;
	struct flow *f;

	(void)state;
	begin(&w);
	f = w.w[0].flow;
	gate_set_on(&w.gate, true);
	assert_true(stop(&w, 0, GATE_REQUEST));
	assert_int_equal(f->state, FLOW_HELD);
	assert_int_equal(f->held_at, GATE_REQUEST);
	assert_true(f->times.held_since > 0);
	assert_int_equal(w.gate.held, 1);
	assert_int_equal(w.list.count[FLOW_HELD], 1);
	assert_false(gate_release(&w.gate, w.w[1].flow, VERDICT_FORWARD));
	/* Off, or another filter: what is held stays held. */
	gate_set_on(&w.gate, false);
	gate_set_filter(&w.gate, parse("~m GET"));
	assert_int_equal(f->state, FLOW_HELD);
	assert_true(gate_release(&w.gate, f, VERDICT_DROP));
	assert_int_equal(w.w[0].released, 1);
	assert_int_equal(w.w[0].verdict, VERDICT_DROP);
	assert_int_equal(w.gate.held, 0);
	assert_int_equal(f->times.held_since, 0);
	assert_false(gate_release(&w.gate, f, VERDICT_FORWARD));
	end(&w);
}

/* The wish to hold a response is fulfilled once. */
static void
one_wish(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	w.w[0].flow->hold_response = true;
	assert_true(stop(&w, 0, GATE_RESPONSE));
	assert_int_equal(w.w[0].flow->held_at, GATE_RESPONSE);
	assert_false(w.w[0].flow->hold_response);
	assert_int_equal(gate_release_all(&w.gate, VERDICT_FORWARD), 1);
	end(&w);
}

static void
order(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	gate_set_on(&w.gate, true);
	assert_null(gate_next(&w.gate, NULL));
	assert_true(stop(&w, 2, GATE_REQUEST));
	assert_true(stop(&w, 0, GATE_REQUEST));
	assert_true(stop(&w, 1, GATE_REQUEST));
	assert_ptr_equal(gate_next(&w.gate, NULL), w.w[2].flow);
	assert_ptr_equal(gate_next(&w.gate, w.w[2].flow), w.w[0].flow);
	assert_ptr_equal(gate_next(&w.gate, w.w[0].flow), w.w[1].flow);
	assert_ptr_equal(gate_next(&w.gate, w.w[1].flow), w.w[2].flow);
	/* A client left: its hold goes silently, and may go twice. */
	gate_forget(&w.gate, &w.w[0].hold);
	gate_forget(&w.gate, &w.w[0].hold);
	assert_int_equal(w.w[0].flow->state, FLOW_HELD);
	assert_int_equal(w.w[0].released, 0);
	assert_ptr_equal(gate_next(&w.gate, w.w[2].flow), w.w[1].flow);
	assert_int_equal(gate_release_all(&w.gate, VERDICT_FORWARD), 2);
	assert_int_equal(w.w[1].released + w.w[2].released, 2);
	assert_int_equal(gate_release_all(&w.gate, VERDICT_FORWARD), 0);
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points),
		cmocka_unit_test(asking),
		cmocka_unit_test(holding),
		cmocka_unit_test(one_wish),
		cmocka_unit_test(order),
	};

	return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
