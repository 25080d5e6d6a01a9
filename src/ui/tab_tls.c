/* SPDX-License-Identifier: MIT */
/*
 * The TLS tab: both legs side by side (below each other when narrow), the
 * server's certificate, and what the client was shown instead.
 */
#include "tabs.h"

#include <stdio.h>

#include "sluice/base/clock.h"

#define LABEL		10u	/* cells of the labels */
#define DAY		(86400 * INT64_C(1000000))
#define SIDE_BY_SIDE	80u

enum leg_row {
	LEG_PEER, LEG_VERSION, LEG_CIPHER, LEG_SNI, LEG_ALPN, LEG_RESUMED,
	LEG_ROWS
};

static const char *const leg_labels[LEG_ROWS] = {
	[LEG_PEER] = "peer", [LEG_VERSION] = "version",
	[LEG_CIPHER] = "cipher", [LEG_SNI] = "SNI", [LEG_ALPN] = "ALPN",
	[LEG_RESUMED] = "resumed"
};

static const char *
or_dash(const char *text)
{
	return text != NULL && *text != '\0' ? text : "-";
}

static bool
is_secured(const struct endpoint *e)
{
	return e->tls && e->tls_version != NULL;
}

/* One fact of a leg as text. */
static void
leg_text(const struct endpoint *e, enum leg_row row, struct buf *out)
{
	if (row == LEG_PEER) {
		buf_printf(out, "%.300s", or_dash(e->address));
		if (e->flows > 1)
			buf_printf(out, " (%u flows)", e->flows);
		return;
	}
	if (!e->tls) {
		buf_printf(out, "%s", row == LEG_VERSION ? "no TLS" : "-");
		return;
	}
	switch (row) {
	case LEG_VERSION:
		buf_printf(out, "%.80s", e->tls_version != NULL ?
		    e->tls_version : "no handshake");
		break;
	case LEG_CIPHER:
		buf_printf(out, "%.100s", or_dash(e->tls_cipher));
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
		buf_printf(out, "%s", !is_secured(e) ? "-" :
		    e->resumed ? "yes" : "no");
		break;
	case LEG_PEER:
	case LEG_ROWS:
		break;
	}
}

static void
put_leg_fact(struct sheet *s, const struct endpoint *e, enum leg_row row,
    size_t x, size_t width)
{
	struct buf text;
	struct str all;

	buf_init(&text, 1024);
	if (e != NULL)
		leg_text(e, row, &text);
	else
		buf_printf(&text, "-");
	all = buf_str(&text);
	if (width > 0 && all.n > width) {
		sheet_put(s, x, ROLE_TEXT, str_sub(all, 0, width - 1));
		sheet_put(s, x + width - 1, ROLE_DIM,
		    pane_glyph(GLYPH_ELLIPSIS));
	} else {
		sheet_put(s, x, ROLE_TEXT, all);
	}
	buf_fini(&text);
}

static void
put_rule(struct sheet *s, size_t x, size_t cells)
{
	struct buf line;

	buf_init(&line, 4096);
	for (size_t i = 0; i < cells && i < 1000; i++)
		buf_put(&line, pane_glyph(GLYPH_RULE));
	sheet_put(s, x, ROLE_DIM, buf_str(&line));
	buf_fini(&line);
}

static void
put_beside(struct sheet *s, const struct flow *f, size_t cols)
{
	size_t half = cols / 2 + LABEL / 2, width = half - LABEL - 2;
	bool unicode = pane_is_unicode();

	sheet_row(s);
	sheet_put(s, 0, ROLE_TITLE, unicode ? STR("client ⇄ sluice") :
	    STR("client <-> sluice"));
	sheet_put(s, half, ROLE_TITLE, unicode ? STR("sluice ⇄ server") :
	    STR("sluice <-> server"));
	sheet_row(s);
	put_rule(s, 0, half - 2);
	put_rule(s, half, cols - half);
	for (unsigned row = 0; row < LEG_ROWS; row++) {
		sheet_row(s);
		sheet_put(s, 0, ROLE_NAME, str_from(leg_labels[row]));
		put_leg_fact(s, f->client, row, LABEL, width);
		put_leg_fact(s, f->server, row, half, 0);
	}
}

static void
put_below(struct sheet *s, const struct flow *f)
{
	for (int side = 0; side < 2; side++) {
		const struct endpoint *e = side == 0 ? f->client : f->server;

		sheet_row(s);
		sheet_put(s, 0, ROLE_TITLE, side == 0 ?
		    STR("client to sluice") : STR("sluice to server"));
		for (unsigned row = 0; row < LEG_ROWS; row++) {
			sheet_row(s);
			sheet_put(s, 0, ROLE_NAME, str_from(leg_labels[row]));
			put_leg_fact(s, e, row, LABEL, 0);
		}
		sheet_row(s);
	}
}

static void
put_valid(struct sheet *s, const struct certificate *c)
{
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];
	int64_t left = c->not_after - clock_wall();
	size_t x;

	clock_format_date(c->not_before, from);
	clock_format_date(c->not_after, to);
	sheet_row(s);
	sheet_put(s, 2, ROLE_NAME, STR("valid"));
	x = sheet_printf(s, 2 + LABEL, ROLE_TEXT, "%s %s %s   ", from,
	    pane_is_unicode() ? "→" : "to", to);
	if (left < 0)
		sheet_printf(s, x, ROLE_ERROR, "(expired %lld days ago)",
		    (long long)(-left / DAY));
	else if (c->not_before > clock_wall())
		sheet_put(s, x, ROLE_ERROR, STR("(not valid yet)"));
	else
		sheet_printf(s, x, ROLE_DIM, "(%lld days left)",
		    (long long)(left / DAY));
}

static void
put_fact(struct sheet *s, const char *label, const char *text, size_t cols)
{
	sheet_row(s);
	sheet_put(s, 2, ROLE_NAME, str_from(label));
	sheet_wrap(s, 2 + LABEL, cols, ROLE_TEXT, str_from(or_dash(text)));
}

static void
put_certificate(struct sheet *s, const struct certificate *c, size_t cols)
{
	char title[400];
	size_t x;

	sheet_row(s);
	sheet_row(s);
	x = sheet_put(s, 0, ROLE_TITLE, STR("SERVER CERTIFICATE"));
	(void)snprintf(title, sizeof(title), "verified: %s",
	    c->verified ? "OK" : or_dash(c->verify_text));
	if (x + strlen(title) + 4 < cols)
		x = cols - strlen(title) - 1;
	else
		x += 3;
	sheet_put(s, x, c->verified ? ROLE_OK : ROLE_ERROR, str_from(title));
	put_fact(s, "subject", c->subject, cols);
	put_fact(s, "issuer", c->issuer, cols);
	put_valid(s, c);
	put_fact(s, "names", c->names, cols);
	sheet_row(s);
	sheet_put(s, 2, ROLE_NAME, STR("key"));
	x = sheet_printf(s, 2 + LABEL, ROLE_TEXT, "%.80s", or_dash(c->key));
	x = sheet_put(s, x + 3, ROLE_NAME, STR("chain"));
	sheet_printf(s, x + 2, ROLE_TEXT, "%zu certificate%s", c->chain,
	    c->chain == 1 ? "" : "s");
	put_fact(s, "serial", c->serial, cols);
	put_fact(s, "sha256", c->sha256, cols);
}

static void
put_shown(struct sheet *s, const struct flow *f, size_t cols)
{
	const struct endpoint *e = f->client;

	if (e == NULL || e->leaf == NULL)
		return;
	sheet_row(s);
	sheet_put(s, 0, ROLE_TITLE, STR("SHOWN TO CLIENT"));
	sheet_wrap(s, 17, cols, ROLE_TEXT, str_from(e->leaf));
	if (!e->name_added)
		return;
	sheet_row(s);
	sheet_wrap(s, 2, cols, ROLE_WARNING, STR("the host is not in the "
	    "server's certificate; it was added for the client"));
}

void
tab_tls(struct sheet *s, const struct flow *f, size_t cols)
{
	bool none = (f->client == NULL || !f->client->tls) &&
	    (f->server == NULL || !f->server->tls);

	if (err_is_set(&f->error)) {
		size_t x;

		sheet_row(s);
		x = sheet_put(s, 0, ROLE_ERROR, f->state == FLOW_FAILED ?
		    STR("error: ") : STR("note: "));
		sheet_wrap(s, x, cols, ROLE_ERROR, str_from(f->error.text));
	}
	if (none && f->kind == FLOW_HTTP) {
		sheet_row(s);
		sheet_put(s, 0, ROLE_DIM, STR("plain HTTP, no TLS"));
		sheet_row(s);
	}
	if (cols >= SIDE_BY_SIDE)
		put_beside(s, f, cols);
	else
		put_below(s, f);
	if (f->server != NULL && f->server->certificate != NULL)
		put_certificate(s, f->server->certificate, cols);
	put_shown(s, f, cols);
}
