/* SPDX-License-Identifier: MIT */
/* The two list parsers on hostile bytes, names, and what a hello offers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "pair.h"

#define S(lit) { "" lit, sizeof(lit) - 1 }

static const struct {
	const char *name;
	struct str in;
	bool ok;
	const char *sni;
} sni_rows[] = {
	{ "plain", S("\0\x09\0\0\x06" "a.test"), true, "a.test" },
	{ "upper", S("\0\x09\0\0\x06" "A.TeSt"), true, "a.test" },
	{ "final dot", S("\0\x0a\0\0\x07" "a.test."), true, "a.test" },
	{ "underscore", S("\0\x09\0\0\x06" "a_b-c9"), true, "a_b-c9" },
	{ "other type first", S("\0\x0e\7\0\2xy\0\0\x06" "a.test"), true,
	    "a.test" },
	{ "only another type", S("\0\5\7\0\2xy"), false, "" },
	{ "two names", S("\0\x08\0\0\1a\0\0\1b"), false, "" },
	{ "empty", S(""), false, "" },
	{ "half a length", S("\0"), false, "" },
	{ "empty list", S("\0\0"), false, "" },
	{ "list too long", S("\0\x0a\0\0\x06" "a.test"), false, "" },
	{ "list too short", S("\0\x08\0\0\x06" "a.test"), false, "" },
	{ "name too long", S("\0\x09\0\0\x07" "a.test"), false, "" },
	{ "name too short", S("\0\x09\0\0\x05" "a.test"), false, "" },
	{ "empty name", S("\0\3\0\0\0"), false, "" },
	{ "cut in the head", S("\0\2\0\0"), false, "" },
	{ "NUL", S("\0\x09\0\0\x06" "a.t\0st"), false, "" },
	{ "escape", S("\0\x09\0\0\x06" "a\033[31"), false, "" },
	{ "blank", S("\0\x09\0\0\x06" "a test"), false, "" },
	{ "comma", S("\0\x09\0\0\x06" "a,DNS:"), false, "" },
	{ "empty label", S("\0\x06\0\0\x03" "a.."), false, "" },
	{ "star", S("\0\x09\0\0\x06" "*.test"), false, "" },
	{ "high byte", S("\0\x04\0\0\x01\xe9"), false, "" },
};

static void
test_sni(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sni_rows); i++) {
		struct hello h = { .sni = "old" };

		print_message("sni: %s\n", sni_rows[i].name);
		assert_int_equal(hello_parse_sni(&h, sni_rows[i].in),
		    sni_rows[i].ok);
		assert_string_equal(h.sni, sni_rows[i].sni);
	}
}

static void
test_sni_lengths(void **state)
{
	static const struct {
		size_t n;
		bool ok;
	} rows[] = { { 63, true }, { 253, true }, { 254, false },
		{ 300, false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = rows[i].n;
		char ext[320] = { (char)((n + 3) >> 8), (char)(n + 3), 0,
			(char)(n >> 8), (char)n };
		struct hello h;

		for (size_t j = 0; j < n; j++)
			ext[5 + j] = j % 60 == 59 ? '.' : 'a';
		assert_int_equal(hello_parse_sni(&h, str_make(ext, n + 5)),
		    rows[i].ok);
		assert_int_equal(strlen(h.sni), rows[i].ok ? n : 0);
	}
}

static const struct {
	const char *name;
	struct str in;
	bool ok;
	const char *text;
} alpn_rows[] = {
	{ "one", S("\0\3\2h2"), true, "h2" },
	{ "two", S("\0\x0c\2h2\x08http/1.1"), true, "h2,http/1.1" },
	{ "grease", S("\0\6\2\n\n\2h2"), true, "\\x0a\\x0a,h2" },
	{ "empty", S(""), false, "" },
	{ "empty list", S("\0\0"), false, "" },
	{ "empty name", S("\0\4\2h2\0"), false, "" },
	{ "name beyond the end", S("\0\3\3h2"), false, "" },
	{ "list beyond the end", S("\0\4\2h2"), false, "" },
	{ "bytes behind", S("\0\3\2h2x"), false, "" },
};

static void
test_alpn(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(alpn_rows); i++) {
		struct hello h = { .alpn_len = 7 };
		char text[64];

		print_message("alpn: %s\n", alpn_rows[i].name);
		assert_int_equal(hello_parse_alpn(&h, alpn_rows[i].in),
		    alpn_rows[i].ok);
		hello_alpn_text(&h, text, sizeof text);
		assert_int_equal(strcasecmp(text, alpn_rows[i].text), 0);
	}
}

static void
test_alpn_offers(void **state)
{
	struct hello h;
	char small[8];

	(void)state;
	assert_true(hello_parse_alpn(&h, (struct str)S(
	    "\0\x0c\2h2\x08http/1.1")));
	assert_true(hello_offers(&h, STR("h2")));
	assert_true(hello_offers(&h, STR("http/1.1")));
	assert_false(hello_offers(&h, STR("http/1.0")));
	assert_false(hello_offers(&h, STR("h")));
	assert_false(hello_offers(&h, STR("")));
	hello_alpn_text(&h, small, sizeof small);
	assert_string_equal(small, "h2,http");
}

static void
test_alpn_too_long(void **state)
{
	char ext[400] = { 1, 4 };
	struct hello h;

	(void)state;
	for (size_t i = 0; i < 260; i += 2) {
		ext[2 + i] = 1;
		ext[3 + i] = 'a';
	}
	assert_false(hello_parse_alpn(&h, str_make(ext, 262)));
	assert_int_equal(h.alpn_len, 0);
	ext[0] = 1;
	ext[1] = 0;
	assert_true(hello_parse_alpn(&h, str_make(ext, 258)));
	assert_int_equal(h.alpn_len, 256);
}

/* No prefix and no flipped byte of a good extension may read outside. */
static void
test_cut_and_flipped(void **state)
{
	const struct str good[] = {
		S("\0\x09\0\0\x06" "a.test"), S("\0\x0c\2h2\x08http/1.1"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		for (size_t n = 0; n < good[i].n; n++) {
			char *exact = str_dup(str_sub(good[i], 0, n));
			struct hello h;

			assert_false(hello_parse_sni(&h, str_make(exact, n)));
			assert_false(hello_parse_alpn(&h, str_make(exact, n)));
			free(exact);
		}
		for (size_t bit = 0; bit < good[i].n * 8; bit++) {
			char *exact = str_dup(good[i]);
			struct hello h;

			exact[bit / 8] ^= (char)(1 << bit % 8);
			if (hello_parse_sni(&h, str_make(exact, good[i].n)))
				assert_true(name_is_host(str_from(h.sni),
				    false));
			if (hello_parse_alpn(&h, str_make(exact, good[i].n)))
				assert_true(h.alpn_len > 0);
			free(exact);
		}
	}
}

static void
test_names(void **state)
{
	static const struct {
		const char *s;
		bool host, wildcard, ip;
	} rows[] = {
		{ "a.test", true, true, false },
		{ "*.a.test", false, true, false },
		{ "*", false, false, false },
		{ "*.", false, false, false },
		{ "a.*.test", false, false, false },
		{ "f*.a.test", false, false, false },
		{ "", false, false, false },
		{ ".", false, false, false },
		{ ".a", false, false, false },
		{ "a..b", false, false, false },
		{ "1.2.3.4", true, true, true },
		{ "1.2.3", true, true, false },
		{ "1.2.3.256", true, true, false },
		{ "1.2.3.4.5", true, true, false },
		{ "::1", false, false, true },
		{ "[::1]", false, false, true },
		{ "fe80::1%eth0", false, false, true },
		{ "::ffff:1.2.3.4", false, false, true },
		{ ":::", false, false, false },
		{ "1:2:3:4:5:6:7:8:9", false, false, false },
		{ "beef", true, true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str s = str_from(rows[i].s);
		struct identity_ip ip;

		print_message("name: %s\n", rows[i].s);
		assert_int_equal(name_is_host(s, false), rows[i].host);
		assert_int_equal(name_is_host(s, true), rows[i].wildcard);
		assert_int_equal(name_parse_ip(s, &ip), rows[i].ip);
	}
	assert_true(str_eq(name_strip(STR("[::1]")), STR("::1")));
	assert_true(str_eq(name_strip(STR("a.test.")), STR("a.test")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sni),
		cmocka_unit_test(test_sni_lengths),
		cmocka_unit_test(test_alpn),
		cmocka_unit_test(test_alpn_offers),
		cmocka_unit_test(test_alpn_too_long),
		cmocka_unit_test(test_cut_and_flipped),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
