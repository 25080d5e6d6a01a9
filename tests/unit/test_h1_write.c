/* SPDX-License-Identifier: MIT */
/* Writing HTTP/1: which bytes a model makes, and what never gets out. */
#include "h1_rig.h"

/* The start of a model. */
#define REQUEST(m, p)	.method = (m), .path = (p)

static void
test_requests(void **state)
{
	static const struct {
		struct model model;
		const char *body, *trailer, *want;
	} rows[] = {
		/* Order, spelling and duplicates stay. */
		{ { REQUEST("GET", "/p?q"),
		    .fields = { "accept: */*", "hOsT: other", "A: 1",
		    "a: 2" }, .received = true }, "", NULL,
		    "GET /p?q HTTP/1.1\r\naccept: */*\r\nhOsT: other\r\n"
		    "A: 1\r\na: 2\r\n\r\n" },
		{ { REQUEST("GET", "/"),
		    .fields = { "A: 1" }, .closes = true,
		    .received = true }, "", NULL,
		    "GET / HTTP/1.1\r\nHost: h:8080\r\nA: 1\r\n\r\n" },
		{ { REQUEST("OPTIONS", "*"),
		    .fields = { "Host: h" } }, "", NULL,
		    "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n" },
		{ { REQUEST("GET", ""),
		    .fields = { "Host: h" } }, "", NULL,
		    "GET / HTTP/1.1\r\nHost: h\r\n\r\n" },
		/* Hop by hop. */
		{ { REQUEST("GET", "/"),
		    .fields = { "Host: h", "Connection: close, X-Foo",
		    "X-Foo: 1", "Proxy-Authorization: Basic x", "TE: trailers",
		    "Proxy-Connection: keep-alive", "Keep-Alive: 5",
		    "Trailer: T" }, .received = true }, "", NULL,
		    "GET / HTTP/1.1\r\nHost: h\r\n\r\n" },
		{ { REQUEST("GET", "/"),
		    .fields = { "Host: h",
		    "Connection: Host, Content-Length" } }, "", NULL,
		    "GET / HTTP/1.1\r\nHost: h\r\n\r\n" },
		{ { REQUEST("GET", "/"),
		    .fields = { "Host: h",
		    "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
		    "HTTP2-Settings: x" } },
		    "", NULL, "GET / HTTP/1.1\r\nHost: h\r\n\r\n" },
		{ { REQUEST("GET", "/"),
		    .fields = { "Host: h", "Upgrade: websocket" } }, "",
		    NULL, "GET / HTTP/1.1\r\nHost: h\r\n\r\n" },
		{ { REQUEST("PUT", "/"),
		    .fields = { "Host: h", "Expect: 100-continue" },
		    .framing = FRAMING_LENGTH, .length = 1 }, "x", NULL,
		    "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
		    "Content-Length: 1\r\n\r\nx" },
		/* Framing comes from the model, and stands where it stood. */
		{ { REQUEST("POST", "/"),
		    .fields = { "Host: h", "content-LENGTH: 999",
		    "Z: z", "Content-Length: 7" }, .framing = FRAMING_LENGTH,
		    .length = 3 }, "abc",
		    NULL, "POST / HTTP/1.1\r\nHost: h\r\ncontent-LENGTH: 3"
		    "\r\nZ: z\r\n\r\nabc" },
		{ { REQUEST("POST", "/"),
		    .fields = { "Host: h", "transfer-encoding: chunked",
		    "Content-Length: 9", "Z: z" }, .framing = FRAMING_CHUNKED },
		    "abc",
		    "v", "POST / HTTP/1.1\r\nHost: h\r\n"
		    "transfer-encoding: chunked\r\nZ: z\r\n\r\n"
		    "3\r\nabc\r\n0\r\nT: v\r\n\r\n" },
		{ { REQUEST("POST", "/"),
		    .fields = { "Host: h", "Transfer-Encoding: chunked",
		    "Z: z" }, .framing = FRAMING_LENGTH, .length = 3 },
		    "abc", "v",
		    "POST / HTTP/1.1\r\nHost: h\r\nZ: z\r\n"
		    "Content-Length: 3\r\n\r\nabc" },
		{ { REQUEST("GET", "/"),
		    .fields = { "Host: h", "Content-Length: 4" } },
		    "none", NULL, "GET / HTTP/1.1\r\nHost: h\r\n\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig r;

		rig_open(&r, CODEC_CLIENT);
		send_parts(&r, &rows[i].model, rows[i].body, rows[i].trailer);
		assert_text(&r.wire, rows[i].want);
		rig_close(&r);
	}
}

static void
test_responses(void **state)
{
	static const struct {
		const char *request;
		struct model model;
		const char *body, *trailer, *want;
		bool again;
	} rows[] = {
		{ GET, { .status = 200, .fields = { "A: b",
		    "Content-Length: 3" }, .framing = FRAMING_LENGTH,
		    .length = 3 }, "abc", NULL,
		    OK "A: b\r\nContent-Length: 3\r\n\r\nabc", true },
		{ GET, { .status = 200, .framing = FRAMING_CHUNKED,
		    .fields = { "Connection: y", "X: 1" } }, "0123456789abcdef",
		    "v", OK "X: 1\r\n" CHUNKED "\r\n10\r\n0123456789abcdef"
		    "\r\n0\r\nT: v\r\n\r\n", true },
		{ "GET / HTTP/1.0\r\nConnection: keep-alive\r\n",
		    { .status = 200, .framing = FRAMING_CHUNKED, .fields = {
		    "Transfer-Encoding: chunked", "Content-Length: 9" } },
		    "abc", "v", OK "Connection: close\r\n\r\nabc", false },
		{ GET, { .status = 200, .framing = FRAMING_CLOSE }, "abc",
		    NULL, OK "Connection: close\r\n\r\nabc", false },
		{ "HEAD / HTTP/1.1\r\nHost: h\r\n", { .status = 200,
		    .fields = { "Content-Length: 100", "Content-Length: 100" },
		    .bodiless = true }, "", NULL,
		    OK "Content-Length: 100\r\n\r\n", true },
		/* Made for HEAD without knowing it: no body all the same. */
		{ "HEAD / HTTP/1.1\r\nHost: h\r\n", { .status = 200,
		    .framing = FRAMING_LENGTH, .length = 3 }, "abc", NULL,
		    OK "Content-Length: 3\r\n\r\n", true },
		/* An answer to HEAD that goes to GET must not hang it. */
		{ GET, { .status = 200, .fields = { "Content-Length: 100" },
		    .bodiless = true }, "", NULL,
		    OK "Content-Length: 0\r\n\r\n", true },
		{ GET, { .status = 204, .fields = { "Content-Length: 5" },
		    .bodiless = true }, "", NULL, "HTTP/1.1 204 No Content"
		    "\r\nContent-Length: 5\r\n\r\n", true },
		{ GET, { .status = 304, .fields = { "Content-Length: 5" },
		    .bodiless = true }, "", NULL, "HTTP/1.1 304 Not Modified"
		    "\r\nContent-Length: 5\r\n\r\n", true },
		{ GET, { .status = 200 }, "", NULL,
		    OK "Content-Length: 0\r\n\r\n", true },
		/* Never more than announced, and short ends the connection. */
		{ GET, { .status = 200, .framing = FRAMING_LENGTH,
		    .length = 2 }, "abc", NULL,
		    OK "Content-Length: 2\r\n\r\nab", true },
		{ GET, { .status = 200, .framing = FRAMING_LENGTH,
		    .length = 4 }, "abc", NULL,
		    OK "Content-Length: 4\r\n\r\nabc", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig r;
		char request[200];

		rig_open(&r, CODEC_SERVER);
		snprintf(request, sizeof request, "%s\r\n", rows[i].request);
		feed_text(&r, request);
		struct model m = rows[i].model;

		m.received = true;
		send_parts(&r, &m, rows[i].body, rows[i].trailer);
		assert_text(&r.wire, rows[i].want);
		if (codec_reusable(r.c) != rows[i].again)
			fail_msg("row %zu", i);
		rig_close(&r);
	}
}

/* What does not fit is not half a message that looks whole. */
static void
test_no_room(void **state)
{
	struct model m = { .status = 200, .framing = FRAMING_CHUNKED };
	char body[2000];
	struct rig r;

	(void)state;
	memset(body, 'x', sizeof body - 1);
	body[sizeof body - 1] = '\0';
	rig_open(&r, CODEC_SERVER);
	buf_fini(&r.wire);
	buf_init(&r.wire, 1000);
	feed_text(&r, GET "\r\n");
	send_parts(&r, &m, body, NULL);
	assert_text(&r.wire, OK CHUNKED "\r\n");
	assert_false(codec_reusable(r.c));
	rig_close(&r);
	rig_open(&r, CODEC_SERVER);
	buf_fini(&r.wire);
	buf_init(&r.wire, 10);
	feed_text(&r, GET "\r\n");
	answer(&r, 200);
	assert_text(&r.wire, "");
	assert_false(codec_reusable(r.c));
	rig_close(&r);
}

/* What a client codec writes, a server codec reads as the same. */
static void
test_round_trip(void **state)
{
	struct model m = {
		.method = "POST", .path = "/x", .fields = { "Host: h",
		"A: 1" }, .framing = FRAMING_CHUNKED,
	};
	struct rig client, server;

	(void)state;
	rig_open(&client, CODEC_CLIENT);
	rig_open(&server, CODEC_SERVER);
	send_parts(&client, &m, "some body", "end");
	assert_int_equal(feed(&server, buf_str(&client.wire)),
	    buf_len(&client.wire));
	assert_text(&server.seen, "POST /x[some body{T=end}]");
	answer(&server, 201);
	feed(&client, buf_str(&server.wire));
	assert_text(&client.seen, "201[]");
	rig_close(&client);
	rig_close(&server);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_responses),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
