/* SPDX-License-Identifier: MIT */
/* A row of the flow list: what stands in each of its cells, and its look. */
#include "column.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "sluice/base/clock.h"
#include "sluice/base/escape.h"
#include "sluice/base/human.h"
#include "sluice/base/utf8.h"
#include "tls_advice.h"
#include "waterfall.h"

#define HOST_MAX	512

static enum role
letter_role(char letter)
{
	switch (letter) {
	case 'Q':
	case 'S':
		return ROLE_HELD;
	case 'E':
		return ROLE_ERROR;
	case 'X':
		return ROLE_DROPPED;
	case '~':
		return ROLE_EDITED;
	case 'r':
		return ROLE_REPLAYED;
	case 'W':
		return ROLE_OK;
	case '.':
	case 'T':
		return ROLE_DIM;
	default:
		return ROLE_TEXT;
	}
}

static enum role
method_role(struct str method)
{
	if (str_eq(method, STR("GET")) || method.n == 0)
		return ROLE_TEXT;
	if (str_eq(method, STR("POST")) || str_eq(method, STR("PUT")) ||
	    str_eq(method, STR("PATCH")))
		return ROLE_METHOD_WRITE;
	return str_eq(method, STR("DELETE")) ? ROLE_METHOD_DELETE :
	    ROLE_METHOD_OTHER;
}

static enum role
status_role(unsigned status)
{
	switch (status / 100) {
	case 2:
		return ROLE_OK;
	case 3:
		return ROLE_REDIRECT;
	case 4:
		return ROLE_CLIENT_ERROR;
	case 5:
		return ROLE_SERVER_ERROR;
	default:
		return ROLE_TEXT;
	}
}

/* What is drawn, and the look of the whole row. */
struct row {
	const struct column_layout *l;
	const struct pane *p;
	int y;
	const struct flow *f;
	enum role role;			/* ROLE_TEXT: each cell its own */
	const struct column_span *span;
};

static enum role
role_or(const struct row *r, enum role own)
{
	return r->role == ROLE_TEXT ? own : r->role;
}

static void
cell(const struct row *r, enum column_id id, enum role role, struct str text,
    bool from_left)
{
	if (r->l->width[id] == 0)
		return;
	pane_cell(r->p, r->y, r->l->x[id], r->l->width[id],
	    role_or(r, role), text, from_left);
}

static void
cell_right(const struct row *r, enum column_id id, enum role role,
    const char *text)
{
	if (r->l->width[id] > 0)
		pane_cell_right(r->p, r->y, r->l->x[id], r->l->width[id],
		    role_or(r, role), str_from(text));
}

static void
put_method(const struct row *r)
{
	const struct flow *f = r->f;
	struct str method = message_word(&f->request, f->request.method);

	if (method.n == 0 && f->kind == FLOW_TUNNEL)
		method = STR("TUNNEL");
	else if (method.n == 0)
		method = f->kind == FLOW_HANDSHAKE ? STR("TLS") : STR("-");
	cell(r, COLUMN_METHOD, method_role(method), method, false);
}

static void
put_status(const struct row *r)
{
	const struct flow *f = r->f;
	char text[8];

	if (f->state == FLOW_FAILED && !f->dropped) {
		cell(r, COLUMN_STATUS, ROLE_ERROR, STR("ERR"), false);
		return;
	}
	if (!flow_has_response(f))
		return;
	snprintf(text, sizeof(text), "%u", f->response.status);
	cell(r, COLUMN_STATUS, status_role(f->response.status),
	    str_from(text), false);
}

/* The host, and the port unless the scheme has it anyway (or all is said). */
static void
host_text(const struct flow *f, bool all, struct buf *out)
{
	const struct message *m = &f->request;
	struct str host = message_word(m, m->host);
	bool https = str_eq_nocase(message_word(m, m->scheme), STR("https"));

	if (host.n == 0 && f->server != NULL)
		host = str_from(f->server->name != NULL ? f->server->name :
		    f->server->address);
	if (!buf_add(out, host.p, host.n < HOST_MAX ? host.n : HOST_MAX))
		return;
	if (m->port != 0 && (all || (m->port != (https ? 443 : 80) &&
	    !(f->kind != FLOW_HTTP && m->port == 443))))
		buf_printf(out, ":%u", m->port);
}

/* A port that does not fit is left out rather than the name's beginning. */
static void
put_host(const struct row *r)
{
	struct buf host;

	buf_init(&host, HOST_MAX + 16);
	host_text(r->f, r->l->full, &host);
	size_t colon = str_rchr(buf_str(&host), ':');

	if (utf8_cells(buf_str(&host)) > (size_t)r->l->width[COLUMN_HOST] &&
	    colon != SIZE_MAX && r->f->request.port != 0)
		buf_truncate(&host, colon);
	cell(r, COLUMN_HOST, tls_advice_doubt(r->f) != NULL ? ROLE_WARNING :
	    ROLE_TEXT, buf_str(&host), true);
	buf_fini(&host);
}

/* Without its first cells. */
static struct str
skip_cells(struct str text, size_t cells)
{
	while (cells > 0 && text.n > 0) {
		struct escape_piece piece;

		escape_next(text, 0, &piece);
		cells -= piece.width < cells ? piece.width : cells;
		text = str_skip(text, piece.used);
	}
	return text;
}

/* What stands behind the path: why it failed, or that nobody waits for it. */
static struct str
remark(const struct flow *f)
{
	if (f->state == FLOW_FAILED)
		return str_from(f->error.text);
	if (f->state == FLOW_HELD && f->client_gone)
		return STR("client gone");
	return STR_NONE;
}

/* The path, and behind it in its own look the remark. */
static void
put_path_text(const struct row *r, struct str path)
{
	struct str why = remark(r->f);
	int x = r->l->x[COLUMN_PATH], width = r->l->width[COLUMN_PATH];
	int end = x + width, need, most;

	path = skip_cells(path, r->l->skip);
	if (why.n == 0) {
		pane_cell(r->p, r->y, x, width, r->role, path, false);
		return;
	}
	/*
	 * The path gets its half at least, more when the reason is short; what
	 * stands there without a request is the reason in brief, and gets all.
	 */
	need = pane_width(why, width) + 2;
	most = need < width / 2 ? width - need : width / 2;
	/* Where host and path share the room, the reason has what is left. */
	if (r->f->kind == FLOW_HANDSHAKE || r->l->joined)
		most = width;
	width = pane_width(path, most);
	x = pane_cell(r->p, r->y, x, width, r->role, path, false);
	x += width > 0 ? 2 : 0;
	if (x < end)
		pane_cell(r->p, r->y, x, end - x, role_or(r, ROLE_ERROR), why,
		    false);
}

/* A tunnel's bytes both ways and why it is one; what went wrong with TLS. */
static void
instead_of_path(const struct flow *f, char *out, size_t size)
{
	char sent[HUMAN_MAX], received[HUMAN_MAX];
	bool unicode = pane_is_unicode();

	out[0] = '\0';
	if (f->kind == FLOW_TUNNEL) {
		human_size(f->tunnel_sent, sent);
		human_size(f->tunnel_received, received);
		snprintf(out, size, "%s%s %s%s  %.300s", unicode ? "↑" : ">",
		    sent, unicode ? "↓" : "<", received,
		    f->passed != NULL ? f->passed : "passed through unread");
	} else if (f->kind == FLOW_HANDSHAKE) {
		snprintf(out, size, "%s", tls_advice_brief(f->tls_fault));
	}
}

static void
put_path(const struct row *r)
{
	const struct message *m = &r->f->request;
	struct str path = message_word(m, m->path);
	struct buf text;

	char instead[400];

	if (path.n == 0) {
		instead_of_path(r->f, instead, sizeof(instead));
		path = str_from(instead);
	}
	if (!r->l->joined) {
		put_path_text(r, path);
		return;
	}
	buf_init(&text, 4096);
	host_text(r->f, false, &text);
	if (path.n > 0 && path.p[0] != '/')
		buf_putc(&text, ' ');
	buf_put(&text, str_sub(path, 0, buf_room(&text)));
	put_path_text(r, buf_str(&text));
	buf_fini(&text);
}

static void
put_size(const struct row *r)
{
	const struct flow *f = r->f;
	/* Given up for room: the size is all that is known. */
	bool gone = f->response.body.dropped || f->request.body.dropped;
	char size[HUMAN_MAX], text[HUMAN_MAX + 1];

	if (f->kind == FLOW_TUNNEL)
		human_size(f->tunnel_sent + f->tunnel_received, size);
	else if (flow_has_response(f))
		human_size(f->response.body.len, size);
	else
		snprintf(size, sizeof(size), "%s", pane_glyph(GLYPH_DASH).p);
	snprintf(text, sizeof(text), "%s%s", gone ? "x" : "", size);
	cell_right(r, COLUMN_SIZE, gone ? ROLE_DIM : ROLE_TEXT, text);
}

static void
put_duration(const struct row *r)
{
	const struct flow *f = r->f;
	int64_t now = clock_mono();
	char text[HUMAN_MAX];

	if (f->draft)
		snprintf(text, sizeof(text), "draft");
	else if (f->state == FLOW_HELD)
		human_duration(now - f->times.held_since, text);
	else
		human_duration(flow_duration(f, now), text);
	cell_right(r, COLUMN_DURATION, ROLE_TEXT, text);
}

static void
put_gutter(const struct row *r)
{
	char letter = flow_letter(r->f);

	pane_put(r->p, r->y, 1, letter_role(letter), str_make(&letter, 1));
	if (r->f->marked)
		pane_put(r->p, r->y, 2, ROLE_MARK, pane_glyph(GLYPH_MARK));
}

static void
put_sent(const struct row *r)
{
	char text[HUMAN_MAX];

	human_size(r->f->kind == FLOW_TUNNEL ? r->f->tunnel_sent :
	    r->f->request.body.len, text);
	cell_right(r, COLUMN_SENT, ROLE_TEXT, text);
}

static void
put_protocol(const struct row *r)
{
	const struct message *m = &r->f->request;
	char text[16];

	if (m->kind == MESSAGE_NONE)
		return;
	snprintf(text, sizeof(text), "%s/1.%u", str_eq_nocase(
	    message_word(m, m->scheme), STR("https")) ? "HTTPS" : "HTTP",
	    m->version_minor);
	cell(r, COLUMN_PROTOCOL, ROLE_TEXT, str_from(text), false);
}

static bool
same_head(const struct message *a, const struct message *b)
{
	return a->status == b->status && a->port == b->port &&
	    str_eq(message_word(a, a->method), message_word(b, b->method)) &&
	    str_eq(message_word(a, a->host), message_word(b, b->host)) &&
	    str_eq(message_word(a, a->path), message_word(b, b->path)) &&
	    headers_eq(&a->headers, &b->headers);
}

/* What an edit has changed of the message that is held. */
static void
put_changed(const struct row *r)
{
	const struct flow *f = r->f, *g = f->original;
	bool answer = f->held_at == GATE_RESPONSE;
	const struct message *now = answer ? &f->response : &f->request;
	const struct message *was;
	char text[32];

	if (g == NULL || !f->edited) {
		cell(r, COLUMN_CHANGED, ROLE_DIM, pane_glyph(GLYPH_DASH),
		    false);
		return;
	}
	was = answer && flow_has_response(g) ? &g->response : &g->request;
	if (answer && was == &g->request) {
		snprintf(text, sizeof(text), "the request");
	} else {
		bool fields = !same_head(now, was);
		bool body = !body_is_shared(&now->body, &was->body);

		snprintf(text, sizeof(text), "%s%s%s", fields ? "head" : "",
		    fields && body ? ", " : "", body ? "body" : "");
	}
	cell(r, COLUMN_CHANGED, ROLE_EDITED, str_from(text), false);
}

/* How long it is held, and whether anybody waits for it. */
static void
put_hold(const struct row *r)
{
	const struct flow *f = r->f;
	char text[HUMAN_MAX] = "";

	cell(r, COLUMN_STAGE, ROLE_TEXT, f->held_at == GATE_REQUEST ?
	    STR("REQ") : STR("RES"), false);
	if (f->state == FLOW_HELD)
		human_duration(clock_mono() - f->times.held_since, text);
	cell_right(r, COLUMN_AGE, ROLE_TEXT, text);
	put_changed(r);
	cell(r, COLUMN_SOCKET, f->client_gone ? ROLE_ERROR : ROLE_TEXT,
	    f->client_gone ? STR("GONE: d deletes, r sends") : STR("open"),
	    false);
}

static void
put_process(const struct row *r)
{
	const struct endpoint *e = r->f->client;
	char text[80] = "";

	if (e != NULL && e->program != NULL)
		snprintf(text, sizeof(text), "%.60s %ld", e->program, e->pid);
	cell(r, COLUMN_PROCESS, ROLE_TEXT, str_from(text), false);
}

static void
put_rare(const struct row *r)
{
	const struct flow *f = r->f;
	enum column_id id = COLUMN_WATERFALL;

	put_sent(r);
	put_protocol(r);
	put_process(r);
	cell(r, COLUMN_CLIENT, ROLE_TEXT, str_from(f->client != NULL &&
	    f->client->address != NULL ? f->client->address : ""), false);
	cell(r, COLUMN_NOTE, ROLE_TEXT, str_from(f->note != NULL ? f->note :
	    ""), false);
	if (r->l->width[id] > 0)
		waterfall_draw(r->p, r->y, r->l->x[id], r->l->width[id], f,
		    r->span);
}

void
column_row(const struct column_layout *l, const struct pane *p, int y,
    const struct flow *f, enum role role, const struct column_span *span)
{
	struct row r = { .l = l, .p = p, .y = y, .f = f, .span = span };
	char text[CLOCK_TEXT_MAX];

	r.role = f->state == FLOW_HELD ? ROLE_HELD :
	    role != ROLE_TEXT ? role : f->state == FLOW_ACTIVE && !f->draft ? ROLE_DIM : ROLE_TEXT;
	pane_fill(p, y, ROLE_TEXT);
	put_gutter(&r);
	snprintf(text, sizeof(text), "%" PRIu64, f->id);
	cell_right(&r, COLUMN_ID, ROLE_DIM, text);
	clock_format_time(f->times.wall, l->full, text);
	cell(&r, COLUMN_TIME, ROLE_TEXT, str_from(text), false);
	put_method(&r);
	put_status(&r);
	put_host(&r);
	if (l->width[COLUMN_PATH] > 0)
		put_path(&r);
	cell(&r, COLUMN_TYPE, ROLE_TEXT,
	    str_from(message_type_name(&f->response)), false);
	put_size(&r);
	put_duration(&r);
	put_rare(&r);
	if (l->width[COLUMN_STAGE] > 0)
		put_hold(&r);
}
