/* SPDX-License-Identifier: MIT */
/* Filters that compare values, and filters that have names. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"
#include "sluice/flow/filter.h"

static struct filter_names *known;

/* #1204, 404, 700 ms ago for 600 ms, of which it was held for 100. */
static struct flow *
make_flow(void)
{
	struct flow *f = flow_new(NULL);
	struct message *q = &f->request, *r = &f->response;

	f->id = 1204;
	f->state = FLOW_DONE;
	f->times.begin = clock_mono() - 700000;
	f->times.end = f->times.begin + 600000;
	f->times.held = 100000;
	q->kind = MESSAGE_REQUEST;
	message_set(q, &q->method, STR("POST"));
	message_set(q, &q->scheme, STR("https"));
	message_set(q, &q->host, STR("api.shop.test"));
	message_set(q, &q->path, STR("/v1/login?size=3"));
	body_append(&q->body, STR("0123456789"));
	r->kind = MESSAGE_RESPONSE;
	r->status = 404;
	headers_add(&r->headers, STR("Content-Type"),
	    STR("application/problem+json; charset=utf-8"));
	for (int i = 0; i < 150; i++)
		body_append(&r->body, STR("0123456789"));
	return f;
}

static bool
matches(const char *text, const struct flow *f)
{
	struct err err = { "" };
	size_t at;
	struct filter *filter = filter_parse_named(known, str_from(text), &err, &at);
	bool match;

	if (filter == NULL)
		fail_msg("%s: %s", text, err.text);
	match = filter_match(filter, f);
	filter_free(filter);
	return match;
}

static const struct {
	const char *text;
	bool match;
} rows[] = {
	{ "status=404", true }, { "status!=404", false },
	{ "status>=404", true }, { "status>404", false },
	{ "status<404", false }, { "status<=404", true },
	{ "status < 500", true }, { "status >= '404'", true },
	{ "size=1500", true }, { "size>1k", true }, { "size>1.5k", false },
	{ "size>=1.5k", true }, { "size>1Ki", true }, { "size>1M", false },
	{ "sent=10", true }, { "sent>10", false },
	{ "dur>400ms", true }, { "dur>=0.5s", true }, { "dur>500ms", false },
	{ "dur<1", true }, { "age>600ms", true }, { "age<5m", true },
	{ "age>5m", false },
	{ "#=1204", true }, { "#>1200", true }, { "#>1204", false },
	{ "method=post", true }, { "method=POS", false },
	{ "method!=GET", true },
	{ "host=*.shop.test", true }, { "host=shop.test", false },
	{ "host=API.?hop.test", true }, { "host!=*.shop.test", false },
	{ "path=/v1/login", true }, { "path=/v1/*", true },
	{ "path=*size*", false },
	{ "type=json", true }, { "type=application/*", true },
	{ "type=html", false }, { "type!=html", true }, { "type!=json", false },
	{ "status=404 dur>1ms & !(size>1M | method=GET)", true },
	/* Words of URLs that look alike. */
	{ "\"size=3\"", true }, { "~u size=3", true },
	{ "\\?size=3", true }, { "login?", true },
	/* mitmproxy's. */
	{ "~a", false }, { "~http", true }, { "~tcp", false },
	{ "~websocket", false }, { "~comment .", false },
};

static void
comparisons(void **state)
{
	struct flow *f = make_flow();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (matches(rows[i].text, f) != rows[i].match)
			fail_msg("%s: %s", rows[i].text,
			    rows[i].match ? "no match" : "a match");
	flow_unref(f);
}

static void
what_is_not_known_is_nothing(void **state)
{
	static const char *const texts[] = {
		"status=0", "status!=200", "size=0", "size<1M", "dur>=0",
		"dur<1h", "age>=0", "#=0", "#<5", "method!=GET", "host!=x",
		"path!=x", "type!=json", "type=*",
	};
	struct flow *f = flow_new(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (matches(texts[i], f))
			fail_msg("%s matches nothing known", texts[i]);
	flow_unref(f);
}

static void
tunnels_and_sockets(void **state)
{
	struct flow *f = make_flow();

	(void)state;
	f->response.status = 101;
	headers_add(&f->response.headers, STR("Upgrade"), STR("WebSocket"));
	assert_true(matches("~websocket ~http", f));
	flow_unref(f);
	f = flow_new(NULL);
	f->kind = FLOW_TUNNEL;
	f->tunnel_sent = 10;
	f->tunnel_received = 2000;
	assert_true(matches("~tcp !~http size=2k sent=10", f));
	flow_unref(f);
}

static void
assets(void **state)
{
	static const char *const types[] = {
		"image/png", "text/css", "application/javascript",
		"text/javascript", "font/woff2", "application/x-font-ttf",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct flow *f = flow_new(NULL);

		f->response.kind = MESSAGE_RESPONSE;
		headers_add(&f->response.headers, STR("Content-Type"),
		    str_from(types[i]));
		assert_true(matches("~a", f));
		flow_unref(f);
	}
}

static const struct {
	const char *text, *why;
	size_t at;
} wrong[] = {
	{ "status>", "status needs a number, as in status>=500", 7 },
	{ "~m GET & status=x", "status needs a number", 16 },
	{ "size>1X", "size needs a size, as in size>1M", 5 },
	{ "dur>ms", "dur needs a time, as in dur>500ms", 4 },
	{ "age>(", "age needs a time", 4 },
	{ "method>GET", "method takes = or !=", 7 },
	{ "host=", "host= needs a word", 5 },
	{ "host='x", "missing closing quote", 5 },
	{ "#>99999999999999999999", "# needs a number", 2 },
	{ "#>9999999999999999999", "# needs a number", 2 },
	{ "~e | @none", "no filter has the name @none; in quotes it is a word",
	    5 },
};

static void
mistakes(void **state)
{
	struct err err;
	size_t at;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_null(filter_parse_named(known, str_from(wrong[i].text), &err, &at));
		if (strstr(err.text, wrong[i].why) == NULL ||
		    at != wrong[i].at)
			fail_msg("%s: %s at %zu", wrong[i].text, err.text, at);
	}
}

/* Each star would double the work, or worse, were it not bounded. */
static void
hostile_words(void **state)
{
	struct flow *f = make_flow();
	char path[60001];
	int64_t began = clock_mono();

	(void)state;
	memset(path, 'a', sizeof path);
	path[0] = '/';
	message_set(&f->request, &f->request.path,
	    str_make(path, sizeof path - 1));
	assert_false(matches("path=*a*a*a*a*a*a*b", f));
	assert_true(clock_mono() - began < 5000000);
	assert_true(matches("path=/*a", f));
	message_set(&f->request, &f->request.path, STR("/[a-z]\\\xff"));
	assert_true(matches("path=/[A-Z]\\?", f));
	assert_false(matches("path=/x*", f));
	flow_unref(f);
}

static void
looks(void **state)
{
	struct err err;
	size_t at;
	struct filter *f = filter_parse(STR("size>1"), &err, &at);

	(void)state;
	assert_true(filter_needs_body(f) && filter_needs_response(f));
	filter_free(f);
	f = filter_parse(STR("sent>1"), &err, &at);
	assert_true(filter_needs_body(f) && !filter_needs_response(f));
	filter_free(f);
	f = filter_parse(STR("method=GET dur>1"), &err, &at);
	assert_true(!filter_needs_body(f) && !filter_needs_response(f));
	filter_free(f);
}

/* -- names ----------------------------------------------------------------- */

static void
set(const char *name, const char *text)
{
	struct err err = { "" };

	if (!filter_names_set(known, str_from(name), str_from(text), &err))
		fail_msg("@%s: %s", name, err.text);
}

static void
forget_all(void)
{
	while (filter_names_count(known) > 0)
		assert_true(filter_names_remove(known, str_from(filter_names_at(known, 0))));
}

static void
names(void **state)
{
	struct flow *f = make_flow();

	(void)state;
	set("bad", "~c 404 | ~c 5xx");
	set("slow-bad", "@bad dur>100ms");
	assert_true(matches("@slow-bad", f));
	/* A name is one term, whatever it stands for. */
	assert_true(matches("!@bad | ~m POST", f));
	assert_false(matches("~m GET @bad", f));
	assert_false(matches("!@slow-bad", f));
	set("bad", "~c 5xx");
	assert_false(matches("@slow-bad", f));
	assert_string_equal(filter_names_text(known, STR("bad")), "~c 5xx");
	assert_null(filter_names_text(known, STR("ba")));
	/* These are words. */
	assert_false(matches("\"@bad\"", f));
	assert_false(matches("@/bad", f));
	flow_unref(f);
	forget_all();
	assert_false(filter_names_remove(known, STR("bad")));
}

static void
refused_names(void **state)
{
	char deep[8];
	struct err err;
	size_t at;

	(void)state;
	assert_false(filter_names_set(known, STR("a b"), STR("~e"), &err));
	assert_false(filter_names_set(known, STR(""), STR("~e"), &err));
	assert_false(filter_names_set(known, STR("x"), STR(" "), &err));
	assert_false(filter_names_set(known, STR("x"), STR("~e\n~q"), &err));
	assert_false(filter_names_set(known, STR("x"), STR("~zz"), &err));
	assert_null(filter_names_text(known, STR("x")));
	/* A ring has no end: what was there stays. */
	assert_false(filter_names_set(known, STR("x"), STR("@x"), &err));
	set("x", "~e");
	set("y", "@x | ~q");
	assert_false(filter_names_set(known, STR("x"), STR("~s & @y"), &err));
	assert_non_null(strstr(err.text, "nested too deeply"));
	assert_string_equal(filter_names_text(known, STR("x")), "~e");
	/* Nor does what doubles at each step. */
	set("z0", "~e");
	for (int i = 1; i < 5; i++) {
		char twice[32];

		snprintf(deep, sizeof deep, "z%d", i);
		snprintf(twice, sizeof twice, "@z%d @z%d", i - 1, i - 1);
		set(deep, twice);
	}
	assert_false(filter_names_set(known, STR("z6"), STR("@z4 @z4 @z4 @z4"), &err));
	/* What it stands for may go away: then that is said, where it is. */
	assert_true(filter_names_remove(known, STR("x")));
	assert_null(filter_parse_named(known, STR("~q @y"), &err, &at));
	assert_int_equal(at, 3);
	assert_non_null(strstr(err.text, "@y: no filter has the name @x"));
	forget_all();
}

static void
a_hundred_at_most(void **state)
{
	struct err err;
	char name[16];

	(void)state;
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "n%d", i);
		set(name, "~e");
	}
	assert_false(filter_names_set(known, STR("more"), STR("~e"), &err));
	set("n7", "~q");
	forget_all();
}

static void
kept_in_a_file(void **state)
{
	char folder[] = "/tmp/sluice-names-XXXXXX";
	char *path;
	struct err err = { "" };
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = path_join(folder, FILTER_NAMES_FILE);
	filter_names_load(known, path);		/* none is fine */
	set("late", "~e");
	set("early", "~m GET & @late");
	assert_true(filter_names_save(known, path, &err));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	forget_all();
	/* In any order, with lines that are none. */
	assert_true(path_write_atomic(path, STR("early ~m GET & @late\n\n"
	    "? ~e\nempty\nlate ~e\n"), 0600, &err));
	filter_names_load(known, path);
	assert_int_equal(filter_names_count(known), 2);
	assert_string_equal(filter_names_text(known, STR("early")), "~m GET & @late");
	assert_string_equal(filter_names_text(known, STR("late")), "~e");
	unlink(path);
	rmdir(folder);
	free(path);
	forget_all();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparisons),
		cmocka_unit_test(what_is_not_known_is_nothing),
		cmocka_unit_test(tunnels_and_sockets),
		cmocka_unit_test(assets),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(hostile_words),
		cmocka_unit_test(looks),
		cmocka_unit_test(names),
		cmocka_unit_test(refused_names),
		cmocka_unit_test(a_hundred_at_most),
		cmocka_unit_test(kept_in_a_file),
	};

	int failed;

	known = filter_names_new();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	filter_names_free(known);
	return failed;
}
