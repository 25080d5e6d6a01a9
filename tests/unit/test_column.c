/* SPDX-License-Identifier: MIT */
/* Which columns the list has, where they stand, and how rows are sorted. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../src/ui/column.h"
#include "sluice/base/mem.h"

static const struct column_choice none;

static bool
has(const struct column_layout *l, enum column_id id)
{
	return l->width[id] > 0;
}

/* They stand side by side inside the pane, at every width. */
static void
check_places(const struct column_choice *choice)
{
	for (int cols = 20; cols <= 300; cols++) {
		struct column_layout l;
		int end = 0;

		column_layout(&l, cols, choice, 0);
		assert_true(l.count > 0);
		for (size_t i = 0; i < l.count; i++) {
			enum column_id id = l.ids[i];

			if (l.width[id] == 0)
				continue;
			assert_true(l.x[id] >= end);
			end = l.x[id] + l.width[id];
			assert_true(end <= cols);
			assert_int_equal(column_at(&l, l.x[id]), id);
			assert_int_equal(column_at(&l, end - 1), id);
		}
	}
}

static void
test_by_width(void **state)
{
	struct column_layout l;

	(void)state;
	check_places(&none);
	column_layout(&l, 20, &none, 0);
	assert_true(has(&l, COLUMN_METHOD) && has(&l, COLUMN_PATH));
	assert_false(l.joined || has(&l, COLUMN_HOST));
	column_layout(&l, 60, &none, 0);
	assert_true(l.joined && has(&l, COLUMN_SIZE));
	column_layout(&l, 80, &none, 0);
	assert_true(has(&l, COLUMN_HOST) && has(&l, COLUMN_TIME));
	assert_false(has(&l, COLUMN_ID) || has(&l, COLUMN_WATERFALL));
	column_layout(&l, 160, &none, 0);
	assert_true(l.full && has(&l, COLUMN_ID) && has(&l, COLUMN_SENT) &&
	    has(&l, COLUMN_WATERFALL));
	assert_false(has(&l, COLUMN_CLIENT));
}

static void
test_choice(void **state)
{
	struct column_choice c;
	struct column_layout l;
	struct buf text;
	struct err err;

	(void)state;
	assert_true(column_choice_parse(&c, STR(" note  path note # "), &err));
	assert_int_equal(c.count, 3);
	buf_init(&text, 100);
	column_choice_format(&c, &text);
	assert_true(str_eq(buf_str(&text), STR("note path id")));
	buf_fini(&text);
	check_places(&c);
	column_layout(&l, 80, &c, 0);
	assert_true(l.x[COLUMN_NOTE] < l.x[COLUMN_PATH] &&
	    l.x[COLUMN_PATH] < l.x[COLUMN_ID]);
	/* The least important goes first. */
	column_layout(&l, 40, &c, 0);
	assert_false(has(&l, COLUMN_NOTE));
	assert_true(has(&l, COLUMN_ID));
	assert_false(column_choice_parse(&c, STR("path nonsense"), &err));
	assert_non_null(strstr(err.text, "nonsense"));
	assert_false(column_choice_parse(&c, STR("stage"), &err));
	assert_true(column_choice_parse(&c, STR(""), &err));
	assert_int_equal(c.count, 0);
	column_choice_held(&c);
	check_places(&c);
	column_choice_all(&c);
	check_places(&c);
}

static void
test_scrolled(void **state)
{
	struct column_layout l;

	(void)state;
	column_layout(&l, 80, &none, 1);
	assert_false(has(&l, COLUMN_TIME));
	assert_true(has(&l, COLUMN_METHOD));
	assert_int_equal(l.skip, 0);
	column_layout(&l, 80, &none, 6);
	assert_int_equal(l.ids[0], COLUMN_PATH);
	assert_int_equal(l.skip, 16);
	column_layout(&l, 80, &none, SIZE_MAX);
	assert_true(has(&l, COLUMN_PATH));
}

/* a before b by the column? */
static bool
is_before(enum column_id id, const struct flow *a, const struct flow *b)
{
	unsigned char left[FLOW_KEY_MAX] = { 0 }, right[FLOW_KEY_MAX] = { 0 };

	column_key(id)(a, left);
	column_key(id)(b, right);
	return memcmp(left, right, sizeof(left)) < 0;
}

static void
test_keys(void **state)
{
	struct flow *a = flow_new(NULL), *b = flow_new(NULL);

	(void)state;
	a->request.kind = b->request.kind = MESSAGE_REQUEST;
	a->response.kind = b->response.kind = MESSAGE_RESPONSE;
	a->state = b->state = FLOW_DONE;
	message_set(&a->request, &a->request.host, STR("Alpha.test"));
	message_set(&b->request, &b->request.host, STR("beta.test"));
	assert_true(is_before(COLUMN_HOST, a, b));
	message_set(&b->request, &b->request.host, STR("alpha.test"));
	a->request.port = 443;
	b->request.port = 8443;
	assert_true(is_before(COLUMN_HOST, a, b));
	body_append(&a->response.body, STR("123456789"));
	body_append(&b->response.body, STR("1234567890"));
	assert_true(is_before(COLUMN_SIZE, a, b));
	a->response.status = 404;
	b->response.status = 500;
	assert_true(is_before(COLUMN_STATUS, a, b));
	a->state = FLOW_FAILED;
	assert_true(is_before(COLUMN_STATUS, b, a));
	a->times.begin = b->times.begin = 1000;
	a->times.end = 1300;
	b->times.end = 2000;
	assert_true(is_before(COLUMN_DURATION, a, b));
	/* Time in which it was held does not count. */
	b->times.held = 900;
	assert_true(is_before(COLUMN_DURATION, b, a));
	a->note = mem_strdup("see this");
	assert_true(is_before(COLUMN_NOTE, a, b));
	flow_unref(a);
	flow_unref(b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_width),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_scrolled),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
