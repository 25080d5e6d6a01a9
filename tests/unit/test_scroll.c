/* SPDX-License-Identifier: MIT */
/* Cursor and offset arithmetic. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/ui/scroll.h"
#include "sluice/base/attr.h"

enum step {
	END, DOWN, UP, HALF_DOWN, HALF_UP, PAGE_DOWN, PAGE_UP, TOP, BOTTOM,
	FAR_DOWN, FAR_UP, TO_50
};

/* 100 rows, 10 to a page. */
static const struct {
	bool text;
	enum step steps[6];
	size_t cursor, offset;
} cases[] = {
	{ false, { DOWN }, 1, 0 },
	{ false, { UP }, 0, 0 },
	{ false, { DOWN, DOWN, UP }, 1, 0 },
	{ false, { HALF_DOWN }, 5, 5 },
	{ false, { HALF_DOWN, HALF_UP }, 0, 0 },
	{ false, { PAGE_DOWN }, 9, 9 },
	{ false, { DOWN, PAGE_DOWN }, 10, 9 },
	{ false, { PAGE_DOWN, PAGE_UP }, 0, 0 },
	{ false, { BOTTOM }, 99, 90 },
	{ false, { BOTTOM, DOWN }, 99, 90 },
	{ false, { BOTTOM, PAGE_DOWN }, 99, 90 },
	{ false, { BOTTOM, TOP }, 0, 0 },
	{ false, { FAR_DOWN }, 99, 90 },
	{ false, { FAR_DOWN, FAR_UP }, 0, 0 },
	{ false, { TO_50 }, 50, 41 },
	{ false, { BOTTOM, TO_50 }, 50, 50 },
	{ true, { DOWN }, 1, 1 },
	{ true, { UP }, 0, 0 },
	{ true, { BOTTOM }, 90, 90 },
	{ true, { BOTTOM, DOWN }, 90, 90 },
	{ true, { BOTTOM, UP }, 89, 89 },
	{ true, { PAGE_DOWN, HALF_UP }, 4, 4 },
	{ true, { TO_50 }, 50, 50 },
	{ true, { FAR_DOWN, FAR_UP }, 0, 0 },
};

static void
run(struct scroll *s, enum step step)
{
	switch (step) {
	case DOWN:
		scroll_move(s, 1);
		break;
	case UP:
		scroll_move(s, -1);
		break;
	case HALF_DOWN:
		scroll_half(s, 1);
		break;
	case HALF_UP:
		scroll_half(s, -1);
		break;
	case PAGE_DOWN:
		scroll_page(s, 1);
		break;
	case PAGE_UP:
		scroll_page(s, -1);
		break;
	case TOP:
		scroll_top(s);
		break;
	case BOTTOM:
		scroll_bottom(s);
		break;
	case FAR_DOWN:
		scroll_move(s, 10000000);
		break;
	case FAR_UP:
		scroll_move(s, -10000000);
		break;
	case TO_50:
		scroll_to(s, 50);
		break;
	case END:
		break;
	}
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct scroll s = { .text = cases[i].text };

		scroll_fit(&s, 100, 10);
		for (size_t j = 0; cases[i].steps[j] != END; j++)
			run(&s, cases[i].steps[j]);
		if (s.cursor != cases[i].cursor || s.offset != cases[i].offset)
			print_error("case %zu\n", i);
		assert_int_equal(s.cursor, cases[i].cursor);
		assert_int_equal(s.offset, cases[i].offset);
	}
}

static void
test_fit(void **state)
{
	struct scroll s = { .cursor = 0 };

	(void)state;
	scroll_fit(&s, 0, 0);
	assert_int_equal(s.page, 1);
	scroll_bottom(&s);
	assert_int_equal(s.cursor, 0);
	scroll_fit(&s, 100, 10);
	scroll_bottom(&s);
	/* Rows went: the cursor stays on one. */
	scroll_fit(&s, 5, 10);
	assert_int_equal(s.cursor, 4);
	assert_int_equal(s.offset, 0);
	/* The screen shrank: the cursor stays in sight. */
	scroll_fit(&s, 5, 2);
	assert_int_equal(s.cursor, 4);
	assert_int_equal(s.offset, 3);
}

static void
test_search_in_last_page(void **state)
{
	struct scroll s = { .text = true };

	(void)state;
	scroll_fit(&s, 100, 10);
	scroll_to(&s, 97);
	/* The row found is remembered although it cannot be the first shown. */
	assert_int_equal(s.cursor, 97);
	assert_int_equal(s.offset, 90);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_search_in_last_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
