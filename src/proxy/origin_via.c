/* SPDX-License-Identifier: MIT */
/*
 * Reaching a server by way of another proxy: CONNECT and its answer, before
 * TLS or raw bytes; plain requests go to that proxy in absolute form.
 */
#include <stdio.h>

#include "origin.h"
#include "private.h"
#include "session.h"
#include "sluice/http/url.h"

static struct str
credentials(const struct origin *o)
{
	return str_from(o->via->credentials);
}

struct codec *
origin_codec(struct origin *o)
{
	struct codec *c = codec_open(STR("http/1.1"), CODEC_CLIENT,
	    &o->session->proxy->limits, wire_out(&o->wire));

	if (o->via && !o->target.tls)
		codec_via_proxy(c, credentials(o));
	return c;
}

bool
origin_needs_connect(const struct origin *o)
{
	return o->via && (o->target.tls || o->raw);
}

void
origin_connect(struct origin *o)
{
	struct message m;
	struct buf authority;

	o->state = ORIGIN_VIA;
	o->codec = codec_open(STR("http/1.1"), CODEC_CLIENT,
	    &o->session->proxy->limits, wire_out(&o->wire));
	codec_via_proxy(o->codec, credentials(o));
	buf_init(&authority, TARGET_HOST_MAX + 16);
	url_put_authority(&authority, STR_NONE, str_from(o->asked),
	    o->target.port);
	message_init(&m, MESSAGE_REQUEST, NULL);
	message_set(&m, &m.method, STR("CONNECT"));
	message_set(&m, &m.target, buf_str(&authority));
	m.path = m.target;
	headers_add(&m.headers, STR("Host"), buf_str(&authority));
	codec_head(o->codec, 0, &m);
	codec_end(o->codec, 0, NULL);
	wire_flush(&o->wire);
	message_fini(&m);
	buf_fini(&authority);
}

/* The status of the final answer, or 0 when there is none yet. */
static unsigned
take_answer(struct list *events, char *reason, size_t size)
{
	struct http_event *e;

	list_for_each(e, events, struct http_event, link) {
		struct str text;

		if (e->kind != HTTP_HEAD)
			continue;
		text = message_word(e->head, e->head->reason);
		snprintf(reason, size, "%.*s", STR_ARG(str_sub(text, 0, 80)));
		return e->head->status;
	}
	return 0;
}

enum origin_via
origin_answered(struct origin *o, struct err *err)
{
	struct codec_error e = { 0 };
	struct buf *in = wire_in(&o->wire);
	struct list events;
	size_t used = 0;
	char reason[81] = "";
	unsigned status;
	bool ok;

	list_init(&events);
	ok = codec_feed(o->codec, buf_str(in), &used, &events, &e);
	buf_consume(in, used);
	status = take_answer(&events, reason, sizeof reason);
	http_events_free(&events);
	if (status >= 200 && status < 300) {
		codec_free(o->codec);
		o->codec = NULL;
		return ORIGIN_VIA_OPEN;
	}
	if (ok && status == 0 && !o->wire.eof)
		return ORIGIN_VIA_WAIT;
	if (status != 0)
		err_set(err, "the proxy %s:%u refused to connect: %u %s",
		    o->via->server.host, o->via->server.port, status, reason);
	else if (!ok)
		err_set(err, "the proxy %s:%u: %s", o->via->server.host,
		    o->via->server.port, e.err.text);
	else
		err_set(err, "the proxy %s:%u closed the connection without "
		    "an answer", o->via->server.host, o->via->server.port);
	return ORIGIN_VIA_FAILED;
}
