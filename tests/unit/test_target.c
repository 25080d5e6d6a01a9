/* SPDX-License-Identifier: MIT */
/* Where requests want to go: CONNECT, absolute form, origin form, "*". */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/proxy/target.h"
#include "sluice/base/mem.h"

static void
make(struct message *m, const char *method, const char *target)
{
	message_init(m, MESSAGE_REQUEST, NULL);
	message_set(m, &m->method, str_from(method));
	message_set(m, &m->target, str_from(target));
}

static const struct {
	const char *text, *host;
	unsigned port;		/* 0: refused */
} connects[] = {
	{ "a.test:443", "a.test", 443 },
	{ "A.Test:8443", "a.test", 8443 },
	{ "[::1]:443", "::1", 443 },
	{ "127.0.0.1:1", "127.0.0.1", 1 },
	{ "a", "", 0 },
	{ "a:", "", 0 },
	{ "a:0", "", 0 },
	{ "a:65536", "", 0 },
	{ "a:99999999", "", 0 },
	{ "u@a:443", "", 0 },
	{ "a:443/x", "", 0 },
	{ "http://a:443", "", 0 },
	{ ":443", "", 0 },
	{ "a b:443", "", 0 },
	{ "", "", 0 },
};

static void
connect_authorities(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(connects); i++) {
		struct message m;
		struct target t;
		struct err err;

		make(&m, "CONNECT", connects[i].text);
		bool ok = target_of_connect(&t, &m, &err);

		if (ok != (connects[i].port != 0))
			fail_msg("CONNECT %s", connects[i].text);
		if (ok) {
			assert_string_equal(t.host, connects[i].host);
			assert_int_equal(t.port, connects[i].port);
		}
		message_fini(&m);
	}
}

static const struct {
	const char *method, *target;
	bool in_tunnel;
	const char *url;	/* NULL: refused */
} requests[] = {
	{ "GET", "http://a.test/x?y", false, "http://a.test/x?y" },
	{ "GET", "http://a.test", false, "http://a.test/" },
	{ "GET", "HTTP://A.test:81/", false, "http://A.test:81/" },
	{ "GET", "https://a.test/", false, "https://a.test/" },
	{ "GET", "http://[::1]:81/x", false, "http://[::1]:81/x" },
	{ "GET", "/x", false, NULL },
	{ "GET", "*", false, NULL },
	{ "GET", "ftp://a.test/", false, NULL },
	{ "GET", "http:///x", false, NULL },
	{ "GET", "/x", true, "https://inside.test:8443/x" },
	{ "OPTIONS", "*", true, "https://inside.test:8443" },
	{ "GET", "https://other.test/x", true, "https://other.test/x" },
};

static void
request_targets(void **state)
{
	struct target inside = { .tls = true, .port = 8443,
	    .host = "inside.test" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		struct message m;
		struct buf url;
		struct err err;

		make(&m, requests[i].method, requests[i].target);
		buf_init(&url, 1000);
		bool ok = target_of_request(&m, requests[i].in_tunnel ?
		    &inside : NULL, &err);

		if (ok != (requests[i].url != NULL))
			fail_msg("%s", requests[i].target);
		if (ok) {
			message_put_url(&m, &url);
			char *text = buf_take(&url);

			if (strcmp(text, requests[i].url) != 0)
				fail_msg("%s became %s", requests[i].target,
				    text);
			free(text);
		}
		buf_fini(&url);
		message_fini(&m);
	}
}

/* RFC 9112 3.2.2: the absolute form wins over a Host field. */
static void
host_follows_absolute_form(void **state)
{
	struct message m;
	struct err err;

	(void)state;
	make(&m, "GET", "http://a.test:81/");
	headers_add(&m.headers, STR("host"), STR("evil.test"));
	assert_true(target_of_request(&m, NULL, &err));
	assert_true(str_eq(headers_get(&m.headers, STR("Host")),
	    STR("a.test:81")));
	assert_int_equal(headers_count(&m.headers, STR("Host")), 1);
	message_fini(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connect_authorities),
		cmocka_unit_test(request_targets),
		cmocka_unit_test(host_follows_absolute_form),
	};

	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
