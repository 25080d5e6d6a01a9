/* SPDX-License-Identifier: MIT */
/* One client connection: its birth, its inbox, the pump, its death. */
#include "session.h"

#include <assert.h>
#include <string.h>

#include "arrive.h"
#include "impersonate.h"
#include "private.h"
#include "session_host.h"
#include "sluice/base/mem.h"
#include "socks.h"
#include "tunnel.h"

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

/* -- feeding ---------------------------------------------------------------- */

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

/* Paused at its hello the client can only leave. */
static void
feed_paused(struct session *s)
{
	struct err err;

	if (!s->client.conn.eof || s->client.stage != WIRE_HELLO)
		return;
	err_set(&err, "the client left before it was shown a certificate");
	impersonate_failed(s, TLS_FAULT_CLIENT, &err);
}

static bool
feed(struct session *s)
{
	switch (s->stage) {
	case STAGE_SOCKS:
		return socks_feed(s);
	case STAGE_HTTP: {
		bool moved = s->has_client && session_feed_client(s);

		return (s->stage == STAGE_HTTP && !s->doomed &&
		    session_feed_server(s)) || moved;
	}
	case STAGE_SNIFF:
		tunnel_sniff(s);
		return s->stage == STAGE_HTTP || s->stage == STAGE_RAW;
	case STAGE_HELLO:
	case STAGE_REACH:
	case STAGE_FORGE:
		feed_paused(s);
		return false;
	case STAGE_RAW:
		/* A replay has nobody to speak the new protocol with. */
		if (s->has_client)
			tunnel_splice(s);
		else
			session_doom(s);
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
	struct endpoint *end = o ? o->end : s->server_end;
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
		s->exchange->flow->tls_fault = o ? o->fault : s->refusal_fault;
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
		tunnel_broken(s, SIDE_SERVER, &err);
		return;
	}
	/* Bytes that came before the break still count .. */
	while (session_feed_server(s))
		continue;
	/* .. also when they must wait for a slow client. */
	if (s->server != o || (s->serving && o->wire.conn.paused &&
	    buf_len(wire_in(&o->wire)) > 0))
		return;
	origin_close(o);
	if (s->exchange) {
		s->exchange->flow->tls_fault = o->fault;
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
	case STAGE_FORGE:
		impersonate_gone(s);
		break;
	case STAGE_RAW:
		tunnel_broken(s, SIDE_CLIENT, &s->client_err);
		break;
	case STAGE_HTTP:
		impersonate_left(s);
		break;
	case STAGE_SOCKS:
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
		session_check_idle(s);
		flush(s);
	}
	s->pumping = false;
}

static void
process_found(struct process_query *q, long pid, const char *name)
{
	struct session *s = container_of(q, struct session, client_process);

	if (pid == 0)
		return;
	s->end->pid = pid;
	endpoint_set(&s->end->program, name);
	if (s->exchange)
		flow_list_touch(s->proxy->setup.list, s->exchange->flow,
		    FLOW_PART_REQUEST);
}

/* A client on this machine has a name, besides its address. */
static void
ask_for_process(struct session *s, const struct addr *peer)
{
	struct proxy *p = s->proxy;
	struct addr own;

	if (!s->mode->apart &&
	    option_bool(p->setup.options, OPTION_PROCESSES) &&
	    addr_of_socket(s->client.conn.fd, &own) &&
	    (addr_is_loopback(peer) || addr_is_same_host(peer, &own)))
		process_ask(p->processes, &s->client_process, peer, &own);
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
	ev_init(&s->timer, session_timer_cb);
	process_query_init(&s->client_process, process_found);
	s->host.ops = &session_host_ops;
	s->host.list = p->setup.list;
	s->host.gate = p->setup.gate;
	list_append(&p->sessions, &s->link);
	proxy_count(p, 1);
	return s;
}

struct session *
session_new(struct port *port, int fd, const struct addr *peer)
{
	struct proxy *p = port->proxy;
	struct session *s = session_make(p);
	char text[ADDR_TEXT_MAX];

	s->end = endpoint_new();
	addr_format(peer, text);
	endpoint_set(&s->end->address, text);
	addr_format_host(peer, s->client_host);
	s->has_client = true;
	wire_init(&s->client, p->setup.loop, fd, &client_ops);
	wire_read_ahead(&s->client, p->limits.head_max + 1);
	s->mode = &port->mode;
	ask_for_process(s, peer);
	arrive(s, port->mode.apart ? NULL : listener_addr(port->listener));
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

const struct mode *
session_via(const struct session *s)
{
	if (!s->mode)
		return ports_upstream(s->proxy);
	return s->mode->kind == MODE_UPSTREAM ? s->mode : NULL;
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
	process_cancel(&s->client_process);
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
	endpoint_unref(s->server_end);
	identity_free(s->identity);
	list_remove(&s->link);
	proxy_count(s->proxy, -1);
	free(s);
}
