/* SPDX-License-Identifier: MIT */
/* The view on the list in the order of a key. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "sluice/base/mem.h"
#include "sluice/flow/flow_view.h"

#define FLOWS	3000u

/* Sorted by what stands in times.held. */
static void
key(const struct flow *f, unsigned char out[FLOW_KEY_MAX])
{
	for (int i = 0; i < 8; i++)
		out[i] = (unsigned char)(f->times.held >> (56 - 8 * i));
}

static struct flow *
add(struct flow_list *l, int64_t value, enum flow_state state)
{
	struct flow *f = flow_new(NULL);

	f->times.held = value;
	f->state = state;
	flow_list_add(l, f);
	flow_unref(f);
	return f;
}

/* The rows are in order, each flow finds its row, none is missing. */
static void
check(const struct flow_view *v, size_t count, bool reverse)
{
	assert_int_equal(flow_view_count(v), count);
	for (size_t row = 0; row < count; row++) {
		const struct flow *f = flow_view_at(v, row), *g;

		assert_non_null(f);
		assert_int_equal(flow_view_row(v, f), row);
		assert_int_equal(flow_view_near(v, f->id), row);
		if (row == 0)
			continue;
		g = flow_view_at(v, row - 1);
		if (reverse)
			assert_true(g->times.held >= f->times.held);
		else
			assert_true(g->times.held <= f->times.held);
	}
	assert_null(flow_view_at(v, count));
}

static void
test_sorted(void **state)
{
	struct flow_list l;
	struct flow_view *v;

	(void)state;
	flow_list_init(&l, 0);
	v = flow_view_new(&l);
	add(&l, 5, FLOW_DONE);
	add(&l, 3, FLOW_DONE);
	add(&l, 9, FLOW_DONE);
	add(&l, 3, FLOW_DONE);
	flow_view_set_order(v, key, false, false);
	check(v, 4, false);
	/* Equal ones by arrival. */
	assert_int_equal(flow_view_at(v, 0)->id, 2);
	assert_int_equal(flow_view_at(v, 1)->id, 4);
	flow_view_set_order(v, key, false, true);
	check(v, 4, true);
	assert_int_equal(flow_view_at(v, 0)->id, 3);
	assert_int_equal(flow_view_newer(v, 2), 2);
	flow_view_set_order(v, NULL, false, true);
	assert_int_equal(flow_view_at(v, 0)->id, 4);
	flow_view_set_order(v, NULL, false, false);
	assert_int_equal(flow_view_at(v, 0)->id, 1);
	flow_view_free(v);
	flow_list_fini(&l);
}

static void
test_live_come_last(void **state)
{
	struct flow_list l;
	struct flow_view *v;
	struct flow *live;

	(void)state;
	flow_list_init(&l, 0);
	v = flow_view_new(&l);
	flow_view_set_order(v, key, true, false);
	add(&l, 5, FLOW_DONE);
	live = add(&l, 0, FLOW_ACTIVE);
	add(&l, 7, FLOW_DONE);
	assert_int_equal(flow_view_row(v, live), 2);
	/* Its key grows meanwhile: it stays. */
	live->times.held = 6;
	flow_list_touch(&l, live, FLOW_PART_RESPONSE);
	assert_int_equal(flow_view_row(v, live), 2);
	flow_list_set_state(&l, live, FLOW_DONE);
	assert_int_equal(flow_view_row(v, live), 1);
	check(v, 3, false);
	/* An edit changes the key of what is over. */
	live->times.held = 1;
	flow_list_touch(&l, live, FLOW_PART_REQUEST);
	assert_int_equal(flow_view_row(v, live), 0);
	check(v, 3, false);
	flow_view_free(v);
	flow_list_fini(&l);
}

static void
test_many(void **state)
{
	struct flow_list l;
	struct flow_view *v;
	size_t left = FLOWS;

	(void)state;
	srand(6);
	flow_list_init(&l, 0);
	v = flow_view_new(&l);
	flow_view_set_order(v, key, true, false);
	for (unsigned i = 0; i < FLOWS; i++) {
		struct flow *f = add(&l, rand() % 500, i % 3 == 0 ?
		    FLOW_ACTIVE : FLOW_DONE);

		if (i % 6 == 0)
			flow_list_set_state(&l, f, FLOW_FAILED);
		if (i % 100 == 0)
			assert_non_null(flow_view_at(v, i / 2));
	}
	for (uint64_t id = 1; id <= FLOWS; id += 2) {
		struct flow *f = flow_list_find(&l, id);

		if (flow_is_live(f))
			flow_list_set_state(&l, f, FLOW_DONE);
		if (id % 5 == 0 && flow_list_remove(&l, f))
			left--;
	}
	for (uint64_t id = 2; id <= FLOWS; id += 2)
		flow_list_set_state(&l, flow_list_find(&l, id), FLOW_DONE);
	check(v, left, false);
	flow_list_clear(&l);
	check(v, 0, false);
	flow_view_free(v);
	flow_list_fini(&l);
}

/* Another order, while everything goes on. */
static void
test_slices(void **state)
{
	struct flow_list l;
	struct flow_view *v;
	unsigned step = 0;

	(void)state;
	srand(8);
	flow_list_init(&l, 0);
	v = flow_view_new(&l);
	for (unsigned i = 0; i < 8 * FLOWS; i++)
		add(&l, rand() % 500, i % 7 == 0 ? FLOW_ACTIVE : FLOW_DONE);
	while (!flow_view_work(v, 1000))
		continue;
	flow_view_set_order(v, key, true, false);
	for (; !flow_view_work(v, 0); step++) {
		/* The old order stays. */
		assert_int_equal(flow_view_row(v, flow_view_at(v, 1)), 1);
		assert_true(flow_view_at(v, 0)->id < flow_view_at(v, 1)->id);
		if (step > 120)
			continue;
		for (uint64_t id = 1 + step; id < l.next_id; id += 997) {
			struct flow *f = flow_list_find(&l, id);

			if (f && flow_is_live(f)) {
				f->times.held = rand() % 500;
				flow_list_set_state(&l, f, FLOW_DONE);
			} else if (f && id % 2) {
				assert_true(flow_list_remove(&l, f));
			}
		}
		add(&l, rand() % 500, step % 2 ? FLOW_ACTIVE : FLOW_DONE);
	}
	assert_true(step > 100);
	for (struct flow *f = flow_list_next(&l, NULL); f;
	    f = flow_list_next(&l, f))
		flow_list_set_state(&l, f, FLOW_DONE);
	check(v, l.total, false);
	/* A filter in the middle of sorting, and sorting in that of both. */
	flow_view_set_order(v, NULL, false, false);
	flow_view_set_order(v, key, false, true);
	flow_view_set_limit(v, FLOW_LIMIT_MARKED);
	flow_view_set_order(v, key, true, true);
	flow_view_set_limit(v, FLOW_LIMIT_NONE);
	while (!flow_view_work(v, 0))
		continue;
	check(v, l.total, true);
	flow_view_free(v);
	flow_list_fini(&l);
}

static void
test_with_filter_and_limit(void **state)
{
	struct flow_list l;
	struct flow_view *v;
	struct flow *f;

	(void)state;
	flow_list_init(&l, 0);
	v = flow_view_new(&l);
	flow_view_set_order(v, key, false, true);
	for (int i = 0; i < 10; i++)
		add(&l, i * 7 % 10, FLOW_DONE);
	flow_view_set_limit(v, FLOW_LIMIT_MARKED);
	check(v, 0, true);
	f = flow_list_find(&l, 4);
	flow_list_set_mark(&l, f, true);
	check(v, 1, true);
	flow_list_set_mark(&l, f, false);
	check(v, 0, true);
	flow_view_set_limit(v, FLOW_LIMIT_NONE);
	check(v, 10, true);
	flow_view_free(v);
	flow_list_fini(&l);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sorted),
		cmocka_unit_test(test_live_come_last),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_slices),
		cmocka_unit_test(test_with_filter_and_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
