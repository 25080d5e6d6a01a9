/* SPDX-License-Identifier: MIT */
/*
 * A codec on a bench, for the tests of HTTP/1: bytes in, events as text;
 * models in, bytes out.
 */
#ifndef SLUICE_TESTS_H1_RIG_H
#define SLUICE_TESTS_H1_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sluice/http/codec.h"

#define GET	"GET / HTTP/1.1\r\nHost: h\r\n"
#define POST	"POST / HTTP/1.1\r\nHost: h\r\n"
#define OK	"HTTP/1.1 200 OK\r\n"
#define CHUNKED	"Transfer-Encoding: chunked\r\n"

static const struct codec_limits limits = {
	.head_max = 4000, .fields_max = 50,
};

/* A codec with its output and what came out of it. */
struct rig {
	struct codec *c;
	struct buf wire;
	struct list events;
	struct codec_error error;
	struct buf seen;	/* events as text */
	struct message *head;	/* the last one */
};

static inline void
rig_open(struct rig *r, enum codec_role role)
{
	*r = (struct rig){ 0 };
	buf_init(&r->wire, 100000);
	buf_init(&r->seen, 100000);
	list_init(&r->events);
	r->c = codec_open(STR(""), role, &limits, &r->wire);
	assert_non_null(r->c);
}

static inline void
drop_head(struct rig *r)
{
	message_fini(r->head);
	free(r->head);
	r->head = NULL;
}

static inline void
rig_close(struct rig *r)
{
	drop_head(r);
	http_events_free(&r->events);
	codec_free(r->c);
	buf_fini(&r->wire);
	buf_fini(&r->seen);
}

static inline void
note_head(struct rig *r, struct http_event *e)
{
	struct message *m = e->head;

	drop_head(r);
	r->head = m;
	e->head = NULL;
	if (e->kind == HTTP_INTERIM)
		buf_put(&r->seen, STR("interim "));
	if (m->kind == MESSAGE_REQUEST)
		buf_printf(&r->seen, "%.*s %.*s", STR_ARG(message_word(m,
		    m->method)), STR_ARG(message_word(m, m->target)));
	else
		buf_printf(&r->seen, "%u", m->status);
	buf_putc(&r->seen, '[');
}

/* "GET /[body]" for each message, trailers as "{T=v}". */
static inline void
note_events(struct rig *r)
{
	while (!list_is_empty(&r->events)) {
		struct http_event *e = list_entry(r->events.next,
		    struct http_event, link);

		switch (e->kind) {
		case HTTP_HEAD:
		case HTTP_INTERIM:
			note_head(r, e);
			break;
		case HTTP_BODY:
			assert_true(e->body.bytes.n > 0);
			buf_put(&r->seen, e->body.bytes);
			break;
		case HTTP_TRAILERS:
			for (size_t i = 0; i < e->trailers->count; i++)
				buf_printf(&r->seen, "{%.*s=%.*s}",
				    STR_ARG(headers_name(e->trailers, i)),
				    STR_ARG(headers_value(e->trailers, i)));
			break;
		case HTTP_END:
			buf_putc(&r->seen, ']');
			break;
		case HTTP_RESET:
			buf_putc(&r->seen, '!');
			break;
		}
		http_event_free(e);
	}
}

/* Returns the bytes used. */
static inline size_t
feed(struct rig *r, struct str in)
{
	size_t used = 0;

	if (!codec_feed(r->c, in, &used, &r->events, &r->error))
		fail_msg("%u %s", r->error.status, r->error.err.text);
	note_events(r);
	return used;
}

static inline size_t
feed_text(struct rig *r, const char *text)
{
	return feed(r, str_from(text));
}

static inline void
assert_text(struct buf *b, const char *want)
{
	if (!str_eq(buf_str(b), str_from(want)))
		fail_msg("\"%.*s\"\nis not\n\"%s\"", STR_ARG(buf_str(b)),
		    want);
	buf_clear(b);
}

static inline void
eof(struct rig *r)
{
	if (!codec_eof(r->c, &r->events, &r->error))
		fail_msg("%u %s", r->error.status, r->error.err.text);
	note_events(r);
}

/* -- models -------------------------------------------------------------- */

struct model {
	const char *method, *path;	/* requests */
	unsigned status;		/* responses */
	const char *fields[8];		/* "Name: value" */
	enum framing framing;
	uint64_t length;
	bool bodiless, closes, received;
};

static inline void
fill(struct message *m, const struct model *from)
{
	message_init(m, from->status ? MESSAGE_RESPONSE : MESSAGE_REQUEST, NULL);
	message_set(m, &m->method, str_from(from->method));
	message_set(m, &m->scheme, STR("http"));
	message_set(m, &m->host, STR("h"));
	message_set(m, &m->path, str_from(from->path));
	m->port = 8080;
	m->status = (uint16_t)from->status;
	message_set(m, &m->reason, str_from(http_reason(from->status)));
	for (size_t i = 0; i < 8 && from->fields[i]; i++) {
		struct str text = str_from(from->fields[i]);
		size_t colon = str_chr(text, ':', 0);

		headers_add(&m->headers, str_sub(text, 0, colon),
		    str_trim(str_skip(text, colon + 1)));
	}
	m->framing = from->framing;
	m->length = from->length;
	m->bodiless = from->bodiless;
	m->keep_alive = !from->closes;
	m->head_bytes = from->received ? 100 : 0;
}

static inline void
send_parts(struct rig *r, const struct model *from, const char *body,
    const char *trailer)
{
	struct headers trailers;
	struct message m;

	fill(&m, from);
	codec_head(r->c, 0, &m);
	message_fini(&m);
	codec_body(r->c, 0, str_from(body));
	headers_init(&trailers);
	if (trailer) {
		headers_add(&trailers, STR("T"), str_from(trailer));
		headers_add(&trailers, STR("Content-Length"), STR("5"));
		headers_add(&trailers, STR("Transfer-Encoding"), STR("x"));
		headers_add(&trailers, STR("Host"), STR("x"));
	}
	codec_end(r->c, 0, trailer ? &trailers : NULL);
	headers_fini(&trailers);
}

static inline void
answer(struct rig *r, unsigned status)
{
	struct model ok = {
		.status = status, .framing = FRAMING_LENGTH, .received = true,
	};

	send_parts(r, &ok, "", NULL);
}

static inline void
ask(struct rig *r, const char *method)
{
	struct model m = {
		.method = method, .path = "/", .fields = { "Host: h" },
	};

	send_parts(r, &m, "", NULL);
	buf_clear(&r->wire);
}

static inline void
interim(struct rig *r, unsigned status)
{
	struct model from = { .status = status, .fields = { "Link: x" } };
	struct message m;

	fill(&m, &from);
	codec_head(r->c, 0, &m);
	message_fini(&m);
}

#endif
