/* SPDX-License-Identifier: MIT */
/* Two handshakes in step: hello, reach, identity, leaf, resume. */
#include "impersonate.h"

#include <string.h>

#include "certificate.h"
#include "onboard.h"
#include "private.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "tunnel.h"

static const uint8_t alpn_h1[] = "\x08http/1.1";

/* A client that goes this soon went because of the certificate. */
#define LEFT_AT_ONCE_US (2 * 1000000)

/* The name the client asked for: its SNI, else the CONNECT host. */
static const char *
asked_name(const struct session *s)
{
	return *s->hello.sni ? s->hello.sni : s->tunnel.host;
}

/* Why the connection can't or shall not be opened; NULL: it is. */
static const char *
why_passed(struct session *s)
{
	struct pass_list *passes = s->proxy->passes;
	const char *why = pass_list_take(passes, s->hello.sni);

	if (why)
		return why;
	if (s->hello.alpn_len > 0 &&
	    !hello_offers(&s->hello, STR("http/1.1")))
		return "the client does not offer HTTP/1.1";
	if (!ca_permits(s->proxy->setup.ca, str_from(asked_name(s))))
		return "the CA's name constraints do not permit this host";
	return NULL;
}

static void
note_hello(struct session *s)
{
	const struct hello *h = &s->hello;
	struct endpoint *e = s->end;
	char text[HELLO_ALPN_MAX + 1];

	e->tls = true;
	endpoint_set(&e->sni, *h->sni ? h->sni : NULL);
	hello_alpn_text(h, text, sizeof text);
	endpoint_set(&e->alpn_offered, *text ? text : NULL);
	endpoint_set(&e->tls_offered, *h->versions ? h->versions : NULL);
	endpoint_set(&e->ciphers_offered, *h->ciphers ? h->ciphers : NULL);
	endpoint_set(&e->ja4, *h->ja4 ? h->ja4 : NULL);
	e->ech = h->ech;
}

/* Behind a reverse listener is a server with a name of its own. */
static const char *
server_name(const struct session *s)
{
	if (s->mode->kind != MODE_REVERSE)
		return s->hello.sni;
	return addr_is_literal(s->inside.host) ||
	    strlen(s->inside.host) >= HELLO_SNI_MAX ? "" : s->inside.host;
}

static void
reach(struct session *s)
{
	struct origin_plan plan = {
		.target = s->inside,
		.dial_host = s->tunnel.host,
		.sni = server_name(s),
		.may_pass = true,
		.mirror = option_bool(s->proxy->setup.options,
		    OPTION_MIRROR_ERRORS),
	};

	if (s->hello.alpn_len > 0) {
		plan.alpn = alpn_h1;
		plan.alpn_len = sizeof alpn_h1 - 1;
	}
	session_stage(s, STAGE_REACH);
	s->server = origin_new(s, &plan);
}

void
impersonate_finish(struct session *s)
{
	struct leaf_wish wish = {
		.id = s->refusal ? NULL : s->identity,
		.host = str_from(asked_name(s)),
		.hello = &s->hello,
		.fault = s->leaf_fault,
	};
	bool added = false;
	struct err err;
	struct leaf *leaf;

	if (!forge_is_ready(s->proxy->forge, &s->hello)) {
		session_stage(s, STAGE_FORGE);
		return;
	}
	leaf = forge_leaf(s->proxy->forge, &wish, &added, &err);
	if (!leaf) {
		err_wrap(&err, "no certificate for %s", asked_name(s));
		impersonate_failed(s, TLS_FAULT_CONSTRAINED, &err);
		return;
	}
	s->end->certificate = certificate_of(leaf_identity(leaf));
	s->end->name_added = wish.id && added;
	s->presented = true;
	session_stage(s, STAGE_HELLO);
	wire_unpause(&s->client, PAUSE_WAIT);
	if (!wire_resume(&s->client, leaf, str_from(s->alpn_answer), &err))
		impersonate_failed(s, TLS_FAULT_CLIENT, &err);
	leaf_unref(leaf);
}

/* No server speaks TLS behind this: the certificate copies none. */
static void
alone(struct session *s)
{
	if (hello_offers(&s->hello, STR("http/1.1")))
		strcpy(s->alpn_answer, "http/1.1");
	impersonate_finish(s);
}

void
impersonate_begin(struct session *s)
{
	const char *why;
	struct err err;

	s->hello = *tls_hello(s->client.tls);
	note_hello(s);
	why = why_passed(s);
	if (why) {
		wire_unseal(&s->client);
		tunnel_pass(s, why);
		return;
	}
	if (s->mode->kind != MODE_REVERSE && !target_set(&s->inside, true,
	    str_from(asked_name(s)), s->tunnel.port, &err)) {
		impersonate_failed(s, TLS_FAULT_CLIENT, &err);
		return;
	}
	wire_pause(&s->client, PAUSE_WAIT);
	if (s->inside.tls && !onboard_is_host(str_from(asked_name(s))))
		reach(s);
	else
		alone(s);
}

/* An origin's certificate is kept: the client is shown one like it. */
static void
take_identity(struct session *s, struct origin *o)
{
	s->identity = o->identity;
	o->identity = NULL;
}

void
impersonate_reached(struct session *s)
{
	struct origin *o = s->server;

	if (o->raw) {
		wire_unseal(&s->client);
		tunnel_adopt(s, o->passed);
		return;
	}
	take_identity(s, o);
	s->server_end = endpoint_ref(o->end);
	memcpy(s->alpn_answer, o->alpn_chosen, sizeof s->alpn_answer);
	if (o->fault == TLS_FAULT_CERT)
		s->leaf_fault = leaf_fault_of(s->identity->verify_code);
	impersonate_finish(s);
}

void
impersonate_unreached(struct session *s, unsigned status,
    const struct err *err)
{
	s->refusal = status;
	s->refusal_err = *err;
	s->refusal_fault = s->server->fault;
	s->server_end = endpoint_ref(s->server->end);
	if (hello_offers(&s->hello, STR("http/1.1")))
		strcpy(s->alpn_answer, "http/1.1");
	impersonate_finish(s);
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
impersonate_trusted(struct session *s)
{
	s->asked = true;
	pass_list_trusted(s->proxy->passes, asked_name(s));
}

/* RFC 8446 section 6.2: what a client says that does not like a leaf. */
static bool
is_refusal(int alert)
{
	static const int refusals[] = { 42, 43, 44, 45, 46, 48, 49 };

	for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
		if (alert == refusals[i])
			return true;
	return false;
}

static enum tls_fault
client_fault(const struct session *s)
{
	const struct tls *t = s->client.tls;

	if (!t || !s->presented)
		return TLS_FAULT_CLIENT;
	switch (tls_trouble(t)) {
	case TLS_TROUBLE_ALERT:
		return is_refusal(tls_alert(t)) ? TLS_FAULT_REFUSED :
		    TLS_FAULT_CLIENT;
	case TLS_TROUBLE_CLOSED:
		return TLS_FAULT_LEFT;
	case TLS_TROUBLE_OTHER:
		return s->client.conn.eof || s->client.conn.failed ?
		    TLS_FAULT_LEFT : TLS_FAULT_CLIENT;
	case TLS_TROUBLE_NOT_TLS:
	case TLS_TROUBLE_WEAK:
		break;
	}
	return TLS_FAULT_CLIENT;
}

/* A second refusal may teach that this host is to be passed through. */
static void
learn(struct session *s, enum tls_fault fault, const struct err *err)
{
	if (s->leaf_fault != LEAF_SOUND ||
	    (fault != TLS_FAULT_REFUSED && fault != TLS_FAULT_LEFT))
		return;
	pass_list_refused(s->proxy->passes, s->client_host, asked_name(s),
	    err->text);
}

void
impersonate_failed(struct session *s, enum tls_fault fault,
    const struct err *err)
{
	struct flow *f = session_flow(s, FLOW_HANDSHAKE);
	struct err text = *err;

	learn(s, fault, err);
	if (s->refusal_err.text[0])
		err_wrap(&text, "%s; then", s->refusal_err.text);
	f->tls_fault = fault;
	f->server = endpoint_ref(s->server ? s->server->end :
	    s->server_end);
	err_wrap(&text, "TLS with the client failed");
	session_fail_flow(s, f, &text);
	flow_unref(f);
	session_close(s);
}

void
impersonate_gone(struct session *s)
{
	impersonate_failed(s, client_fault(s), &s->client_err);
}

void
impersonate_left(struct session *s)
{
	bool refused = s->client.tls && is_refusal(tls_alert(s->client.tls));
	bool soon = clock_mono() - s->end->secured < LEFT_AT_ONCE_US;
	struct err err;

	if (!s->secure || s->asked || s->exchange || s->left ||
	    (!soon && !refused))
		return;
	s->left = true;
	if (refused)
		err = s->client_err;
	else
		err_set(&err, "the client closed the connection as soon as "
		    "it had seen the certificate");
	impersonate_failed(s, refused ? TLS_FAULT_REFUSED : TLS_FAULT_LEFT,
	    &err);
}
