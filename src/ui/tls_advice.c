/* SPDX-License-Identifier: MIT */
/* The table of TLS troubles, and its way into a sheet. */
#include "tls_advice.h"

#include <assert.h>
#include <stdio.h>

#include "cells.h"
#include "facts.h"
#include "keymap.h"

#define FAULTS		(TLS_FAULT_CONSTRAINED + 1)
#define PRESS_MAX	3

struct press {
	const char *command, *does;
};

static const struct press pass = {
	"flow.pass", "pass this host through unopened"
};
static const struct press again = { "flow.replay", "send the request again" };
static const struct press trust = {
	"flow.trust", "trust this certificate for this run"
};
static const struct press list = { "passes", "hosts passed through" };
static const struct press events = { "log", "event log" };

static const struct {
	const char *brief;
	const char *meaning[2];
	const struct press *press[PRESS_MAX];
} faults[FAULTS] = {
	[TLS_FAULT_NONE] = { "", { NULL, NULL }, { NULL } },
	[TLS_FAULT_REFUSED] = {
		"the client refuses our CA",
		{ "The client does not trust the CA, or pins its "
		    "certificate.",
		  "sluice ca says how to trust it; one that pins can only be "
		    "passed through." },
		{ &pass, &list, &events },
	},
	[TLS_FAULT_LEFT] = {
		"the client left",
		{ "The client closed on seeing the certificate: mostly it does "
		    "not trust the CA.",
		  "Browsers also close connections that they opened in "
		    "advance." },
		{ &pass, &list, &events },
	},
	[TLS_FAULT_CLIENT] = {
		"no TLS with the client",
		{ "No version or cipher that the client offers is accepted, or "
		    "it speaks no TLS.",
		  "-o tls_version_client_min=1.0 and -o ciphers_client= accept "
		    "older ones." },
		{ &pass, &list, &events },
	},
	[TLS_FAULT_CERT] = {
		"the server is not trusted",
		{ "The server's certificate is out of date, for another name, "
		    "or its CA unknown.",
		  "If that is expected, trust it; --upstream-ca FILE trusts a "
		    "private CA." },
		{ &trust, &again, &pass },
	},
	[TLS_FAULT_SERVER] = {
		"no TLS with the server",
		{ "The server broke off: mostly it does not know the name or "
		    "like what we offer.",
		  "Compare what is offered below; passed through, the client's "
		    "own hello goes." },
		{ &again, &pass, &events },
	},
	[TLS_FAULT_NO_TLS] = {
		"the server has no TLS",
		{ "The server does not speak TLS at this port.",
		  "Is it the right port? A server of plain HTTP wants an "
		    "http:// URL." },
		{ &again, &events, NULL },
	},
	[TLS_FAULT_WEAK] = {
		"the server's TLS is weak",
		{ "The server has only TLS versions, ciphers or keys that are "
		    "not safe any more.",
		  "-o weak=HOST-REGEX accepts them; passed through, the client "
		    "decides." },
		{ &pass, &list, &events },
	},
	[TLS_FAULT_WANTS_CERT] = {
		"the server wants a certificate",
		{ "The server insists on a client certificate, and got none "
		    "that it likes.",
		  "-o client_cert=HOST-REGEX=FILE shows one; passed through, "
		    "the client can." },
		{ &pass, &again, &list },
	},
	[TLS_FAULT_LATE] = {
		"TLS took too long",
		{ "The handshake took longer than tls_timeout: a slow network, "
		    "or a stuck peer.",
		  "A server that speaks first, as of mail, has no TLS at this "
		    "port." },
		{ &again, &pass, &events },
	},
	[TLS_FAULT_CONSTRAINED] = {
		"our CA may not sign this name",
		{ "The CA is limited to some names, and this is not one of "
		    "them.",
		  "Pass the host through, or use a CA that may sign for it "
		    "(-c DIR)." },
		{ &pass, &list, &events },
	},
};

const char *
tls_advice_brief(enum tls_fault fault)
{
	assert(fault < FAULTS);
	return faults[fault].brief;
}

bool
tls_advice_may_trust(const struct flow *f)
{
	const struct certificate *c = f->server != NULL ?
	    f->server->certificate : NULL;

	return c != NULL && !c->verified && !c->trusted_by_you;
}

/* Is it of any use for this flow? */
static bool
is_useful(const struct press *press, const struct flow *f)
{
	if (press == &again)
		return f->kind == FLOW_HTTP && !flow_is_live(f);
	if (press == &trust)
		return tls_advice_may_trust(f);
	return true;
}

/* "p pass this host ..  T .." in as many rows as it takes. */
static void
put_presses(struct sheet *s, const struct flow *f, const struct keymap *keys,
    size_t cols)
{
	size_t x = 2;

	sheet_row(s);
	for (size_t i = 0; i < PRESS_MAX; i++) {
		const struct press *press = faults[f->tls_fault].press[i];
		char key[KEYMAP_KEY_MAX];
		size_t width;

		if (press == NULL || !is_useful(press, f))
			continue;
		keymap_key(keys, KEY_TLS, press->command, pane_is_unicode(),
		    key);
		width = cells_of(str_from(key)) + 1 + strlen(press->does);
		if (x > 2 && x + width > cols) {
			sheet_row(s);
			x = 2;
		}
		x = sheet_put(s, x, ROLE_HINT_KEY, str_from(key));
		x = sheet_put(s, x + 1, ROLE_HINT, str_from(press->does)) + 3;
	}
}

void
tls_advice_put(struct sheet *s, const struct flow *f,
    const struct keymap *keys, size_t cols)
{
	assert(f->tls_fault < FAULTS);
	if (f->tls_fault == TLS_FAULT_NONE)
		return;
	for (size_t i = 0; i < 2; i++) {
		struct str text = str_from(faults[f->tls_fault].meaning[i]);

		sheet_row(s);
		facts_say(s, 2, cols, ROLE_TEXT, text);
	}
	put_presses(s, f, keys, cols);
}

bool
tls_advice_say(const struct flow *f, const struct keymap *keys, char *out,
    size_t size)
{
	const struct message *m = &f->request;
	const struct press *press = faults[f->tls_fault].press[0];
	char key[KEYMAP_KEY_MAX];

	/* Clients that left may have connected ahead, as browsers do. */
	if ((f->tls_fault != TLS_FAULT_REFUSED &&
	    f->tls_fault != TLS_FAULT_CERT) || !is_useful(press, f))
		return false;
	keymap_key(keys, KEY_LIST, press->command, pane_is_unicode(), key);
	(void)snprintf(out, size, "%.*s: %s; %s: %s",
	    STR_ARG(str_sub(message_word(m, m->host), 0, 80)),
	    faults[f->tls_fault].brief, key, press->does);
	return true;
}

const char *
tls_advice_doubt(const struct flow *f)
{
	const struct endpoint *e = f->server;

	/* Only of what was used: a failed flow says what was wrong. */
	if (e == NULL || e->tls_version == NULL || f->state == FLOW_FAILED)
		return NULL;
	if (e->certificate == NULL || e->certificate->verified)
		return e->weak ? "weak TLS" : NULL;
	if (e->certificate->trusted_by_you)
		return e->weak ? "trusted by you, weak TLS" : "trusted by you";
	return e->weak ? "unverified, weak TLS" : "unverified";
}
