/* SPDX-License-Identifier: MIT */
/* The filter language: what matches, what is refused and where. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "sluice/base/mem.h"
#include "sluice/flow/filter.h"

static struct flow *
make_flow(void)
{
	struct flow *f = flow_new(1 << 20);
	struct message *q = &f->request, *r = &f->response;

	q->kind = MESSAGE_REQUEST;
	message_set(q, &q->method, STR("POST"));
	message_set(q, &q->scheme, STR("https"));
	message_set(q, &q->host, STR("api.shop.test"));
	message_set(q, &q->path, STR("/v1/login?next=cart"));
	q->port = 443;
	headers_add(&q->headers, STR("X-Debug"), STR("on"));
	headers_add(&q->headers, STR("Content-Type"), STR("application/json"));
	body_append_bytes(&q->body, STR("{\"user\":\"bob\"}"));
	r->kind = MESSAGE_RESPONSE;
	r->status = 404;
	headers_add(&r->headers, STR("Set-Cookie"), STR("sid=1"));
	body_append_bytes(&r->body, STR("no such user"));
	return f;
}

static const struct {
	const char *text;
	bool match;
} rows[] = {
	{ "", true },
	{ "  ", true },
	{ "login", true },
	{ "LOGIN", true },
	{ "logout", false },
	{ "~u ^https://api", true },
	{ "~m POST", true },
	{ "~m GET", false },
	{ "~d shop", true },
	{ "~d login", false },
	{ "~c 404", true },
	{ "~c 4xx", true },
	{ "~c 5xx", false },
	{ "~c 400-410", true },
	{ "~c 405-410", false },
	{ "~t json", true },
	{ "~h x-debug:.on", true },
	{ "~hq set-cookie", false },
	{ "~hs set-cookie", true },
	{ "~b bob", true },
	{ "~bs bob", false },
	{ "~bs 'such user'", true },
	{ "~q", false },
	{ "~s", true },
	{ "~e", false },
	{ "~all", true },
	{ "! ~s", false },
	{ "!!~s", true },
	{ "~q | ~s", true },
	{ "~q & ~s", false },
	{ "~q ~s", false },
	{ "~s ~m POST", true },
	{ "~q & ~s | ~s", true },	/* & binds more strongly */
	{ "~s | ~s & ~q", true },
	{ "(~s | ~s) & ~q", false },
	{ "!~q & ~d shop", true },
	{ "!(~q | ~d shop)", false },
	{ "~u '(login|logout)'", true },
	{ "\"v1/login\"", true },
	{ "~u \"next=\\\"\"", false },
	{ "~marked", false },
	{ "~c 404 & ! ~d other", true },
};

static void
matches(void **state)
{
	struct flow *f = make_flow();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { "" };
		size_t at;
		struct filter *filter = filter_parse(str_from(rows[i].text),
		    &err, &at);

		if (!filter)
			fail_msg("%s: %s", rows[i].text, err.text);
		if (filter_match(filter, f) != rows[i].match)
			fail_msg("%s", rows[i].text);
		assert_string_equal(filter_text(filter), rows[i].text);
		filter_free(filter);
	}
	flow_unref(f);
}

static const struct {
	const char *text, *what;
	size_t from, to;		/* the caret lies in between */
} bad[] = {
	{ "~zz foo", "~zz", 0, 0 },
	{ "~m POST & (~c 5xx | ~zz foo)", "~zz", 20, 20 },
	{ "~u", "", 0, 2 },
	{ "~c abc", "", 0, 3 },
	{ "~c 4000", "", 0, 3 },
	{ "(~q", ")", 0, 3 },
	{ "~q)", "", 2, 2 },
	{ "~q &", "", 3, 4 },
	{ "| ~q", "", 0, 0 },
	{ "!", "", 0, 1 },
	{ "'abc", "", 0, 4 },
	{ "~u 'a(b'", "", 3, 8 },
	{ "~u [a", "", 3, 5 },
};

static void
refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = { "" };
		size_t at = 99;

		if (filter_parse(str_from(bad[i].text), &err, &at))
			fail_msg("%s was accepted", bad[i].text);
		if (!strstr(err.text, bad[i].what) || at < bad[i].from ||
		    at > bad[i].to)
			fail_msg("%s: %s at %zu", bad[i].text, err.text, at);
	}
}

static void
deep_nesting(void **state)
{
	char text[4000];
	struct err err;
	size_t at;

	(void)state;
	memset(text, '(', sizeof text);
	assert_null(filter_parse(str_make(text, sizeof text), &err, &at));
	memset(text, '!', sizeof text);
	assert_null(filter_parse(str_make(text, sizeof text), &err, &at));
}

/* An expression that would take for ever ends and does not match. */
static void
hostile_regex(void **state)
{
	struct flow *f = flow_new(1000);
	struct err err;
	size_t at;
	struct filter *filter = filter_parse(STR("~bq '(a+)+$'"), &err, &at);
	char text[400];

	(void)state;
	assert_non_null(filter);
	memset(text, 'a', sizeof text);
	text[sizeof text - 1] = '!';
	f->request.kind = MESSAGE_REQUEST;
	body_append_bytes(&f->request.body, str_make(text, sizeof text));
	assert_false(filter_match(filter, f));
	filter_free(filter);
	flow_unref(f);
}

static void
needs(void **state)
{
	static const struct {
		const char *text;
		bool body, response;
	} what[] = {
		{ "~u x", false, false }, { "~b x", true, false },
		{ "~bq x", true, false }, { "~bs x", true, true },
		{ "~q", false, false }, { "~u x & ~s", false, true },
		{ "~c 404", false, true }, { "~hs x", false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(what); i++) {
		struct err err;
		size_t at;
		struct filter *f = filter_parse(str_from(what[i].text), &err,
		    &at);

		assert_int_equal(filter_needs_body(f), what[i].body);
		assert_int_equal(filter_needs_response(f), what[i].response);
		filter_free(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches),
		cmocka_unit_test(refusals),
		cmocka_unit_test(deep_nesting),
		cmocka_unit_test(hostile_regex),
		cmocka_unit_test(needs),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
