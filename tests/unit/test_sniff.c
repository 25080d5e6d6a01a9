/* SPDX-License-Identifier: MIT */
/* sniff_guess: which protocol the first bytes of a tunnel begin. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/proxy/sniff.h"

static const struct {
	const char *name;
	struct str bytes;
	enum sniff want;
} rows[] = {
	{ "nothing", { "", 0 }, SNIFF_MORE },
	{ "tls 1.0 record", { "\x16\x03\x01\x02", 4 }, SNIFF_TLS },
	{ "tls 1.3 record", { "\x16\x03\x03", 3 }, SNIFF_TLS },
	{ "tls, one byte", { "\x16", 1 }, SNIFF_MORE },
	{ "tls, two bytes", { "\x16\x03", 2 }, SNIFF_MORE },
	{ "handshake byte, no tls", { "\x16\x09\x00", 3 }, SNIFF_RAW },
	{ "get", { "GET / HTTP/1.1\r\n", 16 }, SNIFF_HTTP },
	{ "get, cut", { "GE", 2 }, SNIFF_MORE },
	{ "get, blank", { "GET ", 4 }, SNIFF_MORE },
	{ "absolute form", { "GET http://a/ HTTP/1.1", 22 }, SNIFF_HTTP },
	{ "options *", { "OPTIONS * HTTP/1.1", 18 }, SNIFF_HTTP },
	{ "unknown method", { "FROB /x HTTP/1.1", 16 }, SNIFF_HTTP },
	{ "lower case", { "get / HTTP/1.1", 14 }, SNIFF_HTTP },
	{ "http/2 preface", { "PRI * HTTP/2.0", 14 }, SNIFF_HTTP },
	{ "ssh", { "SSH-2.0-OpenSSH_9.2\r\n", 21 }, SNIFF_RAW },
	{ "smtp", { "EHLO a.test\r\n", 13 }, SNIFF_RAW },
	{ "binary", { "\x00\x01\x02", 3 }, SNIFF_RAW },
	{ "long word", { "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 26 }, SNIFF_RAW },
};

static void
guesses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (sniff_guess(rows[i].bytes) != rows[i].want)
			fail_msg("%s", rows[i].name);
	}
}

/* A longer prefix never turns a decision around. */
static void
is_stable(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (size_t n = 0; n < rows[i].bytes.n; n++) {
			enum sniff early =
			    sniff_guess(str_sub(rows[i].bytes, 0, n));

			if (early != SNIFF_MORE && early != rows[i].want)
				fail_msg("%s at %zu", rows[i].name, n);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guesses),
		cmocka_unit_test(is_stable),
	};

	return cmocka_run_group_tests_name("sniff", tests, NULL, NULL);
}
