/* SPDX-License-Identifier: MIT */
/*
 * The server's certificate, and beside it (below, when narrow) the one that
 * the client was shown instead; so that the differences are seen.
 */
#include "tabs.h"

#include <assert.h>

#include "facts.h"
#include "sluice/base/clock.h"

#define DAY		(86400 * INT64_C(1000000))
#define SIDE_BY_SIDE	100u

enum row {
	ROW_TRUST, ROW_SUBJECT, ROW_ISSUER, ROW_VALID, ROW_NAMES, ROW_KEY,
	ROW_SERIAL, ROW_SHA256, ROW_COUNT
};

static const char *const labels[ROW_COUNT] = {
	[ROW_TRUST] = "verified", [ROW_SUBJECT] = "subject",
	[ROW_ISSUER] = "issuer", [ROW_VALID] = "valid",
	[ROW_NAMES] = "names", [ROW_KEY] = "key", [ROW_SERIAL] = "serial",
	[ROW_SHA256] = "sha256",
};

/* A certificate and whose it is. */
struct shown {
	const struct certificate *c;
	bool is_ours;			/* minted for the client */
	bool name_added;
};

static void
put_cut(struct buf *out, const char *text)
{
	struct str s = str_from(text != NULL && *text != '\0' ? text : "-");

	buf_put(out, str_sub(s, 0, buf_room(out)));
}

static void
put_trust(const struct shown *s, struct buf *out, enum role *role)
{
	if (s->is_ours) {
		buf_put(out, STR("made by sluice"));
		*role = ROLE_DIM;
	} else if (s->c->verified) {
		buf_put(out, STR("OK"));
		*role = ROLE_OK;
	} else if (s->c->trusted_by_you) {
		buf_printf(out, "trusted by you for this run (%.200s)",
		    s->c->verify_text != NULL ? s->c->verify_text : "no");
		*role = ROLE_WARNING;
	} else {
		buf_printf(out, "no: ");
		put_cut(out, s->c->verify_text);
		*role = ROLE_ERROR;
	}
}

static void
put_days(struct buf *out, const char *before, int64_t span, const char *after)
{
	long long days = (long long)(span / DAY);

	buf_printf(out, "  (%s%lld day%s%s)", before, days,
	    days == 1 ? "" : "s", after);
}

static void
put_valid(const struct certificate *c, struct buf *out, enum role *role)
{
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];
	int64_t now = clock_wall();

	clock_format_date(c->not_before, from);
	clock_format_date(c->not_after, to);
	buf_printf(out, "%s %s %s", from, pane_is_unicode() ? "→" : "to", to);
	if (c->not_after < now) {
		put_days(out, "expired ", now - c->not_after, " ago");
		*role = ROLE_ERROR;
	} else if (c->not_before > now) {
		put_days(out, "valid in ", c->not_before - now, "");
		*role = ROLE_ERROR;
	} else {
		put_days(out, "", c->not_after - now, " left");
	}
}

static void
put_row(const struct shown *s, enum row row, struct buf *out, enum role *role)
{
	switch (row) {
	case ROW_TRUST:
		put_trust(s, out, role);
		break;
	case ROW_SUBJECT:
		put_cut(out, s->c->subject);
		break;
	case ROW_ISSUER:
		put_cut(out, s->c->issuer);
		break;
	case ROW_VALID:
		put_valid(s->c, out, role);
		break;
	case ROW_NAMES:
		put_cut(out, s->c->names);
		break;
	case ROW_KEY:
		put_cut(out, s->c->key);
		break;
	case ROW_SERIAL:
		put_cut(out, s->c->serial);
		break;
	case ROW_SHA256:
		put_cut(out, s->c->sha256);
		break;
	case ROW_COUNT:
		break;
	}
}

static void
put_rows(struct facts *t, const struct shown *shown, size_t n)
{
	struct fact fact;

	fact_init(&fact);
	for (unsigned row = 0; row < ROW_COUNT; row++) {
		for (size_t i = 0; i < n; i++) {
			assert(shown[i].c);
			put_row(&shown[i], row, &fact.text[i], &fact.role[i]);
		}
		facts_put(t, labels[row], &fact, 0);
	}
	fact_fini(&fact);
}

/* What the server sent, a line each, its own first. */
static void
put_chain(struct facts *t, const struct certificate *c)
{
	struct str rest = str_from(c->chain_text), line;
	const char *label = "chain";
	struct fact fact;

	fact_init(&fact);
	buf_printf(&fact.text[0], "%zu certificate%s sent", c->chain,
	    c->chain == 1 ? "" : "s");
	do {
		facts_put(t, label, &fact, 0);
		label = "";
		line = STR_NONE;
		if (rest.n > 0 && str_split(&rest, '\n', &line))
			buf_put(&fact.text[0], str_sub(line, 0, 1000));
	} while (buf_len(&fact.text[0]) > 0);
	fact_fini(&fact);
}

static void
put_added(struct sheet *s, const struct shown *ours, size_t cols)
{
	if (ours->c == NULL || !ours->name_added)
		return;
	sheet_row(s);
	facts_say(s, 0, cols, ROLE_WARNING, STR("The host is not in the "
	    "server's certificate; it was added for the client."));
}

void
tab_certificates(struct sheet *s, const struct flow *f, size_t cols)
{
	static const char *const titles[] = {
		"SERVER CERTIFICATE", "SHOWN TO CLIENT"
	};
	struct shown shown[2] = { { .is_ours = false }, { .is_ours = true } };
	struct facts t;

	if (f->server != NULL)
		shown[0].c = f->server->certificate;
	if (f->client != NULL) {
		shown[1].c = f->client->certificate;
		shown[1].name_added = f->client->name_added;
	}
	if (shown[0].c != NULL && shown[1].c != NULL && cols >= SIDE_BY_SIDE) {
		sheet_row(s);
		facts_init(&t, s, cols, 2);
		facts_title(&t, str_from(titles[0]), str_from(titles[1]));
		put_rows(&t, shown, 2);
		put_chain(&t, shown[0].c);
		put_added(s, &shown[1], cols);
		return;
	}
	facts_init(&t, s, cols, 1);
	for (size_t i = 0; i < 2; i++) {
		if (shown[i].c == NULL)
			continue;
		sheet_row(s);
		facts_title(&t, str_from(titles[i]), STR_NONE);
		put_rows(&t, &shown[i], 1);
		if (i == 0)
			put_chain(&t, shown[i].c);
	}
	put_added(s, &shown[1], cols);
}
