/* SPDX-License-Identifier: MIT */
/* Forms, multipart bodies, tokens, image facts: right, and with hostile
 * input at least harmless. */
#include "../../src/ui/body_form.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sluice/base/mem.h"

#define OUT_MAX	(4u * BODY_FORM_MAX)

static char *
pairs(const char *text)
{
	struct buf out;

	buf_init(&out, OUT_MAX);
	if (!body_form_pairs(str_from(text), &out))
		buf_put(&out, STR("(none)"));
	return buf_take(&out);
}

static void
test_pairs(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{ "", "(none)" },
		{ "a=1", "a                        = 1\n" },
		{ "a=%41%4z%", "a                        = A%4z%\n" },
		{ "a+b=%0Ax", "a b                      = \n    x\n" },
		{ "&", "                        \n                        \n" },
		{ "=", "                         = \n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *shown = pairs(rows[i].text);

		assert_string_equal(shown, rows[i].shown);
		free(shown);
	}
}

static bool
has(const struct buf *out, const char *what)
{
	return str_find(buf_str(out), str_from(what)) != SIZE_MAX;
}

static void
test_parts(void **state)
{
	struct str type = STR("multipart/form-data; x=1; boundary=\"a b\"");
	struct buf out;

	(void)state;
	buf_init(&out, OUT_MAX);
	assert_true(body_form_parts(type, STR("pre\r\n--a b\r\nN: v\r\n\r\n"
	    "one\r\ntwo\r\n--a b\r\n\r\n\x00\x01\r\n--a b--\r\n--a b\r\n\r\n"
	    "after"), &out));
	assert_true(has(&out, "part 1\n  N: v\n  8 bytes\n    one\n    two\n"));
	assert_true(has(&out, "part 2\n  2 bytes, binary\n"));
	assert_false(has(&out, "part 3"));
	buf_clear(&out);
	assert_false(body_form_parts(STR("multipart/mixed"), STR("--\r\n"),
	    &out));
	assert_false(body_form_parts(type, STR("no such mark"), &out));
	/* Cut off: what there is. */
	assert_true(body_form_parts(type, STR("--a b\r\nN: v"), &out));
	buf_fini(&out);
}

static void
test_many_parts(void **state)
{
	struct buf text, out;

	(void)state;
	buf_init(&text, BODY_FORM_MAX);
	buf_init(&out, 1000);
	while (buf_room(&text) > 8)
		buf_put(&text, STR("--b\n\nx\n"));
	assert_true(body_form_parts(STR("m/x; boundary=b"), buf_str(&text),
	    &out));
	buf_fini(&text);
	buf_fini(&out);
}

static void
test_jwt(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, OUT_MAX);
	/* {"alg":"none"} {"exp":0,"sub":"x"} */
	assert_true(body_form_jwt(STR("Bearer eyJhbGciOiJub25lIn0."
	    "eyJleHAiOjAsInN1YiI6IngifQ."), &out));
	assert_true(has(&out, "header\n  {\n    \"alg\": \"none\"\n  }\n"));
	assert_true(has(&out, "\"sub\": \"x\""));
	assert_true(has(&out, "expires    1970-01-01 00:00:00 UTC (past)"));
	assert_true(has(&out, "signature  \"none\" 0 bytes, not verified"));
	buf_clear(&out);
	/* Not JSON inside: shown as it is. */
	assert_true(body_form_jwt(STR("eyJh.AAAA.x"), &out));
	assert_false(body_form_jwt(STR("eyJh.AAAA"), &out));
	assert_false(body_form_jwt(STR("eyeyeyeyey"), &out));
	assert_false(body_form_jwt(STR(""), &out));
	buf_fini(&out);
}

/* What looks like the beginning of a token everywhere takes no longer. */
static void
test_many_beginnings(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 8u * 1024 * 1024);
	while (buf_room(&text) > 8)
		buf_put(&text, STR("eyJ"));
	assert_true(body_jwt_find(buf_str(&text)).p == NULL);
	buf_clear(&text);
	while (buf_room(&text) > 32)
		buf_put(&text, STR("eyJ.e."));
	buf_put(&text, STR("eyJh.AAAA.x y"));
	assert_true(str_ends(body_jwt_find(buf_str(&text)), STR("AAAA.x")));
	buf_fini(&text);
}

static void
test_random(void **state)
{
	static const char set[] = "eyJhb.--b\r\n:%41+&=\"{}[]0\x00\xff\x1b";
	struct message m = { .kind = MESSAGE_NONE };
	unsigned seed = 9;

	(void)state;
	message_init(&m, MESSAGE_RESPONSE, NULL);
	headers_add(&m.headers, STR("content-type"), STR("m/x; boundary=b"));
	for (int round = 0; round < 4000; round++) {
		char text[200];
		size_t n = (size_t)rand_r(&seed) % sizeof(text);
		struct buf out;

		for (size_t i = 0; i < n; i++)
			text[i] = set[(size_t)rand_r(&seed) %
			    (sizeof(set) - 1)];
		buf_init(&out, round % 2 ? OUT_MAX : 64);
		for (int kind = KIND_FORM; kind <= KIND_JWT; kind++)
			if (kind != KIND_JWT || round % 2)
				(void)!body_form_make((enum body_kind)kind,
				    &m, str_make(text, n), &out);
		buf_fini(&out);
	}
	message_fini(&m);
}

static void
test_image(void **state)
{
	struct message m = { .kind = MESSAGE_NONE };
	struct buf out;

	(void)state;
	message_init(&m, MESSAGE_RESPONSE, NULL);
	buf_init(&out, OUT_MAX);
	assert_true(body_form_image(&m, STR("GIF89a\x10\x00\x20\x00"), &out));
	assert_true(has(&out, "16 x 32"));
	buf_clear(&out);
	assert_true(body_form_image(&m, STR(""), &out));
	buf_clear(&out);
	/* A comment that libmagic repeats is made safe. */
	assert_true(body_form_image(&m, STR("#!/bin/\x1b]0;x\x07\n"), &out));
	assert_true(str_chr(buf_str(&out), '\x1b', 0) == SIZE_MAX);
	buf_fini(&out);
	message_fini(&m);
}

static void
test_guess(void **state)
{
	static const struct {
		const char *type, *start;
		enum body_kind kind;
	} rows[] = {
		{ "application/problem+json; charset=utf-8", "x", KIND_JSON },
		{ "application/json", "a\x01\x02\x03\x04", KIND_BINARY },
		{ "text/plain", " [1]", KIND_JSON },
		{ "text/css", "{}", KIND_TEXT },
		{ "image/svg+xml", "<svg/>", KIND_XML },
		{ "image/png", "", KIND_IMAGE },
		{ "", "<!DOCTYPE html>", KIND_HTML },
		{ "", "eyJhb.eyJz.x\n", KIND_JWT },
		{ "", "eyJhb.eyJz.x y", KIND_TEXT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m = { .kind = MESSAGE_NONE };
		bool sure;

		message_init(&m, MESSAGE_RESPONSE, NULL);
		if (rows[i].type[0] != '\0')
			headers_add(&m.headers, STR("content-type"),
			    str_from(rows[i].type));
		assert_int_equal(body_kind_guess(&m, str_from(rows[i].start),
		    &sure), rows[i].kind);
		message_fini(&m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_many_parts),
		cmocka_unit_test(test_jwt),
		cmocka_unit_test(test_many_beginnings),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_image),
		cmocka_unit_test(test_guess),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
