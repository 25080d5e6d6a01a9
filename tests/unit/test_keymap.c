/* SPDX-License-Identifier: MIT */
/* Key names and the default keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../src/ui/key.h"
#include "../../src/ui/keymap.h"

static const struct {
	const char *text;
	uint32_t key;
	const char *again;	/* canonical name, NULL: the same */
} good[] = {
	{ "j", 'j', NULL },
	{ "G", 'G', NULL },
	{ "\\", '\\', NULL },
	{ "-", '-', NULL },
	{ "é", 0xe9, NULL },
	{ "C-d", KEY_CTRL | 'd', NULL },
	{ "S-Tab", KEY_SHIFT | KEY_CODE_TAB, NULL },
	{ "S-Right", KEY_SHIFT | KEY_CODE_RIGHT, NULL },
	{ "A-b", KEY_ALT | 'b', NULL },
	{ "M-b", KEY_ALT | 'b', "A-b" },
	{ "C-A-x", KEY_CTRL | KEY_ALT | 'x', NULL },
	{ "C--", KEY_CTRL | '-', NULL },
	{ "Space", ' ', NULL },
	{ "Enter", KEY_CODE_ENTER, NULL },
	{ "Delete", KEY_CODE_DELETE, NULL },
	{ "F1", KEY_CODE_F1, NULL },
	{ "F12", KEY_CODE_F12, NULL },
};

static const char *const bad[] = {
	"", "jj", "Foo", "F0", "F13", "C-", "S-Foo", "enter", "\x01", "\xff",
};

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		char name[KEY_NAME_MAX];
		uint32_t k = 0;

		assert_true(key_parse(str_from(good[i].text), &k));
		assert_int_equal(k, good[i].key);
		key_format(k, name);
		assert_string_equal(name, good[i].again != NULL ?
		    good[i].again : good[i].text);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		uint32_t k;

		assert_false(key_parse(str_from(bad[i]), &k));
	}
}

static void
test_text(void **state)
{
	(void)state;
	assert_true(key_is_text('a'));
	assert_true(key_is_text(' '));
	assert_true(key_is_text(0x1f600));
	assert_false(key_is_text(0x1b));
	assert_false(key_is_text(0x7f));
	assert_false(key_is_text(0x9b));
	assert_false(key_is_text(KEY_CTRL | 'a'));
	assert_false(key_is_text(KEY_CODE_ENTER));
}

static const char *
find(const struct keymap *m, enum key_context context, const char *name)
{
	uint32_t k;

	assert_true(key_parse(str_from(name), &k));
	return keymap_find(m, context, k);
}

static void
test_contexts(void **state)
{
	struct keymap *m = keymap_new();

	(void)state;
	assert_string_equal(find(m, KEY_LIST, "j"), "move.down");
	assert_string_equal(find(m, KEY_ANY, "j"), "move.down");
	/* The context's own row wins. */
	assert_string_equal(find(m, KEY_LIST, "l"), "move.right");
	assert_string_equal(find(m, KEY_FLOW, "l"), "tab.next");
	assert_null(find(m, KEY_ANY, "l"));
	assert_null(find(m, KEY_LIST, "W"));
	/* An inner context: its own, then those around it. */
	assert_string_equal(find(m, KEY_TLS, "t"), "flow.trust");
	assert_string_equal(find(m, KEY_FLOW, "t"), "body.mode");
	assert_string_equal(find(m, KEY_TLS, "l"), "tab.next");
	assert_string_equal(find(m, KEY_TLS, "j"), "move.down");
	assert_null(find(m, KEY_PASSES, "l"));
	assert_null(find(m, KEY_LIST, "F9"));
	keymap_free(m);
}

static void
test_no_key_twice(void **state)
{
	struct keymap *m = keymap_new();

	(void)state;
	for (size_t i = 0; i < keymap_count(m); i++) {
		const struct keymap_row *a = keymap_at(m, i);

		for (size_t j = i + 1; j < keymap_count(m); j++) {
			const struct keymap_row *b = keymap_at(m, j);

			assert_false(a->context == b->context &&
			    a->key == b->key);
		}
	}
	keymap_free(m);
}

/* Every key runs a command that exists. */
static void
test_commands_exist(void **state)
{
	static const char *const names[] = {
#define COMMAND(id, name, args, function, group, help) name,
#include "sluice/ui/command.def"
#undef COMMAND
	};
	struct keymap *m = keymap_new();

	(void)state;
	for (size_t i = 0; i < keymap_count(m); i++) {
		bool found = false;

		for (size_t j = 0; j < ARRAY_LEN(names); j++)
			found = found || strcmp(names[j],
			    keymap_at(m, i)->line) == 0;
		if (!found)
			print_error("%s\n", keymap_at(m, i)->line);
		assert_true(found);
	}
	keymap_free(m);
}

static void
check_keys(const struct keymap *m, enum key_context context, const char *line,
    bool unicode, size_t most, const char *want)
{
	struct buf out;
	char *text;

	buf_init(&out, 256);
	keymap_keys(m, context, line, unicode, most, &out);
	text = buf_take(&out);
	assert_string_equal(text, want);
	free(text);
	buf_fini(&out);
}

static void
test_keys_of(void **state)
{
	struct keymap *m = keymap_new();
	char key[KEYMAP_KEY_MAX];

	(void)state;
	check_keys(m, KEY_LIST, "move.down", false, 4, "j Down");
	check_keys(m, KEY_LIST, "move.down", true, 4, "j ↓");
	check_keys(m, KEY_LIST, "move.down", true, 1, "j");
	check_keys(m, KEY_LIST, "tab.next", true, 4, "");
	check_keys(m, KEY_FLOW, "tab.next", true, 4, "l →");
	check_keys(m, KEY_LIST, "nonsense", true, 4, "");
	check_keys(m, KEY_TLS, "tab.next", true, 2, "l →");
	check_keys(m, KEY_TLS, "body.mode", true, 4, "");
	check_keys(m, KEY_FLOW, "body.mode", true, 4, "t");
	keymap_key(m, KEY_TLS, "flow.trust", true, key);
	assert_string_equal(key, "t");
	keymap_key(m, KEY_FLOW, "flow.trust", true, key);
	assert_string_equal(key, ":flow.trust");
	keymap_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_contexts),
		cmocka_unit_test(test_no_key_twice),
		cmocka_unit_test(test_commands_exist),
		cmocka_unit_test(test_keys_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
