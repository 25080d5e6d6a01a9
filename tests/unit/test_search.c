/* SPDX-License-Identifier: MIT */
/* Smart case and places of a search text. */
#include "../../src/ui/search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
	const char *text, *in;
	size_t from, at;
} rows[] = {
	{ "", "abc", 0, SIZE_MAX },
	{ "b", "abc", 0, 1 },
	{ "b", "abcb", 2, 3 },
	{ "b", "abc", 2, SIZE_MAX },
	{ "b", "abc", 9, SIZE_MAX },
	{ "abc", "xABC", 0, 1 },
	{ "Abc", "xABC Abc", 0, 5 },
	{ "abcd", "abc", 0, SIZE_MAX },
	{ "\xc3\xa9", "caf\xc3\xa9", 0, 3 },
};

static void
test_find(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct search s;

		search_set(&s, str_from(rows[i].text));
		assert_int_equal(search_find(&s, str_from(rows[i].in),
		    rows[i].from), rows[i].at);
	}
}

static void
test_long(void **state)
{
	char text[400];
	struct search s;

	(void)state;
	memset(text, 'x', sizeof(text));
	search_set(&s, str_make(text, sizeof(text)));
	assert_int_equal(strlen(s.text), sizeof(s.text) - 1);
	search_set(&s, str_make("ab\0c", 4));
	assert_string_equal(s.text, "ab");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
