/* SPDX-License-Identifier: MIT */
/*
 * The TLS tab: what went wrong and what to do, then both legs and both
 * certificates, side by side where there is room.
 */
#include "tabs.h"

#include <string.h>

#include "facts.h"
#include "tls_advice.h"

#define SIDE_BY_SIDE	80u
#define CIPHER_ROWS	3u		/* a browser offers a screen of them */

enum leg_row {
	LEG_PEER, LEG_VERSION, LEG_OFFERED, LEG_CIPHER, LEG_CIPHERS, LEG_SNI,
	LEG_ALPN, LEG_RESUMED, LEG_JA4, LEG_ECH, LEG_CERT, LEG_ROWS
};

/* Without a value on both sides an optional row is left out. */
static const struct {
	const char *label;
	bool optional;
	size_t most;			/* rows; 0: all */
} leg_rows[LEG_ROWS] = {
	[LEG_PEER] = { "peer", false, 0 },
	[LEG_VERSION] = { "version", false, 0 },
	[LEG_OFFERED] = { " offered", true, 0 },
	[LEG_CIPHER] = { "cipher", false, 0 },
	[LEG_CIPHERS] = { " offered", true, CIPHER_ROWS },
	[LEG_SNI] = { "SNI", false, 0 },
	[LEG_ALPN] = { "ALPN", false, 0 },
	[LEG_RESUMED] = { "resumed", false, 0 },
	[LEG_JA4] = { "JA4", true, 0 },
	[LEG_ECH] = { "ECH", true, 0 },
	[LEG_CERT] = { "mTLS", true, 0 },
};

static const char *
or_dash(const char *text)
{
	return text != NULL && *text != '\0' ? text : "-";
}

/* The peer may have chosen how long it is; NULL: nothing. */
static void
put_cut(struct buf *out, const char *text)
{
	if (text != NULL)
		buf_put(out, str_sub(str_from(text), 0, buf_room(out)));
}

static void
put_version(const struct endpoint *e, struct buf *out, enum role *role)
{
	buf_printf(out, "%.80s", e->tls_version != NULL ? e->tls_version :
	    "no handshake");
	if (!e->weak)
		return;
	buf_printf(out, "  WEAK accepted");
	*role = ROLE_WARNING;
}

/* What the server asked of us, and what it got. */
static void
put_client_cert(const struct endpoint *e, struct buf *out, enum role *role)
{
	const char *wanted = e->client_cert_wanted;

	if (e->client_cert != NULL)
		buf_printf(out, "client certificate shown: %.300s",
		    e->client_cert);
	else if (wanted != NULL)
		buf_printf(out, "client certificate wanted, none shown");
	if (wanted == NULL)
		return;
	buf_printf(out, " (of %.1000s%s)", wanted, strcmp(wanted, "any") == 0 ?
	    " CA" : "");
	if (e->client_cert == NULL)
		*role = ROLE_WARNING;
}

/* One fact of a leg that speaks TLS. */
static void
secure_text(const struct endpoint *e, bool is_client, enum leg_row row,
    struct buf *out, enum role *role)
{
	switch (row) {
	case LEG_VERSION:
		put_version(e, out, role);
		break;
	case LEG_OFFERED:
		put_cut(out, e->tls_offered);
		break;
	case LEG_CIPHER:
		buf_printf(out, "%.100s", or_dash(e->tls_cipher));
		break;
	case LEG_CIPHERS:
		put_cut(out, e->ciphers_offered);
		break;
	case LEG_SNI:
		buf_printf(out, "%.300s", or_dash(e->sni));
		break;
	case LEG_ALPN:
		buf_printf(out, "%.40s", or_dash(e->alpn));
		if (e->alpn_offered != NULL)
			buf_printf(out, " (offered %.200s)", e->alpn_offered);
		break;
	case LEG_RESUMED:
		buf_printf(out, "%s", e->tls_version == NULL ? "-" :
		    e->resumed ? "yes" : "no");
		break;
	case LEG_JA4:
		put_cut(out, e->ja4);
		break;
	case LEG_ECH:
		if (is_client)
			buf_printf(out, "%s", e->ech ? "offered" :
			    "not offered");
		break;
	case LEG_CERT:
		put_client_cert(e, out, role);
		break;
	case LEG_PEER:
	case LEG_ROWS:
		break;
	}
}

/* One fact of a leg as text. */
static void
leg_text(const struct flow *f, bool is_client, enum leg_row row,
    struct buf *out, enum role *role)
{
	const struct endpoint *e = is_client ? f->client : f->server;
	const char *without = f->kind == FLOW_TUNNEL ? "not opened" : "no TLS";

	if (e == NULL) {
		if (!leg_rows[row].optional)
			buf_putc(out, '-');
	} else if (row == LEG_PEER) {
		buf_printf(out, "%.300s", or_dash(e->address));
		if (e->program != NULL)
			buf_printf(out, " (%.60s, pid %ld)", e->program,
			    e->pid);
		if (e->flows > 1)
			buf_printf(out, " (%u flows)", e->flows);
	} else if (!e->tls) {
		if (!leg_rows[row].optional)
			buf_printf(out, "%s", row == LEG_VERSION ? without :
			    "-");
	} else {
		secure_text(e, is_client, row, out, role);
	}
}

static void
put_legs(struct facts *t, const struct flow *f, bool is_client)
{
	struct fact fact;

	fact_init(&fact);
	for (unsigned row = 0; row < LEG_ROWS; row++) {
		size_t all = 0;

		for (size_t i = 0; i < t->columns; i++) {
			leg_text(f, t->columns == 2 ? i == 0 : is_client, row,
			    &fact.text[i], &fact.role[i]);
			all += buf_len(&fact.text[i]);
		}
		if (all > 0)
			facts_put(t, leg_rows[row].label, &fact,
			    leg_rows[row].most);
	}
	fact_fini(&fact);
}

static void
put_both_legs(struct sheet *s, const struct flow *f, size_t cols)
{
	bool unicode = pane_is_unicode();
	struct facts t;

	if (cols >= SIDE_BY_SIDE) {
		facts_init(&t, s, cols, 2);
		facts_title(&t, unicode ? STR("client ⇄ sluice") :
		    STR("client <-> sluice"), unicode ?
		    STR("sluice ⇄ server") : STR("sluice <-> server"));
		put_legs(&t, f, true);
		return;
	}
	facts_init(&t, s, cols, 1);
	facts_title(&t, STR("client to sluice"), STR_NONE);
	put_legs(&t, f, true);
	sheet_row(s);
	facts_title(&t, STR("sluice to server"), STR_NONE);
	put_legs(&t, f, false);
}

static void
put_error(struct sheet *s, const struct flow *f, const struct keymap *keys,
    size_t cols)
{
	size_t x;

	if (!err_is_set(&f->error) && f->tls_fault == TLS_FAULT_NONE)
		return;
	if (err_is_set(&f->error)) {
		sheet_row(s);
		x = sheet_put(s, 0, ROLE_ERROR, f->state == FLOW_FAILED ?
		    STR("error: ") : STR("note: "));
		facts_say(s, x, cols, ROLE_ERROR, str_from(f->error.text));
	}
	tls_advice_put(s, f, keys, cols);
	sheet_row(s);
}

void
tab_tls(struct sheet *s, const struct flow *f, const struct keymap *keys,
    size_t cols)
{
	bool none = (f->client == NULL || !f->client->tls) &&
	    (f->server == NULL || !f->server->tls);

	put_error(s, f, keys, cols);
	if (none && f->kind == FLOW_HTTP) {
		sheet_row(s);
		sheet_put(s, 0, ROLE_DIM, STR("plain HTTP, no TLS"));
		sheet_row(s);
	}
	if (f->kind == FLOW_TUNNEL && f->passed != NULL) {
		sheet_row(s);
		sheet_printf(s, 0, ROLE_TEXT, "passed through unopened: %.300s",
		    f->passed);
		sheet_row(s);
	}
	put_both_legs(s, f, cols);
	tab_certificates(s, f, cols);
}
