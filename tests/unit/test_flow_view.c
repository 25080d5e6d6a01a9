/* SPDX-License-Identifier: MIT */
/*
 * The filtered view: against a plain walk of the list, while flows come, go
 * and change in the middle of filtering.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sluice/base/mem.h"
#include "sluice/flow/flow_view.h"

#define MANY	3000

static struct flow *
add(struct flow_list *l, const char *host)
{
	struct flow *f = flow_new(NULL);

	f->request.kind = MESSAGE_REQUEST;
	message_set(&f->request, &f->request.host, str_from(host));
	flow_list_add(l, f);
	flow_list_set_state(l, f, FLOW_DONE);
	flow_unref(f);
	return f;
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

/* Rows, lookups and neighbours are those of a plain walk. */
static void
check(const struct flow_list *l, const struct flow_view *v)
{
	const struct filter *filter = flow_view_filter(v);
	bool all = !filter || !flow_view_is_enabled(v);
	size_t row = 0, marked = 0;

	for (struct flow *f = flow_list_next(l, NULL); f;
	    f = flow_list_next(l, f)) {
		if (!all && !filter_match(filter, f)) {
			assert_true(flow_view_row(v, f) == SIZE_MAX);
			continue;
		}
		assert_ptr_equal(flow_view_at(v, row), f);
		assert_int_equal(flow_view_row(v, f), row);
		assert_int_equal(flow_view_near(v, f->id), row);
		marked += f->marked;
		row++;
	}
	assert_int_equal(flow_view_count(v), row);
	assert_int_equal(flow_view_marked(v), marked);
	assert_null(flow_view_at(v, row));
}

static void
finish(struct flow_view *v)
{
	while (!flow_view_work(v, 100))
		assert_true(flow_view_is_busy(v));
	assert_false(flow_view_is_busy(v));
}

static void
mark(struct flow_list *l, struct flow *f, bool marked)
{
	flow_list_set_mark(l, f, marked);
}

static void
near(void **state)
{
	struct flow_list l;
	struct flow_view *v;

	(void)state;
	flow_list_init(&l, 0);
	v = flow_view_new(&l);
	assert_true(flow_view_near(v, 1) == SIZE_MAX);
	add(&l, "no");
	add(&l, "yes");
	add(&l, "no");
	add(&l, "yes");
	add(&l, "no");
	flow_view_set_filter(v, parse("~d yes"));
	finish(v);
	assert_int_equal(flow_view_near(v, 1), 0);
	assert_int_equal(flow_view_near(v, 2), 0);
	assert_int_equal(flow_view_near(v, 3), 1);
	assert_int_equal(flow_view_near(v, 4), 1);
	assert_int_equal(flow_view_near(v, 5), 1);	/* the previous */
	flow_view_free(v);
	flow_list_fini(&l);
}

static void
switching(void **state)
{
	struct flow_list l;
	struct flow_view *v;

	(void)state;
	flow_list_init(&l, 0);
	v = flow_view_new(&l);
	for (int i = 0; i < 50; i++)
		add(&l, i % 3 ? "no" : "yes");
	check(&l, v);
	flow_view_set_filter(v, parse("~d yes"));
	finish(v);
	check(&l, v);
	assert_int_equal(flow_view_count(v), 17);
	flow_view_enable(v, false);
	finish(v);
	assert_int_equal(flow_view_count(v), 50);
	assert_string_equal(filter_text(flow_view_filter(v)), "~d yes");
	/* Another filter does not turn it on. */
	flow_view_set_filter(v, parse("~d no"));
	finish(v);
	assert_int_equal(flow_view_count(v), 50);
	flow_view_enable(v, true);
	finish(v);
	assert_int_equal(flow_view_count(v), 33);
	flow_view_set_filter(v, NULL);
	finish(v);
	check(&l, v);
	flow_view_free(v);
	flow_list_fini(&l);
}

/* A touched flow comes and goes at its place, not at the end. */
static void
changing(void **state)
{
	struct flow_list l;
	struct flow_view *v;

	(void)state;
	flow_list_init(&l, 0);
	v = flow_view_new(&l);
	for (int i = 0; i < 20; i++)
		add(&l, "x");
	flow_view_set_filter(v, parse("~marked"));
	finish(v);
	assert_int_equal(flow_view_count(v), 0);
	for (uint64_t id = 20; id > 2; id -= 3) {
		mark(&l, flow_list_find(&l, id), true);
		check(&l, v);
	}
	for (uint64_t id = 2; id <= 20; id += 6) {
		mark(&l, flow_list_find(&l, id), false);
		check(&l, v);
	}
	flow_view_free(v);
	flow_list_fini(&l);
}

/* The oldest go as new ones come, for long. */
static void
evicting(void **state)
{
	struct flow_list l;
	struct flow_view *v;

	(void)state;
	flow_list_init(&l, 100);
	v = flow_view_new(&l);
	flow_view_set_filter(v, parse("~d yes"));
	for (int i = 0; i < MANY; i++) {
		add(&l, i % 2 ? "no" : "yes");
		if (i % 50 == 0)
			check(&l, v);
	}
	check(&l, v);
	assert_int_equal(flow_list_clear(&l), 100);
	check(&l, v);
	assert_int_equal(flow_view_count(v), 0);
	flow_view_free(v);
	flow_list_fini(&l);
}

/* Something happens to the list between two slices. */
static void
disturb(struct flow_list *l, unsigned step)
{
	struct flow *f;

	for (uint64_t id = 1 + step * 37; id < l->next_id; id += 611) {
		f = flow_list_find(l, id);
		if (f && step % 3 == 0)
			assert_true(flow_list_remove(l, f));
		else if (f)
			mark(l, f, step % 3 == 1);
	}
	if (step < 40)
		mark(l, add(l, "x"), step % 2);
}

static void
slices(void **state)
{
	struct flow_list l;
	struct flow_view *v;
	unsigned step = 0;

	(void)state;
	flow_list_init(&l, 0);
	v = flow_view_new(&l);
	for (int i = 0; i < MANY; i++)
		flow_list_set_mark(&l, add(&l, "x"), i % 4 == 0);
	flow_view_set_filter(v, parse("~marked"));
	assert_true(flow_view_is_busy(v));
	/* The old rows stay until the new ones are complete. */
	assert_int_equal(flow_view_count(v), MANY);
	while (!flow_view_work(v, 0))
		disturb(&l, step++);
	assert_true(step > 10);
	check(&l, v);
	flow_view_free(v);
	flow_list_fini(&l);
}

/* The flow at which the work stands is removed, even the first. */
static void
removed_at_the_cursor(void **state)
{
	struct flow_list l;
	struct flow_view *v;

	(void)state;
	flow_list_init(&l, 0);
	v = flow_view_new(&l);
	for (int i = 0; i < MANY; i++)
		add(&l, i % 2 ? "no" : "yes");
	flow_view_set_filter(v, parse("~d yes"));
	assert_true(flow_view_is_busy(v));
	/* Everything that has been judged goes. */
	for (uint64_t id = 600; id > 0; id--)
		assert_true(flow_list_remove(&l, flow_list_find(&l, id)));
	finish(v);
	check(&l, v);
	flow_view_set_filter(v, parse("~d no"));
	assert_true(flow_view_is_busy(v));
	flow_list_clear(&l);
	finish(v);
	check(&l, v);
	/* A new filter in the middle of the work of the last. */
	for (int i = 0; i < MANY; i++)
		add(&l, i % 2 ? "no" : "yes");
	flow_view_set_filter(v, parse("~d yes"));
	assert_false(flow_view_work(v, 0));
	flow_view_set_filter(v, parse("~d no"));
	finish(v);
	check(&l, v);
	flow_view_free(v);
	flow_list_fini(&l);
}

/* -- observers ------------------------------------------------------------- */

struct counter {
	struct flow_view_observer observer;
	struct flow_view_observer *victim;
	unsigned calls;
};

static void
on_changed(struct flow_view_observer *o)
{
	struct counter *c = container_of(o, struct counter, observer);

	c->calls++;
	if (c->victim)
		flow_view_unobserve(c->victim);
	c->victim = NULL;
}

static void
observers(void **state)
{
	struct flow_list l;
	struct flow_view *v;
	struct counter a = { .observer.changed = on_changed }, b = a, c = a;

	(void)state;
	flow_list_init(&l, 0);
	v = flow_view_new(&l);
	flow_view_observe(v, &a.observer);
	flow_view_observe(v, &b.observer);
	flow_view_observe(v, &c.observer);
	a.victim = &b.observer;
	c.victim = &c.observer;
	mark(&l, add(&l, "x"), true);		/* added, state, mark */
	assert_int_equal(a.calls, 3);
	assert_int_equal(b.calls, 0);
	assert_int_equal(c.calls, 1);
	flow_view_set_filter(v, parse("~d yes"));
	a.calls = 0;
	add(&l, "no");				/* is not shown */
	assert_int_equal(a.calls, 0);
	flow_view_unobserve(&a.observer);
	flow_view_free(v);
	flow_list_fini(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(near),
		cmocka_unit_test(switching),
		cmocka_unit_test(changing),
		cmocka_unit_test(evicting),
		cmocka_unit_test(slices),
		cmocka_unit_test(removed_at_the_cursor),
		cmocka_unit_test(observers),
	};

	return cmocka_run_group_tests_name("flow view", tests, NULL, NULL);
}
