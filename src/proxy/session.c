/* SPDX-License-Identifier: MIT */
/* One client connection and all that hangs on it: the pump, the stages. */
#include "session.h"

#include <assert.h>
#include <string.h>

#include "impersonate.h"
#include "private.h"
#include "reply.h"
#include "session_host.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "tunnel.h"

#define SILENCE_US	(3 * 1000000)	/* then the server must speak first */
#define LINGER_US	(2 * 1000000)	/* for the client to read our last words */

static struct ev_loop *
loop_of(const struct session *s)
{
	return s->proxy->setup.loop;
}

/* -- news ---------------------------------------------------------------- */

void
session_post(struct session *s, enum news_kind kind, struct origin *o)
{
	struct news *n = NEW(struct news);

	n->kind = kind;
	n->origin = o;
	list_append(&s->inbox, &n->link);
}

void
session_wake(struct session *s)
{
	if (!s->doomed)
		ev_feed_event(loop_of(s), &s->wake, EV_TIMER);
}

void
session_forget(struct session *s, struct origin *o)
{
	struct news *n, *tmp;

	if (s->server == o) {
		s->server = NULL;
		s->serving = false;
	}
	list_for_each_safe(n, tmp, &s->inbox, struct news, link) {
		if (n->origin == o) {
			list_remove(&n->link);
			free(n);
		}
	}
}

static void
wake_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)revents;
	session_pump(container_of(w, struct session, wake));
}

/* -- the client's wire ----------------------------------------------------- */

static void
client_data_cb(struct wire *w)
{
	session_pump(container_of(w, struct session, client));
}

static void
client_drained_cb(struct wire *w)
{
	struct session *s = container_of(w, struct session, client);

	session_post(s, NEWS_DRAINED, NULL);
	session_pump(s);
}

static void
client_hello_cb(struct wire *w)
{
	struct session *s = container_of(w, struct session, client);

	session_post(s, NEWS_HELLO, NULL);
	session_pump(s);
}

static void
client_ready_cb(struct wire *w)
{
	struct session *s = container_of(w, struct session, client);

	session_post(s, NEWS_READY, NULL);
	session_pump(s);
}

static void
client_failed_cb(struct wire *w, const struct err *err)
{
	struct session *s = container_of(w, struct session, client);

	s->client_err = *err;
	session_post(s, NEWS_GONE, NULL);
	session_pump(s);
}

static const struct wire_ops client_ops = {
	.data = client_data_cb,
	.drained = client_drained_cb,
	.hello = client_hello_cb,
	.ready = client_ready_cb,
	.failed = client_failed_cb,
};

/* -- stages and deadlines -------------------------------------------------- */

static int64_t
option_time(const struct session *s, enum option_id id)
{
	return option_duration(s->proxy->setup.options, id);
}

static int64_t
last_traffic(const struct session *s)
{
	int64_t last = s->stage_began;

	if (s->has_client && s->client.conn.last > last)
		last = s->client.conn.last;
	if (s->server && s->server->has_wire &&
	    s->server->wire.conn.last > last)
		last = s->server->wire.conn.last;
	return last;
}

/* When this session must have got on, monotonic. */
static int64_t
deadline(const struct session *s)
{
	switch (s->stage) {
	case STAGE_HTTP:
		if (s->head_began)
			return s->head_began +
			    option_time(s, OPTION_HEADER_TIMEOUT);
		break;
	case STAGE_SNIFF:
		return s->stage_began + SILENCE_US;
	case STAGE_HELLO:
		return s->stage_began + option_time(s, OPTION_TLS_TIMEOUT);
	case STAGE_REACH:
		return s->stage_began + option_time(s, OPTION_TLS_TIMEOUT) * 2 +
		    option_time(s, OPTION_CONNECT_TIMEOUT);
	case STAGE_CLOSING:
		return s->stage_began + LINGER_US;
	case STAGE_RAW:
		break;
	}
	return last_traffic(s) + option_time(s, OPTION_IDLE_TIMEOUT);
}

static void
arm_timer(struct session *s)
{
	int64_t left = deadline(s) - clock_mono();

	if (left < 1000)
		left = 1000;
	ev_timer_stop(loop_of(s), &s->timer);
	ev_timer_set(&s->timer, (double)left / 1e6, 0);
	ev_timer_start(loop_of(s), &s->timer);
}

void
session_stage(struct session *s, enum session_stage stage)
{
	s->stage = stage;
	s->stage_began = clock_mono();
	s->head_began = 0;
	if (!s->doomed)
		arm_timer(s);
}

void
session_close(struct session *s)
{
	if (s->stage == STAGE_CLOSING || s->doomed)
		return;
	if (!s->has_client) {
		session_doom(s);
		return;
	}
	session_stage(s, STAGE_CLOSING);
	wire_unpause(&s->client, PAUSE_GATE | PAUSE_FULL | PAUSE_WAIT);
	wire_shut(&s->client);
}

static bool
is_held(const struct session *s)
{
	return s->exchange && s->exchange->flow->state == FLOW_HELD;
}

static void
head_too_slow(struct session *s)
{
	struct codec_error e = { .status = 408 };

	err_set(&e.err, "the request's head was not complete in time");
	session_bad_request(s, buf_str(wire_in(&s->client)), &e);
}

static void
idle_too_long(struct session *s)
{
	struct err err;

	err_set(&err, "no traffic for too long");
	if (s->stage == STAGE_RAW) {
		tunnel_failed(s, &err);
	} else if (s->exchange) {
		exchange_fail(s->exchange, 504, &err);
		session_settle(s);
	} else {
		session_close(s);
	}
}

static void
on_deadline(struct session *s)
{
	struct err err;

	switch (s->stage) {
	case STAGE_HTTP:
		if (s->head_began)
			head_too_slow(s);
		else if (!is_held(s))
			idle_too_long(s);
		else
			s->stage_began = clock_mono();
		break;
	case STAGE_RAW:
		idle_too_long(s);
		break;
	case STAGE_SNIFF:
		tunnel_silence(s);
		break;
	case STAGE_HELLO:
	case STAGE_REACH:
		err_set(&err, "the TLS handshake was not complete in time");
		impersonate_failed(s, &err);
		break;
	case STAGE_CLOSING:
		session_doom(s);
		break;
	}
}

static void
timer_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct session *s = container_of(w, struct session, timer);

	(void)loop;
	(void)revents;
	if (clock_mono() >= deadline(s)) {
		on_deadline(s);
		session_wake(s);
	}
	if (!s->doomed)
		arm_timer(s);
}

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
	struct flow *f = flow_new(s->proxy->limits.body_memory);
	struct message *m = &f->request;

	f->kind = kind;
	f->client = endpoint_ref(s->end);
	f->times.wall = clock_wall();
	f->times.begin = clock_mono();
	m->kind = MESSAGE_REQUEST;
	m->version_minor = 1;
	message_set(m, &m->method, STR("CONNECT"));
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

/* A flow that shows what came instead of a request. */
static void
bad_flow(struct session *s, struct str seen, const struct err *err)
{
	struct flow *f = session_flow(s, FLOW_HTTP);
	struct message *m = &f->request;
	size_t eol = str_chr(seen, '\n', 0);
	struct str line = str_sub(seen, 0, eol < 200 ? eol : 200);
	size_t blank = str_chr(line, ' ', 0);
	struct str method = str_sub(line, 0, blank);
	bool sane = blank <= 20 && method.n > 0;

	message_set(m, &m->method, sane ? method : STR("?"));
	message_set(m, &m->path, sane ? str_skip(line, blank + 1) : line);
	message_set(m, &m->target, message_word(m, m->path));
	body_append_bytes(&m->body, str_sub(seen, 0, 4096));
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

static void
new_request(struct session *s, struct http_event *e)
{
	const struct target *inside = *s->inside.host ? &s->inside : NULL;
	struct err err;

	s->head_began = 0;
	if (str_eq(message_word(e->head, e->head->method), STR("CONNECT")) &&
	    !inside) {
		tunnel_open(s, e->head);
		return;
	}
	bool ok = target_of_request(e->head, inside, &err);

	s->exchange = exchange_new(&s->host, e->head, s->end);
	s->end->flows++;
	if (ok)
		exchange_start(s->exchange);
	else
		exchange_fail(s->exchange, 400, &err);
}

/* What an exchange that is over leaves behind. */
void
session_settle(struct session *s)
{
	struct exchange *x = s->exchange;

	if (!x || !x->over)
		return;
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
}

/* -- feeding ---------------------------------------------------------------- */

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
		else if (s->exchange && s->stage == STAGE_HTTP)
			exchange_handle(s->exchange, from, e);
		http_event_free(e);
	}
	session_settle(s);
}

static bool
client_eof(struct session *s)
{
	struct codec_error e = { 0 };
	struct list events;

	if (s->exchange && (s->exchange->flow->request.complete ||
	    !s->client.eof)) {
		/* A half-close: the answer can still be delivered. */
		if (is_held(s))
			exchange_client_left(s->exchange);
		return false;
	}
	if (!s->client.eof || buf_len(wire_in(&s->client)) > 0)
		return false;
	list_init(&events);
	if (codec_eof(s->codec, &events, &e))
		dispatch(s, SIDE_CLIENT, &events);
	http_events_free(&events);
	session_close(s);
	return true;
}

/* True when something was moved. */
static bool
feed_client(struct session *s)
{
	struct buf *in = wire_in(&s->client);
	struct codec_error e = { 0 };
	struct list events;
	size_t used = 0;

	if (s->client.conn.eof && client_eof(s))
		return true;
	if (s->client.conn.paused || buf_len(in) == 0 ||
	    (s->exchange && !codec_hungry(s->codec)))
		return false;
	if (!s->exchange && !s->head_began) {
		s->head_began = clock_mono();
		arm_timer(s);
	}
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
	wire_rearm(&s->client);
	return moved;
}

static void
server_eof(struct session *s)
{
	struct codec_error e = { 0 };
	struct list events;
	struct origin *o = s->server;

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

static bool
feed_server(struct session *s)
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
	wire_rearm(&o->wire);
	dispatch(s, SIDE_SERVER, &events);
	if (!ok && s->exchange) {
		exchange_fail(s->exchange, 502, &e.err);
		session_settle(s);
	}
	return moved || !ok;
}

/* Connections kept for the next request: any byte or end retires them. */
static void
check_idle(struct session *s)
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

static bool
feed_closing(struct session *s)
{
	buf_clear(wire_in(&s->client));
	if (wire_is_flushed(&s->client) &&
	    (s->client.conn.eof || s->client.conn.failed))
		session_doom(s);
	else
		wire_rearm(&s->client);
	return false;
}

static bool
feed(struct session *s)
{
	switch (s->stage) {
	case STAGE_HTTP: {
		bool moved = s->has_client && feed_client(s);

		return (s->stage == STAGE_HTTP && !s->doomed &&
		    feed_server(s)) || moved;
	}
	case STAGE_SNIFF:
		tunnel_sniff(s);
		return s->stage == STAGE_HTTP || s->stage == STAGE_RAW;
	case STAGE_HELLO:
	case STAGE_REACH:
		if (s->client.conn.eof && s->client.stage == WIRE_HELLO)
			session_close(s);
		return false;
	case STAGE_RAW:
		tunnel_splice(s);
		return false;
	case STAGE_CLOSING:
		return feed_closing(s);
	}
	return false;
}

/* -- the pump ---------------------------------------------------------------- */

static void
on_reached(struct session *s, struct origin *o)
{
	if (o != s->server)
		return;
	if (s->stage == STAGE_REACH) {
		impersonate_reached(s);
	} else if (s->stage == STAGE_RAW) {
		tunnel_reached(s);
	} else if (s->exchange) {
		s->serving = true;
		exchange_reached(s->exchange, o->end, o->served > 0);
		session_settle(s);
	}
}

static void
on_unreached(struct session *s, struct origin *o)
{
	struct endpoint *end = o ? o->end : s->refusal_end;
	unsigned status = o ? o->status : s->refusal ? s->refusal : 400;
	struct err err = o ? o->err : s->refusal_now;

	endpoint_ref(end);
	if (o && o != s->server) {
		origin_close(o);
		endpoint_unref(end);
		return;
	}
	if (s->stage == STAGE_REACH) {
		impersonate_unreached(s, status, &err);
	} else if (s->stage == STAGE_RAW) {
		tunnel_failed(s, &err);
	} else if (s->exchange) {
		endpoint_unref(s->exchange->flow->server);
		s->exchange->flow->server = endpoint_ref(end);
		exchange_unreached(s->exchange, status, &err);
		session_settle(s);
	}
	endpoint_unref(end);
	if (o)
		origin_close(o);
}

static void
on_lost(struct session *s, struct origin *o)
{
	struct err err = o->err;

	if (o != s->server) {
		origin_close(o);
		return;
	}
	if (s->stage == STAGE_RAW) {
		tunnel_failed(s, &err);
		return;
	}
	/* Bytes that came before the break still count. */
	while (feed_server(s))
		continue;
	if (s->server != o)
		return;
	origin_close(o);
	if (s->exchange) {
		exchange_server_lost(s->exchange, &err);
		session_settle(s);
	}
}

static void
on_gone(struct session *s)
{
	switch (s->stage) {
	case STAGE_HELLO:
	case STAGE_REACH:
		impersonate_failed(s, &s->client_err);
		break;
	case STAGE_RAW:
		tunnel_failed(s, &s->client_err);
		break;
	case STAGE_HTTP:
	case STAGE_SNIFF:
	case STAGE_CLOSING:
		break;
	}
	session_doom(s);
}

static void
on_drained(struct session *s, struct origin *o)
{
	if (s->exchange && (!o || o == s->server)) {
		exchange_drained(s->exchange, o ? SIDE_SERVER : SIDE_CLIENT);
		session_settle(s);
	}
}

static void
take(struct session *s, const struct news *n)
{
	switch (n->kind) {
	case NEWS_HELLO:
		impersonate_begin(s);
		break;
	case NEWS_READY:
		impersonate_ready(s);
		break;
	case NEWS_REACHED:
		on_reached(s, n->origin);
		break;
	case NEWS_UNREACHED:
		on_unreached(s, n->origin);
		break;
	case NEWS_LOST:
		on_lost(s, n->origin);
		break;
	case NEWS_VERDICT:
		if (s->exchange) {
			exchange_verdict(s->exchange, n->verdict);
			session_settle(s);
		}
		break;
	case NEWS_DROP:
		if (s->exchange) {
			exchange_drop(s->exchange);
			session_settle(s);
		} else if (s->tunnel_flow) {
			tunnel_dropped(s);
		}
		break;
	case NEWS_GONE:
		on_gone(s);
		break;
	case NEWS_DRAINED:
		on_drained(s, n->origin);
		break;
	}
}

static bool
take_news(struct session *s)
{
	if (list_is_empty(&s->inbox))
		return false;
	struct news *n = list_entry(s->inbox.next, struct news, link);

	list_remove(&n->link);
	take(s, n);
	free(n);
	return true;
}

static void
flush(struct session *s)
{
	if (s->has_client)
		wire_flush(&s->client);
	if (s->server && s->server->has_wire)
		wire_flush(&s->server->wire);
	if (s->stage == STAGE_CLOSING)
		feed_closing(s);
}

void
session_pump(struct session *s)
{
	assert(!s->pumping);
	if (s->doomed)
		return;
	s->pumping = true;
	while (!s->doomed && (take_news(s) || feed(s)))
		continue;
	if (!s->doomed) {
		check_idle(s);
		flush(s);
	}
	s->pumping = false;
}

/* -- birth and death ---------------------------------------------------------- */

static struct session *
session_make(struct proxy *p)
{
	struct session *s = NEW(struct session);

	s->proxy = p;
	list_init(&s->inbox);
	list_init(&s->origins);
	ev_init(&s->wake, wake_cb);
	ev_init(&s->timer, timer_cb);
	s->host.ops = &session_host_ops;
	s->host.list = p->setup.list;
	s->host.gate = p->setup.gate;
	list_append(&p->sessions, &s->link);
	proxy_count(p, 1);
	return s;
}

struct session *
session_new(struct proxy *p, int fd, const struct addr *peer)
{
	struct session *s = session_make(p);
	char text[ADDR_TEXT_MAX];

	s->end = endpoint_new();
	addr_format(peer, text);
	endpoint_set(&s->end->address, text);
	s->has_client = true;
	wire_init(&s->client, p->setup.loop, fd, &client_ops);
	wire_read_ahead(&s->client, p->limits.head_max + 1);
	session_speak_http(s);
	wire_rearm(&s->client);
	return s;
}

struct session *
session_new_replay(struct proxy *p, struct flow *f)
{
	struct session *s = session_make(p);

	session_stage(s, STAGE_HTTP);
	s->exchange = exchange_new_replay(&s->host, f);
	exchange_start(s->exchange);
	session_settle(s);
	session_wake(s);
	return s;
}

void
session_doom(struct session *s)
{
	struct origin *o, *tmp;

	if (s->doomed)
		return;
	s->doomed = true;
	if (s->exchange) {
		exchange_client_lost(s->exchange, s->client_err.text[0] ?
		    s->client_err.text : "the client left");
		exchange_free(s->exchange);
		s->exchange = NULL;
	}
	tunnel_end(s);
	list_for_each_safe(o, tmp, &s->origins, struct origin, link)
		origin_close(o);
	ev_timer_stop(loop_of(s), &s->timer);
	ev_timer_stop(loop_of(s), &s->wake);
	if (s->has_client)
		conn_pause(&s->client.conn, PAUSE_WAIT);
	list_remove(&s->link);
	list_append(&s->proxy->doomed, &s->link);
}

void
session_free(struct session *s)
{
	struct news *n, *tmp;

	assert(s->doomed && !s->pumping);
	list_for_each_safe(n, tmp, &s->inbox, struct news, link)
		free(n);
	if (s->has_client)
		wire_fini(&s->client);
	codec_free(s->codec);
	endpoint_unref(s->end);
	endpoint_unref(s->refusal_end);
	list_remove(&s->link);
	proxy_count(s->proxy, -1);
	free(s);
}
