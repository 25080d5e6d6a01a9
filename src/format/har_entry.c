/* SPDX-License-Identifier: MIT */
/* One flow as a HAR 1.2 entry. */
#include <jansson.h>

#include "json_text.h"
#include "sluice/base/clock.h"
#include "sluice/format/har.h"
#include "sluice/http/coding.h"

/* Decoded bytes of a body that go into a HAR. */
#define CONTENT_MAX (64u * 1024 * 1024)

static void
set_text(json_t *o, const char *key, struct str s)
{
	json_object_set_new(o, key, json_text(s));
}

static void
set_number(json_t *o, const char *key, int64_t n)
{
	json_object_set_new(o, key, json_integer((json_int_t)n));
}

static json_t *
pair(struct str name, struct str value)
{
	json_t *o = json_object();

	set_text(o, "name", name);
	set_text(o, "value", value);
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

/* "a=b; c=d" or the first part of a Set-Cookie. */
static void
add_cookie(json_t *list, struct str part)
{
	size_t eq = str_chr(part, '=', 0);

	if (str_trim(part).n > 0)
		json_array_append_new(list, pair(str_trim(str_sub(part, 0,
		    eq)), eq == SIZE_MAX ? STR("") :
		    str_trim(str_skip(part, eq + 1))));
}

static json_t *
cookie_list(const struct headers *h, struct str name, bool all_parts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < h->count; i++) {
		struct str rest = headers_value(h, i), part;

		if (!str_eq_nocase(headers_name(h, i), name))
			continue;
		while (str_split(&rest, ';', &part)) {
			add_cookie(list, part);
			if (!all_parts)
				break;
		}
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

		if (part.n > 0)
			json_array_append_new(list, pair(str_sub(part, 0, eq),
			    eq == SIZE_MAX ? STR("") :
			    str_skip(part, eq + 1)));
	}
	return list;
}

static struct str
content_type(const struct message *m)
{
	struct str type = headers_get(&m->headers, STR("Content-Type"));

	return type.p ? type : STR("application/octet-stream");
}

/* Text when it is UTF-8, else base64; postData has no encoding in HAR 1.2,
 * so there it is a field of our own with an underscore. */
static void
set_body(json_t *o, struct str bytes, const char *encoding_key)
{
	struct buf coded;

	if (json_text_is_utf8(bytes)) {
		set_text(o, "text", bytes);
		return;
	}
	buf_init(&coded, bytes.n * 2 + 8);
	json_text_base64(bytes, &coded);
	set_text(o, "text", buf_str(&coded));
	set_text(o, encoding_key, STR("base64"));
	buf_fini(&coded);
}

static void
decode(const struct message *m, struct buf *out, json_t *o)
{
	struct err err = { "" };

	switch (coding_decode(m, out, &err)) {
	case CODING_DONE:
		break;
	case CODING_CUT:
		set_text(o, "comment", STR("cut: too large"));
		break;
	case CODING_BROKEN:
		set_text(o, "comment", str_from(err.text));
		break;
	case CODING_UNKNOWN:
		set_text(o, "comment", STR("unknown content coding"));
		break;
	}
}

static json_t *
request_object(const struct flow *f)
{
	const struct message *m = &f->request;
	json_t *o = json_object();
	struct buf bytes;

	buf_init(&bytes, CONTENT_MAX);
	flow_put_url(f, &bytes);
	set_text(o, "method", message_word(m, m->method));
	set_text(o, "url", buf_str(&bytes));
	set_text(o, "httpVersion", m->version_minor ? STR("HTTP/1.1") :
	    STR("HTTP/1.0"));
	json_object_set_new(o, "cookies", cookie_list(&m->headers,
	    STR("Cookie"), true));
	json_object_set_new(o, "headers", header_list(&m->headers));
	json_object_set_new(o, "queryString",
	    query_list(message_word(m, m->path)));
	if (m->body.len > 0) {
		json_t *post = json_object();

		buf_clear(&bytes);
		decode(m, &bytes, post);
		set_text(post, "mimeType", content_type(m));
		json_object_set_new(post, "params", json_array());
		set_body(post, buf_str(&bytes), "_encoding");
		json_object_set_new(o, "postData", post);
	}
	set_number(o, "headersSize", m->head_bytes ?
	    (int64_t)m->head_bytes : -1);
	set_number(o, "bodySize", (int64_t)m->body.len);
	buf_fini(&bytes);
	return o;
}

static json_t *
content_object(const struct message *m)
{
	json_t *o = json_object();
	struct buf bytes;

	buf_init(&bytes, CONTENT_MAX);
	if (m->kind == MESSAGE_RESPONSE)
		decode(m, &bytes, o);
	set_number(o, "size", (int64_t)buf_len(&bytes));
	set_number(o, "compression", (int64_t)buf_len(&bytes) -
	    (int64_t)m->body.len);
	set_text(o, "mimeType", content_type(m));
	if (buf_len(&bytes) > 0)
		set_body(o, buf_str(&bytes), "encoding");
	buf_fini(&bytes);
	return o;
}

static json_t *
response_object(const struct flow *f)
{
	const struct message *m = &f->response;
	struct str location = headers_get(&m->headers, STR("Location"));
	json_t *o = json_object();

	set_number(o, "status", m->status);
	set_text(o, "statusText", message_word(m, m->reason));
	set_text(o, "httpVersion", m->version_minor ? STR("HTTP/1.1") :
	    STR("HTTP/1.0"));
	json_object_set_new(o, "cookies", cookie_list(&m->headers,
	    STR("Set-Cookie"), false));
	json_object_set_new(o, "headers", header_list(&m->headers));
	json_object_set_new(o, "content", content_object(m));
	set_text(o, "redirectURL", location.p ? location : STR(""));
	set_number(o, "headersSize", m->head_bytes ?
	    (int64_t)m->head_bytes : -1);
	set_number(o, "bodySize", (int64_t)m->body.len);
	return o;
}

/* Milliseconds from one time to a later one; missing is -1, or 0. */
static double
span(int64_t from, int64_t to, double missing)
{
	return from == 0 || to < from ? missing : (double)(to - from) / 1000;
}

static json_t *
timings_object(const struct flow *f, double *total)
{
	const struct flow_times *t = &f->times;
	const struct endpoint *e = f->reused ? NULL : f->server;
	double dns = -1, connect = -1, ssl = -1, send, wait, receive;
	double held = (double)t->held / 1000, blocked;
	json_t *o = json_object();

	if (e) {
		dns = span(e->dial_started, e->resolved, -1);
		ssl = span(e->connected, e->secured, -1);
		connect = span(e->resolved, e->secured ? e->secured :
		    e->connected, -1);
	}
	send = span(t->begin, t->sent, 0) - held;
	blocked = held;
	send = send < 0 ? 0 : send;
	wait = span(t->sent, t->first, 0);
	receive = span(t->first, t->end, 0);
	json_object_set_new(o, "blocked", json_real(blocked));
	json_object_set_new(o, "dns", json_real(dns));
	json_object_set_new(o, "connect", json_real(connect));
	json_object_set_new(o, "ssl", json_real(ssl));
	json_object_set_new(o, "send", json_real(send));
	json_object_set_new(o, "wait", json_real(wait));
	json_object_set_new(o, "receive", json_real(receive));
	*total = blocked + (dns > 0 ? dns : 0) + (connect > 0 ? connect : 0) +
	    send + wait + receive;
	return o;
}

static void
set_server(json_t *o, const struct flow *f)
{
	struct str address, host;
	size_t colon;

	if (!f->server || !f->server->address)
		return;
	address = str_from(f->server->address);
	colon = str_rchr(address, ':');
	host = str_sub(address, 0, colon);
	if (host.n > 2 && host.p[0] == '[')
		host = str_sub(host, 1, host.n - 1);
	set_text(o, "serverIPAddress", host);
	if (f->client && f->client->address)
		set_text(o, "connection", str_from(f->client->address));
}

static json_t *
entry_object(const struct flow *f)
{
	char clock[CLOCK_TEXT_MAX];
	json_t *o = json_object(), *timings;
	double total;

	clock_format_iso(f->times.wall, clock);
	timings = timings_object(f, &total);
	set_text(o, "startedDateTime", str_from(clock));
	json_object_set_new(o, "time", json_real(total));
	json_object_set_new(o, "request", request_object(f));
	json_object_set_new(o, "response", response_object(f));
	json_object_set_new(o, "cache", json_object());
	json_object_set_new(o, "timings", timings);
	set_server(o, f);
	if (err_is_set(&f->error))
		set_text(o, "comment", str_from(f->error.text));
	else if (f->note)
		set_text(o, "comment", str_from(f->note));
	return o;
}

bool
har_entry(const struct flow *f, struct buf *out, struct err *err)
{
	json_t *o = entry_object(f);
	char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(12));
	bool ok = text && buf_add(out, text, strlen(text));

	json_decref(o);
	free(text);
	return ok || err_set(err, "flow %llu is too large for a HAR",
	    (unsigned long long)f->id);
}
