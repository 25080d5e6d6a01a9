/* SPDX-License-Identifier: MIT */
/*
 * Reading HTTP/1: messages cut at every byte, pipelining, interim responses,
 * ends of connections, and the events that bodies make.
 */
#include "h1_rig.h"

/* For client codecs: the method that was asked with. */
static const struct {
	enum codec_role role;
	const char *method, *text, *want;
} whole[] = {
	{ CODEC_SERVER, NULL, "\r\n" GET "A: b\r\n\r\n", "GET /[]" },
	{ CODEC_SERVER, NULL, POST "Content-Length: 5\r\n\r\nhello",
	    "POST /[hello]" },
	{ CODEC_SERVER, NULL, POST CHUNKED "\r\n3\r\nabc\r\n"
	    "10;x=y\r\n0123456789abcdef\r\n0\r\nT: 1\r\nU: 2\r\n\r\n",
	    "POST /[abc0123456789abcdef{T=1}{U=2}]" },
	{ CODEC_SERVER, NULL, "BREW /pot HTTP/1.1\nHost: h\nX: 1\n 2\n\n",
	    "BREW /pot[]" },
	{ CODEC_CLIENT, "GET", OK "Content-Length: 3\r\n\r\nabc",
	    "200[abc]" },
	{ CODEC_CLIENT, "GET", OK CHUNKED "\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
	    "200[abc]" },
	{ CODEC_CLIENT, "GET", "HTTP/1.1 100 Continue\r\n\r\n"
	    "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
	    OK "Content-Length: 1\r\n\r\nx",
	    "interim 100[interim 103[200[x]" },
	{ CODEC_CLIENT, "HEAD", OK "Content-Length: 100\r\n\r\n", "200[]" },
	{ CODEC_CLIENT, "HEAD", OK CHUNKED "\r\n", "200[]" },
	{ CODEC_CLIENT, "GET", "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n",
	    "204[]" },
	{ CODEC_CLIENT, "GET", "HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\n",
	    "304[]" },
	{ CODEC_CLIENT, "GET", "HTTP/1.1 205 R\r\nContent-Length: 0\r\n\r\n",
	    "205[]" },
	{ CODEC_CLIENT, "GET", OK "\r\nup to the end", "200[up to the end" },
	{ CODEC_CLIENT, "CONNECT", "HTTP/1.1 200 Yes\r\n"
	    "Content-Length: 5\r\n\r\n", "200[]" },
};

static void
run_whole(size_t i, size_t cut)
{
	struct str text = str_from(whole[i].text);
	struct rig r;

	rig_open(&r, whole[i].role);
	if (whole[i].method)
		ask(&r, whole[i].method);
	size_t used = feed(&r, str_sub(text, 0, cut));

	assert_true(used <= cut);
	used += feed(&r, str_skip(text, used));
	assert_int_equal(used, text.n);
	assert_text(&r.seen, whole[i].want);
	assert_int_equal(r.error.status, 0);
	rig_close(&r);
}

static void
test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(whole); i++)
		for (size_t cut = 0; cut <= strlen(whole[i].text); cut++)
			run_whole(i, cut);
}

static void
test_bytewise(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
		struct str text = str_from(whole[i].text);
		size_t at = 0;
		struct rig r;

		rig_open(&r, whole[i].role);
		if (whole[i].method)
			ask(&r, whole[i].method);
		for (size_t have = 1; have <= text.n; have++)
			at += feed(&r, str_sub(text, at, have));
		assert_int_equal(at, text.n);
		assert_text(&r.seen, whole[i].want);
		rig_close(&r);
	}
}

static void
test_head_facts(void **state)
{
	struct rig r;
	const char *text = "PUT /x?y HTTP/1.1\r\nhOST: h\r\n"
	    "Expect: 100-Continue\r\nContent-Length: 1\r\nA: 1\r\na: 2\r\n"
	    "\r\n";

	(void)state;
	rig_open(&r, CODEC_SERVER);
	assert_int_equal(feed_text(&r, text), strlen(text));
	assert_int_equal(r.head->head_bytes, strlen(text));
	assert_true(r.head->expect_continue);
	assert_true(r.head->keep_alive);
	assert_int_equal(r.head->length, 1);
	assert_ptr_equal(r.head->body.store, limits.store);
	assert_true(str_eq(headers_name(&r.head->headers, 0), STR("hOST")));
	assert_true(str_eq(headers_value(&r.head->headers, 4), STR("2")));
	assert_true(codec_hungry(r.c));
	feed_text(&r, "x");
	assert_false(codec_hungry(r.c));
	rig_close(&r);
}

static void
test_close_delimited(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, CODEC_CLIENT);
	ask(&r, "GET");
	feed_text(&r, OK "\r\nhel");
	feed_text(&r, "lo");
	assert_text(&r.seen, "200[hello");
	eof(&r);
	assert_text(&r.seen, "]");
	assert_false(codec_reusable(r.c));
	rig_close(&r);
}

static void
test_eof(void **state)
{
	static const struct {
		enum codec_role role;
		const char *text, *want;
		unsigned status;
	} rows[] = {
		{ CODEC_SERVER, "", "", 0 },
		{ CODEC_SERVER, "\r\n", "", 0 },
		{ CODEC_SERVER, "GET / HT", "", 400 },
		{ CODEC_SERVER, POST "Content-Length: 9\r\n\r\nab",
		    "POST /[ab!", 0 },
		{ CODEC_SERVER, GET "\r\n", "GET /[]", 0 },
		{ CODEC_CLIENT, "", "", 0 },
		{ CODEC_CLIENT, "HTTP/1.1 2", "", 502 },
		{ CODEC_CLIENT, OK "Content-Length: 9\r\n\r\nab",
		    "200[ab!", 0 },
		{ CODEC_CLIENT, OK CHUNKED "\r\n1\r\na\r\n0\r\n",
		    "200[a!", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig r;

		rig_open(&r, rows[i].role);
		if (rows[i].role == CODEC_CLIENT)
			ask(&r, "GET");
		feed_text(&r, rows[i].text);
		bool ok = codec_eof(r.c, &r.events, &r.error);

		note_events(&r);
		assert_text(&r.seen, rows[i].want);
		assert_int_equal(ok, rows[i].status == 0);
		assert_int_equal(r.error.status, rows[i].status);
		assert_false(codec_hungry(r.c));
		rig_close(&r);
	}
}

static void
test_pipelining(void **state)
{
	struct str text = STR(POST "Content-Length: 1\r\n\r\nx"
	    "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
	struct rig r;

	(void)state;
	rig_open(&r, CODEC_SERVER);
	size_t used = feed(&r, text);

	assert_text(&r.seen, "POST /[x]");
	assert_false(codec_hungry(r.c));
	assert_int_equal(feed(&r, str_skip(text, used)), 0);
	answer(&r, 200);
	assert_true(codec_hungry(r.c));
	assert_true(codec_reusable(r.c));
	used += feed(&r, str_skip(text, used));
	assert_int_equal(used, text.n);
	assert_text(&r.seen, "GET /2[]");
	answer(&r, 404);
	assert_text(&r.wire, OK "Content-Length: 0\r\n\r\n"
	    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	rig_close(&r);
}

static void
test_client_again(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, CODEC_CLIENT);
	assert_true(codec_reusable(r.c));
	for (size_t i = 0; i < 3; i++) {
		ask(&r, i == 1 ? "HEAD" : "GET");
		assert_false(codec_reusable(r.c));
		assert_true(codec_hungry(r.c));
		feed_text(&r, i == 1 ? OK "Content-Length: 7\r\n\r\n" :
		    OK "Content-Length: 1\r\n\r\nx");
		assert_true(codec_reusable(r.c));
		assert_false(codec_hungry(r.c));
	}
	assert_text(&r.seen, "200[x]200[]200[x]");
	rig_close(&r);
}

/* Bytes behind an answer are never taken for the next one. */
static void
test_extra_bytes(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, CODEC_CLIENT);
	ask(&r, "GET");
	size_t n = strlen(OK "Content-Length: 1\r\n\r\nx");

	assert_int_equal(feed_text(&r, OK "Content-Length: 1\r\n\r\nx"
	    OK "Content-Length: 0\r\n\r\n"), n);
	assert_text(&r.seen, "200[x]");
	assert_false(codec_reusable(r.c));
	rig_close(&r);
	rig_open(&r, CODEC_CLIENT);
	assert_int_equal(feed_text(&r, OK), 0);
	assert_false(codec_reusable(r.c));
	rig_close(&r);
}

/* Tiny chunks come together; big ones are lent as they are. */
static void
test_body_events(void **state)
{
	static char text[40000];
	struct list events;
	struct codec_error e;
	struct rig r;
	size_t n = 0, used, bodies = 0, bytes = 0;

	(void)state;
	n += (size_t)sprintf(text, POST CHUNKED "\r\n");
	for (size_t i = 0; i < 1000; i++)
		n += (size_t)sprintf(text + n, "1\r\nx\r\n");
	n += (size_t)sprintf(text + n, "4e20\r\n");
	memset(text + n, 'y', 20000);
	n += 20000;
	n += (size_t)sprintf(text + n, "\r\n0\r\n\r\n");
	rig_open(&r, CODEC_SERVER);
	list_init(&events);
	assert_true(codec_feed(r.c, str_make(text, n), &used, &events, &e));
	assert_int_equal(used, n);
	struct http_event *pos;

	list_for_each(pos, &events, struct http_event, link) {
		bodies += pos->kind == HTTP_BODY;
		bytes += pos->kind == HTTP_BODY ? pos->body.bytes.n : 0;
	}
	assert_int_equal(bodies, 2);
	assert_int_equal(bytes, 21000);
	http_events_free(&events);
	rig_close(&r);
}

static void
test_unknown_alpn(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 10);
	assert_null(codec_open(STR("h2"), CODEC_SERVER, &limits, &out));
	codec_free(NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_bytewise),
		cmocka_unit_test(test_head_facts),
		cmocka_unit_test(test_close_delimited),
		cmocka_unit_test(test_eof),
		cmocka_unit_test(test_pipelining),
		cmocka_unit_test(test_client_again),
		cmocka_unit_test(test_extra_bytes),
		cmocka_unit_test(test_body_events),
		cmocka_unit_test(test_unknown_alpn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
