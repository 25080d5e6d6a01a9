/* SPDX-License-Identifier: MIT */
/* The flow list, its observers, and the filtered view on it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "sluice/base/mem.h"
#include "sluice/flow/flow_view.h"

static struct flow *
add(struct flow_list *l, const char *host, enum flow_state state)
{
	struct flow *f = flow_new(1000);

	f->request.kind = MESSAGE_REQUEST;
	message_set(&f->request, &f->request.host, str_from(host));
	f->state = state;
	flow_list_add(l, f);
	flow_unref(f);
	return f;
}

struct counter {
	struct flow_observer observer;
	struct flow_observer *victim;	/* removed when called */
	int added, changed, removed;
};

static void
on_added(struct flow_observer *o, struct flow *f)
{
	struct counter *c = container_of(o, struct counter, observer);

	assert_int_not_equal(f->id, 0);
	c->added++;
	if (c->victim)
		flow_list_unobserve(c->victim);
}

static void
on_changed(struct flow_observer *o, struct flow *f, unsigned parts)
{
	(void)f;
	assert_int_not_equal(parts, 0);
	container_of(o, struct counter, observer)->changed++;
}

static void
on_removed(struct flow_observer *o, struct flow *f)
{
	(void)f;
	container_of(o, struct counter, observer)->removed++;
}

static const struct flow_observer_ops ops = {
	.added = on_added,
	.changed = on_changed,
	.removed = on_removed,
};

static void
ids_states_eviction(void **state)
{
	struct flow_list l;
	struct counter c = { .observer.ops = &ops };

	(void)state;
	flow_list_init(&l, 3);
	flow_list_observe(&l, &c.observer);
	struct flow *live = add(&l, "live", FLOW_ACTIVE);
	struct flow *marked = add(&l, "marked", FLOW_DONE);

	marked->marked = true;
	add(&l, "old", FLOW_DONE);
	add(&l, "new", FLOW_DONE);
	assert_int_equal(l.total, 3);
	assert_int_equal(l.evicted, 1);
	assert_null(flow_list_find(&l, 3));
	assert_ptr_equal(flow_list_find(&l, 1), live);
	assert_int_equal(l.count[FLOW_ACTIVE], 1);
	assert_false(flow_list_remove(&l, live));
	flow_list_set_state(&l, live, FLOW_HELD);
	assert_int_equal(l.count[FLOW_HELD], 1);
	assert_true(live->times.held_since > 0);
	flow_list_set_state(&l, live, FLOW_DONE);
	assert_true(live->times.held_since == 0);
	assert_int_equal(flow_list_clear(&l), 2);
	assert_int_equal(l.total, 1);
	assert_int_equal(c.added, 4);
	assert_int_equal(c.removed, 3);
	assert_int_equal(c.changed, 2);
	flow_list_unobserve(&c.observer);
	flow_list_fini(&l);
}

/* An observer may remove itself, or the next one, while being told. */
static void
removal_while_telling(void **state)
{
	struct flow_list l;
	struct counter a = { .observer.ops = &ops };
	struct counter b = { .observer.ops = &ops };
	struct counter c = { .observer.ops = &ops };

	(void)state;
	flow_list_init(&l, 0);
	flow_list_observe(&l, &a.observer);
	flow_list_observe(&l, &b.observer);
	flow_list_observe(&l, &c.observer);
	a.victim = &b.observer;
	add(&l, "x", FLOW_DONE);
	assert_int_equal(a.added, 1);
	assert_int_equal(b.added, 0);
	assert_int_equal(c.added, 1);
	a.victim = &a.observer;
	add(&l, "y", FLOW_DONE);
	add(&l, "z", FLOW_DONE);
	assert_int_equal(a.added, 2);
	assert_int_equal(c.added, 3);
	flow_list_unobserve(&c.observer);
	flow_list_fini(&l);
}

/* Ids stay findable while thousands come and go. */
static void
long_life(void **state)
{
	struct flow_list l;

	(void)state;
	flow_list_init(&l, 50);
	for (int i = 0; i < 5000; i++)
		add(&l, "x", FLOW_DONE);
	assert_int_equal(l.total, 50);
	for (uint64_t id = 1; id <= 5000; id++)
		assert_true((flow_list_find(&l, id) != NULL) == (id > 4950));
	assert_true(l.by_id_cap <= 1024);
	flow_list_fini(&l);
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
set_filter(struct flow_view *v, struct filter *f)
{
	flow_view_set_filter(v, f);
	while (!flow_view_work(v, 1000000))
		continue;
}

static void
view_follows_the_list(void **state)
{
	struct flow_list l;

	(void)state;
	flow_list_init(&l, 0);
	struct flow *a = add(&l, "a", FLOW_DONE);
	struct flow_view *v = flow_view_new(&l);
	struct flow *b = add(&l, "b", FLOW_ACTIVE);
	struct flow *ab = add(&l, "ab", FLOW_DONE);

	set_filter(v, parse("~d b"));
	assert_int_equal(flow_view_count(v), 2);
	assert_ptr_equal(flow_view_at(v, 0), b);
	assert_true(flow_view_row(v, a) == SIZE_MAX);
	assert_int_equal(flow_view_near(v, a->id), 0);
	flow_view_enable(v, false);
	while (!flow_view_work(v, 1000000))
		continue;
	assert_int_equal(flow_view_count(v), 3);
	flow_view_enable(v, true);
	set_filter(v, parse("~e"));
	assert_int_equal(flow_view_count(v), 0);
	flow_list_set_state(&l, b, FLOW_FAILED);
	assert_int_equal(flow_view_count(v), 1);
	set_filter(v, NULL);
	assert_true(flow_list_remove(&l, ab));
	assert_int_equal(flow_view_count(v), 2);
	assert_null(flow_view_at(v, 2));
	flow_view_free(v);
	flow_list_fini(&l);
}

/* Many flows: filtered in slices, right at the end whatever happened. */
static void
view_in_slices(void **state)
{
	struct flow_list l;
	size_t want = 0;

	(void)state;
	flow_list_init(&l, 0);
	struct flow_view *v = flow_view_new(&l);

	for (int i = 0; i < 3000; i++)
		add(&l, i % 3 ? "no" : "yes", FLOW_DONE);
	flow_view_set_filter(v, parse("~d yes"));
	assert_true(flow_view_is_busy(v));
	assert_int_equal(flow_view_count(v), 3000);
	add(&l, "yes", FLOW_DONE);
	assert_true(flow_list_remove(&l, flow_list_find(&l, 1)));
	assert_true(flow_list_remove(&l, flow_list_find(&l, 2998)));
	while (!flow_view_work(v, 0)) {
		if (want++ == 3)
			assert_true(flow_list_remove(&l,
			    flow_list_find(&l, 4)));
	}
	assert_int_equal(flow_view_count(v), 1000 - 3 + 1);
	for (size_t i = 1; i < flow_view_count(v); i++)
		assert_true(flow_view_at(v, i - 1)->id <
		    flow_view_at(v, i)->id);
	flow_view_free(v);
	flow_list_fini(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_states_eviction),
		cmocka_unit_test(removal_while_telling),
		cmocka_unit_test(long_life),
		cmocka_unit_test(view_follows_the_list),
		cmocka_unit_test(view_in_slices),
	};

	return cmocka_run_group_tests_name("flow list", tests, NULL, NULL);
}
