/* SPDX-License-Identifier: MIT */
/* Messages: copying, moving, and the words shown of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sluice/http/message.h"

static void
assert_str(struct str s, const char *want)
{
	if (!str_eq(s, str_from(want)))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(s), want);
}

static void
test_life(void **state)
{
	struct message m, copy, moved, zero = { 0 };

	(void)state;
	message_fini(&zero);
	message_fini(NULL);
	message_init(&m, MESSAGE_REQUEST, NULL);
	message_set(&m, &m.method, STR("GET"));
	message_set(&m, &m.target, STR("/x"));
	/* A word made from another word of the same message. */
	message_set(&m, &m.path, message_word(&m, m.target));
	headers_add(&m.headers, STR("A"), STR("1"));
	headers_add(&m.trailers, STR("T"), STR("2"));
	body_append(&m.body, STR("some bytes, and more on disk"));
	message_copy(&copy, &m);
	message_move(&moved, &m);
	assert_int_equal(m.kind, MESSAGE_NONE);
	assert_int_equal(m.headers.count, 0);
	assert_int_equal(m.body.len, 0);
	message_fini(&m);
	message_fini(&moved);
	message_fini(&moved);
	assert_int_equal(copy.kind, MESSAGE_REQUEST);
	assert_str(message_word(&copy, copy.method), "GET");
	assert_str(message_word(&copy, copy.path), "/x");
	assert_str(headers_get(&copy.headers, STR("a")), "1");
	assert_str(headers_get(&copy.trailers, STR("t")), "2");
	char text[40];
	struct err err;
	ssize_t n = body_read(&copy.body, 0, text, sizeof text, &err);

	assert_str(str_make(text, (size_t)n), "some bytes, and more on disk");
	message_fini(&copy);
}

static void
test_url(void **state)
{
	static const struct {
		const char *scheme, *host;
		uint16_t port;
		const char *path, *target, *want;
	} rows[] = {
		{ "https", "h", 443, "/p?q", "/p?q", "https://h/p?q" },
		{ "http", "::1", 8080, "/", "", "http://[::1]:8080/" },
		{ "http", "h", 80, "*", "*", "http://h" },
		{ "", "", 0, "", "/only", "/only" },
		{ "", "h", 443, "", "h:443", "h:443" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m;
		struct buf out;

		message_init(&m, MESSAGE_REQUEST, NULL);
		message_set(&m, &m.scheme, str_from(rows[i].scheme));
		message_set(&m, &m.host, str_from(rows[i].host));
		message_set(&m, &m.path, str_from(rows[i].path));
		message_set(&m, &m.target, str_from(rows[i].target));
		m.port = rows[i].port;
		buf_init(&out, 100);
		message_put_url(&m, &out);
		assert_str(buf_str(&out), rows[i].want);
		buf_fini(&out);
		buf_init(&out, 5);
		message_put_url(&m, &out);
		assert_true(buf_len(&out) <= 5);
		buf_fini(&out);
		message_fini(&m);
	}
}

static void
test_types(void **state)
{
	static const struct {
		const char *field, *type, *name;
	} rows[] = {
		{ NULL, "", "" },
		{ "text/html; charset=utf-8", "text/html", "html" },
		{ "Application/JSON", "Application/JSON", "json" },
		{ "application/problem+json", "application/problem+json",
		    "json" },
		{ "image/svg+xml", "image/svg+xml", "svg" },
		{ "application/xml ;x=y", "application/xml", "xml" },
		{ "text/plain", "text/plain", "text" },
		{ "image/x-icon", "image/x-icon", "ico" },
		{ "x/unknown", "x/unknown", "" },
		{ ";", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m;

		message_init(&m, MESSAGE_RESPONSE, NULL);
		if (rows[i].field)
			headers_add(&m.headers, STR("content-type"),
			    str_from(rows[i].field));
		assert_str(message_media_type(&m), rows[i].type);
		assert_string_equal(message_type_name(&m), rows[i].name);
		message_fini(&m);
	}
}

static void
test_reasons(void **state)
{
	(void)state;
	assert_string_equal(http_reason(404), "Not Found");
	assert_string_equal(http_reason(103), "Early Hints");
	assert_string_equal(http_reason(299), "");
	assert_string_equal(http_reason(0), "");
}

/* Received bytes are kept as they came; sent ones when they differ. */
static void
test_received_and_sent(void **state)
{
	struct str head = STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	struct message m, copy;

	(void)state;
	message_init(&m, MESSAGE_REQUEST, NULL);
	assert_int_equal(message_received(&m).n, 0);
	headers_text(&m.headers, head);
	m.head_bytes = head.n;
	message_set(&m, &m.host, STR("a"));
	assert_true(str_eq(message_received(&m), head));
	message_set_sent(&m, head);
	assert_null(m.sent);
	assert_true(str_eq(message_sent(&m), head));
	message_set_sent(&m, STR("GET /"));
	message_set_sent(&m, STR("GET /b"));
	assert_true(str_eq(message_sent(&m), STR("GET /b")));
	assert_true(str_eq(message_received(&m), head));
	memset(&copy, 0, sizeof copy);
	message_copy(&copy, &m);
	assert_null(copy.sent);
	message_fini(&copy);
	message_fini(&m);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_received_and_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
