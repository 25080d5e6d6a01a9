/* SPDX-License-Identifier: MIT */
/* The text of --mode. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../src/proxy/mode.h"
#include "sluice/base/mem.h"

static const struct row {
	const char *text;
	enum mode_kind kind;
	bool tls;
	const char *host;
	unsigned port;
	const char *credentials, *listen;
} good[] = {
	{ "regular", MODE_REGULAR, false, "", 0, NULL, NULL },
	{ "transparent", MODE_TRANSPARENT, false, "", 0, NULL, NULL },
	{ "socks5@9", MODE_SOCKS5, false, "", 0, NULL, "9" },
	{ "socks5@[::1]:9", MODE_SOCKS5, false, "", 0, NULL, "[::1]:9" },
	{ "reverse:http://A.test", MODE_REVERSE, false, "a.test", 80, NULL,
	    NULL },
	{ "reverse:https://a.test/", MODE_REVERSE, true, "a.test", 443, NULL,
	    NULL },
	{ "reverse:https://[::1]:8@*:9", MODE_REVERSE, true, "::1", 8, NULL,
	    "*:9" },
	{ "upstream:http://p.test:3128", MODE_UPSTREAM, false, "p.test", 3128,
	    NULL, NULL },
	{ "upstream:https://u:p@p.test:1", MODE_UPSTREAM, true, "p.test", 1,
	    "Basic dTpw", NULL },
	{ "upstream:http://u:p%40@p.test:1@2", MODE_UPSTREAM, false,
	    "p.test", 1, "Basic dTpwQA==", "2" },
	/* Behind the '@' is a host, though it could be a place to listen. */
	{ "upstream:http://u@127.0.0.1:81", MODE_UPSTREAM, false,
	    "127.0.0.1", 81, "Basic dQ==", NULL },
};

static const char *const bad[] = {
	"", "regul", "regular:", "socks5:x", "transparent@", "reverse",
	"reverse:", "reverse:http://", "reverse:ftp://a", "reverse:a.test",
	"reverse:http://a/b", "reverse:http://a?b", "reverse:http://u@a",
	"upstream:http://a", "upstream:http://a:0", "regular@x:1",
	"regular@70000", "reverse:http://a\nb",
};

static void
read_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		const struct row *r = &good[i];
		struct mode m;
		struct err err = { "" };

		if (!mode_parse(&m, str_from(r->text), &err))
			fail_msg("%s: %s", r->text, err.text);
		assert_int_equal(m.kind, r->kind);
		assert_int_equal(m.server.tls, r->tls);
		assert_string_equal(m.server.host, r->host);
		assert_int_equal(m.server.port, r->port);
		assert_true(!m.credentials == !r->credentials);
		if (r->credentials)
			assert_string_equal(m.credentials, r->credentials);
		assert_true(!m.listen == !r->listen);
		if (r->listen)
			assert_string_equal(m.listen, r->listen);
		mode_fini(&m);
	}
}

static void
read_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct mode m;
		struct err err = { "" };

		if (mode_parse(&m, str_from(bad[i]), &err))
			fail_msg("%s", bad[i]);
		assert_non_null(strstr(err.text, "--mode"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_good),
		cmocka_unit_test(read_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
