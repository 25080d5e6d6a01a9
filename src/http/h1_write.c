/* SPDX-License-Identifier: MIT */
/*
 * Messages to bytes.  Everything is written anew from the model, framing
 * above all: received framing bytes are never passed on.  What does not fit
 * into `out`, or comes at the wrong time, ends the connection instead of
 * becoming part of another message.
 */
#include "h1.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "sluice/http/url.h"

/* Our own fields and the start line's fixed words take less. */
#define HEAD_SPARE	512u

/* How a head is going to be written. */
struct plan {
	const struct message *m;
	enum framing framing;
	uint64_t length;
	bool length_as_sent;	/* no body follows: Content-Length only tells */
	bool framed;		/* the framing field is written */
	bool linked;		/* so is Connection */
	bool upgrade;
	struct str connection;	/* what it says, or STR_NONE */
};

static void
kill_writer(struct h1 *c)
{
	c->writer.state = H1_DEAD;
	c->persistent = false;
}

static void
put_field(struct buf *out, struct str name, struct str value)
{
	buf_put(out, name);
	buf_put(out, STR(": "));
	buf_put(out, value);
	buf_put(out, STR("\r\n"));
}

/* -- the start line ------------------------------------------------------ */

static void
put_request_line(struct buf *out, const struct message *m, bool absolute)
{
	struct str path = message_word(m, m->path);

	if (path.n == 0)
		path = message_word(m, m->target);
	buf_put(out, message_word(m, m->method));
	buf_putc(out, ' ');
	/* RFC 9112 3.2.4: "OPTIONS *" is a URL without a path there. */
	if (absolute) {
		buf_put(out, message_word(m, m->scheme));
		buf_put(out, STR("://"));
		url_put_authority(out, message_word(m, m->scheme),
		    message_word(m, m->host), m->port);
		if (str_eq(path, STR("*")))
			path = STR_NONE;
	}
	buf_put(out, path.n || absolute ? path : STR("/"));
	buf_put(out, STR(" HTTP/1.1\r\n"));
	if (headers_count(&m->headers, STR("Host")) > 0)
		return;
	buf_put(out, STR("Host: "));
	url_put_authority(out, message_word(m, m->scheme),
	    message_word(m, m->host), m->port);
	buf_put(out, STR("\r\n"));
}

static void
put_status_line(struct buf *out, const struct message *m)
{
	buf_printf(out, "HTTP/1.1 %03u ", m->status);
	buf_put(out, message_word(m, m->reason));
	buf_put(out, STR("\r\n"));
}

/* -- fields -------------------------------------------------------------- */

/* name: as it was spelt in the message. */
static void
put_framing(struct buf *out, struct plan *p, struct str name)
{
	char digits[24];

	p->framed = true;
	if (p->framing == FRAMING_CHUNKED) {
		put_field(out, name, STR("chunked"));
		return;
	}
	assert(p->framing == FRAMING_LENGTH);
	snprintf(digits, sizeof digits, "%" PRIu64, p->length);
	put_field(out, name, str_from(digits));
}

static void
put_length_field(struct buf *out, struct plan *p, struct str name,
    struct str value)
{
	if (p->framed)
		return;
	if (p->length_as_sent) {
		put_field(out, name, value);
		p->framed = true;
	} else if (p->framing == FRAMING_LENGTH) {
		put_framing(out, p, name);
	}
}

/* RFC 9110 11.7.1: of the next hop only; so in a 407 made here it stays. */
static bool
is_our_challenge(const struct message *m, struct str name)
{
	return m->status == 407 && m->head_bytes == 0 &&
	    str_eq_nocase(name, STR("Proxy-Authenticate"));
}

static void
put_received(struct buf *out, struct plan *p, size_t i)
{
	const struct headers *h = &p->m->headers;
	struct str name = headers_name(h, i), value = headers_value(h, i);

	if (str_eq_nocase(name, STR("Content-Length"))) {
		put_length_field(out, p, name, value);
	} else if (str_eq_nocase(name, STR("Transfer-Encoding"))) {
		if (p->framing == FRAMING_CHUNKED && !p->framed)
			put_framing(out, p, name);
	} else if (str_eq_nocase(name, STR("Connection"))) {
		if (p->upgrade && !p->linked)
			put_field(out, name, p->connection);
		p->linked = p->upgrade;
	} else if (str_eq_nocase(name, STR("Upgrade"))) {
		if (p->upgrade)
			put_field(out, name, value);
	} else if (is_our_challenge(p->m, name) ||
	    (!str_eq_nocase(name, STR("HTTP2-Settings")) &&
	    !headers_is_hop_by_hop(h, name))) {
		put_field(out, name, value);
	}
}

static void
put_head(struct h1 *c, struct plan *p)
{
	const struct message *m = p->m;

	if (m->kind == MESSAGE_REQUEST)
		put_request_line(c->out, m, c->via_proxy &&
		    !str_eq(message_word(m, m->method), STR("CONNECT")));
	else
		put_status_line(c->out, m);
	for (size_t i = 0; i < m->headers.count; i++)
		put_received(c->out, p, i);
	if (!p->framed && p->framing == FRAMING_LENGTH)
		put_framing(c->out, p, STR("Content-Length"));
	if (!p->framed && p->framing == FRAMING_CHUNKED)
		put_framing(c->out, p, STR("Transfer-Encoding"));
	if (m->kind == MESSAGE_REQUEST && c->credentials.n > 0)
		put_field(c->out, STR("Proxy-Authorization"),
		    c->credentials);
	if (!p->linked && p->connection.p)
		put_field(c->out, STR("Connection"), p->connection);
	buf_put(c->out, STR("\r\n"));
}

/* An upper bound of what put_head writes. */
static bool
has_room(const struct h1 *c, const struct message *m)
{
	size_t need = HEAD_SPARE + m->method.len + m->target.len +
	    m->path.len + 2 * m->host.len + m->reason.len +
	    c->credentials.n;

	for (size_t i = 0; i < m->headers.count; i++)
		need += m->headers.fields[i].name.len +
		    m->headers.fields[i].value.len + 32;
	return need <= buf_room(c->out);
}

/* -- requests ------------------------------------------------------------ */

static void
write_request(struct h1 *c, const struct message *m)
{
	struct plan p = {
		.m = m,
		.framing = m->framing == FRAMING_CLOSE ? FRAMING_CHUNKED :
		    m->framing,
		.length = m->length,
		.upgrade = h1_wants_upgrade(m),
	};

	/* One at a time, and only on a connection that can take it. */
	if (c->reader.state != H1_DONE || c->writer.state == H1_SENDING ||
	    c->writer.state == H1_DEAD || !has_room(c, m)) {
		kill_writer(c);
		return;
	}
	if (p.upgrade)
		p.connection = STR("Upgrade");
	else if (m->head_bytes == 0 && !m->keep_alive)
		p.connection = STR("close");
	if (m->exact) {
		/* Where it ends for the server is its own affair: nothing may
		 * come behind it. */
		p.framing = FRAMING_CLOSE;
		c->persistent = false;
	} else {
		put_head(c, &p);
	}
	h1_remember(c, m);
	c->reader = (struct h1_reader){ .state = H1_HEAD };
	c->writer = (struct h1_writer){
		.state = H1_SENDING, .framing = p.framing, .left = p.length,
	};
}

/* -- responses ----------------------------------------------------------- */

static void
write_interim(struct h1 *c, const struct message *m)
{
	struct plan p = { .m = m };

	/* RFC 9110 15.2: HTTP/1.0 knows none. */
	if (c->request.old || c->writer.state != H1_IDLE)
		return;
	if (!has_room(c, m)) {
		kill_writer(c);
		return;
	}
	put_head(c, &p);
	if (m->status == 100)
		c->request.continued = true;
}

static void
plan_response(const struct h1 *c, struct plan *p)
{
	const struct message *m = p->m;
	bool tunnel = m->status < 200 ||
	    (c->request.connect && m->status < 300);

	p->framing = m->framing;
	p->length = m->length;
	if (tunnel) {
		p->framing = FRAMING_NONE;
	} else if (c->request.head || m->status == 204 || m->status == 304) {
		/* What a server says stays, even the length that RFC 9110 8.6
		 * forbids with 204: no reader takes a body by it (RFC 9112
		 * 6.3), and the user is to see what the client sees. */
		p->length_as_sent = m->bodiless;
		if (p->framing == FRAMING_CLOSE || m->status == 204)
			p->framing = FRAMING_NONE;
	} else if (m->bodiless || m->framing == FRAMING_NONE) {
		/* A body is due here, and there is none. */
		p->framing = FRAMING_LENGTH;
		p->length = 0;
	} else if (m->framing == FRAMING_CHUNKED && c->request.old) {
		p->framing = FRAMING_CLOSE;
	}
}

/* Must the connection end with this response? */
static bool
is_last(const struct h1 *c, const struct plan *p)
{
	const struct h1_reader *r = &c->reader;
	const struct message *m = p->m;

	if (!c->persistent || p->framing == FRAMING_CLOSE)
		return true;
	/* What a server said about its connection says nothing of ours, but
	 * a message made here means this one. */
	if (m->head_bytes == 0 && !m->keep_alive)
		return true;
	/* No request to answer, or one whose body may or may not come
	 * (RFC 9110 10.1.1). */
	if (r->state == H1_HEAD || r->state == H1_STOPPED)
		return true;
	return c->request.expect && !c->request.continued && !r->body_seen &&
	    r->state != H1_DONE;
}

static void
write_response(struct h1 *c, const struct message *m)
{
	struct plan p = { .m = m, .upgrade = m->status == 101 };
	struct h1_writer *w = &c->writer;

	if (w->state == H1_SENT)
		return;
	if (w->state != H1_IDLE || !has_room(c, m)) {
		kill_writer(c);
		return;
	}
	plan_response(c, &p);
	bool last = is_last(c, &p), bodiless = c->request.head ||
	    m->status == 204 || m->status == 304;

	if (p.upgrade)
		p.connection = STR("Upgrade");
	else if (last && !(c->request.connect && m->status < 300))
		p.connection = STR("close");
	else if (c->request.old)
		p.connection = STR("keep-alive");
	put_head(c, &p);
	c->persistent = !last && !p.upgrade;
	*w = (struct h1_writer){
		.state = H1_SENDING,
		.framing = bodiless ? FRAMING_NONE : p.framing,
		.left = p.length,
	};
	if (p.upgrade) {
		w->state = H1_SENT;
		c->reader.state = H1_STOPPED;
	}
}

/* -- the codec's calls --------------------------------------------------- */

void
h1_head(struct codec *codec, uint32_t stream, const struct message *m)
{
	struct h1 *c = h1_of(codec);

	assert(stream == 0);
	assert((m->kind == MESSAGE_REQUEST) == (c->role == CODEC_CLIENT));
	if (m->kind == MESSAGE_REQUEST)
		write_request(c, m);
	else if (m->status < 200 && m->status != 101)
		write_interim(c, m);
	else
		write_response(c, m);
}

void
h1_body(struct codec *codec, uint32_t stream, struct str bytes)
{
	struct h1 *c = h1_of(codec);
	struct h1_writer *w = &c->writer;

	assert(stream == 0);
	if (w->state != H1_SENDING || w->framing == FRAMING_NONE)
		return;
	if (w->framing == FRAMING_LENGTH) {
		/* Never more than was announced: it would be a message. */
		if (bytes.n > w->left)
			bytes.n = (size_t)w->left;
		w->left -= bytes.n;
	}
	if (bytes.n == 0)
		return;
	if (buf_room(c->out) < bytes.n || buf_room(c->out) - bytes.n < 32) {
		kill_writer(c);
		return;
	}
	if (w->framing == FRAMING_CHUNKED)
		buf_printf(c->out, "%zx\r\n", bytes.n);
	buf_put(c->out, bytes);
	if (w->framing == FRAMING_CHUNKED)
		buf_put(c->out, STR("\r\n"));
}

/* RFC 9110 6.5.1: no trailer may say where a message ends or goes. */
static bool
is_trailer(const struct headers *h, struct str name)
{
	return !headers_is_hop_by_hop(h, name) &&
	    !str_eq_nocase(name, STR("Content-Length")) &&
	    !str_eq_nocase(name, STR("Host"));
}

static bool
put_last_chunk(struct buf *out, const struct headers *trailers)
{
	size_t need = 16;

	for (size_t i = 0; trailers && i < trailers->count; i++)
		need += trailers->fields[i].name.len +
		    trailers->fields[i].value.len + 4;
	if (need > buf_room(out))
		return false;
	buf_put(out, STR("0\r\n"));
	for (size_t i = 0; trailers && i < trailers->count; i++)
		if (is_trailer(trailers, headers_name(trailers, i)))
			put_field(out, headers_name(trailers, i),
			    headers_value(trailers, i));
	buf_put(out, STR("\r\n"));
	return true;
}

void
h1_end(struct codec *codec, uint32_t stream, const struct headers *trailers)
{
	struct h1 *c = h1_of(codec);
	struct h1_writer *w = &c->writer;

	assert(stream == 0);
	if (w->state != H1_SENDING)
		return;
	if (w->framing == FRAMING_CHUNKED &&
	    !put_last_chunk(c->out, trailers)) {
		kill_writer(c);
		return;
	}
	/* Short of what was announced: only the end of the connection tells. */
	if (w->framing == FRAMING_LENGTH && w->left > 0)
		c->persistent = false;
	w->state = H1_SENT;
	h1_turn(c);
}

void
h1_reset(struct codec *codec, uint32_t stream)
{
	assert(stream == 0);
	kill_writer(h1_of(codec));
}
