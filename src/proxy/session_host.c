/* SPDX-License-Identifier: MIT */
/*
 * What an exchange asks of its session: a server, and bytes on the wires.
 * Everything here only calls down or posts news.
 */
#include "session_host.h"

#include <assert.h>
#include <string.h>

#include "private.h"
#include "session.h"
#include "tunnel.h"

/* Connections to servers kept open for one client connection. */
#define IDLE_MAX 4

static const uint8_t alpn_h1[] = "\x08http/1.1";

static struct session *
session_of(struct exchange_host *host)
{
	return container_of(host, struct session, host);
}

static struct wire *
wire_of(struct session *s, enum side side)
{
	if (side == SIDE_CLIENT)
		return s->has_client ? &s->client : NULL;
	return s->server && s->serving ? &s->server->wire : NULL;
}

static struct codec *
codec_of(struct session *s, enum side side)
{
	if (side == SIDE_CLIENT)
		return s->codec;
	return s->server && s->serving ? s->server->codec : NULL;
}

static struct origin *
find_idle(struct session *s, const struct target *t)
{
	struct origin *o, *oldest = NULL;
	size_t n = 0;

	list_for_each(o, &s->origins, struct origin, link) {
		if (!origin_is_idle(o))
			continue;
		if (target_eq(&o->target, t))
			return o;
		if (!oldest)
			oldest = o;
		n++;
	}
	if (n >= IDLE_MAX)
		origin_close(oldest);
	return NULL;
}

static struct origin *
open_origin(struct session *s, const struct target *t)
{
	bool inside = *s->inside.host && target_eq(t, &s->inside);
	struct origin_plan plan = { .target = *t };

	if (inside)
		plan.dial_host = s->tunnel.host;
	if (t->tls) {
		if (inside && s->secure && s->mode->kind != MODE_REVERSE)
			plan.sni = s->hello.sni;
		else if (!addr_is_literal(t->host) &&
		    strlen(t->host) < HELLO_SNI_MAX)
			plan.sni = t->host;
		if (!s->secure || s->hello.alpn_len > 0) {
			plan.alpn = alpn_h1;
			plan.alpn_len = sizeof alpn_h1 - 1;
		}
		plan.mirror = inside && s->leaf_fault != LEAF_SOUND;
	}
	return origin_new(s, &plan);
}

static void
host_reach(struct exchange_host *host, struct exchange *x)
{
	struct session *s = session_of(host);
	struct target t;
	struct err err;

	s->serving = false;
	s->server = NULL;
	if (!target_of_words(&t, &x->flow->request, &err)) {
		s->refusal_now = err;
		session_post(s, NEWS_UNREACHED, NULL);
		return;
	}
	if (s->refusal && target_eq(&t, &s->inside)) {
		s->refusal_now = s->refusal_err;
		session_post(s, NEWS_UNREACHED, NULL);
		return;
	}
	/* Exact bytes may do anything to what came before them. */
	s->server = x->flow->request.exact ? NULL : find_idle(s, &t);
	if (s->server)
		session_post(s, NEWS_REACHED, s->server);
	else
		s->server = open_origin(s, &t);
}

/* Who finds a wire full waits for it to drain, and only what the socket did
 * not take drains: so write first. */
static void
flush_if_full(struct session *s, enum side side)
{
	struct wire *w = wire_of(s, side);

	if (w && wire_is_full(w))
		wire_flush(w);
}

/* The exact bytes, for who wants to know what became of the received ones. */
static void
note_sent(struct session *s, const struct message *m, struct str head)
{
	struct flow *f = s->exchange->flow;

	if (m == &f->request)
		message_set_sent(&f->request, head);
	else if (m == &f->response)
		message_set_sent(&f->response, head);
}

static void
host_head(struct exchange_host *host, enum side side, const struct message *m)
{
	struct session *s = session_of(host);
	struct codec *c = codec_of(s, side);
	struct buf *out;
	size_t before;

	if (!c)
		return;
	out = wire_out(wire_of(s, side));
	before = buf_len(out);
	codec_head(c, 0, m);
	note_sent(s, m, str_skip(buf_str(out), before));
	flush_if_full(s, side);
	if (side == SIDE_SERVER)
		s->server->served++;
}

static void
host_body(struct exchange_host *host, enum side side, struct str bytes)
{
	struct session *s = session_of(host);
	struct codec *c = codec_of(s, side);

	if (c)
		codec_body(c, 0, bytes);
	flush_if_full(s, side);
}

static void
host_end(struct exchange_host *host, enum side side,
    const struct headers *trailers)
{
	struct session *s = session_of(host);
	struct codec *c = codec_of(s, side);

	if (c)
		codec_end(c, 0, trailers);
	flush_if_full(s, side);
}

/* A body cut short that would look complete: HTTP/1.0 knows no chunks. */
static bool
ends_with_connection(const struct flow *f)
{
	return f->response.framing == FRAMING_CLOSE ||
	    (f->response.framing == FRAMING_CHUNKED &&
	    f->request.version_minor == 0);
}

static void
host_reset(struct exchange_host *host, enum side side)
{
	struct session *s = session_of(host);

	if (side == SIDE_SERVER) {
		if (s->server && s->serving)
			origin_close(s->server);
		return;
	}
	if (!s->codec)
		return;
	codec_reset(s->codec, 0);
	if (s->exchange && ends_with_connection(s->exchange->flow)) {
		wire_flush(&s->client);
		wire_abort(&s->client);
	}
}

static bool
host_is_full(struct exchange_host *host, enum side side)
{
	const struct wire *w = wire_of(session_of(host), side);

	return w && wire_is_full(w);
}

static void
host_pause(struct exchange_host *host, enum side side, unsigned why, bool on)
{
	struct wire *w = wire_of(session_of(host), side);

	if (!w)
		return;
	if (on)
		wire_pause(w, why);
	else
		wire_unpause(w, why);
}

static void
host_verdict(struct exchange_host *host, struct exchange *x, enum verdict v)
{
	struct session *s = session_of(host);
	struct news *n;

	(void)x;
	session_post(s, NEWS_VERDICT, NULL);
	n = list_entry(s->inbox.prev, struct news, link);
	n->verdict = v;
	session_wake(s);
}

static void
host_upgrade(struct exchange_host *host, struct exchange *x)
{
	tunnel_upgrade(session_of(host), x->flow);
}

const struct exchange_host_ops session_host_ops = {
	.reach = host_reach,
	.head = host_head,
	.body = host_body,
	.end = host_end,
	.reset = host_reset,
	.is_full = host_is_full,
	.pause = host_pause,
	.verdict = host_verdict,
	.upgrade = host_upgrade,
};
