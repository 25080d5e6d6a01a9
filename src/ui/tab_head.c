/* SPDX-License-Identifier: MIT */
/*
 * The head of a request or response as rows: start line, fields with their
 * names in a column, trailers; first what the user should know.
 */
#include "tabs.h"

#include "sluice/base/human.h"

#define NAME_MAX_CELLS	22u	/* a longer name pushes its own value */

/* Does h have this very field? */
static bool
has_field(const struct headers *h, struct str name, struct str value)
{
	for (size_t i = 0; i < h->count; i++)
		if (str_eq(headers_name(h, i), name) &&
		    str_eq(headers_value(h, i), value))
			return true;
	return false;
}

/* Fields of h that other has not; Content-Length follows from the body. */
static size_t
missing_from(const struct headers *h, const struct headers *other)
{
	size_t n = 0;

	for (size_t i = 0; i < h->count; i++) {
		struct str name = headers_name(h, i);

		if (!str_eq_nocase(name, STR("content-length")) &&
		    !has_field(other, name, headers_value(h, i)))
			n++;
	}
	return n;
}

static const struct message *
message_of(const struct flow *f, enum gate_point which)
{
	return which == GATE_REQUEST ? &f->request : &f->response;
}

/* The message before it was edited, or NULL. */
static const struct message *
before_edit(const struct flow *f, enum gate_point which)
{
	const struct message *m;

	if (f->original == NULL || !f->edited)
		return NULL;
	m = message_of(f->original, which);
	return m->kind != MESSAGE_NONE ? m : NULL;
}

/* One row that says how the message differs from what came. */
static void
put_changes(struct sheet *s, const struct flow *f, enum gate_point which)
{
	const struct message *m = message_of(f, which);
	const struct message *old = before_edit(f, which);
	size_t x, added, gone;

	if (old == NULL)
		return;
	added = missing_from(&m->headers, &old->headers);
	gone = missing_from(&old->headers, &m->headers);
	sheet_row(s);
	x = sheet_put(s, 0, ROLE_EDITED, STR("edited by you:"));
	if (added + gone > 0)
		x = sheet_printf(s, x, ROLE_EDITED, "  fields +%zu -%zu",
		    added, gone);
	if (!str_eq(message_word(m, m->target), message_word(old, old->target)))
		x = sheet_put(s, x, ROLE_EDITED, STR("  target"));
	if (m->body.len != old->body.len)
		sheet_printf(s, x, ROLE_EDITED, "  body %llu to %llu B",
		    (unsigned long long)old->body.len,
		    (unsigned long long)m->body.len);
}

static void
put_error(struct sheet *s, const struct flow *f, enum gate_point which,
    size_t wrap)
{
	bool here = which == GATE_RESPONSE || !flow_has_response(f);
	size_t x;

	if (!here || !err_is_set(&f->error))
		return;
	sheet_row(s);
	x = sheet_put(s, 0, ROLE_ERROR, f->state == FLOW_FAILED ?
	    STR("error: ") : STR("note: "));
	sheet_wrap(s, x, wrap, ROLE_ERROR, str_from(f->error.text));
}

/* RFC 9112 9.3.1 allows it, but a server may have seen both. */
static void
put_retry(struct sheet *s, const struct flow *f, enum gate_point which,
    size_t wrap)
{
	if (!f->retried || which != GATE_REQUEST)
		return;
	sheet_row(s);
	sheet_wrap(s, 0, wrap, ROLE_WARNING, STR("sent twice: the kept "
	    "connection was gone when the request went out"));
}

/* Where it went, when that is not what its words say. */
static void
put_way(struct sheet *s, const struct flow *f, enum gate_point which,
    size_t wrap)
{
	const struct endpoint *e = f->server;
	size_t x;

	if (which != GATE_REQUEST || e == NULL)
		return;
	if (f->host_differs) {
		sheet_row(s);
		x = sheet_put(s, 0, ROLE_WARNING, STR("its Host is another "
		    "than the server it went to: "));
		sheet_wrap(s, x, wrap, ROLE_WARNING,
		    str_from(e->address ? e->address : e->name));
	}
	if (e->via != NULL) {
		sheet_row(s);
		x = sheet_put(s, 0, ROLE_DIM, STR("by way of the proxy "));
		sheet_wrap(s, x, wrap, ROLE_DIM, str_from(e->via));
	}
}

static void
put_start_line(struct sheet *s, const struct message *m, size_t wrap)
{
	size_t x;

	sheet_row(s);
	if (m->kind == MESSAGE_REQUEST) {
		x = sheet_put(s, 0, ROLE_TITLE, message_word(m, m->method));
		x = sheet_wrap(s, x + 1, wrap, ROLE_TEXT,
		    message_word(m, m->target));
		sheet_printf(s, x + 1, ROLE_DIM, "HTTP/1.%u",
		    m->version_minor);
		return;
	}
	x = sheet_printf(s, 0, ROLE_DIM, "HTTP/1.%u ", m->version_minor);
	x = sheet_printf(s, x, ROLE_TITLE, "%u ", m->status);
	sheet_wrap(s, x, wrap, ROLE_TEXT, message_word(m, m->reason));
}

/* Cells for the names, so that the values stand below each other. */
static size_t
name_cells(const struct headers *h, size_t cols)
{
	size_t most = 0, limit = cols / 3;

	if (limit > NAME_MAX_CELLS)
		limit = NAME_MAX_CELLS;
	for (size_t i = 0; i < h->count; i++) {
		size_t n = headers_name(h, i).n;

		if (n > most && n <= limit)
			most = n;
	}
	return most;
}

static void
put_fields(struct sheet *s, const struct headers *h,
    const struct headers *old, size_t cols, size_t wrap)
{
	size_t column = name_cells(h, cols) + 2;

	for (size_t i = 0; i < h->count; i++) {
		struct str name = headers_name(h, i);
		struct str value = headers_value(h, i);
		bool changed = old != NULL && !has_field(old, name, value);
		size_t x;

		sheet_row(s);
		x = sheet_put(s, 0, changed ? ROLE_EDITED : ROLE_NAME, name);
		x = sheet_put(s, x, ROLE_PUNCT, STR(":")) + 1;
		sheet_wrap(s, x > column ? x : column, wrap,
		    changed ? ROLE_EDITED : ROLE_TEXT, value);
	}
}

static void
put_tunnel(struct sheet *s, const struct flow *f)
{
	char size[HUMAN_MAX];

	sheet_row(s);
	sheet_put(s, 0, ROLE_TEXT, STR("a tunnel: the bytes go through "
	    "untouched and unseen"));
	human_size(f->tunnel_sent, size);
	sheet_row(s);
	sheet_put(s, 0, ROLE_NAME, STR("to server"));
	sheet_printf(s, 14, ROLE_TEXT, "%s", size);
	human_size(f->tunnel_received, size);
	sheet_row(s);
	sheet_put(s, 0, ROLE_NAME, STR("from server"));
	sheet_printf(s, 14, ROLE_TEXT, "%s", size);
}

/* Why there is no message. */
static void
put_absence(struct sheet *s, const struct flow *f, enum gate_point which)
{
	sheet_row(s);
	if (f->kind == FLOW_HANDSHAKE)
		sheet_put(s, 0, ROLE_DIM,
		    STR("this connection never carried a request"));
	else if (which == GATE_REQUEST)
		sheet_put(s, 0, ROLE_DIM, STR("no request"));
	else if (f->draft)
		sheet_put(s, 0, ROLE_DIM, STR("a draft, not sent yet"));
	else if (f->state == FLOW_HELD)
		sheet_put(s, 0, ROLE_HELD, STR("the request is held by you"));
	else if (f->state == FLOW_ACTIVE)
		sheet_put(s, 0, ROLE_DIM, STR("waiting for the server"));
	else
		sheet_put(s, 0, ROLE_DIM, STR("no response"));
}

void
tab_head(struct sheet *s, const struct flow *f, enum gate_point which,
    size_t cols, bool wrap)
{
	const struct message *m = message_of(f, which);
	const struct message *old = before_edit(f, which);
	size_t width = wrap ? cols : 0;

	put_error(s, f, which, width);
	put_retry(s, f, which, width);
	put_way(s, f, which, width);
	if (f->kind == FLOW_TUNNEL)
		put_tunnel(s, f);
	if (m->kind == MESSAGE_NONE) {
		if (f->kind != FLOW_TUNNEL)
			put_absence(s, f, which);
		return;
	}
	put_changes(s, f, which);
	put_start_line(s, m, width);
	if (m->exact) {
		sheet_row(s);
		sheet_put(s, 0, ROLE_EDITED, STR("exactly the bytes below, "
		    "head and all"));
	}
	put_fields(s, &m->headers, old != NULL ? &old->headers : NULL, cols,
	    width);
	if (m->trailers.count > 0) {
		sheet_row(s);
		sheet_put(s, 0, ROLE_DIM, STR("after the body:"));
		put_fields(s, &m->trailers, NULL, cols, width);
	}
	tab_decoded(s, m, width);
	tab_forward(s, old ? old : m, m, width);
}
