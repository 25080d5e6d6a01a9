/* SPDX-License-Identifier: MIT */
/*
 * Heads as hostile peers send them: for each, the status it is refused with
 * or what was understood.  Every row is fed whole and byte by byte, and both
 * must come to the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sluice/http/codec.h"

#define H	"Host: h\r\n"
#define GET	"GET / HTTP/1.1\r\n"
#define POST	"POST / HTTP/1.1\r\n" H
#define OK	"HTTP/1.1 200 OK\r\n"

static const struct codec_limits limits = {
	.head_max = 2000, .fields_max = 20,
};

/* Text with its length: rows may hold NUL bytes. */
#define TEXT(lit)	{ lit, sizeof(lit) - 1 }

struct row {
	struct str text;
	unsigned status;	/* it is refused with, or 0 */
	const char *want;	/* understood so, see describe() */
};

/* "GET / 1 A=b;C=d|body|end" */
static void
describe(struct list *events, struct buf *out)
{
	struct http_event *e;

	list_for_each(e, events, struct http_event, link) {
		switch (e->kind) {
		case HTTP_HEAD:
		case HTTP_INTERIM:
			if (e->head->kind == MESSAGE_REQUEST)
				buf_printf(out, "%.*s %.*s",
				    STR_ARG(message_word(e->head,
				    e->head->method)),
				    STR_ARG(message_word(e->head,
				    e->head->target)));
			else
				buf_printf(out, "%u %.*s", e->head->status,
				    STR_ARG(message_word(e->head,
				    e->head->reason)));
			buf_printf(out, " %d%s", e->head->version_minor,
			    e->head->keep_alive ? "" : "c");
			for (size_t i = 0; i < e->head->headers.count; i++)
				buf_printf(out, "%s%.*s=%.*s", i ? ";" : " ",
				    STR_ARG(headers_name(&e->head->headers,
				    i)), STR_ARG(headers_value(
				    &e->head->headers, i)));
			buf_putc(out, '|');
			break;
		case HTTP_BODY:
			buf_put(out, e->body.bytes);
			break;
		case HTTP_TRAILERS:
			buf_putc(out, '|');
			for (size_t i = 0; i < e->trailers->count; i++)
				buf_printf(out, "%.*s=%.*s;",
				    STR_ARG(headers_name(e->trailers, i)),
				    STR_ARG(headers_value(e->trailers, i)));
			break;
		case HTTP_END:
			buf_put(out, STR("|end"));
			break;
		case HTTP_RESET:
			buf_put(out, STR("|reset"));
			break;
		}
	}
	http_events_free(events);
}

/* Writes a request so that a client codec waits for its answer. */
static void
ask(struct codec *c, const char *method)
{
	struct message m;

	message_init(&m, MESSAGE_REQUEST, NULL);
	message_set(&m, &m.method, str_from(method));
	message_set(&m, &m.target, STR("/"));
	headers_add(&m.headers, STR("Host"), STR("h"));
	codec_head(c, 0, &m);
	codec_end(c, 0, NULL);
	message_fini(&m);
}

/* step: bytes that come at a time. Returns the status. */
static unsigned
feed(enum codec_role role, struct str text, size_t step, struct buf *out)
{
	struct codec_error e = { 0 };
	struct list events;
	struct buf wire;
	size_t at = 0, have = 0;
	bool ok = true;

	list_init(&events);
	buf_init(&wire, 10000);
	struct codec *c = codec_open(STR("http/1.1"), role, &limits, &wire);

	if (role == CODEC_CLIENT)
		ask(c, "GET");
	while (ok && have < text.n) {
		size_t used;

		have = have + step < text.n ? have + step : text.n;
		ok = codec_feed(c, str_sub(text, at, have), &used, &events,
		    &e);
		at += used;
	}
	if (ok)
		ok = codec_eof(c, &events, &e);
	describe(&events, out);
	if (ok != (e.status == 0) || ok == err_is_set(&e.err))
		fail_msg("%d %u \"%s\"", ok, e.status, e.err.text);
	codec_free(c);
	buf_fini(&wire);
	return e.status;
}

static void
check(enum codec_role role, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf whole, bytes;

		buf_init(&whole, 10000);
		buf_init(&bytes, 10000);
		unsigned a = feed(role, rows[i].text, SIZE_MAX / 2, &whole);
		unsigned b = feed(role, rows[i].text, 1, &bytes);

		if (a != rows[i].status || b != a)
			fail_msg("row %zu \"%.*s\": %u, bytewise %u", i,
			    STR_ARG(rows[i].text), a, b);
		if (!str_eq(buf_str(&whole), buf_str(&bytes)))
			fail_msg("row %zu: \"%.*s\" bytewise \"%.*s\"", i,
			    STR_ARG(buf_str(&whole)),
			    STR_ARG(buf_str(&bytes)));
		if (rows[i].want && !str_eq(buf_str(&whole),
		    str_from(rows[i].want)))
			fail_msg("row %zu: \"%.*s\" is not \"%s\"", i,
			    STR_ARG(buf_str(&whole)), rows[i].want);
		buf_fini(&whole);
		buf_fini(&bytes);
	}
}

static void
test_request_line(void **state)
{
	static const struct row rows[] = {
		{ TEXT(GET H "\r\n"), 0, "GET / 1 Host=h||end" },
		{ TEXT("FOO /x HTTP/1.1\r\n" H "\r\n"), 0,
		    "FOO /x 1 Host=h||end" },
		{ TEXT("get / HTTP/1.1\r\n" H "\r\n"), 0,
		    "get / 1 Host=h||end" },
		{ TEXT("QUERY / HTTP/1.1\r\n" H "Content-Length: 1\r\n\r\nx"),
		    0, "QUERY / 1 Host=h;Content-Length=1|x|end" },
		{ TEXT("M!#$%&'*+-.^_`|~9 / HTTP/1.1\r\n" H "\r\n"), 0,
		    "M!#$%&'*+-.^_`|~9 / 1 Host=h||end" },
		{ TEXT("GET / HTTP/1.2\r\n" H "\r\n"), 0,
		    "GET / 2 Host=h||end" },
		{ TEXT("GET /\xc3\xbc\x85 HTTP/1.1\r\n" H "\r\n"), 0,
		    "GET /\xc3\xbc\x85 1 Host=h||end" },
		{ TEXT("GET http://h/ HTTP/1.0\r\n\r\n"), 0,
		    "GET http://h/ 0c||end" },
		{ TEXT("CONNECT h:443 HTTP/1.1\r\n" H "\r\n"), 0,
		    "CONNECT h:443 1 Host=h||end" },
		/* Versions. */
		{ TEXT("GET / HTTP/2.0\r\n" H "\r\n"), 505, "" },
		{ TEXT("GET / HTTP/9.9\r\n" H "\r\n"), 505, "" },
		{ TEXT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505, "" },
		{ TEXT("GET / HTTP/0.9\r\n" H "\r\n"), 400, "" },
		{ TEXT("GET / HTTP/1.11\r\n" H "\r\n"), 400, "" },
		{ TEXT("GET / HTTP/1\r\n" H "\r\n"), 400, "" },
		{ TEXT("GET / http/1.1\r\n" H "\r\n"), 400, "" },
		{ TEXT("GET / HTTP/1.1 \r\n" H "\r\n"), 400, "" },
		{ TEXT("GET / ICY/1.1\r\n" H "\r\n"), 400, "" },
		/* HTTP/0.9: no head will ever come. */
		{ TEXT("GET http://h/\r\n"), 400, "" },
		{ TEXT("GET /\r\n\r\n"), 400, "" },
		{ TEXT("GET\r\n\r\n"), 400, "" },
		/* Blanks and control bytes. */
		{ TEXT("GET  / HTTP/1.1\r\n" H "\r\n"), 400, "" },
		{ TEXT("GET /a b HTTP/1.1\r\n" H "\r\n"), 400, "" },
		{ TEXT("GET\t/ HTTP/1.1\r\n" H "\r\n"), 400, "" },
		{ TEXT("GET /\x1b HTTP/1.1\r\n" H "\r\n"), 400, "" },
		{ TEXT("GET /\x7f HTTP/1.1\r\n" H "\r\n"), 400, "" },
		{ TEXT("GET /\0 HTTP/1.1\r\n" H "\r\n"), 400, "" },
		{ TEXT("GET /\rx HTTP/1.1\r\n" H "\r\n"), 400, "" },
		{ TEXT(" GET / HTTP/1.1\r\n" H "\r\n"), 400, "" },
		{ TEXT("G(T / HTTP/1.1\r\n" H "\r\n"), 400, "" },
		{ TEXT("G\xc3T / HTTP/1.1\r\n" H "\r\n"), 400, "" },
		{ TEXT("\x16\x03\x01"), 400, "" },
		{ TEXT("\0"), 400, "" },
	};

	(void)state;
	check(CODEC_SERVER, rows, ARRAY_LEN(rows));
}

static void
test_blank_lines(void **state)
{
	static const struct row rows[] = {
		{ TEXT("\r\n\r\n" GET H "\r\n"), 0, "GET / 1 Host=h||end" },
		{ TEXT("\n" GET H "\r\n"), 0, "GET / 1 Host=h||end" },
		{ TEXT("\r\n\r\n\r\n\r\n" GET H "\r\n"), 0, NULL },
		{ TEXT("\r\n\r\n\r\n\r\n\r\n" GET H "\r\n"), 400, "" },
		{ TEXT("\r" GET H "\r\n"), 400, "" },
		{ TEXT("\r\r\n" GET H "\r\n"), 400, "" },
	};
	static const struct row answers[] = {
		{ TEXT("\r\n" OK "Content-Length: 0\r\n\r\n"), 502, "" },
	};

	(void)state;
	check(CODEC_SERVER, rows, ARRAY_LEN(rows));
	check(CODEC_CLIENT, answers, ARRAY_LEN(answers));
}

static void
test_request_fields(void **state)
{
	static const struct row rows[] = {
		/* Repaired or harmless. */
		{ TEXT("GET / HTTP/1.1\nHost: h\nA: b\n\n"), 0,
		    "GET / 1 Host=h;A=b||end" },
		{ TEXT(GET H "A:b\r\nC:\t d \t\r\nE:\r\n\r\n"), 0,
		    "GET / 1 Host=h;A=b;C=d;E=||end" },
		{ TEXT(GET H "X: 1\r\n 2\r\n\t3\r\n\r\n"), 0,
		    "GET / 1 Host=h;X=1   2  \t3||end" },
		{ TEXT(GET H "X:\r\n 2\r\nY: 1\r\n\r\n"), 0,
		    "GET / 1 Host=h;X=2;Y=1||end" },
		{ TEXT(GET H "X: \x80\xff\tz\r\n\r\n"), 0,
		    "GET / 1 Host=h;X=\x80\xff\tz||end" },
		{ TEXT(POST "Content-Length: 2\t\r\n\r\nab"), 0,
		    "POST / 1 Host=h;Content-Length=2|ab|end" },
		{ TEXT(POST "Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n"),
		    0, "POST / 1 Host=h;Transfer-Encoding=chunked||end" },
		/* CVE-2023-30589 and its class: bare CR. */
		{ TEXT(POST "X: \rxTransfer-Encoding: chunked\r\n\r\n"
		    "1\r\nA\r\n0\r\n\r\n"), 400, "" },
		{ TEXT(GET H "X: a\r\r\n\r\n"), 400, "" },
		{ TEXT(GET "Host: h\rA: b\r\n\r\n"), 400, "" },
		/* CVE-2021-22959: blanks before the colon. */
		{ TEXT(POST "Content-Length : 5\r\n\r\nhello"), 400, "" },
		{ TEXT(POST "Transfer-Encoding\t: chunked\r\n\r\n"), 400,
		    "" },
		{ TEXT(GET H "X Y: 1\r\n\r\n"), 400, "" },
		{ TEXT(GET " X: 1\r\n" H "\r\n"), 400, "" },
		{ TEXT(GET "\tX: 1\r\n" H "\r\n"), 400, "" },
		{ TEXT(GET H "X: 1\r\n \r\n\r\n"), 400, "" },
		/* CVE-2022-32213 and -32215: folded framing. */
		{ TEXT(POST "Transfer-Encoding:\r\n chunked\r\n\r\n"), 400,
		    "" },
		{ TEXT(POST "Content-Length: 1\r\n 2\r\n\r\n"), 400, "" },
		{ TEXT(GET "Host: h\r\n .x\r\n\r\n"), 400, "" },
		/* Bytes that are in no field. */
		{ TEXT(GET H "X: a\0b\r\n\r\n"), 400, "" },
		{ TEXT(GET H "X: a\x1b[m\r\n\r\n"), 400, "" },
		{ TEXT(GET H "X: a\x7f\r\n\r\n"), 400, "" },
		{ TEXT(GET H "X\0: a\r\n\r\n"), 400, "" },
		{ TEXT(GET H ": a\r\n\r\n"), 400, "" },
		{ TEXT(GET H "no colon\r\n\r\n"), 400, "" },
		{ TEXT(GET H "X\xc3: a\r\n\r\n"), 400, "" },
		{ TEXT(GET H "\"X\": a\r\n\r\n"), 400, "" },
		/* CVE-2020-8287 and framing in general: see test_framing. */
		{ TEXT(POST "Transfer-Encoding: chunked\r\n"
		    "Transfer-Encoding: chunked-false\r\n\r\n"), 400, "" },
		{ TEXT(POST "Transfer-Encoding: identity, chunked\r\n\r\n"),
		    400, "" },
		{ TEXT(POST "Transfer-Encoding: xchunked\r\n\r\n"), 501,
		    "" },
		{ TEXT(POST "Content-Length: 6\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nG"), 400,
		    "" },
		{ TEXT("POST / HTTP/1.0\r\nTransfer-Encoding: chunked"
		    "\r\n\r\n"), 400, "" },
		{ TEXT(POST "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"),
		    400, "" },
		{ TEXT(POST "Content-Length: 1\r\ncontent-length: 1\r\n"
		    "\r\nx"), 0, "POST / 1 Host=h;Content-Length=1|x|end" },
		{ TEXT(POST "Content-Length: +1\r\n\r\nx"), 400, "" },
		/* http-parser takes this name for Transfer-Encoding, and so
		 * might a server that is built on it. */
		{ TEXT(POST "Content-Length: 1\r\nTransfer-EncodingX: y\r\n"
		    "\r\nx"), 400, "" },
		{ TEXT(POST "A: b\r\n c\r\nContent-Length: 1\r\n"
		    "Transfer-EncodingX: y\r\n\r\nx"), 400, "" },
	};

	(void)state;
	check(CODEC_SERVER, rows, ARRAY_LEN(rows));
}

static void
test_host(void **state)
{
	static const struct row rows[] = {
		{ TEXT(GET "\r\n"), 400, "" },
		{ TEXT("GET http://h/ HTTP/1.1\r\n\r\n"), 400, "" },
		{ TEXT(GET H "Host: b\r\n\r\n"), 400, "" },
		{ TEXT(GET H H "\r\n"), 400, "" },
		{ TEXT("GET / HTTP/1.0\r\n" H H "\r\n"), 400, "" },
		{ TEXT(GET "Host: a b\r\n\r\n"), 400, "" },
		{ TEXT(GET "Host: a@b\r\n\r\n"), 400, "" },
		{ TEXT(GET "Host: a/b\r\n\r\n"), 400, "" },
		{ TEXT(GET "Host: a:0\r\n\r\n"), 400, "" },
		{ TEXT(GET "Host: a, b\r\n\r\n"), 400, "" },
		{ TEXT(GET "Host:\r\n\r\n"), 0, "GET / 1 Host=||end" },
		{ TEXT(GET "hOST: [::1]:8080\r\n\r\n"), 0,
		    "GET / 1 hOST=[::1]:8080||end" },
		{ TEXT("GET / HTTP/1.0\r\n\r\n"), 0, NULL },
	};

	(void)state;
	check(CODEC_SERVER, rows, ARRAY_LEN(rows));
}

static void
test_responses(void **state)
{
	static const struct row rows[] = {
		{ TEXT(OK "Content-Length: 2\r\n\r\nab"), 0,
		    "200 OK 1 Content-Length=2|ab|end" },
		{ TEXT("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"), 0,
		    "200  1 Content-Length=0||end" },
		{ TEXT("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"), 0,
		    "200  1 Content-Length=0||end" },
		{ TEXT("HTTP/1.0 999 \x1b[m \xff\r\n\r\nx"), 0,
		    "999 \x1b[m \xff 0c|x|end" },
		{ TEXT(OK "Content-Length : 2\r\n\r\nab"), 0,
		    "200 OK 1 Content-Length=2|ab|end" },
		{ TEXT(OK "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"), 0,
		    "200 OK 1 Transfer-Encoding=chunked||end" },
		{ TEXT(OK "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab"),
		    0, "200 OK 1 Content-Length=2|ab|end" },
		{ TEXT(OK "Content-Length: 2, 2\r\n\r\nab"), 0,
		    "200 OK 1 Content-Length=2|ab|end" },
		{ TEXT(OK "Content-Length: 9\r\nTransfer-Encoding: chunked"
		    "\r\n\r\n1\r\nx\r\n0\r\n\r\n"), 0, "200 OK 1c "
		    "Content-Length=9;Transfer-Encoding=chunked|x|end" },
		{ TEXT("HTTP/1.1 200 OK\nContent-Length: 1\n\nx"), 0,
		    "200 OK 1 Content-Length=1|x|end" },
		{ TEXT(OK "X: 1\r\n 2\r\nContent-Length: 0\r\n\r\n"), 0,
		    "200 OK 1 X=1   2;Content-Length=0||end" },
		/* 204 and 304 have no body, whatever they say. */
		{ TEXT("HTTP/1.1 204 N\r\nContent-Length: 5\r\n\r\n"), 0,
		    "204 N 1 Content-Length=5||end" },
		{ TEXT("HTTP/1.1 304 N\r\nTransfer-Encoding: chunked\r\n"
		    "Content-Length: 5\r\n\r\n"), 0, NULL },
		{ TEXT("HTTP/1.1 100 C\r\nContent-Length: 5\r\n\r\n"
		    OK "Content-Length: 0\r\n\r\n"), 0,
		    "100 C 1 Content-Length=5|"
		    "200 OK 1 Content-Length=0||end" },
		/* Refused, all with 502. */
		{ TEXT("HTTP/2 200\r\n\r\n"), 502, "" },
		{ TEXT("HTTP/2.0 200 OK\r\n\r\n"), 502, "" },
		{ TEXT("ICY 200 OK\r\n\r\n"), 502, "" },
		{ TEXT("<html>"), 502, "" },
		{ TEXT("HTTP/1.1 099 OK\r\n\r\n"), 502, "" },
		{ TEXT("HTTP/1.1 000 OK\r\n\r\n"), 502, "" },
		{ TEXT("HTTP/1.1 1000 OK\r\n\r\n"), 502, "" },
		{ TEXT("HTTP/1.1 20 OK\r\n\r\n"), 502, "" },
		{ TEXT("HTTP/1.1 +20 OK\r\n\r\n"), 502, "" },
		{ TEXT("HTTP/1.1  200 OK\r\n\r\n"), 502, "" },
		{ TEXT("HTTP/1.1 200 O\rK\r\n\r\n"), 502, "" },
		{ TEXT(OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"),
		    502, "" },
		{ TEXT(OK "X: \rContent-Length: 2\r\n\r\n"), 502, "" },
		{ TEXT(OK "X: \0\r\n\r\n"), 502, "" },
		{ TEXT(OK "X: \x1b\r\n\r\n"), 502, "" },
		{ TEXT(OK "X Y: 1\r\n\r\n"), 502, "" },
		{ TEXT(OK " X: 1\r\n\r\n"), 502, "" },
		{ TEXT(OK "Content-Length:\r\n 5\r\n\r\n"), 502, "" },
		{ TEXT(OK "Transfer-Encoding: gzip\r\n\r\n"), 502, "" },
		{ TEXT(OK "A : b\r\nContent-Length: 1\r\n"
		    "Transfer-Encoding.: chunked\r\n\r\nx"), 502, "" },
		/* Nobody asked for another protocol. */
		{ TEXT("HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n"), 502,
		    "" },
		/* The connection ends within the head. */
		{ TEXT("HTTP/1.1 200 OK\r\nContent-L"), 502, "" },
	};

	(void)state;
	check(CODEC_CLIENT, rows, ARRAY_LEN(rows));
}

static void
test_chunks(void **state)
{
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define WANT "POST / 1 Host=h;Transfer-Encoding=chunked|"
	static const struct row rows[] = {
		{ TEXT(CHUNKED "1\r\nx\r\n0\r\n\r\n"), 0, WANT "x|end" },
		{ TEXT(CHUNKED "0A\r\n0123456789\r\n2\r\nab\r\n000\r\n\r\n"),
		    0, WANT "0123456789ab|end" },
		{ TEXT(CHUNKED "1;a=b\r\nx\r\n1 ; q=\"z\"\r\ny\r\n0;e\r\n"
		    "\r\n"), 0, WANT "xy|end" },
		{ TEXT(CHUNKED "1  \r\nx\r\n0\r\n\r\n"), 0, WANT "x|end" },
		{ TEXT(CHUNKED "1\r\nx\r\n0\r\nT: v\r\nU:w\n\n"), 0,
		    WANT "x|T=v;U=w;|end" },
		{ TEXT(CHUNKED "0\r\nContent-Length: 7\r\n\r\n"), 0,
		    WANT "|Content-Length=7;|end" },
		/* The data must be followed by exactly CRLF. */
		{ TEXT(CHUNKED "1\r\nxYZ0\r\n\r\n"), 400, WANT "x" },
		{ TEXT(CHUNKED "1\r\nx\n0\r\n\r\n"), 400, WANT "x" },
		{ TEXT(CHUNKED "1\r\nxY\n0\r\n\r\n"), 400, WANT "x" },
		{ TEXT(CHUNKED "1\r\nx\rY0\r\n\r\n"), 400, WANT "x" },
		/* Sizes. */
		{ TEXT(CHUNKED "1\nx\n0\n\n"), 400, WANT },
		{ TEXT(CHUNKED "\r\n1\r\nx\r\n"), 400, WANT },
		{ TEXT(CHUNKED "-1\r\n"), 400, WANT },
		{ TEXT(CHUNKED "+1\r\n"), 400, WANT },
		{ TEXT(CHUNKED "0x1\r\n"), 400, WANT },
		{ TEXT(CHUNKED " 1\r\n"), 400, WANT },
		{ TEXT(CHUNKED "1 1\r\n"), 400, WANT },
		{ TEXT(CHUNKED ";a\r\n"), 400, WANT },
		{ TEXT(CHUNKED "10000000000000000\r\n"), 400, WANT },
		{ TEXT(CHUNKED "ffffffffffffffff\r\n"), 400, WANT },
		{ TEXT(CHUNKED "00000000000000001\r\n"), 400, WANT },
		{ TEXT(CHUNKED "1\r\r\n"), 400, WANT },
		/* Extensions. */
		{ TEXT(CHUNKED "1;a\nx\r\n0\r\n\r\n"), 400, WANT },
		{ TEXT(CHUNKED "1;\0\r\nx\r\n"), 400, WANT },
		{ TEXT(CHUNKED "1;a\rb\r\nx\r\n"), 400, WANT },
		/* Trailers are fields. */
		{ TEXT(CHUNKED "0\r\nno colon\r\n\r\n"), 400, WANT },
		{ TEXT(CHUNKED "0\r\nT : v\r\n\r\n"), 400, WANT },
		{ TEXT(CHUNKED "0\r\nT: \rv\r\n\r\n"), 400, WANT },
		/* Cut short. */
		{ TEXT(CHUNKED "5\r\nab"), 0, WANT "ab|reset" },
		{ TEXT(CHUNKED "0\r\n"), 0, WANT "|reset" },
	};

	(void)state;
	check(CODEC_SERVER, rows, ARRAY_LEN(rows));
}

/* n bytes of c between two texts. */
static unsigned
feed_long(enum codec_role role, const char *before, char c, size_t n,
    const char *after, size_t step)
{
	struct buf text, out;
	unsigned status;

	buf_init(&text, 100000);
	buf_init(&out, 100000);
	buf_put(&text, str_from(before));
	for (size_t i = 0; i < n; i++)
		buf_putc(&text, c);
	buf_put(&text, str_from(after));
	status = feed(role, buf_str(&text), step, &out);
	buf_fini(&text);
	buf_fini(&out);
	return status;
}

static void
test_limits(void **state)
{
	static const size_t steps[] = { 1, 999, 100000 };
	const char *get = GET H "X: ", *end = "\r\n\r\n";
	size_t fits = limits.head_max - strlen(get) - strlen(end);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		size_t s = steps[i];

		assert_int_equal(feed_long(CODEC_SERVER, get, 'a', fits, end,
		    s), 0);
		assert_int_equal(feed_long(CODEC_SERVER, get, 'a', fits + 1,
		    end, s), 431);
		assert_int_equal(feed_long(CODEC_SERVER, get, 'a', 9000, "",
		    s), 431);
		assert_int_equal(feed_long(CODEC_SERVER, "GET /", 'a', 9000,
		    " HTTP/1.1\r\n\r\n", s), 431);
		assert_int_equal(feed_long(CODEC_CLIENT, OK "X: ", 'a', 9000,
		    end, s), 502);
		assert_int_equal(feed_long(CODEC_SERVER, CHUNKED "0\r\nX: ",
		    'a', 9000, end, s), 431);
		assert_int_equal(feed_long(CODEC_SERVER, CHUNKED "1;", 'a',
		    4000, "\r\nx\r\n0\r\n\r\n", s), 0);
		assert_int_equal(feed_long(CODEC_SERVER, CHUNKED "1;", 'a',
		    9000, "\r\nx\r\n0\r\n\r\n", s), 400);
	}
}

/* Every field is looked up in Connection: it may not be endless. */
static void
test_long_connection(void **state)
{
	(void)state;
	assert_int_equal(feed_long(CODEC_SERVER, GET H "Connection: ", ',',
	    900, "\r\n\r\n", 100), 0);
	assert_int_equal(feed_long(CODEC_SERVER, GET H "Connection: ", ',',
	    1100, "\r\n\r\n", 100), 431);
}

static void
test_field_count(void **state)
{
	struct buf text, out;

	(void)state;
	for (size_t n = 19; n <= 20; n++) {
		buf_init(&text, 4000);
		buf_init(&out, 4000);
		buf_put(&text, STR(GET H));
		for (size_t i = 0; i < n; i++)
			buf_put(&text, STR("X: y\r\n"));
		buf_put(&text, STR("\r\n"));
		assert_int_equal(feed(CODEC_SERVER, buf_str(&text), 7, &out),
		    n == 19 ? 0 : 431);
		buf_fini(&text);
		buf_fini(&out);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request_line),
		cmocka_unit_test(test_blank_lines),
		cmocka_unit_test(test_request_fields),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_responses),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_long_connection),
		cmocka_unit_test(test_field_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
