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
	struct flow *f = flow_new(NULL);
	struct message *q = &f->request, *r = &f->response;

	q->kind = MESSAGE_REQUEST;
	message_set(q, &q->method, STR("POST"));
	message_set(q, &q->scheme, STR("https"));
	message_set(q, &q->host, STR("api.shop.test"));
	message_set(q, &q->path, STR("/v1/login?next=cart"));
	q->port = 443;
	headers_add(&q->headers, STR("X-Debug"), STR("on"));
	headers_add(&q->headers, STR("Content-Type"), STR("application/json"));
	body_append(&q->body, STR("{\"user\":\"bob\"}"));
	r->kind = MESSAGE_RESPONSE;
	r->status = 404;
	headers_add(&r->headers, STR("Set-Cookie"), STR("sid=1"));
	body_append(&r->body, STR("no such user"));
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
	/* Words as people paste them. */
	{ "login?next=cart", false },	/* a regex: ? is no letter */
	{ "login\\?next=cart", true },
	{ "logout|login", true },
	{ "~m get|post", true },
	{ "~m GET|~s", true },
	{ "~m POST&~q", false },
	{ "~u v1/(login|logout)", true },
	{ "~u v1/(logout|x)", false },
	{ "(~u v1/(login|x))", true },
	{ "(~m POST)(~s)", true },
	{ "~c404", true },
	{ "~bs\"such user\"", true },
	{ "'v1/\\\\w+'", true },
	{ "\"v1/\\w+\"", true },
	{ "~hs ^set-cookie:.sid", true },
	{ "~hs ^sid", false },
	{ "~d ^api.*test$", true },
	{ "~tls", true },
	{ "~held | ~marked | ~replay | ~edited", false },
	{ "~src . | ~dst .", false },
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

/* The caret under what is wrong inside a regex, escapes and all. */
static void
regex_errors(void **state)
{
	static const struct {
		const char *text;
		size_t at;
	} texts[] = {
		{ "~u a**b", 5 }, { "~u x[z-a]", 7 },
		{ "~u 'x[z-a]'", 8 }, { "~u '\\\\w[z-a]'", 10 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct err err = { "" };
		size_t at = 99;

		assert_null(filter_parse(str_from(texts[i].text), &err, &at));
		if (strncmp(err.text, "regex: ", 7) != 0 || at != texts[i].at)
			fail_msg("%s: %s at %zu", texts[i].text, err.text, at);
	}
}

static void
messages(void **state)
{
	static const struct {
		const char *text, *what;
	} texts[] = {
		{ "~zz", "no operator ~zz" },
		{ "~c", "~c needs a number" },
		{ "~c x", "~c needs a number" },
		{ "~c 5", "~c needs a number" },
		{ "~c 500-400", "~c needs a number" },
		{ "~u & ~q", "~u needs a regex" },
		{ "~u ''", "~u needs a regex" },
		{ "(~q", "missing )" },
		{ "~q)", "missing (" },
		{ "~u 'x", "missing closing quote" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct err err = { "" };
		size_t at;

		assert_null(filter_parse(str_from(texts[i].text), &err, &at));
		assert_string_equal(err.text, texts[i].what);
	}
}

/* In memory in pieces, coded, or of an unknown coding. */
static void
stored_bodies(void **state)
{
	static const char *const texts[] = { "~bs needle", "~bs 'n[e]+dle$'" };
	static const unsigned char coded[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0,
	    2, 3, 0xcb, 0x4b, 0x4d, 0x4d, 0xc9, 0x49, 5, 0, 5, 0xe2, 0x58,
	    0x65, 6, 0, 0, 0 };
	static char much[9000];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct flow *f = flow_new(NULL);
		struct err err;
		size_t at;
		struct filter *filter = filter_parse(str_from(texts[i]), &err,
		    &at);

		assert_non_null(filter);
		f->response.kind = MESSAGE_RESPONSE;
		body_append(&f->response.body, str_make(much,
		    sizeof much));
		body_append(&f->response.body, STR("nee"));
		assert_false(filter_match(filter, f));
		body_append(&f->response.body, str_make(much, 0));
		body_append(&f->response.body, STR("dle"));
		assert_true(filter_match(filter, f));
		body_clear(&f->response.body);
		body_append(&f->response.body, str_make(coded,
		    sizeof coded));
		assert_false(filter_match(filter, f));
		headers_add(&f->response.headers, STR("Content-Encoding"),
		    STR("gzip"));
		assert_true(filter_match(filter, f));
		headers_set(&f->response.headers, STR("Content-Encoding"),
		    STR("none-such"));
		assert_false(filter_match(filter, f));
		filter_free(filter);
		flow_unref(f);
	}
}

/* Every atom of the table can be parsed as its example says. */
static void
examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < filter_atom_count(); i++) {
		const struct filter_atom_row *row = filter_atom_at(i);
		struct err err = { "" };
		size_t at;
		struct filter *f = filter_parse(str_from(row->example), &err,
		    &at);

		if (!f)
			fail_msg("%s: %s", row->example, err.text);
		assert_int_equal(row->takes_argument,
		    strchr(row->example, ' ') != NULL);
		filter_free(f);
	}
}

/* Whatever bytes: an answer, or an error that points into the text. */
static void
fuzz(void **state)
{
	static const char bytes[] = "~~~ucbqs  &|!()\"'\\[]*4x\xff";
	uint32_t seed = 1;
	struct flow *f = make_flow();

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char text[24];
		struct err err = { "" };
		struct filter *filter;
		size_t n = (size_t)i % sizeof text, at = 99;

		for (size_t j = 0; j < n; j++) {
			seed = seed * 1664525u + 1013904223u;
			text[j] = bytes[(seed >> 8) % (sizeof bytes - 1)];
		}
		filter = filter_parse(str_make(text, n), &err, &at);
		if (filter)
			(void)filter_match(filter, f);
		else
			assert_true(at <= n && err_is_set(&err));
		filter_free(filter);
	}
	flow_unref(f);
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
	assert_string_equal(err.text, "nested too deeply");
	assert_int_equal(at, 64);
	/* Many terms side by side are not deep. */
	for (size_t i = 0; i < sizeof text; i += 4)
		memcpy(text + i, "~q |", 4);
	struct filter *f = filter_parse(str_make(text, sizeof text - 1), &err,
	    &at);

	assert_non_null(f);
	filter_free(f);
	char *longer = mem_zalloc(5000);

	assert_null(filter_parse(str_make(longer, 5000), &err, &at));
	free(longer);
}

/* An expression that would take for ever ends and does not match. */
static void
hostile_regex(void **state)
{
	struct flow *f = flow_new(NULL);
	struct err err;
	size_t at;
	struct filter *filter = filter_parse(STR("~bq '(a+)+$'"), &err, &at);
	char text[400];

	(void)state;
	assert_non_null(filter);
	memset(text, 'a', sizeof text);
	text[sizeof text - 1] = '!';
	f->request.kind = MESSAGE_REQUEST;
	body_append(&f->request.body, str_make(text, sizeof text));
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
		cmocka_unit_test(regex_errors),
		cmocka_unit_test(messages),
		cmocka_unit_test(stored_bodies),
		cmocka_unit_test(examples),
		cmocka_unit_test(fuzz),
		cmocka_unit_test(deep_nesting),
		cmocka_unit_test(hostile_regex),
		cmocka_unit_test(needs),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
