/* SPDX-License-Identifier: MIT */
/*
 * One flow as a HAR 1.2 entry.  Times are milliseconds; what did not happen
 * is -1, and the whole is the sum of the parts, as the specification wants.
 */
#include "sluice/format/har.h"

#include <inttypes.h>

#include "json_text.h"
#include "sluice/base/base64.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "sluice/http/coding.h"
#include "sluice/http/url.h"

/* Decoded bytes of one body that go into a HAR. */
#define CONTENT_MAX	(16u * 1024 * 1024)
#define URL_ROOM	1024u

/* -- lists ----------------------------------------------------------------- */

static json_t *
pair(struct str name, struct str value)
{
	json_t *o = json_object();

	json_text_set(o, "name", name);
	json_text_set(o, "value", value);
	return o;
}

static json_t *
header_list(const struct headers *h)
{
	json_t *list = json_array();

	for (size_t i = 0; i < h->count; i++)
		json_array_append_new(list, pair(headers_name(h, i),
		    headers_value(h, i)));
	return list;
}

/* "name=value" or "name": the value is empty then. */
static void
cut_pair(struct str part, struct str *name, struct str *value)
{
	size_t eq = str_chr(part, '=', 0);

	*name = str_trim(str_sub(part, 0, eq));
	*value = eq == SIZE_MAX ? STR("") : str_trim(str_skip(part, eq + 1));
}

static void
add_cookies(json_t *list, struct str rest)
{
	struct str part, name, value;

	while (str_split(&rest, ';', &part)) {
		cut_pair(part, &name, &value);
		if (name.n > 0 || value.n > 0)
			json_array_append_new(list, pair(name, value));
	}
}

/* RFC 6265 4.1.1: a cookie and what is said of it. */
static void
add_set_cookie(json_t *list, struct str rest)
{
	struct str part, name, value;
	json_t *o;

	if (!str_split(&rest, ';', &part))
		return;
	cut_pair(part, &name, &value);
	o = pair(name, value);
	while (str_split(&rest, ';', &part)) {
		cut_pair(part, &name, &value);
		if (str_eq_nocase(name, STR("Path")))
			json_text_set(o, "path", value);
		else if (str_eq_nocase(name, STR("Domain")))
			json_text_set(o, "domain", value);
		else if (str_eq_nocase(name, STR("HttpOnly")))
			json_object_set_new(o, "httpOnly", json_true());
		else if (str_eq_nocase(name, STR("Secure")))
			json_object_set_new(o, "secure", json_true());
	}
	json_array_append_new(list, o);
}

static json_t *
cookie_list(const struct message *m)
{
	const struct headers *h = &m->headers;
	json_t *list = json_array();

	for (size_t i = 0; i < h->count; i++) {
		struct str name = headers_name(h, i);

		if (m->kind == MESSAGE_REQUEST &&
		    str_eq_nocase(name, STR("Cookie")))
			add_cookies(list, headers_value(h, i));
		else if (m->kind == MESSAGE_RESPONSE &&
		    str_eq_nocase(name, STR("Set-Cookie")))
			add_set_cookie(list, headers_value(h, i));
	}
	return list;
}

static json_t *
query_list(struct str path)
{
	json_t *list = json_array();
	size_t mark = str_chr(path, '?', 0);
	struct str rest = str_skip(path, mark == SIZE_MAX ? path.n : mark + 1);
	struct str part;

	while (mark != SIZE_MAX && str_split(&rest, '&', &part)) {
		size_t eq = str_chr(part, '=', 0);
		struct str value = eq == SIZE_MAX ? STR("") :
		    str_skip(part, eq + 1);
		char *plain = mem_alloc(part.n + 1);

		part = str_sub(part, 0, eq);
		if (part.n > 0 || value.n > 0) {
			struct str name = url_unescape(part, true, plain);

			json_array_append_new(list, pair(name,
			    url_unescape(value, true, plain + name.n)));
		}
		free(plain);
	}
	return list;
}

/* -- bodies ---------------------------------------------------------------- */

/*
 * The decoded body, with a comment in o when it is not all of it.  One that
 * cannot be decoded goes out as it came.
 */
static void
read_content(const struct message *m, struct buf *out, json_t *o)
{
	struct err err = { "" };
	ssize_t n;
	char *room;

	switch (coding_decode(m, out, &err)) {
	case CODING_DONE:
		return;
	case CODING_CUT:
		err_set(&err, "only the first %zu bytes", buf_len(out));
		break;
	case CODING_BROKEN:
		err_wrap(&err, "only the first %zu bytes", buf_len(out));
		break;
	case CODING_UNKNOWN:
		err_wrap(&err, "not decoded");
		room = buf_reserve(out, out->max);
		n = body_read(&m->body, 0, room, out->max, NULL);
		buf_commit(out, n > 0 ? (size_t)n : 0);
		break;
	}
	json_text_set(o, "comment", str_from(err.text));
}

/* Text when it is UTF-8, else base64, which encoding_key tells. */
static void
set_body(json_t *o, struct str bytes, const char *encoding_key)
{
	struct buf coded;

	if (json_text_is_utf8(bytes)) {
		json_text_set(o, "text", bytes);
		return;
	}
	buf_init(&coded, bytes.n * 2 + 8);
	base64_put(&coded, bytes);
	json_text_set(o, "text", buf_str(&coded));
	json_text_set(o, encoding_key, STR("base64"));
	buf_fini(&coded);
}

static struct str
content_type(const struct message *m)
{
	struct str type = headers_get(&m->headers, STR("Content-Type"));

	return type.p ? type : STR("");
}

/* postData knows no encoding in HAR 1.2: there it is a name of our own. */
static json_t *
post_object(const struct message *m)
{
	json_t *o = json_object();
	struct buf bytes;

	buf_init(&bytes, CONTENT_MAX);
	read_content(m, &bytes, o);
	json_text_set(o, "mimeType", content_type(m));
	set_body(o, buf_str(&bytes), "_encoding");
	buf_fini(&bytes);
	return o;
}

static json_t *
content_object(const struct message *m)
{
	json_t *o = json_object();
	struct buf bytes;

	buf_init(&bytes, CONTENT_MAX);
	if (m->body.len > 0)
		read_content(m, &bytes, o);
	json_text_set_number(o, "size", (int64_t)buf_len(&bytes));
	if (coding_is_coded(m) && m->body.len > 0)
		json_text_set_number(o, "compression",
		    (int64_t)buf_len(&bytes) - (int64_t)m->body.len);
	json_text_set(o, "mimeType", content_type(m));
	if (buf_len(&bytes) > 0)
		set_body(o, buf_str(&bytes), "encoding");
	buf_fini(&bytes);
	return o;
}

/* -- messages -------------------------------------------------------------- */

/* Absolute, and without '#', which would begin a fragment. */
static void
set_url(json_t *o, const struct flow *f)
{
	struct buf url, whole;
	struct str s;

	buf_init(&url, (size_t)f->request.headers.len + URL_ROOM);
	flow_put_url(f, &url);
	s = buf_str(&url);
	buf_init(&whole, 3 * s.n + 16);
	if (f->kind != FLOW_HTTP)
		buf_put(&whole, STR("https://"));
	for (size_t i = 0; i < s.n; i++)
		buf_put(&whole, s.p[i] == '#' ? STR("%23") :
		    str_make(s.p + i, 1));
	json_text_set(o, "url", buf_str(&whole));
	buf_fini(&whole);
	buf_fini(&url);
}

static void
set_common(json_t *o, const struct message *m)
{
	bool there = m->kind != MESSAGE_NONE;

	json_text_set(o, "httpVersion", !there ? STR("") :
	    m->version_minor ? STR("HTTP/1.1") : STR("HTTP/1.0"));
	json_object_set_new(o, "cookies", cookie_list(m));
	json_object_set_new(o, "headers", header_list(&m->headers));
	json_text_set_number(o, "headersSize", m->head_bytes > 0 ?
	    (int64_t)m->head_bytes : -1);
	json_text_set_number(o, "bodySize", there ? (int64_t)m->body.len :
	    -1);
}

static json_t *
request_object(const struct flow *f)
{
	const struct message *m = &f->request;
	json_t *o = json_object();

	json_text_set(o, "method", message_word(m, m->method));
	set_url(o, f);
	set_common(o, m);
	json_object_set_new(o, "queryString",
	    query_list(message_word(m, m->path)));
	if (m->body.len > 0)
		json_object_set_new(o, "postData", post_object(m));
	return o;
}

static json_t *
response_object(const struct flow *f)
{
	const struct message *m = &f->response;
	struct str location = headers_get(&m->headers, STR("Location"));
	json_t *o = json_object();

	json_text_set_number(o, "status", m->status);
	json_text_set(o, "statusText", message_word(m, m->reason));
	set_common(o, m);
	json_object_set_new(o, "content", content_object(m));
	json_text_set(o, "redirectURL", location.p ? location : STR(""));
	return o;
}

/* -- times ----------------------------------------------------------------- */

/* Microseconds; -1 for what did not happen. */
struct timings {
	int64_t blocked, dns, connect, ssl, send, wait, receive;
};

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
span(int64_t from, int64_t to)
{
	return from > 0 && to > from ? to - from : 0;
}

/* What it took to reach the server; *ready: when that was over, or 0. */
static void
read_reach(struct timings *t, const struct endpoint *e, int64_t *ready)
{
	int64_t resolved;

	if (!e || e->dial_started == 0)
		return;
	resolved = e->resolved ? e->resolved : e->dial_started;
	*ready = later(resolved, later(e->connected, e->secured));
	if (e->resolved > 0)
		t->dns = span(e->dial_started, e->resolved);
	if (e->connected > 0)
		t->connect = span(resolved, later(e->connected, e->secured));
	if (e->secured > 0)
		t->ssl = span(e->connected, e->secured);
}

static void
read_timings(struct timings *t, const struct flow *f)
{
	const struct flow_times *at = &f->times;
	const struct endpoint *e = f->reused ? NULL : f->server;
	int64_t end = at->end ? at->end : clock_mono();
	int64_t sent = at->sent ? at->sent : end, ready = 0, before, held;

	*t = (struct timings){ 0, -1, -1, -1, 0, 0, 0 };
	if (at->begin == 0)
		return;
	read_reach(t, e, &ready);
	before = span(at->begin, sent);
	/* The server may have been reached before the request came. */
	if (ready > 0)
		before -= span(later(at->begin, e->dial_started),
		    earlier(ready, sent));
	before = later(before, 0);
	held = earlier(at->held, at->request_done ?
	    earlier(span(at->request_done, sent), before) : before);
	t->send = before - held;
	if (at->sent > 0)
		t->wait = span(at->sent, at->first ? at->first : end);
	t->receive = at->first ? span(at->first, end) : 0;
	/* What is left of the time held was held as a response. */
	t->receive = later(t->receive - (at->held - held), 0);
	t->blocked = at->held;
}

static void
set_time(json_t *o, const char *key, int64_t us, int64_t *sum)
{
	json_object_set_new(o, key, us < 0 ? json_integer(-1) :
	    json_real((double)us / 1000));
	*sum += us > 0 ? us : 0;
}

static void
set_timings(json_t *o, const struct flow *f)
{
	json_t *timings = json_object();
	int64_t sum = 0, within = 0;
	struct timings t;

	read_timings(&t, f);
	set_time(timings, "blocked", t.blocked, &sum);
	set_time(timings, "dns", t.dns, &sum);
	set_time(timings, "connect", t.connect, &sum);
	set_time(timings, "ssl", t.ssl, &within);	/* part of connect */
	set_time(timings, "send", t.send, &sum);
	set_time(timings, "wait", t.wait, &sum);
	set_time(timings, "receive", t.receive, &sum);
	json_object_set_new(o, "time", json_real((double)sum / 1000));
	json_object_set_new(o, "timings", timings);
}

/* -- entries --------------------------------------------------------------- */

/* "127.0.0.1:80", "[::1]:80": the host, or the port. */
static void
set_ends(json_t *o, const struct flow *f)
{
	struct str address, host;

	if (f->server && f->server->address) {
		address = str_from(f->server->address);
		host = str_sub(address, 0, str_rchr(address, ':'));
		if (host.n > 2 && host.p[0] == '[')
			host = str_sub(host, 1, host.n - 1);
		json_text_set(o, "serverIPAddress", host);
	}
	if (f->client && f->client->address) {
		address = str_from(f->client->address);
		json_text_set(o, "connection", str_skip(address,
		    str_rchr(address, ':') + 1));
	}
}

static void
set_comment(json_t *o, const struct flow *f)
{
	bool failed = err_is_set(&f->error);
	char *text;

	if (!failed && !f->note)
		return;
	text = mem_printf("%s%s%s", f->note ? f->note : "",
	    failed && f->note ? "; " : "", f->error.text);
	json_text_set(o, "comment", str_from(text));
	free(text);
}

bool
har_entry(const struct flow *f, struct buf *out, struct err *err)
{
	json_t *o = json_text_object();
	char clock[CLOCK_TEXT_MAX];

	clock_format_iso(f->times.wall, clock);
	json_text_set(o, "startedDateTime", str_from(clock));
	set_timings(o, f);
	json_object_set_new(o, "request", request_object(f));
	json_object_set_new(o, "response", response_object(f));
	json_object_set_new(o, "cache", json_object());
	set_ends(o, f);
	set_comment(o, f);
	if (json_text_put(o, JSON_COMPACT | JSON_REAL_PRECISION(12), out))
		return true;
	return err_set(err, "flow %" PRIu64 " is too large for a HAR", f->id);
}
