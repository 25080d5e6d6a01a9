/* SPDX-License-Identifier: MIT */
/* Bodies of all flows together: to disk, then given up, oldest first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sluice/base/mem.h"
#include "sluice/flow/budget.h"

#define BODY (2u * CHUNK_BLOCK)	/* no memory is lost at its end */

struct rig {
	struct store *store;
	struct flow_list list;
	struct budget budget;
	struct flow_observer observer;
	size_t touched;
};

static void
changed(struct flow_observer *o, struct flow *f, unsigned parts)
{
	(void)f;
	if (parts & FLOW_PART_RESPONSE)
		container_of(o, struct rig, observer)->touched++;
}

static void
rig_open(struct rig *r)
{
	static const struct flow_observer_ops ops = { .changed = changed };

	memset(r, 0, sizeof *r);
	r->store = store_new(1 << 20);
	flow_list_init(&r->list, 0);
	budget_init(&r->budget, &r->list, r->store, NULL);
	r->observer.ops = &ops;
	flow_list_observe(&r->list, &r->observer);
}

static void
rig_close(struct rig *r)
{
	flow_list_unobserve(&r->observer);
	flow_list_fini(&r->list);
	assert_int_equal(store_memory(r->store), 0);
	assert_int_equal(store_disk(r->store), 0);
	store_free(r->store);
}

/* A flow with one body of that size in its response. */
static struct flow *
add(struct rig *r, size_t n, enum flow_state state)
{
	struct flow *f = flow_new(r->store);
	char *text = mem_alloc(n);

	memset(text, 'x', n);
	body_append(&f->response.body, str_make(text, n));
	free(text);
	flow_list_add(&r->list, f);
	flow_list_set_state(&r->list, f, state);
	flow_unref(f);
	r->touched = 0;
	return f;
}

/* Runs slices until there is nothing more to do; returns how many. */
static size_t
keep(struct rig *r)
{
	size_t slices = 1;

	while (budget_keep(&r->budget)) {
		slices++;
		assert_true(slices < 10000);
	}
	return slices;
}

static void
test_oldest_go_to_disk(void **state)
{
	struct flow *flows[20];
	struct rig r;

	(void)state;
	rig_open(&r);
	for (size_t i = 0; i < ARRAY_LEN(flows); i++)
		flows[i] = add(&r, BODY, i % 2 ? FLOW_DONE : FLOW_ACTIVE);
	keep(&r);
	assert_int_equal(store_disk(r.store), 0);
	r.budget.memory = 5 * BODY + BODY / 2;
	keep(&r);
	assert_true(store_memory(r.store) <= r.budget.memory);
	for (size_t i = 0; i < ARRAY_LEN(flows); i++) {
		uint64_t held = flows[i]->response.body.in_memory;

		assert_int_equal(held, i < 15 ? 0 : BODY);
		assert_int_equal(flows[i]->response.body.len, BODY);
	}
	/* What comes later pushes out the next one. */
	add(&r, BODY, FLOW_DONE);
	keep(&r);
	assert_int_equal(flows[15]->response.body.in_memory, 0);
	assert_int_equal(flows[16]->response.body.in_memory, BODY);
	rig_close(&r);
}

static void
test_slices(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	for (size_t i = 0; i < 100; i++)
		add(&r, BODY, FLOW_DONE);
	r.budget.memory = 1;
	/* 10 MB, 2 MiB at a time. */
	assert_true(keep(&r) > 4);
	assert_int_equal(store_disk(r.store), 100 * BODY);
	/* Nothing is left that could go: no endless search. */
	assert_int_equal(keep(&r), 1);
	rig_close(&r);
}

/* A busy loop takes in more in a turn than the least slice gives away. */
static void
test_keeps_up(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	r.budget.memory = 8u << 20;
	for (size_t i = 0; i < 400; i++) {
		add(&r, 1000000, FLOW_DONE);
		if (i % 4 == 3)
			budget_keep(&r.budget);
	}
	assert_true(store_memory(r.store) < 32u << 20);
	rig_close(&r);
}

static void
test_disk_drops_finished_unmarked(void **state)
{
	struct rig r;
	struct flow *live, *marked, *old, *young;
	struct err err;
	char byte;

	(void)state;
	rig_open(&r);
	live = add(&r, BODY, FLOW_ACTIVE);
	marked = add(&r, BODY, FLOW_DONE);
	flow_list_set_mark(&r.list, marked, true);
	old = add(&r, BODY, FLOW_DONE);
	young = add(&r, BODY, FLOW_FAILED);
	r.budget.memory = 1;
	keep(&r);
	assert_int_equal(store_disk(r.store), 4 * BODY);
	assert_int_equal(r.touched, 0);
	r.budget.disk = 3 * BODY;
	keep(&r);
	assert_true(old->response.body.dropped);
	assert_int_equal(old->response.body.len, BODY);
	assert_int_equal(body_read(&old->response.body, 0, &byte, 1, &err),
	    -1);
	assert_int_equal(r.touched, 1);
	assert_false(young->response.body.dropped);
	r.budget.disk = 1;
	keep(&r);
	assert_true(young->response.body.dropped);
	assert_false(live->response.body.dropped);
	assert_false(marked->response.body.dropped);
	assert_int_equal(body_read(&live->response.body, 0, &byte, 1, &err),
	    1);
	/* When it ends it goes, too. */
	flow_list_set_state(&r.list, live, FLOW_DONE);
	keep(&r);
	assert_true(live->response.body.dropped);
	rig_close(&r);
}

/* The original behind an edit counts as well. */
static void
test_original(void **state)
{
	struct rig r;
	struct flow *f;

	(void)state;
	rig_open(&r);
	f = add(&r, BODY, FLOW_DONE);
	f->original = flow_copy(f);
	body_clear(&f->response.body);
	r.budget.memory = 1;
	keep(&r);
	assert_int_equal(f->original->response.body.in_memory, 0);
	assert_int_equal(f->original->response.body.on_disk, BODY);
	rig_close(&r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_oldest_go_to_disk),
		cmocka_unit_test(test_slices),
		cmocka_unit_test(test_keeps_up),
		cmocka_unit_test(test_disk_drops_finished_unmarked),
		cmocka_unit_test(test_original),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
