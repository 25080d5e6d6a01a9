/* SPDX-License-Identifier: MIT */
/*
 * One connection to a server: dial, another proxy's tunnel if need be, TLS,
 * certificate, codec.
 */
#include "origin.h"

#include <assert.h>
#include <string.h>

#include "private.h"
#include "session.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"

static const struct proxy *
proxy_of(const struct origin *o)
{
	return o->session->proxy;
}

static void
unreached(struct origin *o, unsigned status, const struct err *err)
{
	o->state = ORIGIN_CLOSED;
	o->status = status;
	o->err = *err;
	ev_timer_stop(proxy_of(o)->setup.loop, &o->timer);
	session_post(o->session, NEWS_UNREACHED, o);
	session_pump(o->session);
}

static void
reached(struct origin *o)
{
	o->state = ORIGIN_OPEN;
	ev_timer_stop(proxy_of(o)->setup.loop, &o->timer);
	if (!o->raw)
		o->codec = origin_codec(o);
	session_post(o->session, NEWS_REACHED, o);
	session_pump(o->session);
}

static void
start_timer(struct origin *o, enum option_id limit)
{
	ev_timer_stop(proxy_of(o)->setup.loop, &o->timer);
	ev_timer_set(&o->timer, (double)option_duration(
	    proxy_of(o)->setup.options, limit) / 1e6, 0);
	ev_timer_start(proxy_of(o)->setup.loop, &o->timer);
}

/* --pass may name an address, which is known only now. */
static bool
is_passed(struct origin *o)
{
	char host[ADDR_TEXT_MAX];
	const char *why;

	if (!o->may_pass || o->via)
		return false;
	addr_format_host(&o->peer, host);
	why = pass_list_take(proxy_of(o)->passes, host);
	if (!why)
		return false;
	o->passed = mem_strdup(why);
	o->raw = true;
	return true;
}

/* The bytes lead to the server now. */
static void
begin(struct origin *o)
{
	if (!o->target.tls || is_passed(o)) {
		reached(o);
		return;
	}
	o->state = ORIGIN_HANDSHAKE;
	start_timer(o, OPTION_TLS_TIMEOUT);
	origin_start_tls(o);
}

/* Verified by default: an unverified server gets no request. */
static void
wire_ready_cb(struct wire *w)
{
	struct origin *o = container_of(w, struct origin, wire);
	struct err err;

	if (origin_judge(o, &err)) {
		reached(o);
		return;
	}
	wire_shut(&o->wire);
	unreached(o, 502, &err);
}

static void
take_answer(struct origin *o)
{
	struct err err;

	switch (origin_answered(o, &err)) {
	case ORIGIN_VIA_WAIT:
		wire_rearm(&o->wire);
		break;
	case ORIGIN_VIA_OPEN:
		ev_timer_stop(proxy_of(o)->setup.loop, &o->timer);
		begin(o);
		break;
	case ORIGIN_VIA_FAILED:
		wire_shut(&o->wire);
		unreached(o, 502, &err);
		break;
	}
}

static void
wire_data_cb(struct wire *w)
{
	struct origin *o = container_of(w, struct origin, wire);

	if (o->state == ORIGIN_VIA)
		take_answer(o);
	else
		session_pump(o->session);
}

static void
wire_drained_cb(struct wire *w)
{
	struct origin *o = container_of(w, struct origin, wire);

	session_post(o->session, NEWS_DRAINED, o);
	session_pump(o->session);
}

static void
wire_failed_cb(struct wire *w, const struct err *err)
{
	struct origin *o = container_of(w, struct origin, wire);

	origin_explain(o, err);
	if (o->state == ORIGIN_HANDSHAKE || o->state == ORIGIN_VIA) {
		struct err why = o->err;

		unreached(o, 502, &why);
		return;
	}
	session_post(o->session, NEWS_LOST, o);
	session_pump(o->session);
}

static const struct wire_ops origin_wire_ops = {
	.data = wire_data_cb,
	.drained = wire_drained_cb,
	.ready = wire_ready_cb,
	.failed = wire_failed_cb,
};

static void
timer_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct origin *o = container_of(w, struct origin, timer);
	struct err err;

	(void)loop;
	(void)revents;
	if (o->state == ORIGIN_VIA) {
		err_set(&err, "the proxy %s:%u did not answer in time",
		    o->via->server.host, o->via->server.port);
	} else {
		o->fault = TLS_FAULT_LATE;
		err_set(&err, "the server did not finish the TLS handshake "
		    "in time");
	}
	unreached(o, 504, &err);
}

static void
open_wire(struct origin *o, int fd)
{
	wire_init(&o->wire, proxy_of(o)->setup.loop, fd, &origin_wire_ops);
	o->has_wire = true;
	wire_read_ahead(&o->wire, proxy_of(o)->limits.head_max + 1);
	conn_rearm(&o->wire.conn);
	if (!origin_needs_connect(o)) {
		begin(o);
		return;
	}
	o->state = ORIGIN_VIA;
	start_timer(o, OPTION_CONNECT_TIMEOUT);
	origin_connect(o);
}

static void
bridged(void *owner, int fd, const struct err *err)
{
	struct origin *o = owner;

	ev_timer_stop(proxy_of(o)->setup.loop, &o->timer);
	if (fd >= 0)
		open_wire(o, fd);
	else
		unreached(o, 502, err);
}

/* The other proxy is spoken to in TLS: the wire runs within that. */
static void
start_bridge(struct origin *o, int fd)
{
	struct proxy *p = o->session->proxy;
	const struct bridge_setup setup = {
		.loop = p->setup.loop,
		.context = p->context,
		.host = o->via->server.host,
		.done = bridged,
		.owner = o,
	};

	o->state = ORIGIN_VIA;
	start_timer(o, OPTION_TLS_TIMEOUT);
	o->bridge = bridge_new(&setup, fd);
}

static void
dial_done(void *owner, const struct dial_result *r)
{
	struct origin *o = owner;
	char text[ADDR_TEXT_MAX];

	o->dial = NULL;
	if (r->fd < 0) {
		struct err err = r->err;
		bool self = proxy_is_self(proxy_of(o), &r->peer);

		if (o->via)
			err_wrap(&err, "the proxy %s:%u", o->via->server.host,
			    o->via->server.port);
		unreached(o, self ? 508 : r->timed_out ? 504 : 502, &err);
		return;
	}
	addr_format(&r->peer, text);
	endpoint_set(&o->end->address, text);
	o->end->resolved = r->resolved;
	o->end->connected = r->connected;
	o->peer = r->peer;
	if (!addr_of_socket(r->fd, &o->own))
		o->own = (struct addr){ 0 };
	if (o->via && o->via->server.tls)
		start_bridge(o, r->fd);
	else
		open_wire(o, r->fd);
}

static bool
dial_allow(void *owner, const struct addr *a, struct err *err)
{
	const struct origin *o = owner;

	if (!proxy_is_self(proxy_of(o), a))
		return true;
	return err_set(err, "sluice would connect to itself (%s)",
	    o->target.host);
}

struct origin *
origin_new(struct session *s, const struct origin_plan *plan)
{
	struct origin *o = NEW(struct origin);
	const struct options *options = s->proxy->setup.options;
	const char *host = plan->dial_host ? plan->dial_host :
	    plan->target.host;
	unsigned port = plan->target.port;

	o->session = s;
	o->target = plan->target;
	o->via = session_via(s);
	if (o->via) {
		memcpy(o->asked, host, strlen(host) + 1);
		host = o->via->server.host;
		port = o->via->server.port;
	}
	o->raw = plan->raw;
	o->may_pass = plan->may_pass;
	o->mirror = plan->mirror;
	if (plan->sni)
		memcpy(o->sni, plan->sni, strlen(plan->sni) + 1);
	assert(plan->alpn_len <= sizeof o->alpn);
	if (plan->alpn_len)
		memcpy(o->alpn, plan->alpn, plan->alpn_len);
	o->alpn_len = plan->alpn_len;
	ev_init(&o->timer, timer_cb);
	list_append(&s->origins, &o->link);
	o->end = endpoint_new();
	endpoint_set(&o->end->name, plan->target.host);
	if (o->via)
		endpoint_set(&o->end->via, o->via->server.host);
	o->end->dial_started = clock_mono();
	o->dial = dial_start(s->proxy->setup.loop, s->proxy->resolver,
	    str_from(host), port,
	    option_duration(options, OPTION_CONNECT_TIMEOUT), dial_allow,
	    dial_done, o);
	return o;
}

void
origin_close(struct origin *o)
{
	if (o->dead)
		return;
	o->dead = true;
	o->state = ORIGIN_CLOSED;
	list_remove(&o->link);
	list_append(&o->session->proxy->dead, &o->link);
	if (o->dial)
		dial_cancel(o->dial);
	o->dial = NULL;
	ev_timer_stop(proxy_of(o)->setup.loop, &o->timer);
	if (o->bridge)
		bridge_close(o->bridge);
	if (o->has_wire) {
		wire_shut(&o->wire);
		conn_pause(&o->wire.conn, PAUSE_WAIT);
	}
	session_forget(o->session, o);
}

void
origin_free(struct origin *o)
{
	assert(o->dead);
	list_remove(&o->link);
	if (o->has_wire)
		wire_fini(&o->wire);
	bridge_free(o->bridge);
	codec_free(o->codec);
	identity_free(o->identity);
	free(o->passed);
	endpoint_unref(o->end);
	free(o);
}

bool
origin_is_idle(const struct origin *o)
{
	return o->state == ORIGIN_OPEN && !o->dead && !o->raw &&
	    !o->wire.eof && !o->wire.conn.eof && codec_reusable(o->codec);
}
