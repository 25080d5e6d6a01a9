/* SPDX-License-Identifier: MIT */
/*
 * The demo's origin: a small web shop on loopback.  One visit is one client
 * connection; it reads a request whole, then answers it from the table.
 */
#include <stdio.h>
#include <string.h>

#include "private.h"
#include "sluice/base/mem.h"
#include "sluice/base/utf8.h"

#define REQUEST_MAX	(4u * 1024 * 1024)	/* body echoed at most */
#define LOGIN_MAX	(64u * 1024)
#define HEAD_MAX	(128u * 1024)
#define FIELDS_MAX	512u
#define SLOW_MAX_MS	10000
#define STREAM_LINES	5
#define STREAM_STEP_S	0.2

struct visit {
	struct list link;
	struct demo *demo;
	struct wire wire;
	struct codec *codec;
	struct message *request;	/* being read, or NULL */
	struct buf body;		/* of it */
	bool cut;			/* it was longer than that */
	ev_timer later;			/* a slow answer, a stream's next line */
	unsigned lines;			/* of the stream still to come */
	bool busy;			/* answering */
	bool over;
};

/* -- answers ------------------------------------------------------------- */

static void
send_head(struct visit *v, unsigned status, const char *type, size_t length,
    const char *name, const char *value)
{
	struct message m;

	message_init(&m, MESSAGE_RESPONSE, NULL);
	m.status = (uint16_t)status;
	m.version_minor = 1;
	m.keep_alive = true;
	message_set(&m, &m.reason, str_from(http_reason(status)));
	headers_add(&m.headers, STR("Server"), STR("sluice-demo"));
	if (type)
		headers_add(&m.headers, STR("Content-Type"), str_from(type));
	if (name)
		headers_add(&m.headers, str_from(name), str_from(value));
	m.framing = length == SIZE_MAX ? FRAMING_CHUNKED : status == 204 ?
	    FRAMING_NONE : FRAMING_LENGTH;
	m.length = length == SIZE_MAX ? 0 : length;
	m.bodiless = status == 204;
	codec_head(v->codec, 0, &m);
	message_fini(&m);
}

static bool
is_head(const struct visit *v)
{
	return str_eq(message_word(v->request, v->request->method),
	    STR("HEAD"));
}

static void
done(struct visit *v)
{
	codec_end(v->codec, 0, NULL);
	message_fini(v->request);
	free(v->request);
	v->request = NULL;
	buf_clear(&v->body);
	v->cut = false;
	v->busy = false;
	wire_flush(&v->wire);
	if (!codec_reusable(v->codec))
		wire_shut(&v->wire);
	wire_kick(&v->wire);
}

static void
answer(struct visit *v, unsigned status, const char *type, struct str body,
    const char *name, const char *value)
{
	send_head(v, status, type, body.n, name, value);
	if (!is_head(v) && body.n > 0)
		codec_body(v->codec, 0, body);
	done(v);
}

static void
answer_text(struct visit *v, unsigned status, const char *type,
    const char *text)
{
	answer(v, status, type, str_from(text), NULL, NULL);
}

static void
users(struct visit *v)
{
	answer_text(v, 200, "application/json", "{\"page\":1,\"users\":["
	    "{\"id\":7,\"name\":\"Zo\xc3\xab \xe6\x97\xa5\xe6\x9c\xac\","
	    "\"active\":true},{\"id\":8,\"name\":\"Bob\",\"active\":false}],"
	    "\"total\":2}");
}

static void
home(struct visit *v)
{
	answer_text(v, 200, "text/html; charset=utf-8", "<!doctype html>\n"
	    "<title>demo shop</title>\n<link rel=icon href=/assets/logo.png>\n"
	    "<h1>demo shop</h1>\n<p>Everything here is made up.</p>\n");
}

static void
logo(struct visit *v)
{
	answer(v, 200, "image/png", buf_str(&v->demo->logo), "Cache-Control",
	    "max-age=3600");
}

static void
script(struct visit *v)
{
	answer(v, 200, "text/javascript", buf_str(&v->demo->script),
	    "Content-Encoding", "gzip");
}

/* A JSON string; what is not UTF-8 becomes U+FFFD. */
static void
put_string(struct buf *out, struct str s)
{
	uint32_t code;

	buf_putc(out, '"');
	while (s.n > 0) {
		size_t n = utf8_decode(s, &code);

		if (n == 0)
			buf_put(out, STR("\\ufffd"));
		else if (code < 0x20 || code == '"' || code == '\\')
			buf_printf(out, "\\u%04x", (unsigned)code);
		else
			buf_put(out, str_sub(s, 0, n));
		s = str_skip(s, n ? n : 1);
	}
	buf_putc(out, '"');
}

/* What was sent comes back: JSON as it is, a form or the rest as a string. */
static void
login(struct visit *v)
{
	bool json = str_starts_nocase(headers_get(&v->request->headers,
	    STR("Content-Type")), STR("application/json"));
	struct str sent = buf_str(&v->body);
	struct buf out;

	if (sent.n > LOGIN_MAX) {
		answer_text(v, 413, "text/plain", "too large\n");
		return;
	}
	buf_init(&out, 6 * LOGIN_MAX + 128);
	buf_put(&out, STR("{\"ok\":true,\"received\":"));
	if (json && sent.n > 0)
		buf_put(&out, sent);
	else
		put_string(&out, sent);
	buf_put(&out, STR(",\"token\":\"demo-7f3c\"}"));
	answer(v, 201, "application/json", buf_str(&out), "Set-Cookie",
	    "sid=demo; HttpOnly; Secure; SameSite=Lax");
	buf_fini(&out);
}

static void
echo(struct visit *v)
{
	char *method = str_dup(message_word(v->request, v->request->method));
	char *type = str_dup(headers_get(&v->request->headers,
	    STR("Content-Type")));

	answer(v, 200, *type ? type : "application/octet-stream",
	    buf_str(&v->body), "X-Echo-Method", method);
	free(type);
	free(method);
}

static void
headers(struct visit *v)
{
	const struct headers *h = &v->request->headers;
	struct buf out;

	/* Six bytes for one at most, of heads that limits below bounds. */
	buf_init(&out, 6 * HEAD_MAX + 32 * FIELDS_MAX);
	buf_putc(&out, '[');
	for (size_t i = 0; i < h->count; i++) {
		buf_put(&out, i ? STR(",{\"name\":") : STR("{\"name\":"));
		put_string(&out, headers_name(h, i));
		buf_put(&out, STR(",\"value\":"));
		put_string(&out, headers_value(h, i));
		buf_putc(&out, '}');
	}
	buf_putc(&out, ']');
	answer(v, 200, "application/json", buf_str(&out), NULL, NULL);
	buf_fini(&out);
}

static void
wait_then(struct visit *v, double seconds)
{
	ev_timer_set(&v->later, seconds, 0);
	ev_timer_start(v->demo->loop, &v->later);
}

static void
slow(struct visit *v)
{
	struct str path = message_word(v->request, v->request->target);
	size_t at = str_find(path, STR("ms="));
	uint64_t ms = 900;

	if (at != SIZE_MAX && (!str_to_u64(str_skip(path, at + 3), &ms) ||
	    ms > SLOW_MAX_MS))
		ms = SLOW_MAX_MS;
	wait_then(v, (double)ms / 1000);
}

static void
stream(struct visit *v)
{
	send_head(v, 200, "text/event-stream", SIZE_MAX, NULL, NULL);
	wire_flush(&v->wire);
	v->lines = STREAM_LINES;
	wait_then(v, STREAM_STEP_S);
}

static void
redirect(struct visit *v)
{
	answer(v, 302, NULL, STR_NONE, "Location", "/");
}

static void
deleted(struct visit *v)
{
	answer(v, 204, NULL, STR_NONE, NULL, NULL);
}

static void
boom(struct visit *v)
{
	answer_text(v, 500, "text/plain", "boom\n");
}

static const struct route {
	const char *method;		/* NULL: any */
	const char *path;		/* without the query */
	void (*answer)(struct visit *);
} routes[] = {
	{ "DELETE", NULL, deleted },
	{ NULL, "/", home },
	{ NULL, "/v1/users", users },
	{ NULL, "/v1/login", login },
	{ NULL, "/v1/slow", slow },
	{ NULL, "/v1/boom", boom },
	{ NULL, "/assets/logo.png", logo },
	{ NULL, "/assets/app.js", script },
	{ NULL, "/redir", redirect },
	{ NULL, "/echo", echo },
	{ NULL, "/stream", stream },
	{ NULL, "/headers", headers },
};

static void
route(struct visit *v)
{
	struct str method = message_word(v->request, v->request->method);
	struct str path = message_word(v->request, v->request->target);

	path = str_sub(path, 0, str_chr(path, '?', 0));
	v->busy = true;
	if (v->cut) {
		answer_text(v, 413, "text/plain", "too large\n");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		const struct route *r = &routes[i];

		if ((r->method && !str_eq(method, str_from(r->method))) ||
		    (r->path && !str_eq(path, str_from(r->path))))
			continue;
		r->answer(v);
		return;
	}
	answer_text(v, 404, "text/plain", "nothing here\n");
}

static void
later_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct visit *v = container_of(w, struct visit, later);
	char line[32];
	int n;

	(void)loop;
	(void)revents;
	if (v->lines == 0) {
		answer_text(v, 200, "application/json", "{\"slow\":true}");
		return;
	}
	n = snprintf(line, sizeof line, "data: line %u\n\n",
	    STREAM_LINES + 1 - v->lines);
	codec_body(v->codec, 0, str_make(line, (size_t)n));
	v->lines--;
	if (v->lines == 0) {
		done(v);
		return;
	}
	wire_flush(&v->wire);
	wait_then(v, STREAM_STEP_S);
}

/* -- connections --------------------------------------------------------- */

static void
take_event(struct visit *v, struct http_event *e)
{
	switch (e->kind) {
	case HTTP_HEAD:
		v->request = e->head;
		e->head = NULL;
		break;
	case HTTP_BODY:
		/* More than that is only read. */
		if (!v->cut && !buf_add(&v->body, e->body.bytes.p,
		    e->body.bytes.n))
			v->cut = true;
		break;
	case HTTP_END:
		route(v);
		break;
	case HTTP_RESET:
		v->over = true;
		break;
	case HTTP_INTERIM:
	case HTTP_TRAILERS:
		break;
	}
}

static void
read_requests(struct visit *v)
{
	struct codec_error error;
	struct list events;
	size_t used = 1;

	while (!v->over && !v->busy && used > 0 &&
	    buf_len(wire_in(&v->wire)) > 0) {
		list_init(&events);
		if (!codec_feed(v->codec, buf_str(wire_in(&v->wire)), &used,
		    &events, &error))
			v->over = true;
		buf_consume(wire_in(&v->wire), used);
		while (!list_is_empty(&events)) {
			struct http_event *e = list_entry(events.next,
			    struct http_event, link);

			list_remove(&e->link);
			take_event(v, e);
			http_event_free(e);
		}
	}
	wire_rearm(&v->wire);
	/* Who half-closes still gets all of its answer. */
	if (v->wire.eof && !v->busy)
		wire_shut(&v->wire);
}

static void
data_cb(struct wire *w)
{
	struct visit *v = container_of(w, struct visit, wire);

	if (v->codec)
		read_requests(v);
}

static void
open_codec(struct visit *v)
{
	static const struct codec_limits limits = { .head_max = HEAD_MAX,
	    .fields_max = FIELDS_MAX };

	v->codec = codec_open(STR("http/1.1"), CODEC_SERVER, &limits,
	    wire_out(&v->wire));
}

static void
ready_cb(struct wire *w)
{
	open_codec(container_of(w, struct visit, wire));
}

static void
hello_cb(struct wire *w)
{
	struct visit *v = container_of(w, struct visit, wire);
	const struct hello *hello = tls_hello(w->tls);
	const char *name = *hello->sni ? hello->sni : "shop.localhost";
	struct str alpn = hello_offers(hello, STR("http/1.1")) ?
	    STR("http/1.1") : STR_NONE;
	struct err err;
	bool added;
	struct leaf_wish wish = { .host = str_from(name), .hello = hello };
	struct leaf *leaf = NULL;

	/* The demo's own clients can do ECDSA: no other key is waited for. */
	if (forge_is_ready(v->demo->forge, hello))
		leaf = forge_leaf(v->demo->forge, &wish, &added, &err);
	if (!leaf || !wire_resume(w, leaf, alpn, &err))
		v->over = true;
	leaf_unref(leaf);
}

static void
failed_cb(struct wire *w, const struct err *err)
{
	(void)err;
	container_of(w, struct visit, wire)->over = true;
}

static const struct wire_ops visit_ops = {
	.data = data_cb,
	.hello = hello_cb,
	.ready = ready_cb,
	.failed = failed_cb,
};

static void
accepted(void *owner, struct listener *l, int fd, const struct addr *peer)
{
	struct demo *d = owner;
	struct visit *v = NEW(struct visit);

	(void)peer;
	v->demo = d;
	buf_init(&v->body, REQUEST_MAX);
	ev_init(&v->later, later_cb);
	wire_init(&v->wire, d->loop, fd, &visit_ops);
	list_append(&d->visits, &v->link);
	if (l == d->https)
		wire_start_server(&v->wire, d->context);
	else
		open_codec(v);
	wire_rearm(&v->wire);
}

const struct listener_ops demo_origin_ops = { .accepted = accepted };

static void
free_visit(struct visit *v)
{
	ev_timer_stop(v->demo->loop, &v->later);
	list_remove(&v->link);
	if (v->request) {
		message_fini(v->request);
		free(v->request);
	}
	codec_free(v->codec);
	wire_fini(&v->wire);
	buf_fini(&v->body);
	free(v);
}

void
demo_origin_bury(struct demo *d)
{
	struct visit *v, *tmp;

	list_for_each_safe(v, tmp, &d->visits, struct visit, link) {
		if (v->over || (v->wire.eof && v->wire.shut &&
		    wire_is_flushed(&v->wire)))
			free_visit(v);
	}
}

void
demo_origin_close(struct demo *d)
{
	struct visit *v, *tmp;

	list_for_each_safe(v, tmp, &d->visits, struct visit, link)
		free_visit(v);
}
