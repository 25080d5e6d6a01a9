/* SPDX-License-Identifier: MIT */
/*
 * The timing tab: the phases of an exchange as bars on one scale.  Phases
 * follow the timings of HAR 1.2; the time a flow was held is its own phase.
 */
#include "tabs.h"

#include <assert.h>
#include <stdio.h>

#include "sluice/base/clock.h"

#define LABEL		22u	/* cells of the labels */
#define VALUE		12u	/* cells of the durations */

enum phase_id {
	PHASE_REQUEST, PHASE_DNS, PHASE_CONNECT, PHASE_TLS, PHASE_HELD,
	PHASE_SEND, PHASE_WAIT, PHASE_RECEIVE, PHASE_HELD_RESPONSE,
	PHASE_COUNT
};

struct phase {
	int64_t begin, end;	/* monotonic µs; end 0: did not happen */
	const char *why;	/* when it did not */
};

static const char *const phase_labels[PHASE_COUNT] = {
	[PHASE_REQUEST] = "request from client", [PHASE_DNS] = "dns",
	[PHASE_CONNECT] = "tcp connect", [PHASE_TLS] = "tls handshake",
	[PHASE_HELD] = "held by you", [PHASE_SEND] = "request sent",
	[PHASE_WAIT] = "waiting (TTFB)",
	[PHASE_RECEIVE] = "content download",
	[PHASE_HELD_RESPONSE] = "response held by you"
};

struct timing {
	struct phase phases[PHASE_COUNT];
	int64_t begin, end;	/* the scale */
};

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void
set_phase(struct phase *p, int64_t begin, int64_t end)
{
	if (begin <= 0 || end <= 0)
		return;
	p->begin = begin;
	p->end = end > begin ? end : begin;
}

static void
server_phases(struct timing *t, const struct flow *f)
{
	const struct endpoint *e = f->server;

	for (unsigned i = PHASE_DNS; i <= PHASE_TLS; i++)
		t->phases[i].why = f->reused ? "connection reused" : "";
	if (e == NULL || f->reused)
		return;
	set_phase(&t->phases[PHASE_DNS], e->dial_started, e->resolved);
	set_phase(&t->phases[PHASE_CONNECT],
	    e->resolved > 0 ? e->resolved : e->dial_started, e->connected);
	set_phase(&t->phases[PHASE_TLS], e->connected, e->secured);
	if (!e->tls)
		t->phases[PHASE_TLS].why = "no TLS";
}

/* Held before the request went on, and held before its response did. */
static void
held_phases(struct timing *t, const struct flow *f, int64_t now)
{
	const struct flow_times *at = &f->times;
	int64_t held = at->held, request, room;
	bool at_response = f->state == FLOW_HELD &&
	    f->held_at == GATE_RESPONSE;

	if (at->held_since > 0)
		held += now - at->held_since;
	t->phases[PHASE_HELD].why = "not intercepted";
	if (held <= 0 || at->request_done == 0)
		return;
	room = at->sent > 0 ? at->sent - at->request_done : held;
	request = held < room ? held : room;
	if (request > 0 && !(at_response && at->held == 0))
		set_phase(&t->phases[PHASE_HELD], at->request_done,
		    at->request_done + request);
	else
		request = 0;
	if (held > request && at->first > 0)
		set_phase(&t->phases[PHASE_HELD_RESPONSE],
		    (at->end > 0 ? at->end : now) - (held - request),
		    at->end > 0 ? at->end : now);
}

static void
timing_read(struct timing *t, const struct flow *f, int64_t now)
{
	const struct flow_times *at = &f->times;
	const struct phase *held = &t->phases[PHASE_HELD];
	const struct phase *held_response = &t->phases[PHASE_HELD_RESPONSE];
	int64_t ready, end = at->end > 0 ? at->end : now;

	*t = (struct timing){ .begin = at->begin, .end = end };
	set_phase(&t->phases[PHASE_REQUEST], at->begin, at->request_done);
	server_phases(t, f);
	held_phases(t, f, now);
	ready = later(at->request_done, held->end);
	ready = later(ready, t->phases[PHASE_CONNECT].end);
	ready = later(ready, t->phases[PHASE_TLS].end);
	set_phase(&t->phases[PHASE_SEND], ready, at->sent);
	set_phase(&t->phases[PHASE_WAIT], at->sent, at->first > 0 ? at->first :
	    f->state == FLOW_HELD || at->end > 0 ? 0 : now);
	set_phase(&t->phases[PHASE_RECEIVE], at->first,
	    held_response->end > 0 ? held_response->begin : end);
	for (unsigned i = 0; i < PHASE_COUNT; i++)
		if (t->phases[i].end > 0 && t->phases[i].begin < t->begin)
			t->begin = t->phases[i].begin;
	assert(t->begin <= t->end || at->begin == 0);
}

static void
put_right(struct sheet *s, size_t cols, enum role role, struct str text)
{
	sheet_put(s, cols > text.n + 1 ? cols - text.n - 1 : 0, role, text);
}

static void
put_right_duration(struct sheet *s, size_t cols, enum role role, int64_t us)
{
	struct buf text;

	buf_init(&text, 64);
	tab_put_duration(&text, us);
	put_right(s, cols, role, buf_str(&text));
	buf_fini(&text);
}

static size_t
bar_cells(size_t cols)
{
	return cols > LABEL + VALUE + 8 ? cols - LABEL - VALUE : 8;
}

static void
put_repeated(struct sheet *s, size_t x, enum role role, struct str what,
    size_t n)
{
	struct buf line;

	buf_init(&line, 4096);
	for (size_t i = 0; i < n && buf_room(&line) > what.n; i++)
		buf_put(&line, what);
	sheet_put(s, x, role, buf_str(&line));
	buf_fini(&line);
}

static enum role
phase_role(enum phase_id id)
{
	if (id == PHASE_HELD || id == PHASE_HELD_RESPONSE)
		return ROLE_HELD;
	return id == PHASE_WAIT ? ROLE_TEXT : ROLE_OK;
}

static void
put_bar(struct sheet *s, const struct timing *t, enum phase_id id,
    size_t cells)
{
	static const char *const eighths[] = {
		"▏", "▏", "▎", "▍", "▌", "▋", "▊", "▉"
	};
	const struct phase *p = &t->phases[id];
	int64_t all = t->end > t->begin ? t->end - t->begin : 1;
	/* Eighths of a cell, as doubles: an hour in µs times cells is much. */
	double scale = (double)cells * 8 / (double)all;
	size_t from = (size_t)((double)(p->begin - t->begin) * scale);
	size_t len = (size_t)((double)(p->end - p->begin) * scale);
	size_t full = len / 8;

	from /= 8;
	if (from >= cells)
		from = cells - 1;
	if (full > cells - from)
		full = cells - from;
	if (pane_is_unicode())
		put_repeated(s, LABEL + from, phase_role(id), STR("█"), full);
	else
		put_repeated(s, LABEL + from, phase_role(id), STR("#"), full);
	if (full > 0 || from + full >= cells)
		return;
	sheet_put(s, LABEL + from, phase_role(id), pane_is_unicode() ?
	    str_from(eighths[len % 8]) : STR("|"));
}

static void
put_phase(struct sheet *s, const struct timing *t, enum phase_id id,
    size_t cols)
{
	const struct phase *p = &t->phases[id];
	char text[64];

	if (p->end == 0 && id == PHASE_HELD_RESPONSE)
		return;
	sheet_row(s);
	sheet_put(s, 0, ROLE_NAME, str_from(phase_labels[id]));
	if (p->end == 0) {
		sheet_put(s, LABEL, ROLE_DIM, pane_is_unicode() ? STR("·") :
		    STR("."));
		if (p->why != NULL && *p->why != '\0')
			(void)snprintf(text, sizeof(text), "(%s)", p->why);
		else
			(void)snprintf(text, sizeof(text), "-");
		put_right(s, cols, ROLE_DIM, str_from(text));
		return;
	}
	put_bar(s, t, id, bar_cells(cols));
	put_right_duration(s, cols, ROLE_TEXT, p->end - p->begin);
}

/* "0 .. 909 ms" over a ruler. */
static void
put_scale(struct sheet *s, const struct timing *t, size_t cols)
{
	size_t cells = bar_cells(cols);
	bool unicode = pane_is_unicode();

	sheet_row(s);
	sheet_put(s, LABEL, ROLE_DIM, STR("0"));
	put_right_duration(s, LABEL + cells + 1, ROLE_DIM, t->end - t->begin);
	sheet_row(s);
	put_repeated(s, LABEL, ROLE_DIM, pane_glyph(GLYPH_RULE), cells);
	for (size_t i = 0; i <= 4; i++) {
		size_t x = i * (cells - 1) / 4;

		sheet_put(s, LABEL + x, ROLE_DIM, !unicode ? STR("+") :
		    i == 0 ? STR("├") : i == 4 ? STR("┤") : STR("┼"));
	}
}

static void
put_total(struct sheet *s, const char *label, int64_t us, size_t cols)
{
	sheet_row(s);
	sheet_put(s, 0, ROLE_TITLE, str_from(label));
	put_right_duration(s, cols, ROLE_TITLE, us);
}

static void
put_clock(struct sheet *s, const struct flow *f)
{
	const struct flow_times *at = &f->times;
	const char *arrow = pane_is_unicode() ? "→" : "->";
	const struct { const char *name; int64_t when; } points[] = {
		{ "sent", at->sent },
		{ "first byte", at->first }, { "done", at->end },
	};
	char text[CLOCK_TEXT_MAX];
	size_t x = 0;

	sheet_row(s);
	for (size_t i = 0; i < ARRAY_LEN(points); i++) {
		if (points[i].when == 0)
			continue;
		clock_format_time(at->wall + points[i].when - at->begin, 1,
		    text);
		if (x > 0)
			x = sheet_printf(s, x, ROLE_DIM, "  %s ", arrow);
		x = sheet_printf(s, x, ROLE_NAME, "%s ", points[i].name);
		x = sheet_printf(s, x, ROLE_TEXT, "%s", text);
	}
}

static void
put_wire(struct sheet *s, const struct flow *f)
{
	uint64_t in = f->request.head_bytes + f->request.body.len;
	uint64_t out = f->response.head_bytes + f->response.body.len;
	int64_t us = f->times.end - f->times.first;
	struct buf text;

	buf_init(&text, 256);
	buf_printf(&text, "request ");
	tab_put_size(&text, in);
	buf_printf(&text, "   response ");
	tab_put_size(&text, out);
	/* What took no time has no rate. */
	if (f->times.first > 0 && us > 1000) {
		buf_printf(&text, "   ");
		tab_put_size(&text,
		    (uint64_t)((double)out * 1e6 / (double)us));
		buf_printf(&text, "/s");
	}
	sheet_row(s);
	sheet_put(s, 0, ROLE_NAME, STR("wire"));
	sheet_put(s, 6, ROLE_TEXT, buf_str(&text));
	buf_fini(&text);
}

void
tab_timing(struct sheet *s, const struct flow *f, size_t cols, int64_t now)
{
	struct timing t;

	if (f->times.begin == 0 || f->draft) {
		sheet_row(s);
		sheet_put(s, 0, ROLE_DIM, STR("nothing was sent yet"));
		return;
	}
	timing_read(&t, f, now);
	put_scale(s, &t, cols);
	for (unsigned i = 0; i < PHASE_COUNT; i++)
		put_phase(s, &t, i, cols);
	sheet_row(s);
	put_repeated(s, LABEL, ROLE_DIM, pane_glyph(GLYPH_RULE),
	    bar_cells(cols));
	put_total(s, "total", t.end - f->times.begin, cols);
	put_total(s, "  without hold time", t.end - f->times.begin -
	    (t.phases[PHASE_HELD].end - t.phases[PHASE_HELD].begin) -
	    (t.phases[PHASE_HELD_RESPONSE].end -
	    t.phases[PHASE_HELD_RESPONSE].begin), cols);
	sheet_row(s);
	put_clock(s, f);
	put_wire(s, f);
}
