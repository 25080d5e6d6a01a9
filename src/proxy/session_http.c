/* SPDX-License-Identifier: MIT */
/*
 * A session's HTTP: bytes of both wires through the codecs to the exchange,
 * and what begins and ends one.  Called by the pump only.
 */
#include "session.h"

#include <assert.h>

#include "arrive.h"
#include "impersonate.h"
#include "private.h"
#include "reply.h"
#include "sluice/base/clock.h"
#include "tunnel.h"

/* -- requests -------------------------------------------------------------- */

void
session_speak_http(struct session *s)
{
	codec_free(s->codec);
	s->codec = codec_open(STR("http/1.1"), CODEC_SERVER, &s->proxy->limits,
	    wire_out(&s->client));
	assert(s->codec);
	session_stage(s, STAGE_HTTP);
}

struct flow *
session_flow(struct session *s, enum flow_kind kind)
{
	struct flow *f = flow_new(s->proxy->setup.store);
	struct message *m = &f->request;

	f->kind = kind;
	f->client = endpoint_ref(s->end);
	f->times.wall = clock_wall();
	f->times.begin = clock_mono();
	m->kind = MESSAGE_REQUEST;
	m->version_minor = 1;
	message_set(m, &m->method, s->stage == STAGE_SOCKS ? STR("SOCKS") :
	    STR("CONNECT"));
	message_set(m, &m->scheme, s->secure ? STR("https") : STR("http"));
	message_set(m, &m->host, str_from(s->tunnel.host));
	m->port = (uint16_t)s->tunnel.port;
	flow_list_add(s->proxy->setup.list, f);
	return f;
}

void
session_fail_flow(struct session *s, struct flow *f, const struct err *err)
{
	f->error = *err;
	f->times.end = clock_mono();
	flow_list_set_state(s->proxy->setup.list, f, FLOW_FAILED);
}

void
session_refuse(struct session *s, const struct err *err)
{
	struct flow *f = session_flow(s, FLOW_HANDSHAKE);

	session_fail_flow(s, f, err);
	flow_unref(f);
	session_close(s);
}

/* The first line of what came, without its end and HTTP version. */
static struct str
bad_line(struct str seen)
{
	size_t eol = str_chr(seen, '\n', 0), blank;
	struct str line = str_sub(seen, 0, eol < 200 ? eol : 200);

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	blank = str_rchr(line, ' ');
	if (blank != SIZE_MAX &&
	    str_starts(str_skip(line, blank + 1), STR("HTTP/")))
		line = str_sub(line, 0, blank);
	return line;
}

/* A flow that shows what came instead of a request. */
static void
bad_flow(struct session *s, struct str seen, const struct err *err)
{
	struct flow *f = session_flow(s, FLOW_HTTP);
	struct message *m = &f->request;
	struct str line = bad_line(seen);
	size_t blank = str_chr(line, ' ', 0);
	struct str method = str_sub(line, 0, blank);
	bool sane = blank <= 20 && method.n > 0;

	message_set(m, &m->method, sane ? method : STR("?"));
	message_set(m, &m->path, sane ? str_skip(line, blank + 1) : line);
	message_set(m, &m->target, message_word(m, m->path));
	body_append(&m->body, str_sub(seen, 0, 4096));
	m->complete = true;	/* nothing more of it is kept */
	session_fail_flow(s, f, err);
	flow_unref(f);
}

void
session_bad_request(struct session *s, struct str seen,
    const struct codec_error *e)
{
	if (s->exchange) {
		exchange_fail(s->exchange, e->status, &e->err);
		session_settle(s);
	} else {
		bad_flow(s, seen, &e->err);
		reply_to_codec(s->codec, e->status, &e->err);
	}
	session_close(s);
}

/* RFC 9110 11.7.1: 407, and what would do. */
static void
refuse_stranger(struct session *s, struct message *m)
{
	struct target t;
	struct err err;

	if (target_of_connect(&t, m, &err)) {
		message_set(m, &m->host, str_from(t.host));
		m->port = (uint16_t)t.port;
	}
	err_set(&err, "the proxy wants a user and password (proxy_auth)");
	s->exchange = exchange_new(&s->host, m, s->end);
	s->end->flows++;
	exchange_fail(s->exchange, 407, &err);
}

/* Who came straight to a redirect's port is told so; "/" is that page. */
static bool
refuse_stray(struct session *s, struct message *m)
{
	struct err err;

	if (!s->stray || (session_is_asked(s, m) &&
	    !str_eq(message_word(m, m->path), STR("/"))))
		return false;
	m->path = m->target;
	arrive_stray(&err);
	s->exchange = exchange_new(&s->host, m, s->end);
	s->end->flows++;
	exchange_fail(s->exchange, 400, &err);
	return true;
}

static void
new_request(struct session *s, struct http_event *e)
{
	const struct target *inside = *s->inside.host ? &s->inside : NULL;
	struct err err;

	s->head_began = 0;
	if (!inside && !access_authorizes(s->proxy->access,
	    &e->head->headers)) {
		refuse_stranger(s, e->head);
		return;
	}
	if (s->secure && !s->asked)
		impersonate_trusted(s);
	if (refuse_stray(s, e->head))
		return;
	if (str_eq(message_word(e->head, e->head->method), STR("CONNECT")) &&
	    !inside) {
		tunnel_open(s, e->head);
		return;
	}
	bool differs = arrive_request(s, e->head);
	bool ok = target_of_request(e->head, inside, &err) ||
	    (!inside && session_is_asked(s, e->head));

	s->exchange = exchange_new(&s->host, e->head, s->end);
	s->exchange->flow->host_differs = differs;
	s->end->flows++;
	if (!ok)
		exchange_fail(s->exchange, 400, &err);
	else if (!session_answer(s))
		exchange_start(s->exchange);
}

/* Whatever stopped reading, it was for this exchange only. */
static void
read_on(struct session *s)
{
	if (s->has_client)
		wire_unpause(&s->client, PAUSE_GATE | PAUSE_FULL | PAUSE_WAIT);
	if (s->server && s->serving)
		wire_unpause(&s->server->wire, PAUSE_FULL);
}

/* What an exchange that is over leaves behind. */
void
session_settle(struct session *s)
{
	struct exchange *x = s->exchange;

	if (!x || !x->over)
		return;
	read_on(s);
	if (s->server && s->serving && s->stage != STAGE_RAW &&
	    !origin_is_idle(s->server))
		origin_close(s->server);
	if (s->stage != STAGE_RAW) {
		s->server = NULL;
		s->serving = false;
	}
	s->exchange = NULL;
	bool last = x->replied || x->response != HALF_DONE;

	exchange_free(x);
	if (s->stage == STAGE_RAW)
		return;
	if (!s->has_client)
		session_doom(s);
	else if (last || !codec_reusable(s->codec))
		session_close(s);
	else
		session_arm(s);	/* the head's time is over, idle begins */
}

/* -- feeding ---------------------------------------------------------------- */

/*
 * RFC 9110 11.7.1: 407 is between us and the next proxy; a client that was
 * told of one proxy only would take it for ours.
 */
static bool
is_locked_out(const struct session *s, enum side from,
    const struct http_event *e)
{
	return from == SIDE_SERVER && e->kind == HTTP_HEAD &&
	    e->head->status == 407 && s->server && s->server->via &&
	    s->exchange;
}

static void
lock_out(struct session *s)
{
	const struct mode *via = s->server->via;
	struct err err;

	err_set(&err, "the proxy %s:%u wants %s user and password (-m "
	    "upstream:http://USER:PASSWORD@...)", via->server.host,
	    via->server.port, via->credentials ? "another" : "a");
	exchange_fail(s->exchange, 502, &err);
}

static void
dispatch(struct session *s, enum side from, struct list *events)
{
	while (!list_is_empty(events)) {
		struct http_event *e = list_entry(events->next,
		    struct http_event, link);

		list_remove(&e->link);
		if (from == SIDE_CLIENT && e->kind == HTTP_HEAD &&
		    s->stage == STAGE_HTTP && !s->exchange)
			new_request(s, e);
		else if (is_locked_out(s, from, e))
			lock_out(s);
		else if (s->exchange && s->stage == STAGE_HTTP)
			exchange_handle(s->exchange, from, e);
		http_event_free(e);
	}
	session_settle(s);
}

/* No byte more will come, and those that wait are no whole anything. */
static void
end_client(struct session *s)
{
	struct codec_error e = { 0 };
	struct list events;

	list_init(&events);
	if (codec_eof(s->codec, &events, &e))
		dispatch(s, SIDE_CLIENT, &events);
	else
		session_bad_request(s, buf_str(wire_in(&s->client)), &e);
	http_events_free(&events);
	impersonate_left(s);
	session_close(s);
}

static bool
client_eof(struct session *s)
{
	if (s->exchange && (s->exchange->flow->request.complete ||
	    !s->client.eof)) {
		/* A half-close: the answer can still be delivered. */
		if (session_is_held(s))
			exchange_client_left(s->exchange);
		return false;
	}
	if (!s->client.eof || buf_len(wire_in(&s->client)) > 0)
		return false;
	end_client(s);
	return true;
}

/* The deadline of a head counts from its first byte. */
static void
begin_head(struct session *s)
{
	if (s->exchange || s->head_began)
		return;
	s->head_began = clock_mono();
	session_arm(s);
}

/* Those bytes were the rest of a body or blank lines: no head is on its way,
 * since a codec takes heads only whole. */
static void
forget_head(struct session *s)
{
	if (s->exchange || s->stage != STAGE_HTTP || !s->head_began ||
	    buf_len(wire_in(&s->client)) > 0)
		return;
	s->head_began = 0;
	session_arm(s);
}

/* A client that sends requests and reads no answers gets no more of them. */
static bool
may_feed_client(struct session *s)
{
	if (s->client.conn.paused || buf_len(wire_in(&s->client)) == 0)
		return false;
	return s->exchange ? codec_hungry(s->codec) :
	    !wire_is_full(&s->client);
}

/* True when something was moved. */
bool
session_feed_client(struct session *s)
{
	struct buf *in = wire_in(&s->client);
	struct codec_error e = { 0 };
	struct list events;
	size_t used = 0;

	/* close_notify alone says it as well: its sender waits for ours. */
	if ((s->client.conn.eof || s->client.eof) && client_eof(s))
		return true;
	if (!may_feed_client(s))
		return false;
	begin_head(s);
	list_init(&events);
	bool ok = codec_feed(s->codec, buf_str(in), &used, &events, &e);
	bool moved = used > 0 || !list_is_empty(&events);
	struct str seen = buf_str(in);

	if (!ok) {
		dispatch(s, SIDE_CLIENT, &events);
		if (s->stage == STAGE_HTTP)
			session_bad_request(s, seen, &e);
		return true;
	}
	buf_consume(in, used);
	dispatch(s, SIDE_CLIENT, &events);
	forget_head(s);
	wire_rearm(&s->client);
	if (moved || !s->client.eof)
		return moved;
	end_client(s);
	return true;
}

static void
server_eof(struct session *s)
{
	struct codec_error e = { 0 };
	struct list events;
	struct origin *o = s->server;

	if (o->wire.stage == WIRE_FAILED || bridge_is_broken(o->bridge)) {
		/* Broken is not ended: what came need not be all. */
		e.err = o->err;
		if (o->wire.stage != WIRE_FAILED)
			err_set(&e.err, "the connection to the proxy %s broke",
			    o->end->via);
		s->exchange->flow->tls_fault = o->fault;
		origin_close(o);
		exchange_server_lost(s->exchange, &e.err);
		session_settle(s);
		return;
	}
	list_init(&events);
	if (!codec_eof(o->codec, &events, &e) && s->exchange)
		exchange_server_lost(s->exchange, &e.err);
	dispatch(s, SIDE_SERVER, &events);
	if (s->server == o && s->exchange && s->serving) {
		err_set(&e.err, "the server closed the connection without "
		    "an answer");
		origin_close(o);
		exchange_server_lost(s->exchange, &e.err);
		session_settle(s);
	}
}

bool
session_feed_server(struct session *s)
{
	struct origin *o = s->server;
	struct codec_error e = { 0 };
	struct list events;
	size_t used = 0;

	if (!o || !s->serving || o->raw || o->state != ORIGIN_OPEN ||
	    !s->exchange)
		return false;
	struct buf *in = wire_in(&o->wire);

	if (buf_len(in) == 0) {
		if (o->wire.eof && !o->wire.conn.paused) {
			server_eof(s);
			return true;
		}
		return false;
	}
	if (o->wire.conn.paused)
		return false;
	list_init(&events);
	bool ok = codec_feed(o->codec, buf_str(in), &used, &events, &e);
	bool moved = used > 0 || !list_is_empty(&events);

	buf_consume(in, used);
	if (ok && !moved && o->wire.eof) {
		server_eof(s);		/* what waits is a part of a head */
		return true;
	}
	dispatch(s, SIDE_SERVER, &events);
	/* Only now: bodies lay in that buffer still. */
	if (!o->dead)
		wire_rearm(&o->wire);
	if (!ok && s->exchange) {
		exchange_fail(s->exchange, 502, &e.err);
		session_settle(s);
	}
	return moved || !ok;
}

/* Connections kept for the next request: any byte or end retires them. */
void
session_check_idle(struct session *s)
{
	struct origin *o, *tmp;

	list_for_each_safe(o, tmp, &s->origins, struct origin, link) {
		if (o == s->server || o->state != ORIGIN_OPEN || o->raw)
			continue;
		if (o->wire.eof || o->wire.conn.eof ||
		    buf_len(wire_in(&o->wire)) > 0)
			origin_close(o);
	}
}

