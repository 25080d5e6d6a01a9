/* SPDX-License-Identifier: MIT */
/* Ordered fields: lookup, change, lists, and words of the block itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sluice/base/mem.h"
#include "sluice/http/headers.h"

static void
assert_str(struct str s, const char *want)
{
	if (!str_eq(s, str_from(want)))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(s), want);
}

/* "a:1|b:2" for a whole list. */
static void
assert_fields(const struct headers *h, const char *want)
{
	struct buf b;

	buf_init(&b, 4096);
	for (size_t i = 0; i < h->count; i++)
		buf_printf(&b, "%s%.*s:%.*s", i ? "|" : "",
		    STR_ARG(headers_name(h, i)), STR_ARG(headers_value(h, i)));
	assert_str(buf_str(&b), want);
	buf_fini(&b);
}

static void
fill(struct headers *h)
{
	headers_init(h);
	headers_add(h, STR("Host"), STR("a"));
	headers_add(h, STR("X-A"), STR("1"));
	headers_add(h, STR("x-a"), STR("2"));
	headers_add(h, STR("Empty"), STR(""));
	headers_add(h, STR("X-A"), STR("3"));
}

static void
test_order(void **state)
{
	struct headers h;

	(void)state;
	fill(&h);
	assert_fields(&h, "Host:a|X-A:1|x-a:2|Empty:|X-A:3");
	assert_str(headers_get(&h, STR("x-A")), "1");
	assert_int_equal(headers_count(&h, STR("X-a")), 3);
	assert_null(headers_get(&h, STR("none")).p);
	assert_non_null(headers_get(&h, STR("empty")).p);
	headers_fini(&h);
	headers_fini(&h);
	headers_fini(NULL);
}

static void
test_change(void **state)
{
	struct headers h;

	(void)state;
	fill(&h);
	headers_set(&h, STR("X-a"), STR("new"));
	assert_fields(&h, "Host:a|X-A:new|Empty:");
	headers_set(&h, STR("Late"), STR("l"));
	assert_fields(&h, "Host:a|X-A:new|Empty:|Late:l");
	assert_int_equal(headers_remove(&h, STR("host")), 1);
	assert_int_equal(headers_remove(&h, STR("host")), 0);
	headers_remove_at(&h, 1);
	assert_fields(&h, "X-A:new|Late:l");
	headers_fini(&h);
}

static void
test_copy(void **state)
{
	struct headers h, copy;

	(void)state;
	fill(&h);
	headers_init(&copy);
	headers_copy(&copy, &h);
	headers_set(&h, STR("Host"), STR("other"));
	assert_fields(&copy, "Host:a|X-A:1|x-a:2|Empty:|X-A:3");
	headers_fini(&h);
	headers_copy(&copy, &h);
	assert_int_equal(copy.count, 0);
	headers_fini(&copy);
}

/* Words that lie in the block must survive the block's moving. */
static void
test_own_words(void **state)
{
	struct headers h;

	(void)state;
	headers_init(&h);
	headers_add(&h, STR("Name-Of-A-Field"), STR("its value"));
	for (size_t i = 0; i < 200; i++) {
		headers_add(&h, headers_value(&h, 0), headers_name(&h, 0));
		headers_add(&h, STR("more"), headers_value(&h, 0));
	}
	for (size_t i = 0; i < 200; i++) {
		assert_str(headers_name(&h, 1 + 2 * i), "its value");
		assert_str(headers_value(&h, 1 + 2 * i), "Name-Of-A-Field");
		assert_str(headers_value(&h, 2 + 2 * i), "its value");
	}
	headers_set(&h, STR("Name-Of-A-Field"), headers_name(&h, 0));
	assert_str(headers_value(&h, 0), "Name-Of-A-Field");
	headers_fini(&h);
}

static void
test_tokens(void **state)
{
	static const struct {
		const char *token;
		bool has;
	} rows[] = {
		{ "close", true }, { "KEEP-ALIVE", true }, { "x-foo", true },
		{ "clos", false }, { "foo", false }, { "x", true },
		{ "closed", false }, { "", true /* an empty element */ },
	};
	struct headers h;

	(void)state;
	headers_init(&h);
	headers_add(&h, STR("Connection"), STR("close,\tkeep-alive ,X-Foo"));
	headers_add(&h, STR("connection"), STR(" , x"));
	headers_add(&h, STR("Other"), STR("foo"));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (headers_has_token(&h, STR("Connection"),
		    str_from(rows[i].token)) != rows[i].has)
			fail_msg("%s", rows[i].token);
	headers_fini(&h);
}

static void
test_hop_by_hop(void **state)
{
	static const struct {
		const char *name;
		bool hop;
	} rows[] = {
		{ "Connection", true }, { "keep-alive", true },
		{ "Proxy-Connection", true }, { "Proxy-Authenticate", true },
		{ "proxy-authorization", true }, { "TE", true },
		{ "Trailer", true }, { "transfer-encoding", true },
		{ "Upgrade", true }, { "x-foo", true }, { "X-Bar", true },
		{ "Accept", false }, { "Expect", false },
		{ "Host", false }, { "Content-Length", false },
	};
	struct headers h;

	(void)state;
	headers_init(&h);
	headers_add(&h, STR("Connection"),
	    STR("X-Foo, x-bar, Host, content-length"));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (headers_is_hop_by_hop(&h, str_from(rows[i].name)) !=
		    rows[i].hop)
			fail_msg("%s", rows[i].name);
	headers_fini(&h);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_own_words),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_hop_by_hop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
