/* SPDX-License-Identifier: MIT */
/*
 * The demo's clients: a few connections through the proxy that ask for one
 * thing after another.  A request that is held keeps its connection busy;
 * the others go on.
 */
#include <stdio.h>
#include <string.h>

#include "private.h"
#include "sluice/base/mem.h"

#define CLIENTS		6
#define FIRST_S		0.05
#define STEP_S		0.6
#define PATIENCE_S	10.0	/* of one round, for what is held */

struct ask {
	bool cdn;		/* cdn.localhost instead of shop.localhost */
	bool plain;		/* http instead of https */
	const char *method, *path, *type, *body;
};

static const struct ask asks[] = {
	{ false, false, "GET", "/", NULL, NULL },
	{ false, false, "GET", "/v1/users?page=1", NULL, NULL },
	{ true, false, "GET", "/assets/logo.png", NULL, NULL },
	{ true, false, "GET", "/assets/app.js", NULL, NULL },
	{ false, false, "POST", "/v1/login", "application/json",
	    "{\"user\":\"bob\",\"password\":\"hunter2\"}" },
	{ false, false, "GET", "/redir", NULL, NULL },
	{ false, false, "GET", "/v1/missing", NULL, NULL },
	{ false, true, "GET", "/headers", NULL, NULL },
	{ false, false, "PUT", "/echo", "text/plain", "seven sacks of rye\n" },
	{ false, false, "GET", "/v1/slow?ms=900", NULL, NULL },
	{ false, false, "DELETE", "/v1/items/9", NULL, NULL },
	{ false, false, "GET", "/stream", NULL, NULL },
	{ false, false, "GET", "/v1/boom", NULL, NULL },
	{ true, false, "HEAD", "/assets/logo.png", NULL, NULL },
};

enum client_stage { CLIENT_FREE, CLIENT_CONNECT, CLIENT_TLS, CLIENT_ASKED };

struct client {
	struct traffic *traffic;
	enum client_stage stage;
	const struct ask *ask;
	struct wire wire;
	bool has_wire;
	bool over;		/* to be closed, after the callback */
	struct codec *codec;
	struct dial *dial;
};

struct traffic {
	struct demo *demo;
	struct resolver *resolver;
	struct tls_context *context;	/* trusts the proxy's CA */
	char host[ADDR_TEXT_MAX];
	unsigned port;
	struct client clients[CLIENTS];
	ev_timer next;
	ev_timer limit;		/* of one round; anew when a request ends */
	ev_prepare sweep;
	size_t asked;
	bool endless;
	void (*done)(void *);
	void *owner;
};

static const char *
host_of(const struct ask *a)
{
	return a->cdn ? "cdn.localhost" : "shop.localhost";
}

static unsigned
port_of(const struct client *c)
{
	return c->ask->plain ? demo_http_port(c->traffic->demo) :
	    demo_https_port(c->traffic->demo);
}

static void
open_codec(struct client *c)
{
	static const struct codec_limits limits = { .head_max = 128 * 1024,
	    .fields_max = 512 };

	c->codec = codec_open(STR("http/1.1"), CODEC_CLIENT, &limits,
	    wire_out(&c->wire));
}

/* Absolute form for the plain one: the codec writes origin form only, so
 * the path carries the whole URL. */
static void
send_request(struct client *c)
{
	const struct ask *a = c->ask;
	struct message m;
	char authority[80], url[200];

	snprintf(authority, sizeof authority, "%s:%u", host_of(a), port_of(c));
	snprintf(url, sizeof url, a->plain ? "http://%s%s" : "%.0s%s",
	    authority, a->path);
	message_init(&m, MESSAGE_REQUEST, NULL);
	m.version_minor = 1;
	m.keep_alive = true;
	message_set(&m, &m.method, str_from(a->method));
	message_set(&m, &m.target, str_from(url));
	message_set(&m, &m.path, str_from(url));
	headers_add(&m.headers, STR("Host"), str_from(authority));
	headers_add(&m.headers, STR("User-Agent"), STR("sluice-demo"));
	headers_add(&m.headers, STR("Accept"), STR("*/*"));
	if (a->body) {
		headers_add(&m.headers, STR("Content-Type"),
		    str_from(a->type));
		m.framing = FRAMING_LENGTH;
		m.length = strlen(a->body);
	}
	codec_head(c->codec, 0, &m);
	if (a->body)
		codec_body(c->codec, 0, str_from(a->body));
	codec_end(c->codec, 0, NULL);
	message_fini(&m);
	c->stage = CLIENT_ASKED;
	wire_flush(&c->wire);
}

/* The proxy's answer to CONNECT, then TLS inside. */
static void
read_connect(struct client *c)
{
	struct str in = buf_str(wire_in(&c->wire));
	size_t end = str_find(in, STR("\r\n\r\n"));
	const char *host = host_of(c->ask);
	struct tls_target target = { .host = str_from(host),
	    .sni = str_from(host), .alpn = (const uint8_t *)"\x08http/1.1",
	    .alpn_len = 9 };

	if (end == SIZE_MAX)
		return;
	buf_consume(wire_in(&c->wire), end + 4);
	c->stage = CLIENT_TLS;
	wire_start_client(&c->wire, c->traffic->context, &target);
}

static void
read_answer(struct client *c)
{
	struct codec_error error;
	struct list events;
	size_t used;

	list_init(&events);
	if (!codec_feed(c->codec, buf_str(wire_in(&c->wire)), &used, &events,
	    &error))
		c->over = true;
	buf_consume(wire_in(&c->wire), used);
	while (!list_is_empty(&events)) {
		struct http_event *e = list_entry(events.next,
		    struct http_event, link);

		list_remove(&e->link);
		if (e->kind == HTTP_END || e->kind == HTTP_RESET)
			c->over = true;
		http_event_free(e);
	}
	wire_rearm(&c->wire);
}

static void
data_cb(struct wire *w)
{
	struct client *c = container_of(w, struct client, wire);

	if (c->stage == CLIENT_CONNECT)
		read_connect(c);
	else if (c->stage == CLIENT_ASKED)
		read_answer(c);
	if (w->eof)
		c->over = true;
}

static void
ready_cb(struct wire *w)
{
	struct client *c = container_of(w, struct client, wire);

	open_codec(c);
	send_request(c);
}

static void
failed_cb(struct wire *w, const struct err *err)
{
	(void)err;
	container_of(w, struct client, wire)->over = true;
}

static const struct wire_ops client_ops = {
	.data = data_cb,
	.ready = ready_cb,
	.failed = failed_cb,
};

static void
dialled(void *owner, const struct dial_result *r)
{
	struct client *c = owner;

	c->dial = NULL;
	if (r->fd < 0) {
		c->over = true;
		return;
	}
	wire_init(&c->wire, c->traffic->demo->loop, r->fd, &client_ops);
	c->has_wire = true;
	if (c->ask->plain) {
		open_codec(c);
		send_request(c);
	} else {
		c->stage = CLIENT_CONNECT;
		buf_printf(wire_out(&c->wire), "CONNECT %s:%u HTTP/1.1\r\n"
		    "Host: %s:%u\r\n\r\n", host_of(c->ask), port_of(c),
		    host_of(c->ask), port_of(c));
		wire_flush(&c->wire);
	}
	wire_rearm(&c->wire);
}

static void
close_client(struct client *c)
{
	dial_cancel(c->dial);
	codec_free(c->codec);
	if (c->has_wire)
		wire_fini(&c->wire);
	*c = (struct client){ .traffic = c->traffic };
}

static void
start_client(struct traffic *t)
{
	for (size_t i = 0; i < CLIENTS; i++) {
		struct client *c = &t->clients[i];

		if (c->stage != CLIENT_FREE)
			continue;
		c->stage = CLIENT_CONNECT;
		c->ask = &asks[t->asked++ % ARRAY_LEN(asks)];
		c->dial = dial_start(t->demo->loop, t->resolver,
		    str_from(t->host), t->port, 5000000, NULL, dialled, c);
		return;
	}
}

static void
next_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct traffic *t = container_of(w, struct traffic, next);
	bool more = t->endless || t->asked + 1 < ARRAY_LEN(asks);

	(void)revents;
	start_client(t);
	if (!more && t->asked >= ARRAY_LEN(asks))
		return;
	ev_timer_set(w, t->asked < ARRAY_LEN(asks) ? FIRST_S : STEP_S, 0);
	ev_timer_start(loop, w);
}

/*
 * Nothing ended for a while: one round has an end even where nobody is there
 * to let go what is held.
 */
static void
limit_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct traffic *t = container_of(w, struct traffic, limit);

	(void)loop;
	(void)revents;
	for (size_t i = 0; i < CLIENTS; i++)
		if (t->clients[i].stage != CLIENT_FREE)
			t->clients[i].over = true;
}

/* Between callbacks: close what is over; tell when a round is complete. */
static void
sweep_cb(struct ev_loop *loop, ev_prepare *w, int revents)
{
	struct traffic *t = container_of(w, struct traffic, sweep);
	bool busy = false;

	(void)loop;
	(void)revents;
	for (size_t i = 0; i < CLIENTS; i++) {
		if (t->clients[i].over) {
			close_client(&t->clients[i]);
			if (!t->endless)
				ev_timer_again(t->demo->loop,
				    &t->limit);
		}
		busy |= t->clients[i].stage != CLIENT_FREE;
	}
	if (!busy && !t->endless && t->asked >= ARRAY_LEN(asks) && t->done) {
		void (*done)(void *) = t->done;

		t->done = NULL;
		done(t->owner);
	}
}

static bool
open_traffic(struct traffic *t, const char *proxy_address, struct str ca_pem,
    struct err *err)
{
	struct tls_setup setup = { .insecure = false };
	struct addr a;

	if (!addr_parse_listen(str_from(proxy_address), &a, err))
		return false;
	t->port = addr_port(&a);
	if (addr_is_any(&a))
		strcpy(t->host, "127.0.0.1");
	else
		addr_format_host(&a, t->host);
	t->resolver = resolver_new(t->demo->loop, err);
	t->context = t->resolver ? tls_context_new(&setup, err) : NULL;
	return t->context && tls_context_trust(t->context, ca_pem, err);
}

bool
demo_traffic(struct demo *d, const char *proxy_address, struct str ca_pem,
    bool endless, void (*done)(void *owner), void *owner, struct err *err)
{
	struct traffic *t = NEW(struct traffic);

	t->demo = d;
	t->endless = endless;
	t->done = done;
	t->owner = owner;
	for (size_t i = 0; i < CLIENTS; i++)
		t->clients[i].traffic = t;
	ev_timer_init(&t->next, next_cb, FIRST_S, 0);
	ev_timer_init(&t->limit, limit_cb, 0, PATIENCE_S);
	ev_prepare_init(&t->sweep, sweep_cb);
	d->traffic = t;
	if (!open_traffic(t, proxy_address, ca_pem, err)) {
		demo_traffic_free(t);
		d->traffic = NULL;
		return false;
	}
	ev_timer_start(d->loop, &t->next);
	if (!endless)
		ev_timer_again(d->loop, &t->limit);
	ev_prepare_start(d->loop, &t->sweep);
	return true;
}

void
demo_traffic_free(struct traffic *t)
{
	if (!t)
		return;
	ev_timer_stop(t->demo->loop, &t->next);
	ev_timer_stop(t->demo->loop, &t->limit);
	ev_prepare_stop(t->demo->loop, &t->sweep);
	for (size_t i = 0; i < CLIENTS; i++)
		close_client(&t->clients[i]);
	resolver_free(t->resolver);
	tls_context_free(t->context);
	free(t);
}
