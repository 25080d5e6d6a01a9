/* SPDX-License-Identifier: MIT */
/*
 * TLS with a server: what is offered, whether its certificate will do, and
 * what a failure means.
 */
#include <stdio.h>
#include <string.h>

#include "certificate.h"
#include "origin.h"
#include "private.h"
#include "session.h"
#include "sluice/base/clock.h"

/* RFC 8446 section 6.2 */
#define ALERT_CERTIFICATE_REQUIRED 116

static const struct proxy *
proxy_of(const struct origin *o)
{
	return o->session->proxy;
}

/* What the screen shows as offered, also when nothing comes of it. */
static void
note_offer(struct origin *o)
{
	const struct options *options = proxy_of(o)->setup.options;
	struct endpoint *e = o->end;
	struct hello offer = { .alpn_len = o->alpn_len };
	char text[HELLO_ALPN_MAX + 1];

	memcpy(offer.alpn, o->alpn, o->alpn_len);
	hello_alpn_text(&offer, text, sizeof text);
	endpoint_set(&e->alpn_offered, *text ? text : NULL);
	endpoint_set(&e->sni, *o->sni ? o->sni : NULL);
	snprintf(text, sizeof text, "TLS %.8s to %.8s", o->weak ? "1.0" :
	    option_str(options, OPTION_SERVER_TLS_MIN),
	    option_str(options, OPTION_SERVER_TLS_MAX));
	endpoint_set(&e->tls_offered, text);
	e->weak = o->weak;
}

void
origin_start_tls(struct origin *o)
{
	const struct policy *policy = proxy_of(o)->policy;
	struct tls_target target = {
		.host = str_from(*o->sni ? o->sni : o->target.host),
		.sni = str_from(o->sni),
		.alpn = o->alpn,
		.alpn_len = o->alpn_len,
		.key = policy_key(policy, o->target.host),
		.peer = str_from(o->end->address),
	};

	o->weak = policy_is_weak(policy, o->target.host);
	target.weak = o->weak;
	o->end->tls = true;
	note_offer(o);
	wire_start_client(&o->wire, proxy_of(o)->context, &target);
}

static void
note_wanted(struct origin *o)
{
	endpoint_set(&o->end->client_cert_wanted,
	    tls_cert_wanted(o->wire.tls));
}

static void
note_facts(struct origin *o)
{
	struct tls_facts facts;
	struct endpoint *e = o->end;

	tls_facts(o->wire.tls, &facts);
	e->secured = clock_mono();
	e->resumed = facts.resumed;
	endpoint_set(&e->tls_version, facts.version);
	endpoint_set(&e->tls_cipher, facts.cipher);
	endpoint_set(&e->alpn, *facts.alpn ? facts.alpn : NULL);
	memcpy(o->alpn_chosen, facts.alpn, sizeof o->alpn_chosen);
	note_wanted(o);
	if (facts.cert_sent)
		endpoint_set(&e->client_cert, tls_key_subject(
		    policy_key(proxy_of(o)->policy, o->target.host)));
	o->identity = identity_read(o->wire.tls);
	if (o->identity)
		e->certificate = certificate_of(o->identity);
}

/* The client was shown the fault of the same certificate, and went on. */
static bool
is_mirrored(const struct origin *o)
{
	const struct identity *shown = o->session->identity;

	return o->mirror && (!shown ||
	    strcmp(shown->sha256, o->identity->sha256) == 0);
}

bool
origin_judge(struct origin *o, struct err *err)
{
	const struct identity *id;

	note_facts(o);
	id = o->identity;
	if (tls_context_is_insecure(proxy_of(o)->context) ||
	    (id && id->verified))
		goto good;
	o->fault = TLS_FAULT_CERT;
	if (!id)
		return err_set(err, "the server sent no certificate");
	if (policy_trusts(proxy_of(o)->policy, o->target.host, id->sha256)) {
		o->end->certificate->trusted_by_you = true;
		o->fault = TLS_FAULT_NONE;
		goto good;
	}
	if (is_mirrored(o))
		goto good;
	return err_set(err, "the server's certificate is not trusted: %s",
	    id->verify_text);
good:
	tls_approve(o->wire.tls);
	return true;
}

/*
 * Did it break off because we showed no certificate, or the wrong one?  In
 * TLS 1.3 it says so behind the handshake, and the reset that follows, for
 * the request it did not read, may come before its word.
 */
static bool
wants_cert(const struct origin *o)
{
	const struct tls *t = o->wire.tls;
	bool asked = tls_cert_wanted(t) != NULL;

	if (tls_trouble(t) == TLS_TROUBLE_ALERT)
		return asked || tls_alert(t) == ALERT_CERTIFICATE_REQUIRED;
	return asked && !o->end->client_cert && o->served <= 1;
}

static enum tls_fault
fault_of(const struct origin *o)
{
	if (wants_cert(o))
		return TLS_FAULT_WANTS_CERT;
	switch (tls_trouble(o->wire.tls)) {
	case TLS_TROUBLE_NOT_TLS:
		return TLS_FAULT_NO_TLS;
	case TLS_TROUBLE_WEAK:
		return TLS_FAULT_WEAK;
	case TLS_TROUBLE_OTHER:
	case TLS_TROUBLE_ALERT:
	case TLS_TROUBLE_CLOSED:
		break;
	}
	return TLS_FAULT_SERVER;
}

void
origin_explain(struct origin *o, const struct err *err)
{
	bool shaking = o->state == ORIGIN_HANDSHAKE;

	o->err = *err;
	if (o->wire.tls) {
		if (shaking || wants_cert(o))
			o->fault = fault_of(o);
		note_wanted(o);
	}
	if (o->fault == TLS_FAULT_WANTS_CERT)
		err_wrap(&o->err, "the server wants a client certificate "
		    "(of %.200s)", o->end->client_cert_wanted ?
		    o->end->client_cert_wanted : "any CA");
	else
		err_wrap(&o->err, shaking ? "TLS with the server failed" :
		    "the server's connection broke");
}
