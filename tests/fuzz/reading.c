/* SPDX-License-Identifier: MIT */
/*
 * Streams read by the codec, written again by its other half, and read again
 * by the codec and by http-parser: all must see the same messages.
 */
#include "reading.h"

/* Its name for a method is ours for an event. */
#define HTTP_HEAD	HTTP_PARSER_HEAD
#include <http_parser.h>
#undef HTTP_HEAD
#include <stdio.h>
#include <stdlib.h>

#include "sluice/base/mem.h"

#define TEXT_MAX_BYTES (4u << 20)

static const struct codec_limits limits = {
	.head_max = 4000, .fields_max = 50,
};
/* What is written anew may be longer. */
static const struct codec_limits wide = {
	.head_max = 100000, .fields_max = 100,
};

/* One codec, what it was given and what it said. */
struct reading {
	struct codec *c;
	struct buf wire;		/* what it wrote */
	struct list events;
	struct codec_error error;
	bool good;
};

/* -- reading ------------------------------------------------------------- */

static void
message_words(struct message *m, enum message_kind kind, const char *method)
{
	message_init(m, kind, NULL);
	message_set(m, &m->method, str_from(method));
	message_set(m, &m->scheme, STR("http"));
	message_set(m, &m->host, STR("h"));
	message_set(m, &m->path, STR("/"));
	m->port = 80;
	m->status = 200;
	m->head_bytes = 1;		/* received, not made here */
}

static void
write_plain(struct codec *c, enum message_kind kind, const char *method)
{
	struct message m;

	message_words(&m, kind, method);
	codec_head(c, 0, &m);
	codec_end(c, 0, NULL);
	message_fini(&m);
}

/* Events of one feed: how many ended a message?  CONNECT: none ever will. */
static size_t
count_ends(const struct list *events)
{
	struct http_event *e;
	size_t ends = 0;

	list_for_each(e, events, struct http_event, link)
		ends += e->kind == HTTP_END;
	return ends;
}

static void
feed_piece(struct reading *r, enum codec_role role, struct str in, size_t *at)
{
	for (;;) {
		size_t used = 0, ends = count_ends(&r->events);

		r->good = codec_feed(r->c, str_skip(in, *at), &used,
		    &r->events, &r->error);
		assert(used <= in.n - *at);
		assert(r->good == (r->error.status == 0));
		assert(r->good == !err_is_set(&r->error.err));
		*at += used;
		if (!r->good || role == CODEC_CLIENT ||
		    count_ends(&r->events) == ends)
			return;
		/* Answered, so that the next one of a pipeline is read. */
		write_plain(r->c, MESSAGE_RESPONSE, "");
		buf_clear(&r->wire);
	}
}

/* first: bytes of the first piece; step: of each of the others. */
static void
read_all(struct reading *r, enum codec_role role, const char *method,
    struct str in, size_t first, size_t step)
{
	size_t at = 0, have = first < in.n ? first : in.n;

	*r = (struct reading){ .good = true };
	list_init(&r->events);
	buf_init(&r->wire, TEXT_MAX_BYTES);
	r->c = codec_open(STR("http/1.1"), role, &limits, &r->wire);
	assert(r->c);
	if (role == CODEC_CLIENT)
		write_plain(r->c, MESSAGE_REQUEST, method);
	buf_clear(&r->wire);
	for (;;) {
		feed_piece(r, role, str_sub(in, 0, have), &at);
		if (!r->good || have == in.n)
			break;
		have = step < in.n - have ? have + step : in.n;
	}
	if (r->good)
		r->good = codec_eof(r->c, &r->events, &r->error);
}

static void
reading_fini(struct reading *r)
{
	http_events_free(&r->events);
	codec_free(r->c);
	buf_fini(&r->wire);
}

/* -- as text ------------------------------------------------------------- */

static void
put_fields(struct buf *out, const struct headers *h)
{
	for (size_t i = 0; i < h->count; i++) {
		struct str name = headers_name(h, i);
		struct str value = headers_value(h, i);

		assert(name.n > 0 && str_chr(name, ':', 0) == SIZE_MAX);
		for (size_t k = 0; k < value.n; k++) {
			unsigned char c = (unsigned char)value.p[k];

			assert((c >= 0x20 && c != 0x7f) || c == '\t');
		}
		buf_printf(out, "%.*s=%.*s;", STR_ARG(name), STR_ARG(value));
	}
}

static void
put_event(struct buf *out, const struct http_event *e)
{
	switch (e->kind) {
	case HTTP_HEAD:
	case HTTP_INTERIM:
		buf_printf(out, "<%d %.*s %.*s %u %.*s %d %d %d ", e->kind,
		    STR_ARG(message_word(e->head, e->head->method)),
		    STR_ARG(message_word(e->head, e->head->target)),
		    e->head->status,
		    STR_ARG(message_word(e->head, e->head->reason)),
		    e->head->version_minor, e->head->keep_alive,
		    e->head->framing);
		put_fields(out, &e->head->headers);
		buf_putc(out, '|');
		break;
	case HTTP_BODY:
		assert(e->body.bytes.n > 0);
		buf_put(out, e->body.bytes);
		break;
	case HTTP_TRAILERS:
		put_fields(out, e->trailers);
		break;
	case HTTP_END:
		buf_putc(out, '>');
		break;
	case HTTP_RESET:
		buf_putc(out, '!');
		break;
	}
}

static void
put_reading(struct buf *out, const struct reading *r)
{
	struct http_event *e;

	buf_init(out, TEXT_MAX_BYTES);
	list_for_each(e, &r->events, struct http_event, link)
		put_event(out, e);
	buf_printf(out, "%u", r->error.status);
}

/* -- forwarding ---------------------------------------------------------- */

/* What http-parser saw in what we wrote. */
struct witness {
	size_t heads, ends, body;
};

static int
witness_head_cb(http_parser *p)
{
	struct witness *seen = p->data;

	seen->heads++;
	/* That these have no body it must be told when a length is named. */
	return p->type == HTTP_RESPONSE &&
	    (p->status_code == 304 || p->status_code == 204);
}

static int
witness_body_cb(http_parser *p, const char *at, size_t n)
{
	(void)at;
	((struct witness *)p->data)->body += n;
	return 0;
}

static int
witness_end_cb(http_parser *p)
{
	((struct witness *)p->data)->ends++;
	return 0;
}

/* A message of a stream, whole. */
struct whole {
	const struct message *m;
	struct buf body;
	const struct headers *trailers;
};

/* It may refuse what it does not know, but never see another end. */
static void
ask_witness(const struct whole *w, struct str written)
{
	static const http_parser_settings settings = {
		.on_headers_complete = witness_head_cb,
		.on_body = witness_body_cb,
		.on_message_complete = witness_end_cb,
	};
	bool response = w->m->kind == MESSAGE_RESPONSE;
	struct witness seen = { 0 };
	http_parser p;

	http_parser_set_max_header_size(UINT32_MAX);
	http_parser_init(&p, response ? HTTP_RESPONSE : HTTP_REQUEST);
	p.data = &seen;
	if (http_parser_execute(&p, &settings, written.p, written.n) !=
	    written.n || HTTP_PARSER_ERRNO(&p) != HPE_OK)
		return;
	http_parser_execute(&p, &settings, NULL, 0);
	assert(seen.heads == 1 && seen.ends == 1);
	assert(seen.body == buf_len(&w->body));
}

static void
read_again(const struct whole *w, const char *method, struct str written)
{
	enum codec_role role = w->m->kind == MESSAGE_REQUEST ? CODEC_SERVER :
	    CODEC_CLIENT;
	struct list events;
	struct codec_error error = { 0 };
	struct http_event *e;
	struct buf wire;
	struct str body = buf_str(&w->body);
	size_t used = 0, heads = 0, ends = 0, at = 0;

	list_init(&events);
	buf_init(&wire, TEXT_MAX_BYTES);
	struct codec *c = codec_open(STR(""), role, &wide, &wire);

	if (role == CODEC_CLIENT)
		write_plain(c, MESSAGE_REQUEST, method);
	if (!codec_feed(c, written, &used, &events, &error) ||
	    !codec_eof(c, &events, &error)) {
		fprintf(stderr, "written: %.*s\nread: %s\n",
		    STR_ARG(written), error.err.text);
		abort();
	}
	assert(used == written.n);
	list_for_each(e, &events, struct http_event, link) {
		heads += e->kind == HTTP_HEAD;
		ends += e->kind == HTTP_END;
		if (e->kind != HTTP_BODY)
			continue;
		assert(str_eq(str_sub(body, at, at + e->body.bytes.n),
		    e->body.bytes));
		at += e->body.bytes.n;
	}
	assert(heads == 1 && ends == 1 && at == body.n);
	http_events_free(&events);
	codec_free(c);
	buf_fini(&wire);
}

/* Written as the engine would, for the other end. */
static void
forward(const struct whole *w, const char *method)
{
	bool request = w->m->kind == MESSAGE_REQUEST;
	struct message m = { 0 };
	struct buf wire;

	message_copy(&m, w->m);
	buf_init(&wire, TEXT_MAX_BYTES);
	struct codec *c = codec_open(STR(""), request ? CODEC_CLIENT :
	    CODEC_SERVER, &wide, &wire);

	if (request) {
		message_set(&m, &m.scheme, STR("http"));
		message_set(&m, &m.host, STR("h"));
		m.port = 80;
	} else {
		struct str ask = str_from(method);
		char head[64];
		struct list events;
		struct codec_error error;
		size_t used;
		int n = snprintf(head, sizeof head, "%.*s / HTTP/1.1\r\n"
		    "Host: h\r\n\r\n", STR_ARG(ask));

		list_init(&events);
		assert(codec_feed(c, str_make(head, (size_t)n), &used,
		    &events, &error));
		http_events_free(&events);
	}
	codec_head(c, 0, &m);
	codec_body(c, 0, buf_str(&w->body));
	codec_end(c, 0, w->trailers);
	if (buf_len(&wire) > 0) {
		read_again(w, method, buf_str(&wire));
		if (request || strcmp(method, "HEAD") != 0)
			ask_witness(w, buf_str(&wire));
	}
	codec_free(c);
	buf_fini(&wire);
	message_fini(&m);
}

/* What is not passed on as one message of HTTP/1. */
static bool
is_special(const struct message *m)
{
	struct str target = message_word(m, m->target);

	if (m->kind == MESSAGE_RESPONSE)
		return m->status == 101;
	return target.n == 0 || target.p[0] != '/' ||
	    str_eq(message_word(m, m->method), STR("CONNECT")) ||
	    headers_count(&m->headers, STR("Upgrade")) > 0;
}

static void
forward_all(const struct reading *r, const char *method)
{
	struct whole w = { 0 };
	struct http_event *e;

	buf_init(&w.body, TEXT_MAX_BYTES);
	list_for_each(e, &r->events, struct http_event, link) {
		switch (e->kind) {
		case HTTP_HEAD:
			w.m = e->head;
			w.trailers = NULL;
			buf_clear(&w.body);
			break;
		case HTTP_BODY:
			buf_put(&w.body, e->body.bytes);
			break;
		case HTTP_TRAILERS:
			w.trailers = e->trailers;
			break;
		case HTTP_END:
			if (w.m && !is_special(w.m))
				forward(&w, method);
			w.m = NULL;
			break;
		case HTTP_INTERIM:
		case HTTP_RESET:
			break;
		}
	}
	buf_fini(&w.body);
}

void
reading_check(enum codec_role role, const char *method, struct str in,
    size_t first)
{
	struct reading whole, pieces;
	struct buf one, other;

	read_all(&whole, role, method, in, in.n, 1);
	put_reading(&one, &whole);
	for (size_t i = 0; i < 2; i++) {
		read_all(&pieces, role, method, in, i ? first : 1,
		    i ? SIZE_MAX : 1);
		put_reading(&other, &pieces);
		assert(str_eq(buf_str(&one), buf_str(&other)));
		buf_fini(&other);
		reading_fini(&pieces);
	}
	forward_all(&whole, method);
	buf_fini(&one);
	reading_fini(&whole);
}
