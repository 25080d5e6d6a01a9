/* SPDX-License-Identifier: MIT */
/* Taking back what was done to flows, and doing it again. */
#include "edit_rig.h"

#include "sluice/flow/budget.h"
#include "sluice/flow/undo.h"

static struct flow *
add(struct flow_list *l, struct store *store, size_t body)
{
	static const char bytes[4096];
	struct flow *f = flow_new(store);

	f->state = FLOW_DONE;
	f->response.kind = MESSAGE_RESPONSE;
	for (; body > 0; body -= body < sizeof bytes ? body : sizeof bytes)
		body_append(&f->response.body, str_make(bytes,
		    body < sizeof bytes ? body : sizeof bytes));
	flow_list_add(l, f);
	flow_unref(f);
	return f;
}

static void
check_order(const struct flow_list *l, size_t count)
{
	uint64_t last = 0;
	size_t n = 0;

	for (struct flow *f = flow_list_next(l, NULL); f;
	    f = flow_list_next(l, f), n++) {
		assert_true(f->id > last);
		assert_ptr_equal(flow_list_find(l, f->id), f);
		last = f->id;
	}
	assert_int_equal(n, count);
	assert_int_equal(l->total, count);
}

/* False: there was nothing to turn. */
static bool
turn(struct undo *u, bool back, struct undo_news *news)
{
	if (!undo_start(u, back))
		return false;
	while (!undo_work(u, 0, news))
		assert_false(undo_forget(u));
	return true;
}

static void
test_removal(void **state)
{
	struct undo_news news;
	struct flow_list l;
	struct undo *u;

	(void)state;
	flow_list_init(&l, 0);
	u = undo_new(&l);
	for (int i = 0; i < 10; i++)
		add(&l, NULL, 0);
	assert_false(turn(u, true, &news));
	undo_begin(u, "delete", 3);
	for (uint64_t id = 3; id <= 9; id += 2)
		assert_true(undo_remove(u, flow_list_find(&l, id)));
	undo_end(u);
	check_order(&l, 6);
	assert_true(turn(u, true, &news));
	assert_int_equal(news.done, 4);
	assert_int_equal(news.id, 3);
	assert_string_equal(news.what, "delete");
	check_order(&l, 10);
	assert_true(turn(u, false, &news));
	check_order(&l, 6);
	assert_false(turn(u, false, &news));
	/* Something new: what was undone is gone for good. */
	assert_true(turn(u, true, &news));
	undo_begin(u, "delete", 1);
	assert_true(undo_remove(u, flow_list_find(&l, 1)));
	undo_end(u);
	assert_false(turn(u, false, &news));
	assert_true(turn(u, true, &news));
	check_order(&l, 10);
	undo_free(u);
	flow_list_fini(&l);
}

static void
test_refuses_live(void **state)
{
	struct undo_news news;
	struct flow_list l;
	struct undo *u;
	struct flow *f;

	(void)state;
	flow_list_init(&l, 0);
	u = undo_new(&l);
	f = flow_new(NULL);
	flow_list_add(&l, f);
	undo_begin(u, "delete", f->id);
	assert_false(undo_remove(u, f));
	undo_end(u);
	assert_false(turn(u, true, &news));
	flow_unref(f);
	undo_free(u);
	flow_list_fini(&l);
}

static void
test_marks(void **state)
{
	struct undo_news news;
	struct flow_list l;
	struct undo *u;

	(void)state;
	flow_list_init(&l, 0);
	u = undo_new(&l);
	for (int i = 0; i < 3; i++)
		add(&l, NULL, 0);
	flow_list_set_mark(&l, flow_list_find(&l, 2), true);
	undo_begin(u, "mark", 1);
	assert_true(undo_mark(u, flow_list_find(&l, 1), true));
	assert_false(undo_mark(u, flow_list_find(&l, 2), true));
	assert_true(undo_mark(u, flow_list_find(&l, 3), true));
	undo_end(u);
	assert_true(turn(u, true, &news));
	assert_int_equal(news.done, 2);
	assert_false(flow_list_find(&l, 1)->marked);
	assert_true(flow_list_find(&l, 2)->marked);
	assert_true(turn(u, false, &news));
	assert_true(flow_list_find(&l, 3)->marked);
	undo_free(u);
	flow_list_fini(&l);
}

static void
check_words(struct world *w, const char *host, const char *body)
{
	const struct message *m = &w->f->request;

	assert_true(str_eq(message_word(m, m->host), str_from(host)));
	check_body(m, body);
}

static void
test_edits(void **state)
{
	struct undo_news news;
	struct flow *before;
	struct undo *u;
	struct world w;
	struct err err;

	(void)state;
	begin(&w, STR("first"));
	flow_list_set_state(&w.list, w.f, FLOW_HELD);
	u = undo_new(&w.list);
	before = edit_snapshot(w.f);
	assert_int_equal(apply(&w, "POST https://b.test/x HTTP/1.1\n\nsecond",
	    &err), EDIT_CHANGED);
	undo_edit(u, w.f, before);
	before = edit_snapshot(w.f);
	assert_true(edit_revert(&w.list, w.f));
	undo_edit(u, w.f, before);
	check_words(&w, "a.test", "first");
	assert_false(w.f->edited);
	/* The revert, then the edit; and forth again. */
	assert_true(turn(u, true, &news));
	check_words(&w, "b.test", "second");
	assert_true(w.f->edited);
	assert_true(turn(u, true, &news));
	check_words(&w, "a.test", "first");
	assert_false(w.f->edited);
	assert_null(w.f->original);
	assert_true(turn(u, false, &news));
	check_words(&w, "b.test", "second");
	/* What was undone can still be reverted by hand. */
	assert_true(edit_revert(&w.list, w.f));
	check_words(&w, "a.test", "first");
	undo_free(u);
	end(&w);
}

static void
test_edit_that_was_sent_stays(void **state)
{
	struct undo_news news;
	struct flow *before;
	struct undo *u;
	struct world w;
	struct err err;

	(void)state;
	begin(&w, STR("first"));
	flow_list_set_state(&w.list, w.f, FLOW_HELD);
	u = undo_new(&w.list);
	before = edit_snapshot(w.f);
	assert_int_equal(apply(&w, "POST https://b.test/x HTTP/1.1\n\nsecond",
	    &err), EDIT_CHANGED);
	undo_edit(u, w.f, before);
	flow_list_set_state(&w.list, w.f, FLOW_ACTIVE);
	assert_true(turn(u, true, &news));
	assert_int_equal(news.refused, 1);
	assert_int_equal(news.done, 0);
	check_words(&w, "b.test", "second");
	undo_free(u);
	end(&w);
}

static void
test_bounded(void **state)
{
	struct undo_news news;
	struct flow_list l;
	struct undo *u;
	size_t n = 0;

	(void)state;
	flow_list_init(&l, 0);
	u = undo_new(&l);
	for (unsigned i = 0; i < UNDO_STEPS + 20; i++) {
		undo_begin(u, "delete", 0);
		assert_true(undo_remove(u, add(&l, NULL, 0)));
		undo_end(u);
	}
	while (turn(u, true, &news))
		n++;
	assert_int_equal(n, UNDO_STEPS);
	/* The oldest are the ones forgotten. */
	assert_null(flow_list_find(&l, 20));
	assert_non_null(flow_list_find(&l, 21));
	undo_free(u);
	flow_list_fini(&l);
}

/* Restored into a list that is full: the oldest goes again, nothing breaks. */
static void
test_full_list(void **state)
{
	struct undo_news news;
	struct flow_list l;
	struct undo *u;

	(void)state;
	flow_list_init(&l, 5);
	u = undo_new(&l);
	for (int i = 0; i < 5; i++)
		add(&l, NULL, 0);
	undo_begin(u, "clear", 0);
	for (uint64_t id = 1; id <= 5; id++)
		assert_true(undo_remove(u, flow_list_find(&l, id)));
	undo_end(u);
	for (int i = 0; i < 3; i++)
		add(&l, NULL, 0);
	assert_true(turn(u, true, &news));
	check_order(&l, 5);
	undo_free(u);
	flow_list_fini(&l);
}

static void
test_budget_forgets_first(void **state)
{
	struct store *store = store_new(1 << 20);
	struct undo_news news;
	struct budget budget;
	struct flow_list l;
	struct undo *u;
	struct flow *kept;

	(void)state;
	flow_list_init(&l, 0);
	u = undo_new(&l);
	budget_init(&budget, &l, store, u);
	kept = add(&l, store, 100 * 1024);
	assert_true(body_spill(&kept->response.body));
	undo_begin(u, "delete", 0);
	struct flow *f = add(&l, store, 100 * 1024);
	assert_true(body_spill(&f->response.body));
	assert_true(undo_remove(u, f));
	undo_end(u);
	assert_true(store_disk(store) >= 200 * 1024);	/* it is counted */
	budget.disk = 150 * 1024;
	for (int i = 0; i < 10 && budget_keep(&budget); i++)
		continue;
	assert_false(turn(u, true, &news));
	assert_false(kept->response.body.dropped);
	assert_true(store_disk(store) <= 150 * 1024);
	undo_free(u);
	flow_list_fini(&l);
	store_free(store);
}

/* Of a long step only a part goes at a time; the rest can be undone. */
static void
test_long_step_goes_in_parts(void **state)
{
	struct undo_news news;
	struct flow_list l;
	struct undo *u;

	(void)state;
	flow_list_init(&l, 0);
	u = undo_new(&l);
	for (int i = 0; i < 5000; i++)
		add(&l, NULL, 0);
	undo_begin(u, "clear", 0);
	for (uint64_t id = 1; id <= 5000; id++)
		assert_true(undo_remove(u, flow_list_find(&l, id)));
	undo_end(u);
	assert_true(undo_forget(u));
	assert_true(turn(u, true, &news));
	assert_true(news.done > 0 && news.done < 5000);
	check_order(&l, news.done);
	assert_non_null(flow_list_find(&l, 5000));
	assert_true(turn(u, false, &news));
	assert_true(undo_forget(u));
	assert_true(undo_forget(u));
	assert_false(undo_forget(u));
	undo_free(u);
	flow_list_fini(&l);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_removal),
		cmocka_unit_test(test_refuses_live),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_edit_that_was_sent_stays),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_full_list),
		cmocka_unit_test(test_budget_forgets_first),
		cmocka_unit_test(test_long_step_goes_in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
