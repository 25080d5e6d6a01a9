/* SPDX-License-Identifier: MIT */
/* Hostile bytes made safe, and UTF-8 measured and cut. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>

#include "sluice/base/err.h"
#include "sluice/base/escape.h"
#include "sluice/base/utf8.h"

static const struct {
	struct str in;
	const char *out;
} rows[] = {
	{ { "plain", 5 }, "plain" },
	{ { "a\x1b]0;x\x07", 7 }, "a\\x1b]0;x\\x07" },
	{ { "\x9b\x31m", 3 }, "\\x9b1m" },
	{ { "\xc2\x9b", 2 }, "<U+009B>" },
	{ { "\xe2\x80\xae", 3 }, "<U+202E>" },
	{ { "\xe2\x81\xa6", 3 }, "<U+2066>" },
	{ { "\xef\xbb\xbf", 3 }, "<U+FEFF>" },
	{ { "\xf3\xa0\x81\x81", 4 }, "<U+E0041>" },
	{ { "\xc2\xad", 2 }, "<U+00AD>" },
	{ { "Zo\xc3\xab \xe6\x97\xa5", 8 }, "Zo\xc3\xab \xe6\x97\xa5" },
	{ { "\xc0\x80", 2 }, "\\xc0\\x80" },
	{ { "\xed\xa0\x80", 3 }, "\\xed\\xa0\\x80" },
	{ { "\xe6\x97", 2 }, "\\xe6\\x97" },
	{ { "a\0b\r\n\t\x7f", 7 }, "a\\x00b\\x0d\\x0a\\x09\\x7f" },
};

static void
terminal_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *safe = escape_dup(rows[i].in);

		assert_string_equal(safe, rows[i].out);
		free(safe);
	}
}

/* Whatever goes in: no control byte, valid UTF-8, cells as counted. */
static void
random_bytes(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char raw[64];
		struct escape_piece piece;

		for (size_t i = 0; i < sizeof raw; i++) {
			seed = seed * 1664525 + 1013904223;
			raw[i] = (char)(seed >> 24);
		}
		struct str rest = str_make(raw, sizeof raw);
		char *safe = escape_dup(rest);

		for (const char *p = safe; *p; p++)
			assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
		while (rest.n > 0) {
			escape_next(rest, 0, &piece);
			assert_true(piece.used >= 1 && piece.used <= rest.n);
			assert_int_equal(utf8_cells(str_make(piece.text,
			    piece.len)), piece.width);
			rest = str_skip(rest, piece.used);
		}
		free(safe);
	}
}

static char *
run(void (*fn)(struct buf *, struct str), const char *text)
{
	struct buf b;

	buf_init(&b, 4096);
	fn(&b, str_from(text));
	return buf_take(&b);
}

static void
other_places(void **state)
{
	static const struct {
		void (*fn)(struct buf *, struct str);
		const char *in, *out;
	} places[] = {
		{ escape_html, "<a b=\"c\">&'", "&lt;a b=&quot;c&quot;&gt;"
		    "&amp;&#39;" },
		{ escape_shell, "it's $x `y`", "'it'\\''s $x `y`'" },
		{ escape_shell, "", "''" },
		{ escape_file_name, "../../etc/passwd", "passwd" },
		{ escape_file_name, "-rf", "rf" },
		{ escape_file_name, "...", "file" },
		{ escape_file_name, "a b\x1b.txt", "ab.txt" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		char *out = run(places[i].fn, places[i].in);

		assert_string_equal(out, places[i].out);
		free(out);
	}
}

static void
cutting(void **state)
{
	struct str s = STR("a\xe6\x97\xa5\xe6\x9c\xac" "b");

	(void)state;
	assert_int_equal(utf8_cells(s), 6);
	assert_int_equal(utf8_fit(s, 2).n, 1);
	assert_int_equal(utf8_fit(s, 3).n, 4);
	assert_int_equal(utf8_fit_end(s, 3).n, 4);
	assert_int_equal(utf8_prev(s, 4), 1);
	assert_int_equal(utf8_next(s, 1), 4);
}

static void
errors_are_safe(void **state)
{
	struct err err;

	(void)state;
	assert_false(err_set(&err, "bad \x1b[31m name"));
	assert_string_equal(err.text, "bad \\x1b[31m name");
	err_wrap(&err, "file %s", "x");
	assert_string_equal(err.text, "file x: bad \\x1b[31m name");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terminal_rule),
		cmocka_unit_test(random_bytes),
		cmocka_unit_test(other_places),
		cmocka_unit_test(cutting),
		cmocka_unit_test(errors_are_safe),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
