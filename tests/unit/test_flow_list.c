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
	struct flow *f = flow_new(NULL);

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

	flow_list_set_mark(&l, marked, true);
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
	assert_int_equal(c.changed, 3);
	assert_int_equal(l.marked, 1);
	flow_list_set_mark(&l, marked, false);
	assert_int_equal(l.marked, 0);
	flow_list_unobserve(&c.observer);
	flow_list_fini(&l);
}

/* One before those that had to stay may go again. */
static void
oldest_goes_first(void **state)
{
	struct flow_list l;
	struct flow *kept[3];

	(void)state;
	flow_list_init(&l, 4);
	for (int i = 0; i < 3; i++) {
		kept[i] = add(&l, "kept", FLOW_DONE);
		flow_list_set_mark(&l, kept[i], true);
	}
	for (int i = 0; i < 5; i++)
		add(&l, "passing", FLOW_DONE);
	assert_int_equal(l.total, 4);
	assert_int_equal(l.marked, 3);
	flow_list_set_mark(&l, kept[1], false);
	add(&l, "x", FLOW_DONE);
	assert_null(flow_list_find(&l, 2));
	assert_int_equal(l.total, 4);
	/* All may stay: then there are more. */
	for (struct flow *f = flow_list_next(&l, NULL); f;
	    f = flow_list_next(&l, f))
		flow_list_set_mark(&l, f, true);
	add(&l, "y", FLOW_DONE);
	assert_int_equal(l.total, 5);
	flow_list_fini(&l);
}

/* Flows come and go around a walk, the one it stands at too. */
static void
walking(void **state)
{
	struct flow_list l;
	struct flow_walk w;
	uint64_t seen = 0;
	size_t n = 0;
	struct flow *f;

	(void)state;
	flow_list_init(&l, 0);
	for (int i = 0; i < 100; i++)
		add(&l, "x", FLOW_DONE);
	flow_walk_begin(&w, &l);
	while ((f = flow_walk_next(&w))) {
		assert_true(f->id > seen);
		seen = f->id;
		n++;
		if (seen % 3 == 0 || seen == 1)
			assert_true(flow_list_remove(&l, f));
		if (seen % 10 == 0 && flow_list_find(&l, seen + 1))
			flow_list_remove(&l, flow_list_find(&l, seen + 1));
		if (n == 50)
			add(&l, "late", FLOW_DONE);
	}
	assert_int_equal(seen, 100);
	assert_int_equal(n, 100 - 9);
	add(&l, "later", FLOW_DONE);
	assert_int_equal(flow_walk_next(&w)->id, 102);
	flow_walk_end(&w);
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

/* One live flow from the very beginning costs no index of all that went. */
static void
one_old_flow(void **state)
{
	struct flow_list l;
	struct flow *old;

	(void)state;
	flow_list_init(&l, 50);
	old = add(&l, "live", FLOW_ACTIVE);
	for (int i = 0; i < 20000; i++)
		add(&l, "x", FLOW_DONE);
	assert_ptr_equal(flow_list_find(&l, 1), old);
	assert_int_equal(l.total, 50);
	assert_true(l.by_id_cap <= 256);
	for (uint64_t id = 2; id < l.next_id; id++) {
		struct flow *f = flow_list_find(&l, id);

		assert_true((f != NULL) == (id > l.next_id - 50));
		assert_true(!f || f->id == id);
	}
	assert_null(flow_list_find(&l, 0));
	assert_null(flow_list_find(&l, l.next_id));
	flow_list_fini(&l);
}

/* Who keeps a flow that has gone cannot bring it back by touching it. */
static void
gone_flow(void **state)
{
	struct flow_list l;
	struct counter c = { .observer.ops = &ops };
	struct flow *f;

	(void)state;
	flow_list_init(&l, 0);
	flow_list_observe(&l, &c.observer);
	f = flow_ref(add(&l, "x", FLOW_DONE));
	add(&l, "y", FLOW_DONE);
	assert_true(flow_list_remove(&l, f));
	assert_false(flow_list_remove(&l, f));
	flow_list_touch(&l, f, FLOW_PART_NOTE);
	flow_list_set_state(&l, f, FLOW_FAILED);
	assert_int_equal(c.changed, 0);
	assert_int_equal(c.removed, 1);
	assert_int_equal(l.count[FLOW_DONE], 1);
	assert_int_equal(l.count[FLOW_FAILED], 0);
	flow_unref(f);
	flow_list_unobserve(&c.observer);
	flow_list_fini(&l);
}

/* All are live or marked: the list grows over its maximum, then shrinks. */
static void
nothing_to_evict(void **state)
{
	struct flow_list l;
	struct flow *f[4];

	(void)state;
	flow_list_init(&l, 2);
	for (size_t i = 0; i < ARRAY_LEN(f); i++)
		f[i] = add(&l, "x", FLOW_ACTIVE);
	assert_int_equal(l.total, 4);
	/* The newest stays even when it is the only one that could go. */
	add(&l, "y", FLOW_DONE);
	assert_int_equal(l.total, 5);
	for (size_t i = 0; i < ARRAY_LEN(f); i++)
		flow_list_set_state(&l, f[i], FLOW_DONE);
	add(&l, "z", FLOW_DONE);
	assert_int_equal(l.total, 2);
	assert_int_equal(l.evicted, 4);
	flow_list_fini(&l);
}

/* -- a walk within a walk -------------------------------------------------- */

struct meddler {
	struct flow_observer observer;
	struct flow_list *list;
	struct flow_observer *newcomer;
	uint64_t before, after;		/* neighbours of what is removed */
	int nested;
};

static void
meddle(struct flow_observer *o, struct flow *f)
{
	struct meddler *m = container_of(o, struct meddler, observer);

	m->nested++;
	flow_list_touch(m->list, f, FLOW_PART_NOTE);
	if (m->newcomer)
		flow_list_observe(m->list, m->newcomer);
	m->newcomer = NULL;
}

static void
look_around(struct flow_observer *o, struct flow *f)
{
	struct meddler *m = container_of(o, struct meddler, observer);

	assert_null(flow_list_find(m->list, f->id));
	m->before = flow_list_prev(m->list, f)->id;
	m->after = flow_list_next(m->list, f)->id;
}

static void
walk_within(void **state)
{
	static const struct flow_observer_ops meddling = {
		.added = meddle, .removed = look_around,
	};
	struct flow_list l;
	struct counter c = { .observer.ops = &ops }, late = c;
	struct meddler m = { .observer.ops = &meddling, .list = &l,
	    .newcomer = &late.observer };

	(void)state;
	flow_list_init(&l, 0);
	flow_list_observe(&l, &m.observer);
	flow_list_observe(&l, &c.observer);
	add(&l, "x", FLOW_DONE);
	assert_int_equal(c.added, 1);
	assert_int_equal(c.changed, 1);
	/* Who comes during a walk hears of the next one. */
	assert_int_equal(late.added, 0);
	add(&l, "y", FLOW_DONE);
	add(&l, "z", FLOW_DONE);
	assert_int_equal(late.added, 2);
	assert_true(flow_list_remove(&l, flow_list_find(&l, 2)));
	assert_int_equal(m.before, 1);
	assert_int_equal(m.after, 3);
	flow_list_unobserve(&m.observer);
	flow_list_unobserve(&c.observer);
	flow_list_unobserve(&late.observer);
	flow_list_fini(&l);
}

/* -- single flows ---------------------------------------------------------- */

static const struct {
	struct flow f;
	uint16_t status;
	char letter;
} letters[] = {
	{ { .state = FLOW_DONE }, 200, ' ' },
	{ { .state = FLOW_ACTIVE }, 0, '.' },
	{ { .state = FLOW_HELD, .held_at = GATE_REQUEST }, 0, 'Q' },
	{ { .state = FLOW_HELD, .held_at = GATE_RESPONSE }, 200, 'S' },
	{ { .state = FLOW_FAILED }, 0, 'E' },
	{ { .state = FLOW_FAILED, .dropped = true }, 0, 'X' },
	{ { .state = FLOW_DONE, .edited = true }, 200, '~' },
	{ { .state = FLOW_DONE, .draft = true }, 0, '~' },
	{ { .state = FLOW_DONE, .replayed = true }, 200, 'r' },
	{ { .state = FLOW_ACTIVE, .kind = FLOW_TUNNEL }, 0, 'T' },
	{ { .state = FLOW_DONE, .kind = FLOW_TUNNEL }, 0, 'T' },
	{ { .state = FLOW_ACTIVE }, 101, 'W' },
	{ { .state = FLOW_DONE }, 101, ' ' },
};

static void
state_letters(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
		struct flow f = letters[i].f;

		f.response.status = letters[i].status;
		if (letters[i].status)
			f.response.kind = MESSAGE_RESPONSE;
		if (flow_letter(&f) != letters[i].letter)
			fail_msg("%zu: %c", i, flow_letter(&f));
	}
}

static void
durations(void **state)
{
	struct flow f = { .state = FLOW_ACTIVE };

	(void)state;
	assert_int_equal(flow_duration(&f, 500), 0);
	f.times.begin = 100;
	assert_int_equal(flow_duration(&f, 500), 400);
	f.times.held = 150;
	assert_int_equal(flow_duration(&f, 500), 250);
	f.times.held_since = 450;
	assert_int_equal(flow_duration(&f, 500), 200);
	f.times.held_since = 0;
	f.times.end = 300;
	assert_int_equal(flow_duration(&f, 500), 50);
	f.times.held = 1000;
	assert_int_equal(flow_duration(&f, 500), 0);
}

static void
copies(void **state)
{
	struct flow_list l;
	struct flow *f, *copy;

	(void)state;
	flow_list_init(&l, 0);
	f = add(&l, "a.test", FLOW_DONE);
	f->marked = true;
	f->note = mem_strdup("note");
	f->client = endpoint_new();
	endpoint_set(&f->client->address, "\x1b[1m");
	body_append(&f->request.body, STR("body"));
	copy = flow_copy(f);
	assert_int_equal(copy->id, 0);
	assert_false(copy->marked);
	assert_string_equal(copy->note, "note");
	/* Bytes are shared, words are its own, endpoints outlive flows. */
	assert_ptr_equal(body_peek(&copy->request.body, 0).p,
	    body_peek(&f->request.body, 0).p);
	assert_true(flow_cost(copy) > sizeof *copy);
	flow_list_fini(&l);
	assert_true(str_eq(message_word(&copy->request, copy->request.host),
	    STR("a.test")));
	assert_string_equal(copy->client->address, "\\x1b[1m");
	assert_int_equal(copy->client->refs, 1);
	flow_unref(copy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_states_eviction),
		cmocka_unit_test(oldest_goes_first),
		cmocka_unit_test(walking),
		cmocka_unit_test(removal_while_telling),
		cmocka_unit_test(long_life),
		cmocka_unit_test(one_old_flow),
		cmocka_unit_test(gone_flow),
		cmocka_unit_test(nothing_to_evict),
		cmocka_unit_test(walk_within),
		cmocka_unit_test(state_letters),
		cmocka_unit_test(durations),
		cmocka_unit_test(copies),
		cmocka_unit_test(view_follows_the_list),
		cmocka_unit_test(view_in_slices),
	};

	return cmocka_run_group_tests_name("flow list", tests, NULL, NULL);
}
