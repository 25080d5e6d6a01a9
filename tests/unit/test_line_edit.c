/* SPDX-License-Identifier: MIT */
/* The line editor: keys in, text and cursor out. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../src/ui/line_edit.h"

/*
 * "<C-w>" in the keys is that key, all else is typed; '|' in the result is
 * the cursor.
 */
static const struct {
	const char *keys, *want;
} cases[] = {
	{ "abc", "abc|" },
	{ "abc<C-a>x", "x|abc" },
	{ "abc<Home><Right>x", "ax|bc" },
	{ "abc<Left><Left><Delete>", "a|c" },
	{ "abc<Backspace>", "ab|" },
	{ "<Backspace><C-d><C-w><C-k><C-u>", "|" },
	{ "abc<C-a><C-e>d", "abcd|" },
	{ "abc<C-b><C-b><C-f>x", "abx|c" },
	{ "é日<Left>x", "éx|日" },
	{ "é日<Backspace>", "é|" },
	{ "é日<C-a><Delete>", "|日" },
	{ "~m POST & ~d shop<C-w>", "~m POST & ~d |" },
	{ "~m POST  <C-w>", "~m |" },
	{ "a/b/c<A-b>x", "a/b/x|c" },
	{ "one two<C-a><A-f>x", "onex| two" },
	{ "one two<C-a><A-d>", "| two" },
	{ "one two<A-Backspace>", "one |" },
	{ "one two<C-Left><C-Left><C-Right>x", "onex| two" },
	{ "one two<A-b><C-k>", "one |" },
	{ "one two<A-b><C-u>", "|two" },
	{ "one two<C-w><C-y><C-y>", "one twotwo|" },
	{ "one<C-u><C-u><C-y>", "one|" },
};

static void
press(struct line_edit *e, struct str keys)
{
	while (keys.n > 0) {
		size_t end = keys.p[0] == '<' ?
		    str_chr(keys, '>', 0) : SIZE_MAX;
		size_t used = end != SIZE_MAX ? end + 1 : 1;
		uint32_t k;

		/* A character may have several bytes. */
		while (end == SIZE_MAX && used < keys.n &&
		    ((unsigned char)keys.p[used] & 0xc0) == 0x80)
			used++;
		assert_true(key_parse(end != SIZE_MAX ? str_sub(keys, 1, end) :
		    keys.p[0] == ' ' ? STR("Space") : str_sub(keys, 0, used),
		    &k));
		assert_true(line_edit_key(e, k));
		keys = str_skip(keys, used);
	}
}

static void
check(const struct line_edit *e, const char *want)
{
	struct str text = line_edit_text(e);
	struct buf got;
	char *shown;

	assert_true(e->at <= text.n);
	buf_init(&got, 8192);
	buf_put(&got, str_sub(text, 0, e->at));
	buf_putc(&got, '|');
	buf_put(&got, str_skip(text, e->at));
	shown = buf_take(&got);
	assert_string_equal(shown, want);
	free(shown);
	buf_fini(&got);
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct line_edit e;

		line_edit_init(&e);
		press(&e, str_from(cases[i].keys));
		check(&e, cases[i].want);
		line_edit_fini(&e);
	}
}

static void
test_foreign_keys(void **state)
{
	struct line_edit e;

	(void)state;
	line_edit_init(&e);
	assert_false(line_edit_key(&e, KEY_CODE_ENTER));
	assert_false(line_edit_key(&e, KEY_CODE_ESCAPE));
	assert_false(line_edit_key(&e, KEY_CODE_UP));
	assert_false(line_edit_key(&e, KEY_CTRL | 'x'));
	check(&e, "|");
	line_edit_fini(&e);
}

static void
test_insert_cleans(void **state)
{
	struct line_edit e;

	(void)state;
	line_edit_init(&e);
	line_edit_insert(&e, STR("a\033[31m\n\xff" "b\x7f\xc2\x9b" "c"));
	check(&e, "a[31mbc|");
	line_edit_set(&e, STR("new"));
	check(&e, "new|");
	line_edit_fini(&e);
}

static void
test_bounded(void **state)
{
	struct line_edit e;

	(void)state;
	line_edit_init(&e);
	for (size_t i = 0; i < LINE_EDIT_MAX + 100; i++)
		line_edit_key(&e, 'x');
	assert_int_equal(line_edit_text(&e).n, LINE_EDIT_MAX);
	assert_int_equal(e.at, LINE_EDIT_MAX);
	line_edit_key(&e, KEY_CTRL | 'u');
	assert_int_equal(line_edit_text(&e).n, 0);
	line_edit_key(&e, KEY_CTRL | 'y');
	line_edit_key(&e, KEY_CTRL | 'y');
	assert_int_equal(line_edit_text(&e).n, LINE_EDIT_MAX);
	line_edit_fini(&e);
}

static void
test_cells(void **state)
{
	struct line_edit e;

	(void)state;
	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		skip();
	line_edit_init(&e);
	line_edit_set(&e, STR("aé日"));
	assert_int_equal(line_edit_cells(&e), 4);
	line_edit_key(&e, KEY_CODE_LEFT);
	assert_int_equal(line_edit_cells(&e), 2);
	line_edit_fini(&e);
}

/* Random keys never break the text or leave the cursor inside a character. */
static void
test_random(void **state)
{
	static const uint32_t keys[] = {
		'a', ' ', 0xe9, 0x65e5, '/', KEY_CODE_LEFT, KEY_CODE_RIGHT,
		KEY_CODE_BACKSPACE, KEY_CODE_DELETE, KEY_CTRL | 'w',
		KEY_CTRL | 'y', KEY_CTRL | 'a', KEY_CTRL | 'e', KEY_ALT | 'b',
		KEY_ALT | 'f', KEY_ALT | 'd', KEY_CTRL | 'k', KEY_CTRL | 'u',
	};
	struct line_edit e;
	uint32_t seed = 1;

	(void)state;
	line_edit_init(&e);
	for (int i = 0; i < 20000; i++) {
		struct str text;

		seed = seed * 1103515245u + 12345u;
		line_edit_key(&e, keys[(seed >> 16) % ARRAY_LEN(keys)]);
		text = line_edit_text(&e);
		assert_true(e.at <= text.n);
		assert_true(e.at == text.n ||
		    ((unsigned char)text.p[e.at] & 0xc0) != 0x80);
	}
	line_edit_fini(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_foreign_keys),
		cmocka_unit_test(test_insert_cleans),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
