/* SPDX-License-Identifier: MIT */
/* The JSON lexer: what it accepts, where it points, and that parts of any
 * size give the same tokens.  Jansson says what is JSON. */
#include "../../src/ui/json_lex.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sluice/base/buf.h"

static const char letters[] = {
	[LEX_OPEN] = '(', [LEX_CLOSE] = ')', [LEX_COMMA] = ',',
	[LEX_COLON] = ':', [LEX_KEY] = 'k', [LEX_STRING] = 's',
	[LEX_NUMBER] = 'n', [LEX_WORD] = 'w'
};

/*
 * Lexes text given `part` bytes at a time.  out: for every token its letter,
 * '/' in front when it begins a line.  False with err and *at.
 */
static bool
lex(struct str text, size_t part, bool many, struct buf *out, size_t *at,
    struct err *err)
{
	struct json_lex l;

	json_lex_init(&l, many);
	*at = 0;
	while (*at < text.n) {
		struct str in = str_sub(text, *at, *at + part);
		struct json_piece p;
		enum json_kind kind = json_lex_next(&l, in, &p, err);

		assert_true(p.end <= in.n);
		if (kind == LEX_BAD) {
			*at += p.begin;
			return false;
		}
		if (kind == LEX_MORE) {
			*at += in.n;
			continue;
		}
		assert_true(p.begin < p.end);
		if (p.starts && p.newline)
			buf_putc(out, '/');
		if (p.starts)
			buf_putc(out, letters[kind]);
		*at += p.end;
	}
	return json_lex_end(&l, err);
}

static const struct {
	const char *text, *tokens;
} good[] = {
	{ "{}", "()" },
	{ "[]", "()" },
	{ " [ ] ", "()" },
	{ "0", "n" },
	{ "-0.5e+10", "n" },
	{ "\"\"", "s" },
	{ "true", "w" },
	{ "{\"a\":1}", "(/k:n/)" },
	{ "{\"a\":1,\"a\":2}", "(/k:n,/k:n/)" },
	{ "[1,[],{}]", "(/n,/(),/()/)" },
	{ "[[1],null,\"\\u00e9\\n\"]", "(/(/n/),/w,/s/)" },
	{ "{\"a\":{\"b\":[true,false]}}", "(/k:(/k:(/w,/w/)/)/)" },
};

static void
test_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct str text = str_from(good[i].text);

		for (size_t part = 1; part <= text.n; part++) {
			struct err err = { "" };
			struct buf out;
			size_t at;
			char *tokens;

			buf_init(&out, 1000);
			if (!lex(text, part, false, &out, &at, &err))
				fail_msg("%s by %zu: %s", good[i].text, part,
				    err.text);
			tokens = buf_take(&out);
			assert_string_equal(tokens, good[i].tokens);
			free(tokens);
			buf_fini(&out);
		}
	}
}

static const struct {
	const char *text;
	size_t at;
	const char *why;
} bad[] = {
	{ "", 0, "no value" },
	{ "  ", 2, "no value" },
	{ "{\"a\" 1}", 5, "':'" },
	{ "{\"a\":1 \"b\"}", 7, "',' or '}'" },
	{ "{\"a\":1,}", 7, "a key" },
	{ "{a:1}", 1, "a key" },
	{ "[1 2]", 3, "',' or ']'" },
	{ "[1,]", 3, "a value" },
	{ "[1}", 2, "',' or ']'" },
	{ "{]", 1, "a key" },
	{ "01", 1, "nothing more" },
	{ "1 2", 2, "nothing more" },
	{ "-", 1, "inside a value" },
	{ "-a", 1, "digit" },
	{ "1.", 2, "inside a value" },
	{ "1.e3", 2, "digit" },
	{ "tru", 3, "inside a value" },
	{ "trux", 3, "true, false or null" },
	{ "\"\\x\"", 2, "escape" },
	{ "\"\\u12g4\"", 5, "hexadecimal" },
	{ "\"a\nb\"", 2, "control" },
	{ "\"abc", 4, "no end" },
	{ "[1", 2, "',' or ']'" },
	{ "[1,", 3, "a value" },
	{ "{\"a\"", 4, "':'" },
	{ "<html>", 0, "a value" },
};

static void
test_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct str text = str_from(bad[i].text);

		for (size_t part = 1; part <= text.n + 1; part++) {
			struct err err = { "" };
			struct buf out;
			size_t at;

			buf_init(&out, 1000);
			assert_false(lex(text, part, false, &out, &at, &err));
			if (at != bad[i].at ||
			    strstr(err.text, bad[i].why) == NULL)
				fail_msg("\"%s\" by %zu: %zu %s", bad[i].text,
				    part, at, err.text);
			buf_fini(&out);
		}
	}
}

static void
test_many(void **state)
{
	struct err err = { "" };
	struct buf out;
	size_t at;

	(void)state;
	buf_init(&out, 1000);
	assert_true(lex(STR("{}\n[1]\n\x1e" "2 3\n"), 3, true, &out, &at,
	    &err));
	assert_true(str_eq(buf_str(&out), STR("()/(/n/)/n/n")));
	buf_fini(&out);
}

/* A number that a part ends with, and what comes after it. */
static void
test_many_after_number(void **state)
{
	struct str text = STR("1\n\"[a]\"\n2 \"b\" 3 true");

	(void)state;
	for (size_t part = 1; part <= text.n; part++) {
		struct err err = { "" };
		struct buf out;
		size_t at;

		buf_init(&out, 1000);
		if (!lex(text, part, true, &out, &at, &err))
			fail_msg("by %zu: %s", part, err.text);
		assert_true(str_eq(buf_str(&out), STR("n/s/n/s/n/w")));
		buf_fini(&out);
	}
}

static void
test_depth(void **state)
{
	char text[JSON_DEPTH_MAX + 1];
	struct err err = { "" };
	struct buf out;
	size_t at;

	(void)state;
	memset(text, '[', sizeof(text));
	buf_init(&out, 4000);
	assert_false(lex(str_make(text, sizeof(text)), 100, false, &out, &at,
	    &err));
	assert_int_equal(at, JSON_DEPTH_MAX);
	assert_non_null(strstr(err.text, "deep"));
	assert_false(lex(str_make(text, sizeof(text) - 1), 100, false, &out,
	    &at, &err));
	assert_null(strstr(err.text, "deep"));
	buf_fini(&out);
}

/* Is it JSON?  -1: it cannot say (numbers out of its range). */
static int
oracle(struct str text)
{
	json_error_t error;
	json_t *j = json_loadb(text.p, text.n,
	    JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

	if (j != NULL) {
		json_decref(j);
		return 1;
	}
	return json_error_code(&error) == json_error_numeric_overflow ? -1 : 0;
}

/* Random changes to good texts, judged by both. */
static void
test_against_jansson(void **state)
{
	static const char letters_used[] = "{}[]\",:0123456789.eE+-truflasn\\ ";
	unsigned seed = 7, agreed = 0;

	(void)state;
	for (int i = 0; i < 40000; i++) {
		char text[64];
		size_t n, at;
		struct err err = { "" };
		struct buf out;
		int expected;
		bool is;

		n = (size_t)snprintf(text, sizeof(text), "%s",
		    good[(size_t)rand_r(&seed) % ARRAY_LEN(good)].text);
		for (int change = rand_r(&seed) % 3; change > 0; change--)
			text[(size_t)rand_r(&seed) % n] = letters_used[
			    (size_t)rand_r(&seed) % (sizeof(letters_used) - 1)];
		expected = oracle(str_make(text, n));
		if (expected < 0)
			continue;
		buf_init(&out, 1000);
		is = lex(str_make(text, n), 1 + (size_t)rand_r(&seed) % n,
		    false, &out, &at, &err);
		buf_fini(&out);
		if (is != expected)
			fail_msg("%.*s: %d, not %d: %s", (int)n, text, is,
			    expected, err.text);
		agreed += is;
	}
	assert_true(agreed > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_many_after_number),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_against_jansson),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
