/* SPDX-License-Identifier: MIT */
/* Address ranges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sluice/net/range.h"

static struct addr
addr_of(const char *text)
{
	struct addr a;

	assert_true(addr_parse_host(str_from(text), 1, &a));
	return a;
}

static void
test_has(void **state)
{
	static const struct {
		const char *range, *in, *out;
	} rows[] = {
		{ "10.0.0.0/8", "10.255.0.1", "11.0.0.0" },
		{ "10.1.2.3", "10.1.2.3", "10.1.2.2" },
		{ "10.1.2.0/31", "10.1.2.1", "10.1.2.2" },
		{ "10.1.2.128/25", "10.1.2.128", "10.1.2.127" },
		{ "0.0.0.0/0", "203.0.113.9", "2001:db8::1" },
		{ "10.0.0.0/8", "::ffff:10.0.0.1", "::ffff:11.0.0.1" },
		{ "::/0", "203.0.113.9", NULL },
		{ "fd00::/8", "fd12::1", "fc00::1" },
		{ "2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::" },
		{ "[::1]/128", "::1", "::2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct range r;
		struct err err;
		struct addr in = addr_of(rows[i].in);

		assert_true(range_parse(str_from(rows[i].range), &r, &err));
		if (!range_has(&r, &in))
			fail_msg("%s lacks %s", rows[i].range, rows[i].in);
		if (!rows[i].out)
			continue;
		struct addr out = addr_of(rows[i].out);

		if (range_has(&r, &out))
			fail_msg("%s has %s", rows[i].range, rows[i].out);
	}
}

static void
test_refused(void **state)
{
	static const char *const rows[] = {
		"", "/8", "a", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1",
		"10.0.0.0/8/8", "::/129", "10.0.0/8", "10.0.0.0/ 8",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct range r;
		struct err err = { "" };

		if (range_parse(str_from(rows[i]), &r, &err))
			fail_msg("\"%s\" was read", rows[i]);
		assert_true(err_is_set(&err));
	}
}

static void
test_private(void **state)
{
	static const struct {
		const char *text;
		bool private;
	} rows[] = {
		{ "127.0.0.1", true }, { "10.0.0.1", true },
		{ "172.31.255.255", true }, { "172.32.0.0", false },
		{ "192.168.7.7", true }, { "169.254.1.1", true },
		{ "100.64.0.1", true }, { "100.128.0.1", false },
		{ "::ffff:192.168.1.1", true }, { "::ffff:8.8.8.8", false },
		{ "8.8.8.8", false }, { "::1", true }, { "fe80::1", true },
		{ "fd00::1", true }, { "2001:db8::1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct addr a = addr_of(rows[i].text);

		if (range_is_private(&a) != rows[i].private)
			fail_msg("%s", rows[i].text);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_has),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_private),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
