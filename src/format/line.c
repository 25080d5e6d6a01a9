/* SPDX-License-Identifier: MIT */
/* One line per flow, as text or as a JSON object. */
#include "sluice/format/line.h"

#include <jansson.h>

#include "json_text.h"
#include "sluice/base/clock.h"
#include "sluice/base/escape.h"
#include "sluice/base/human.h"

#define URL_SHOWN 2000

static void
put_url(const struct flow *f, struct buf *out)
{
	struct buf url;

	buf_init(&url, 2 * (size_t)f->request.headers.len + 1024);
	flow_put_url(f, &url);
	escape_text(out, str_sub(buf_str(&url), 0, URL_SHOWN), 0);
	buf_fini(&url);
}

static uint64_t
received(const struct flow *f)
{
	return f->kind == FLOW_TUNNEL ? f->tunnel_received :
	    f->response.body.len;
}

void
line_text(const struct flow *f, struct buf *out)
{
	char clock[CLOCK_TEXT_MAX], size[HUMAN_MAX], took[HUMAN_MAX];
	struct str method = message_word(&f->request, f->request.method);

	clock_format_time(f->times.wall, 0, clock);
	human_size(received(f), size);
	human_duration(flow_duration(f, clock_mono()), took);
	buf_printf(out, "%s ", clock);
	escape_text(out, f->kind == FLOW_TUNNEL ? STR("TUNNEL") : method, 0);
	buf_putc(out, ' ');
	put_url(f, out);
	if (f->state == FLOW_FAILED)
		buf_put(out, STR(" ERR"));
	else if (flow_has_response(f))
		buf_printf(out, " %u", f->response.status);
	buf_printf(out, " %s %s", size, took);
	if (err_is_set(&f->error))
		buf_printf(out, " %s", f->error.text);
	buf_putc(out, '\n');
}

static void
set_text(json_t *o, const char *key, struct str s)
{
	json_object_set_new(o, key, json_text(s));
}

static const char *
state_name(const struct flow *f)
{
	if (f->dropped)
		return "dropped";
	return f->state == FLOW_FAILED ? "failed" :
	    f->state == FLOW_DONE ? "done" :
	    f->state == FLOW_HELD ? "held" : "active";
}

static void
set_ends(json_t *o, const struct flow *f)
{
	if (f->client && f->client->address)
		set_text(o, "client", str_from(f->client->address));
	if (f->server && f->server->address)
		set_text(o, "server", str_from(f->server->address));
	json_object_set_new(o, "tls", json_boolean((f->client &&
	    f->client->tls) || (f->server && f->server->tls)));
}

static void
set_messages(json_t *o, const struct flow *f)
{
	const struct message *q = &f->request;
	struct buf url;

	buf_init(&url, 2 * (size_t)q->headers.len + 1024);
	flow_put_url(f, &url);
	set_text(o, "method", message_word(q, q->method));
	set_text(o, "url", buf_str(&url));
	buf_fini(&url);
	set_text(o, "scheme", message_word(q, q->scheme));
	set_text(o, "host", message_word(q, q->host));
	json_object_set_new(o, "port", json_integer(q->port));
	if (flow_has_response(f)) {
		json_object_set_new(o, "status",
		    json_integer(f->response.status));
		set_text(o, "type", message_media_type(&f->response));
	}
	json_object_set_new(o, "request_bytes",
	    json_integer((json_int_t)(f->kind == FLOW_TUNNEL ?
	    f->tunnel_sent : q->body.len)));
	json_object_set_new(o, "response_bytes",
	    json_integer((json_int_t)received(f)));
}

void
line_json(const struct flow *f, struct buf *out)
{
	char clock[CLOCK_TEXT_MAX];
	json_t *o = json_object();
	char *text;

	clock_format_iso(f->times.wall, clock);
	json_object_set_new(o, "id", json_integer((json_int_t)f->id));
	json_object_set_new(o, "time", json_string(clock));
	set_messages(o, f);
	json_object_set_new(o, "duration_ms",
	    json_real((double)flow_duration(f, clock_mono()) / 1000));
	json_object_set_new(o, "state", json_string(state_name(f)));
	if (err_is_set(&f->error))
		set_text(o, "error", str_from(f->error.text));
	set_ends(o, f);
	if (f->edited)
		json_object_set_new(o, "edited", json_true());
	if (f->parent)
		json_object_set_new(o, "replay_of",
		    json_integer((json_int_t)f->parent));
	text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(12));
	json_decref(o);
	if (text) {
		(void)!buf_add(out, text, strlen(text));
		buf_putc(out, '\n');
	}
	free(text);
}
