/* SPDX-License-Identifier: MIT */
/* Comparing: the way from one sequence to the other, texts, JSON, bytes. */
#include "../../src/ui/diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../src/ui/diff_script.h"
#include "../../src/ui/json_tree.h"
#include "sluice/base/mem.h"

/* Both sequences come out of the edits whole and in order. */
static size_t
check_script(const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
	struct diff_script s;
	size_t at = 0, bt = 0, edits = 0;
	bool fresh = false;

	diff_script_make(&s, a, na, b, nb);
	for (size_t i = 0; i < s.count; i++) {
		const struct diff_edit *e = &s.edits[i];

		assert_int_equal(e->a, at);
		assert_int_equal(e->b, bt);
		if (e->op == DIFF_SAME)
			assert_true(a[at] == b[bt]);
		/* What goes stands before what comes. */
		assert_false(e->op == DIFF_GONE && fresh);
		fresh = e->op == DIFF_NEW;
		at += e->op != DIFF_NEW;
		bt += e->op != DIFF_GONE;
		edits += e->op != DIFF_SAME;
	}
	assert_int_equal(at, na);
	assert_int_equal(bt, nb);
	diff_script_fini(&s);
	return edits;
}

/* The fewest edits, the slow way. */
static size_t
fewest(const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
	size_t t[20][20];

	for (size_t i = 0; i <= na; i++)
		for (size_t j = 0; j <= nb; j++) {
			if (i == 0 || j == 0)
				t[i][j] = i + j;
			else if (a[i - 1] == b[j - 1])
				t[i][j] = t[i - 1][j - 1];
			else
				t[i][j] = 1 + (t[i - 1][j] < t[i][j - 1] ?
				    t[i - 1][j] : t[i][j - 1]);
		}
	return t[na][nb];
}

static void
test_script_is_shortest(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		uint64_t a[16], b[16];
		size_t na = (size_t)rand_r(&seed) % 16;
		size_t nb = (size_t)rand_r(&seed) % 16;

		for (size_t i = 0; i < 16; i++) {
			a[i] = (uint64_t)rand_r(&seed) % 4;
			b[i] = (uint64_t)rand_r(&seed) % 4;
		}
		assert_int_equal(check_script(a, na, b, nb),
		    fewest(a, na, b, nb));
	}
}

static void
test_script_is_bounded(void **state)
{
	const size_t n = 100000;
	uint64_t *a = mem_array(NULL, n, sizeof(*a));
	uint64_t *b = mem_array(NULL, n, sizeof(*b));

	(void)state;
	for (size_t i = 0; i < n; i++) {
		a[i] = i;
		b[i] = i + 1000000;
	}
	a[0] = b[0];
	assert_int_equal(check_script(a, n, b, n), 2 * (n - 1));
	free(a);
	free(b);
}

/* Periodic sequences make every diagonal long. */
static void
test_script_with_long_diagonals(void **state)
{
	const size_t n = 500000;
	uint64_t *a = mem_array(NULL, n, sizeof(*a));
	uint64_t *b = mem_array(NULL, n, sizeof(*b));

	(void)state;
	for (size_t i = 0; i < n; i++) {
		a[i] = i % 2;
		b[i] = i % 2000 == 1999 ? 7 : (i + 1) % 2;
	}
	(void)check_script(a, n, b, n);
	free(a);
	free(b);
}

/* Rows as text: sign, A and B with '|' between, ';' behind. */
static char *
show(const struct diff *d)
{
	static const char signs[] = {
		[ROW_TITLE] = '#', [ROW_SAME] = ' ', [ROW_GONE] = '-',
		[ROW_NEW] = '+', [ROW_PAIR] = '!', [ROW_NOTE] = '?'
	};
	struct buf out;

	buf_init(&out, 1024 * 1024);
	for (size_t i = 0; i < d->count; i++) {
		const struct diff_row *row = &d->rows[i];

		buf_putc(&out, signs[row->kind]);
		buf_put(&out, diff_a(d, row));
		if (row->kind == ROW_PAIR) {
			buf_putc(&out, '|');
			buf_put(&out, diff_b(d, row));
		} else if (row->kind == ROW_NEW) {
			buf_put(&out, diff_b(d, row));
		}
		buf_putc(&out, ';');
	}
	return buf_take(&out);
}

static const struct {
	const char *a, *b, *shown;
} jsons[] = {
	{ "{}", "{}", " {};" },
	{ "{\"a\":1,\"b\":2}", "{\"b\":2, \"a\":1}",
	    " {;   \"a\": 1,;   \"b\": 2; };" },
	{ "{\"a\":1}", "{\"a\":1.0}", " {;!  \"a\": 1|  \"a\": 1.0; };" },
	{ "{\"a\":1,\"q\":3}", "{\"a\":1,\"e\":\"x\"}",
	    " {;   \"a\": 1,;-  \"q\": 3;+  \"e\": \"x\"; };" },
	{ "[1,2,3]", "[1,3]", " [;   1,;-  2,;   3; ];" },
	{ "[{\"k\":1}]", "[{\"k\":2}]",
	    " [;   {;!    \"k\": 1|    \"k\": 2;   }; ];" },
	{ "{\"a\":[]}", "{\"a\":{}}",
	    " {;-  \"a\": [];+  \"a\": {}; };" },
	{ "{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":3}",
	    " {;   \"a\": 1,;!  \"a\": 2|  \"a\": 3; };" },
	{ "7", "8", "!7|8;" },
};

static void
test_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(jsons); i++) {
		struct diff d;
		char *shown;

		diff_init(&d);
		assert_true(diff_json(&d, str_from(jsons[i].a),
		    str_from(jsons[i].b)));
		shown = show(&d);
		/* "-a;+b" or "!a|b": lines that both went and came. */
		if (strcmp(shown, jsons[i].shown) != 0)
			fail_msg("json %zu: \"%s\", not \"%s\"", i, shown,
			    jsons[i].shown);
		free(shown);
		diff_fini(&d);
	}
}

static void
test_json_refuses(void **state)
{
	static const char *const bad[] = {
		"", " ", "{", "[1", "{\"a\"}", "nul", "1 2", "[1,]", "\"",
		"\xff", "{\"a\":1}x"
	};
	struct diff d;
	char *deep = mem_alloc(2000);

	(void)state;
	diff_init(&d);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(diff_json(&d, str_from(bad[i]), STR("1")));
	memset(deep, '[', 1000);
	memset(deep + 1000, ']', 1000);
	assert_false(diff_json(&d, str_make(deep, 2000), STR("[]")));
	memset(deep + 500, ']', 500);
	assert_true(diff_json(&d, str_make(deep, 1000), STR("[]")));
	diff_fini(&d);
	free(deep);
}

/* Many keys that all differ must not take for ever. */
static void
test_json_many_keys(void **state)
{
	struct buf a, b;
	struct diff d;

	(void)state;
	buf_init(&a, 1024 * 1024);
	buf_init(&b, 1024 * 1024);
	for (unsigned i = 0; i < 20000; i++) {
		buf_printf(&a, "%s\"a%u\":1", i > 0 ? "," : "{", i);
		buf_printf(&b, "%s\"b%u\":1", i > 0 ? "," : "{", i);
	}
	buf_putc(&a, '}');
	buf_putc(&b, '}');
	diff_init(&d);
	assert_true(diff_json(&d, buf_str(&a), buf_str(&b)));
	assert_int_equal(d.count, 40002);
	diff_fini(&d);
	buf_fini(&a);
	buf_fini(&b);
}

/* Random bytes: never JSON by accident, never a crash, always whole. */
static void
test_random(void **state)
{
	unsigned seed = 11;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		static const char set[] = "{}[]:,\"\\01ae \n\t\xff";
		char a[64], b[64];
		size_t na = (size_t)rand_r(&seed) % 64;
		size_t nb = (size_t)rand_r(&seed) % 64;
		struct diff d;

		for (size_t i = 0; i < 64; i++) {
			a[i] = set[(size_t)rand_r(&seed) % (sizeof(set) - 1)];
			b[i] = set[(size_t)rand_r(&seed) % (sizeof(set) - 1)];
		}
		diff_init(&d);
		(void)!diff_json(&d, str_make(a, na), str_make(b, nb));
		diff_lines(&d, str_make(a, na), str_make(b, nb), round % 2);
		diff_bytes(&d, str_make(a, na), str_make(b, nb));
		diff_fini(&d);
	}
}

static void
test_lines(void **state)
{
	struct diff d;
	char *shown;

	(void)state;
	diff_init(&d);
	diff_lines(&d, STR("a\nb\nc\n"), STR("a\nx\nc\nd\n"), false);
	shown = show(&d);
	assert_string_equal(shown, " a;!b|x; c;+d;");
	assert_int_equal(d.changes, 2);
	assert_int_equal(d.rows[3].b_line, 4);
	free(shown);
	diff_fini(&d);
	diff_lines(&d, STR("a  b"), STR("a b"), true);
	assert_int_equal(d.changes, 0);
	diff_lines(&d, STR("a"), STR("a\n"), false);
	assert_int_equal(d.changes, 1);
	diff_fini(&d);
}

static void
test_bytes(void **state)
{
	struct diff d;

	(void)state;
	diff_init(&d);
	diff_bytes(&d, STR("0123456789abcdefA"), STR("0123456789abcdefBC"));
	assert_int_equal(d.count, 2);
	assert_int_equal(d.rows[0].kind, ROW_SAME);
	assert_int_equal(d.rows[1].kind, ROW_PAIR);
	diff_fini(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_script_is_shortest),
		cmocka_unit_test(test_script_is_bounded),
		cmocka_unit_test(test_script_with_long_diagonals),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_refuses),
		cmocka_unit_test(test_json_many_keys),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
