/* SPDX-License-Identifier: MIT */
/* Two handshakes in step: hello, reach, identity, leaf, resume. */
#include "impersonate.h"

#include <string.h>

#include "private.h"
#include "sluice/base/clock.h"
#include "tunnel.h"

static const uint8_t alpn_h1[] = "\x08http/1.1";

/* The name the client asked for: its SNI, else the CONNECT host. */
static const char *
asked_name(const struct session *s)
{
	return *s->hello.sni ? s->hello.sni : s->tunnel.host;
}

static bool
is_opened(const struct session *s)
{
	if (policy_decide(s->proxy->policy, s->tunnel.host, s->hello.sni) ==
	    POLICY_PASS)
		return false;
	/* Only h2 or the like: nothing we could speak. */
	return s->hello.alpn_len == 0 ||
	    hello_offers(&s->hello, STR("http/1.1"));
}

static void
note_hello(struct session *s)
{
	char text[HELLO_ALPN_MAX + 1];

	s->end->tls = true;
	endpoint_set(&s->end->sni, *s->hello.sni ? s->hello.sni : NULL);
	hello_alpn_text(&s->hello, text, sizeof text);
	endpoint_set(&s->end->alpn_offered, *text ? text : NULL);
}

void
impersonate_begin(struct session *s)
{
	struct origin_plan plan = { .sni = s->hello.sni };

	s->hello = *tls_hello(s->client.tls);
	note_hello(s);
	if (!is_opened(s)) {
		wire_unseal(&s->client);
		tunnel_pass(s);
		return;
	}
	s->inside.tls = true;
	struct err err;

	if (!target_set(&s->inside, true, str_from(asked_name(s)),
	    s->tunnel.port, &err)) {
		impersonate_failed(s, &err);
		return;
	}
	plan.target = s->inside;
	plan.dial_host = s->tunnel.host;
	if (s->hello.alpn_len > 0) {
		plan.alpn = alpn_h1;
		plan.alpn_len = sizeof alpn_h1 - 1;
	}
	session_stage(s, STAGE_REACH);
	wire_pause(&s->client, PAUSE_WAIT);
	s->server = origin_new(s, &plan);
}

/* The client's handshake goes on with a leaf for id (or just the name). */
static void
finish(struct session *s, const struct identity *id, const char *alpn)
{
	struct str none = STR_NONE;
	bool added = false;
	struct err err;
	struct leaf *leaf = forge_leaf(s->proxy->forge, id,
	    str_from(asked_name(s)), &s->hello, &added, &err);

	if (!leaf) {
		err_wrap(&err, "no certificate for %s", asked_name(s));
		impersonate_failed(s, &err);
		return;
	}
	endpoint_set(&s->end->leaf, leaf_text(leaf));
	s->end->name_added = id && added;
	wire_unpause(&s->client, PAUSE_WAIT);
	if (!wire_resume(&s->client, leaf, *alpn ? str_from(alpn) : none, &err))
		impersonate_failed(s, &err);
	leaf_unref(leaf);
}

void
impersonate_reached(struct session *s)
{
	finish(s, s->server->identity, s->server->alpn_chosen);
}

void
impersonate_unreached(struct session *s, unsigned status,
    const struct err *err)
{
	bool h1 = hello_offers(&s->hello, STR("http/1.1"));

	s->refusal = status;
	s->refusal_err = *err;
	s->refusal_end = endpoint_ref(s->server->end);
	finish(s, NULL, h1 ? "http/1.1" : "");
}

void
impersonate_ready(struct session *s)
{
	struct tls_facts facts;
	struct endpoint *e = s->end;

	tls_facts(s->client.tls, &facts);
	e->secured = clock_mono();
	e->resumed = facts.resumed;
	endpoint_set(&e->tls_version, facts.version);
	endpoint_set(&e->tls_cipher, facts.cipher);
	endpoint_set(&e->alpn, *facts.alpn ? facts.alpn : NULL);
	s->server = NULL;	/* idle until the first request asks for it */
	session_speak_http(s);
}

void
impersonate_failed(struct session *s, const struct err *err)
{
	struct flow *f = session_flow(s, FLOW_HANDSHAKE);
	struct err text = *err;

	if (s->refusal_err.text[0])
		err_wrap(&text, "%s; then", s->refusal_err.text);
	if (s->server)
		f->server = endpoint_ref(s->server->end);
	else
		f->server = endpoint_ref(s->refusal_end);
	err_wrap(&text, "TLS with the client failed");
	session_fail_flow(s, f, &text);
	flow_unref(f);
	session_close(s);
}
