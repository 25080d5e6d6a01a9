/* SPDX-License-Identifier: MIT */
/*
 * One line per flow, as text or as a JSON object.  Peers choose how long a
 * method or a URL is, so each is cut: a line is always below LINE_MAX_BYTES.
 */
#include "sluice/format/line.h"

#include <assert.h>

#include "json_text.h"
#include "sluice/base/clock.h"
#include "sluice/base/escape.h"
#include "sluice/base/human.h"

/* Bytes of the words that are shown; in text escapes count. */
#define METHOD_MAX	40u
#define URL_MAX		4096u
#define TYPE_MAX	200u
#define LINE_MAX_BYTES	(64u * 1024)

/* Adds the start of s, made safe, and dots when that is not all. */
static void
put_cut(struct buf *line, struct str s, size_t max)
{
	size_t before = buf_len(line), all, n;
	const char *safe;

	/* A few more bytes tell whether something was left. */
	escape_text(line, str_sub(s, 0, max + 16), 0);
	all = buf_len(line) - before;
	safe = buf_str(line).p + before;
	n = all < max ? all : max;
	/* Not inside a character. */
	while (n < all && n > 0 && ((unsigned char)safe[n] & 0xc0) == 0x80)
		n--;
	buf_truncate(line, before + n);
	if (n < all || s.n > max + 16)
		buf_put(line, STR(".."));
}

static void
put_url(const struct flow *f, struct buf *url)
{
	buf_init(url, (size_t)f->request.headers.len + 1024);
	flow_put_url(f, url);
}

static uint64_t
received(const struct flow *f)
{
	return f->kind == FLOW_TUNNEL ? f->tunnel_received :
	    f->response.body.len;
}

static void
put_status(const struct flow *f, struct buf *line)
{
	if (f->state == FLOW_FAILED)
		buf_put(line, STR("ERR"));
	else if (flow_has_response(f))
		buf_printf(line, "%u", f->response.status);
	else
		buf_putc(line, '-');
}

void
line_text(const struct flow *f, struct buf *out)
{
	char clock[CLOCK_TEXT_MAX], size[HUMAN_MAX], took[HUMAN_MAX];
	struct str method = message_word(&f->request, f->request.method);
	struct buf url;

	assert(buf_room(out) >= LINE_MAX_BYTES);
	clock_format_time(f->times.wall, 0, clock);
	human_size(received(f), size);
	human_duration(flow_duration(f, clock_mono()), took);
	buf_printf(out, "%s ", clock);
	put_cut(out, f->kind == FLOW_TUNNEL ? STR("TUNNEL") :
	    method.n > 0 ? method : STR("-"), METHOD_MAX);
	buf_putc(out, ' ');
	put_url(f, &url);
	put_cut(out, buf_str(&url), URL_MAX);
	buf_fini(&url);
	buf_putc(out, ' ');
	put_status(f, out);
	buf_printf(out, " %s %s", size, took);
	if (err_is_set(&f->error))
		buf_printf(out, " %s", f->error.text);
	else if (f->passed)
		buf_printf(out, " (passed: %.200s)", f->passed);
	buf_putc(out, '\n');
}

/* -- JSON ------------------------------------------------------------------ */

static void
set_cut(json_t *o, const char *key, struct str s, size_t max)
{
	json_text_set(o, key, str_sub(s, 0, max));
}

static void
set_or_null(json_t *o, const char *key, const char *text)
{
	json_object_set_new(o, key, text ? json_text(str_from(text)) :
	    json_null());
}

static const char *
state_name(const struct flow *f)
{
	if (f->dropped)
		return "dropped";
	switch (f->state) {
	case FLOW_ACTIVE:
		return "active";
	case FLOW_HELD:
		return "held";
	case FLOW_DONE:
		return "done";
	case FLOW_FAILED:
		return "failed";
	}
	assert(!"a flow in no state");
	return "";
}

static bool
is_tls(const struct flow *f)
{
	return str_eq_nocase(message_word(&f->request, f->request.scheme),
	    STR("https")) || (f->server && f->server->tls);
}

static void
set_request(json_t *o, const struct flow *f)
{
	const struct message *m = &f->request;
	struct buf url;

	put_url(f, &url);
	set_cut(o, "method", message_word(m, m->method), METHOD_MAX);
	set_cut(o, "url", buf_str(&url), URL_MAX);
	buf_fini(&url);
	set_cut(o, "scheme", message_word(m, m->scheme), METHOD_MAX);
	set_cut(o, "host", message_word(m, m->host), TYPE_MAX + TYPE_MAX);
	json_text_set_number(o, "port", m->port);
	json_text_set_number(o, "request_bytes", (int64_t)(f->kind ==
	    FLOW_TUNNEL ? f->tunnel_sent : m->body.len));
}

static void
set_response(json_t *o, const struct flow *f)
{
	bool there = flow_has_response(f);

	json_object_set_new(o, "status", there ?
	    json_integer(f->response.status) : json_null());
	set_cut(o, "type", there ? message_media_type(&f->response) :
	    STR(""), TYPE_MAX);
	json_text_set_number(o, "response_bytes", (int64_t)received(f));
}

static const char *
fault_name(enum tls_fault fault)
{
	static const char *const names[] = {
		[TLS_FAULT_NONE] = NULL,
		[TLS_FAULT_REFUSED] = "refused",
		[TLS_FAULT_LEFT] = "left",
		[TLS_FAULT_CLIENT] = "client",
		[TLS_FAULT_CERT] = "certificate",
		[TLS_FAULT_SERVER] = "server",
		[TLS_FAULT_NO_TLS] = "no-tls",
		[TLS_FAULT_WEAK] = "weak",
		[TLS_FAULT_WANTS_CERT] = "wants-certificate",
		[TLS_FAULT_LATE] = "late",
		[TLS_FAULT_CONSTRAINED] = "constrained",
	};

	return names[fault];
}

/* One leg; null without TLS. */
static json_t *
leg(const struct endpoint *e)
{
	const struct certificate *c = e ? e->certificate : NULL;
	json_t *o;

	if (!e || !e->tls)
		return json_null();
	o = json_text_object();
	set_or_null(o, "version", e->tls_version);
	set_or_null(o, "cipher", e->tls_cipher);
	set_or_null(o, "sni", e->sni);
	set_or_null(o, "alpn", e->alpn);
	json_object_set_new(o, "resumed", json_boolean(e->resumed));
	set_or_null(o, "subject", c ? c->subject : NULL);
	set_or_null(o, "issuer", c ? c->issuer : NULL);
	set_or_null(o, "sha256", c ? c->sha256 : NULL);
	return o;
}

/* What the server sent when that is more than its own certificate. */
static json_t *
chain_lines(const struct certificate *c)
{
	struct str rest = c ? str_from(c->chain_text) : STR_NONE, line;
	json_t *lines = json_array();

	while (rest.n > 0 && str_split(&rest, '\n', &line))
		json_array_append_new(lines, json_text(line));
	return lines;
}

static void
set_tls(json_t *o, const struct flow *f)
{
	json_t *client = leg(f->client), *server = leg(f->server);

	if (f->client && json_is_object(client)) {
		set_or_null(client, "ja4", f->client->ja4);
		json_object_set_new(client, "ech",
		    json_boolean(f->client->ech));
		json_object_set_new(client, "name_added",
		    json_boolean(f->client->name_added));
	}
	if (f->server && json_is_object(server)) {
		const struct certificate *c = f->server->certificate;

		json_object_set_new(server, "verified",
		    json_boolean(c && c->verified));
		set_or_null(server, "verify", c ? c->verify_text : NULL);
		json_object_set_new(server, "chain", chain_lines(c));
		json_object_set_new(server, "weak",
		    json_boolean(f->server->weak));
		set_or_null(server, "certificate_wanted",
		    f->server->client_cert_wanted);
		set_or_null(server, "certificate_shown",
		    f->server->client_cert);
	}
	json_object_set_new(o, "client_tls", client);
	json_object_set_new(o, "server_tls", server);
	set_or_null(o, "tls_fault", fault_name(f->tls_fault));
	set_or_null(o, "passed", f->passed);
}

void
line_json(const struct flow *f, struct buf *out)
{
	char clock[CLOCK_TEXT_MAX];
	json_t *o = json_text_object();
	bool fits;

	clock_format_iso(f->times.wall, clock);
	json_text_set_number(o, "id", (int64_t)f->id);
	json_text_set(o, "time", str_from(clock));
	set_request(o, f);
	set_response(o, f);
	json_object_set_new(o, "duration_ms",
	    json_real((double)flow_duration(f, clock_mono()) / 1000));
	json_text_set(o, "state", str_from(state_name(f)));
	set_or_null(o, "error", err_is_set(&f->error) ? f->error.text : NULL);
	set_or_null(o, "client", f->client ? f->client->address : NULL);
	set_or_null(o, "process", f->client ? f->client->program : NULL);
	json_object_set_new(o, "pid", f->client && f->client->pid ?
	    json_integer(f->client->pid) : json_null());
	set_or_null(o, "server", f->server ? f->server->address : NULL);
	json_object_set_new(o, "tls", json_boolean(is_tls(f)));
	set_tls(o, f);
	json_object_set_new(o, "retried", json_boolean(f->retried));
	json_object_set_new(o, "host_differs", json_boolean(f->host_differs));
	set_or_null(o, "via", f->server ? f->server->via : NULL);
	json_object_set_new(o, "edited", json_boolean(f->edited));
	json_object_set_new(o, "replay_of", f->parent ?
	    json_integer((json_int_t)f->parent) : json_null());
	/* ASCII: lines go to terminals, too. */
	fits = json_text_put(o, JSON_COMPACT | JSON_ENSURE_ASCII |
	    JSON_REAL_PRECISION(12), out);
	assert(fits);
	(void)fits;
	buf_putc(out, '\n');
}
