/* SPDX-License-Identifier: MIT */
/* One connection to a server: dial, TLS, certificate, codec. */
#include "origin.h"

#include <arpa/inet.h>
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
	static const struct str h1 = { "http/1.1", 8 };

	o->state = ORIGIN_OPEN;
	ev_timer_stop(proxy_of(o)->setup.loop, &o->timer);
	if (!o->raw) {
		o->codec = codec_open(h1, CODEC_CLIENT, &proxy_of(o)->limits,
		    wire_out(&o->wire));
		assert(o->codec);
	}
	session_post(o->session, NEWS_REACHED, o);
	session_pump(o->session);
}

static struct certificate *
certificate_of(const struct identity *id)
{
	struct certificate *c = NEW(struct certificate);
	struct buf names;

	buf_init(&names, 64 * 1024);
	for (size_t i = 0; i < id->dns_count && buf_room(&names) > 300; i++)
		buf_printf(&names, "%s%.256s", i ? " " : "", id->dns[i]);
	for (size_t i = 0; i < id->ip_count && buf_room(&names) > 300; i++) {
		char text[INET6_ADDRSTRLEN] = "";

		inet_ntop(id->ip[i].len == 4 ? AF_INET : AF_INET6,
		    id->ip[i].bytes, text, sizeof text);
		buf_printf(&names, "%s%s", buf_len(&names) ? " " : "", text);
	}
	c->names = buf_take(&names);
	buf_fini(&names);
	endpoint_set(&c->subject, id->subject);
	endpoint_set(&c->issuer, id->issuer);
	endpoint_set(&c->serial, id->serial);
	endpoint_set(&c->key, id->key);
	endpoint_set(&c->sha256, id->sha256);
	endpoint_set(&c->verify_text, id->verify_text);
	c->not_before = id->not_before;
	c->not_after = id->not_after;
	c->chain = id->chain;
	c->verified = id->verified;
	return c;
}

static void
note_tls(struct origin *o)
{
	struct tls_facts facts;
	struct endpoint *e = o->end;

	tls_facts(o->wire.tls, &facts);
	e->secured = clock_mono();
	e->resumed = facts.resumed;
	endpoint_set(&e->tls_version, facts.version);
	endpoint_set(&e->tls_cipher, facts.cipher);
	endpoint_set(&e->sni, *facts.sni ? facts.sni : NULL);
	endpoint_set(&e->alpn, *facts.alpn ? facts.alpn : NULL);
	memcpy(o->alpn_chosen, facts.alpn, sizeof o->alpn_chosen);
	o->identity = identity_read(o->wire.tls);
	if (o->identity)
		e->certificate = certificate_of(o->identity);
}

/* Verified by default: an unverified server gets no request. */
static void
wire_ready_cb(struct wire *w)
{
	struct origin *o = container_of(w, struct origin, wire);
	struct err err;

	note_tls(o);
	if ((!o->identity || !o->identity->verified) &&
	    !tls_context_is_insecure(proxy_of(o)->context)) {
		err_set(&err, "the server's certificate is not trusted: %s",
		    o->identity ? o->identity->verify_text : "none was sent");
		wire_shut(&o->wire);
		unreached(o, 502, &err);
		return;
	}
	reached(o);
}

static void
wire_data_cb(struct wire *w)
{
	session_pump(container_of(w, struct origin, wire)->session);
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
	struct err text;

	if (o->state == ORIGIN_HANDSHAKE) {
		err_set(&text, "TLS with the server failed: %s", err->text);
		unreached(o, 502, &text);
		return;
	}
	err_set(&o->err, "the server's connection broke: %s", err->text);
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
	err_set(&err, "the server did not finish the TLS handshake in time");
	unreached(o, 504, &err);
}

static void
start_tls(struct origin *o)
{
	struct tls_target target = {
		.host = str_from(*o->sni ? o->sni : o->target.host),
		.sni = str_from(o->sni),
		.alpn = o->alpn,
		.alpn_len = o->alpn_len,
	};
	double limit = (double)option_duration(proxy_of(o)->setup.options,
	    OPTION_TLS_TIMEOUT) / 1e6;

	o->state = ORIGIN_HANDSHAKE;
	o->end->tls = true;
	ev_timer_set(&o->timer, limit, 0);
	ev_timer_start(proxy_of(o)->setup.loop, &o->timer);
	wire_start_client(&o->wire, proxy_of(o)->context, &target);
}

static void
dial_done(void *owner, const struct dial_result *r)
{
	struct origin *o = owner;
	char text[ADDR_TEXT_MAX];

	o->dial = NULL;
	if (r->fd < 0) {
		bool self = proxy_is_self(proxy_of(o), &r->peer);

		unreached(o, self ? 508 : r->timed_out ? 504 : 502, &r->err);
		return;
	}
	addr_format(&r->peer, text);
	endpoint_set(&o->end->address, text);
	o->end->resolved = r->resolved;
	o->end->connected = r->connected;
	wire_init(&o->wire, proxy_of(o)->setup.loop, r->fd, &origin_wire_ops);
	o->has_wire = true;
	wire_read_ahead(&o->wire, proxy_of(o)->limits.head_max + 1);
	conn_rearm(&o->wire.conn);
	if (o->target.tls)
		start_tls(o);
	else
		reached(o);
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

	o->session = s;
	o->target = plan->target;
	o->raw = plan->raw;
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
	o->end->dial_started = clock_mono();
	o->dial = dial_start(s->proxy->setup.loop, s->proxy->resolver,
	    str_from(host), plan->target.port,
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
	codec_free(o->codec);
	identity_free(o->identity);
	endpoint_unref(o->end);
	free(o);
}

bool
origin_is_idle(const struct origin *o)
{
	return o->state == ORIGIN_OPEN && !o->dead && !o->raw &&
	    !o->wire.eof && !o->wire.conn.eof && codec_reusable(o->codec);
}
