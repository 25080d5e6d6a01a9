/* SPDX-License-Identifier: MIT */
/*
 * What follows a message: keep-alive in both roles, CONNECT and upgrades,
 * Expect, early answers, resets.
 */
#include "h1_rig.h"

static void
test_keep_alive(void **state)
{
	static const struct {
		const char *request, *connection;	/* of the response */
		bool again;
	} rows[] = {
		{ GET "\r\n", NULL, true },
		{ GET "Connection: keep-alive\r\n\r\n", NULL, true },
		{ GET "Connection: Close\r\n\r\n", "close", false },
		{ GET "Connection: x, close\r\n\r\n", "close", false },
		{ "GET / HTTP/1.0\r\n\r\n", "close", false },
		{ "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
		    "keep-alive", true },
		{ "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n",
		    "close", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char want[200];
		struct rig r;

		rig_open(&r, CODEC_SERVER);
		feed_text(&r, rows[i].request);
		answer(&r, 200);
		snprintf(want, sizeof want, OK "Content-Length: 0\r\n%s%s%s"
		    "\r\n", rows[i].connection ? "Connection: " : "",
		    rows[i].connection ? rows[i].connection : "",
		    rows[i].connection ? "\r\n" : "");
		assert_text(&r.wire, want);
		assert_int_equal(codec_reusable(r.c), rows[i].again);
		assert_int_equal(codec_hungry(r.c), rows[i].again);
		/* Bytes behind "close" are not a request. */
		assert_int_equal(feed_text(&r, GET "\r\n") > 0,
		    rows[i].again);
		rig_close(&r);
	}
}

static void
test_client_keep_alive(void **state)
{
	static const struct {
		const char *response;
		bool again;
	} rows[] = {
		{ OK "Content-Length: 0\r\n\r\n", true },
		{ OK "Content-Length: 0\r\nConnection: close\r\n\r\n",
		    false },
		{ "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false },
		{ "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n"
		    "Connection: keep-alive\r\n\r\n", true },
		{ OK CHUNKED "Content-Length: 3\r\n\r\n0\r\n\r\n", false },
		{ "HTTP/1.1 204 N\r\n\r\n", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig r;

		rig_open(&r, CODEC_CLIENT);
		ask(&r, "GET");
		feed_text(&r, rows[i].response);
		assert_int_equal(codec_reusable(r.c), rows[i].again);
		rig_close(&r);
	}
}

/* A server's "close" is about its own connection; ours is about ours. */
static void
test_made_response_closes(void **state)
{
	struct model m = {
		.status = 502, .framing = FRAMING_LENGTH, .closes = true,
		.received = true,
	};
	struct rig r;

	(void)state;
	rig_open(&r, CODEC_SERVER);
	feed_text(&r, GET "\r\n");
	send_parts(&r, &m, "", NULL);
	assert_true(codec_reusable(r.c));
	feed_text(&r, GET "\r\n");
	buf_clear(&r.wire);
	m.received = false;
	send_parts(&r, &m, "", NULL);
	assert_text(&r.wire, "HTTP/1.1 502 Bad Gateway\r\n"
	    "Content-Length: 0\r\nConnection: close\r\n\r\n");
	assert_false(codec_reusable(r.c));
	rig_close(&r);
}

static void
test_answer_to_garbage(void **state)
{
	size_t used;
	struct rig r;

	(void)state;
	rig_open(&r, CODEC_SERVER);
	assert_false(codec_feed(r.c, STR("\x01"), &used, &r.events,
	    &r.error));
	assert_int_equal(used, 0);
	answer(&r, 400);
	assert_text(&r.wire, "HTTP/1.1 400 Bad Request\r\n"
	    "Content-Length: 0\r\nConnection: close\r\n\r\n");
	assert_false(codec_reusable(r.c));
	assert_int_equal(feed_text(&r, GET "\r\n"), 0);
	/* A second answer has no place. */
	answer(&r, 500);
	assert_text(&r.wire, "");
	rig_close(&r);
}

static void
test_connect(void **state)
{
	const char *text = "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n";
	struct model yes = { .status = 200 }, no = { .status = 502 };
	struct rig r;

	(void)state;
	rig_open(&r, CODEC_SERVER);
	char more[200];

	snprintf(more, sizeof more, "%s\x16\x03\x01", text);
	assert_int_equal(feed_text(&r, more), strlen(text));
	assert_text(&r.seen, "CONNECT h:443[]");
	assert_false(codec_hungry(r.c));
	assert_int_equal(feed_text(&r, GET "\r\n"), 0);
	send_parts(&r, &yes, "", NULL);
	assert_text(&r.wire, OK "\r\n");
	rig_close(&r);
	rig_open(&r, CODEC_SERVER);
	feed_text(&r, text);
	send_parts(&r, &no, "", NULL);
	assert_text(&r.wire, "HTTP/1.1 502 Bad Gateway\r\n"
	    "Content-Length: 0\r\nConnection: close\r\n\r\n");
	assert_false(codec_reusable(r.c));
	rig_close(&r);

	const char *agreed = "HTTP/1.1 200 Y\r\nContent-Length: 3\r\n\r\n";

	rig_open(&r, CODEC_CLIENT);
	ask(&r, "CONNECT");
	snprintf(more, sizeof more, "%sabc", agreed);
	assert_int_equal(feed_text(&r, more), strlen(agreed));
	assert_text(&r.seen, "200[]");
	assert_false(codec_reusable(r.c));
	rig_close(&r);
}

static void
test_upgrade(void **state)
{
	struct model ask_ws = {
		.method = "GET", .path = "/ws", .fields = { "Host: h",
		"Connection: keep-alive, Upgrade", "Upgrade: websocket",
		"Sec-WebSocket-Key: k" },
	};
	struct model switched = {
		.status = 101, .fields = { "upgrade: websocket",
		"connection: upgrade", "Content-Length: 5" }, .bodiless = true,
		.received = true,
	};
	const char *yes = "HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n";
	char more[200];
	struct rig r;

	(void)state;
	rig_open(&r, CODEC_CLIENT);
	send_parts(&r, &ask_ws, "", NULL);
	assert_text(&r.wire, "GET /ws HTTP/1.1\r\nHost: h\r\n"
	    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
	    "Sec-WebSocket-Key: k\r\n\r\n");
	snprintf(more, sizeof more, "%s\x81\x05hello", yes);
	assert_int_equal(feed_text(&r, more), strlen(yes));
	assert_text(&r.seen, "101[]");
	assert_int_equal(feed_text(&r, "\x81\x05hello"), 0);
	assert_false(codec_reusable(r.c));
	rig_close(&r);

	rig_open(&r, CODEC_SERVER);
	feed_text(&r, GET "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
	send_parts(&r, &switched, "", NULL);
	assert_text(&r.wire, "HTTP/1.1 101 Switching Protocols\r\n"
	    "upgrade: websocket\r\nconnection: Upgrade\r\n\r\n");
	assert_int_equal(feed_text(&r, "\x81\x05hello"), 0);
	assert_false(codec_hungry(r.c));
	assert_false(codec_reusable(r.c));
	rig_close(&r);
}

/* The server prefers to go on with HTTP: so does the connection. */
static void
test_upgrade_declined(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, CODEC_SERVER);
	feed_text(&r, GET "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
	answer(&r, 200);
	assert_true(codec_reusable(r.c));
	feed_text(&r, "GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_text(&r.seen, "GET /[]GET /b[]");
	rig_close(&r);
}

static void
test_expect(void **state)
{
	const char *request = POST "Expect: 100-continue\r\n"
	    "Content-Length: 2\r\n\r\n";
	struct rig r;

	(void)state;
	rig_open(&r, CODEC_SERVER);
	feed_text(&r, request);
	interim(&r, 100);
	assert_text(&r.wire, "HTTP/1.1 100 Continue\r\nLink: x\r\n\r\n");
	feed_text(&r, "ab");
	answer(&r, 200);
	assert_true(codec_reusable(r.c));
	buf_clear(&r.wire);
	/* A final answer at once: will the body come or not? */
	feed_text(&r, request);
	answer(&r, 417);
	assert_text(&r.wire, "HTTP/1.1 417 Expectation Failed\r\n"
	    "Content-Length: 0\r\nConnection: close\r\n\r\n");
	assert_false(codec_reusable(r.c));
	rig_close(&r);
}

static void
test_interim_for_old_client(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, CODEC_SERVER);
	feed_text(&r, "POST / HTTP/1.0\r\nExpect: 100-continue\r\n"
	    "Content-Length: 1\r\n\r\n");
	assert_false(r.head->expect_continue);
	interim(&r, 100);
	interim(&r, 103);
	assert_text(&r.wire, "");
	rig_close(&r);
}

static void
test_early_answer(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, CODEC_SERVER);
	feed_text(&r, POST "Content-Length: 4\r\n\r\nab");
	answer(&r, 413);
	assert_true(codec_reusable(r.c));
	assert_true(codec_hungry(r.c));
	feed_text(&r, "cd");
	feed_text(&r, GET "\r\n");
	assert_text(&r.seen, "POST /[abcd]GET /[]");
	rig_close(&r);

	/* The client side: an answer before the request was written. */
	struct model m = {
		.method = "POST", .path = "/", .fields = { "Host: h" },
		.framing = FRAMING_LENGTH, .length = 4,
	};
	struct message request;

	rig_open(&r, CODEC_CLIENT);
	fill(&request, &m);
	codec_head(r.c, 0, &request);
	message_fini(&request);
	feed_text(&r, OK "Content-Length: 0\r\n\r\n");
	assert_text(&r.seen, "200[]");
	assert_false(codec_reusable(r.c));
	codec_body(r.c, 0, STR("abcd"));
	codec_end(r.c, 0, NULL);
	assert_true(codec_reusable(r.c));
	rig_close(&r);
}

static void
test_reset(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, CODEC_SERVER);
	feed_text(&r, GET "\r\n");
	codec_reset(r.c, 0);
	assert_false(codec_reusable(r.c));
	answer(&r, 200);
	assert_text(&r.wire, "");
	rig_close(&r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keep_alive),
		cmocka_unit_test(test_client_keep_alive),
		cmocka_unit_test(test_made_response_closes),
		cmocka_unit_test(test_answer_to_garbage),
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_upgrade),
		cmocka_unit_test(test_upgrade_declined),
		cmocka_unit_test(test_expect),
		cmocka_unit_test(test_interim_for_old_client),
		cmocka_unit_test(test_early_answer),
		cmocka_unit_test(test_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
