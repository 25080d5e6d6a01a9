/* SPDX-License-Identifier: MIT */
/* URLs and authorities: what is split how, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sluice/http/url.h"

static void
assert_str(struct str s, const char *want)
{
	if (!str_eq(s, str_from(want)))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(s), want);
}

static void
test_authority(void **state)
{
	static const struct {
		const char *text;
		unsigned default_port;
		const char *host;	/* NULL: refused */
		unsigned port;
	} rows[] = {
		{ "a:443", 0, "a", 443 },
		{ "example.org:1", 0, "example.org", 1 },
		{ "a_b-c.d.:65535", 0, "a_b-c.d.", 65535 },
		{ "[::1]:443", 0, "::1", 443 },
		{ "[::ffff:127.0.0.1]:80", 0, "::ffff:127.0.0.1", 80 },
		{ "a", 80, "a", 80 },
		{ "[fe80::1]", 443, "fe80::1", 443 },
		{ "127.0.0.1:8080", 0, "127.0.0.1", 8080 },
		{ "a", 0, NULL, 0 },
		{ "a:", 80, NULL, 0 },
		{ "a:0", 0, NULL, 0 },
		{ "a:65536", 0, NULL, 0 },
		{ "a:99999999", 0, NULL, 0 },
		{ "a:+1", 0, NULL, 0 },
		{ "a: 1", 0, NULL, 0 },
		{ "u@a:443", 0, NULL, 0 },
		{ "a:443/x", 0, NULL, 0 },
		{ "http://a:443", 0, NULL, 0 },
		{ "::1:443", 0, NULL, 0 },
		{ "[::1", 80, NULL, 0 },
		{ "[::1]x", 80, NULL, 0 },
		{ "[::1%25eth0]:80", 0, NULL, 0 },
		{ "[a]:80", 0, NULL, 0 },
		{ "", 80, NULL, 0 },
		{ ":80", 0, NULL, 0 },
		{ "a b:80", 0, NULL, 0 },
		{ "a\\b:80", 0, NULL, 0 },
		{ "a%41:80", 0, NULL, 0 },
		{ "b\xc3\xbc" "cher.de:80", 0, NULL, 0 },
		{ "a:80:80", 0, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str host = STR_NONE;
		unsigned port = 0;
		struct err err;
		bool ok = url_parse_authority(str_from(rows[i].text),
		    rows[i].default_port, &host, &port, &err);

		if (ok != (rows[i].host != NULL))
			fail_msg("\"%s\": %d", rows[i].text, ok);
		if (ok) {
			assert_str(host, rows[i].host);
			assert_int_equal(port, rows[i].port);
		} else {
			assert_true(err_is_set(&err));
		}
	}
}

static void
test_long_host(void **state)
{
	char name[400];
	struct str host;
	unsigned port;
	struct err err;

	(void)state;
	memset(name, 'a', sizeof name);
	assert_true(url_parse_authority(str_make(name, 254), 80, &host, &port,
	    &err));
	assert_false(url_parse_authority(str_make(name, 255), 80, &host,
	    &port, &err));
}

static void
test_url(void **state)
{
	static const struct {
		const char *text, *scheme, *userinfo, *host;
		unsigned port;
		bool given;
		const char *path;
	} rows[] = {
		{ "http://a", "http", "", "a", 80, false, "" },
		{ "https://a/", "https", "", "a", 443, false, "/" },
		{ "HTTP://A:8080/x?y=1", "HTTP", "", "A", 8080, true,
		    "/x?y=1" },
		{ "http://u:p@h/x", "http", "u:p", "h", 80, false, "/x" },
		{ "https://[2001:db8::1]:8443/", "https", "", "2001:db8::1",
		    8443, true, "/" },
		{ "coap+tcp://h/", "coap+tcp", "", "h", 0, false, "/" },
		{ "http://a/@:[]", "http", "", "a", 80, false, "/@:[]" },
		{ "http://a/\xc3\xbc", "http", "", "a", 80, false,
		    "/\xc3\xbc" },
		{ "http://a?b/c", "http", "", "a", 80, false, "?b/c" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct url u;
		struct err err;

		if (!url_parse(str_from(rows[i].text), &u, &err))
			fail_msg("%s: %s", rows[i].text, err.text);
		assert_str(u.scheme, rows[i].scheme);
		assert_str(u.userinfo, rows[i].userinfo);
		assert_int_equal(u.userinfo.p != NULL, *rows[i].userinfo != 0);
		assert_str(u.host, rows[i].host);
		assert_int_equal(u.port, rows[i].port);
		assert_int_equal(u.port_given, rows[i].given);
		assert_str(u.path, rows[i].path);
	}
}

static void
test_url_refused(void **state)
{
	static const char *const rows[] = {
		"", "a", "/a", "//a", "http:/a", "http:a", "://a", "1a://h",
		"http://", "http:///x", "http://a#b", "http://a/#",
		"http://a b/", "http://a/ b", "http://a\t", "http://a/\x1b",
		"http://a/\x7f", "http://a:/", "http://a:0/",
		"http://a:70000/",
		"http://u@v@h/", "http://a\\@b/", "http://b\xc3\xbc.de/",
		"ht tp://a/",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct url u;
		struct err err;

		if (url_parse(str_from(rows[i]), &u, &err))
			fail_msg("\"%s\" was accepted", rows[i]);
		assert_true(err_is_set(&err));
	}
}

static void
test_put_authority(void **state)
{
	static const struct {
		const char *scheme, *host;
		unsigned port;
		const char *want;
	} rows[] = {
		{ "http", "a", 80, "a" },
		{ "HTTPS", "a", 443, "a" },
		{ "http", "a", 443, "a:443" },
		{ "https", "::1", 443, "[::1]" },
		{ "https", "::1", 65535, "[::1]:65535" },
		{ "", "a", 1, "a:1" },
		{ "http", "a", 0, "a" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf out;

		buf_init(&out, 64);
		url_put_authority(&out, str_from(rows[i].scheme),
		    str_from(rows[i].host), rows[i].port);
		assert_str(buf_str(&out), rows[i].want);
		buf_fini(&out);
	}
	struct buf tiny;

	buf_init(&tiny, 3);
	url_put_authority(&tiny, STR("http"), STR("example.org"), 8080);
	assert_str(buf_str(&tiny), "exa");
	buf_fini(&tiny);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_authority),
		cmocka_unit_test(test_long_host),
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_url_refused),
		cmocka_unit_test(test_put_authority),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
