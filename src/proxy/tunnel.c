/* SPDX-License-Identifier: MIT */
/*
 * CONNECT: answer 200 at once, look at the first bytes, then impersonate,
 * speak HTTP, or pass the bytes on untouched.
 */
#include "tunnel.h"

#include <assert.h>
#include <string.h>

#include "arrive.h"
#include "private.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "sniff.h"

static struct flow_list *
list_of(const struct session *s)
{
	return s->proxy->setup.list;
}

void
tunnel_begin(struct session *s)
{
	codec_free(s->codec);
	s->codec = NULL;
	s->inside = s->tunnel;
	session_stage(s, STAGE_SNIFF);
}

void
tunnel_open(struct session *s, const struct message *connect)
{
	struct codec_error e = { .status = 400 };

	if (!target_of_connect(&s->tunnel, connect, &e.err)) {
		session_bad_request(s, message_word(connect, connect->method),
		    &e);
		return;
	}
	buf_put(wire_out(&s->client),
	    STR("HTTP/1.1 200 Connection established\r\n\r\n"));
	tunnel_begin(s);
}

static void
start_tls(struct session *s)
{
	s->secure = true;
	session_stage(s, STAGE_HELLO);
	wire_start_server(&s->client, s->proxy->context);
}

void
tunnel_sniff(struct session *s)
{
	struct str first = buf_str(wire_in(&s->client));
	enum sniff guess = sniff_guess(first);
	const char *why;

	if (guess == SNIFF_MORE && !s->client.eof)
		return;
	if (first.n == 0) {
		session_close(s);
		return;
	}
	if (arrive_is_loop(s)) {
		arrive_loop(s);
		return;
	}
	/* What is TLS already reaches the server as it is. */
	if (guess == SNIFF_TLS)
		s->tunnel.tls = false;
	why = pass_list_take(s->proxy->passes, s->tunnel.host);
	if (why) {
		tunnel_pass(s, why);
		return;
	}
	switch (guess) {
	case SNIFF_TLS:
		start_tls(s);
		break;
	case SNIFF_HTTP:
		session_speak_http(s);
		break;
	case SNIFF_RAW:
	case SNIFF_MORE:
		tunnel_pass(s, "neither TLS nor HTTP");
		break;
	}
}

void
tunnel_silence(struct session *s)
{
	struct str first = buf_str(wire_in(&s->client));

	/* A slow hello is a hello. */
	if (arrive_is_loop(s))
		arrive_loop(s);
	else if (first.n > 0 && first.p[0] == 0x16)
		start_tls(s);
	else
		tunnel_pass(s, "the client waits for the server to speak "
		    "first");
}

static void
begin_tunnel(struct session *s, const char *why)
{
	s->tunnel_flow = session_flow(s, FLOW_TUNNEL);
	s->tunnel_flow->passed = mem_strdup(why);
	session_stage(s, STAGE_RAW);
	wire_pause(&s->client, PAUSE_WAIT);
}

void
tunnel_pass(struct session *s, const char *why)
{
	struct origin_plan plan = { .target = s->tunnel, .raw = true };

	if (plan.target.tls && !addr_is_literal(s->tunnel.host))
		plan.sni = s->tunnel.host;
	begin_tunnel(s, why);
	s->server = origin_new(s, &plan);
}

void
tunnel_adopt(struct session *s, const char *why)
{
	begin_tunnel(s, why);
	tunnel_reached(s);
}

void
tunnel_reached(struct session *s)
{
	struct flow *f = s->tunnel_flow;

	s->serving = true;
	endpoint_unref(f->server);
	f->server = endpoint_ref(s->server->end);
	flow_list_touch(list_of(s), f, FLOW_PART_STATE);
	wire_unpause(&s->client, PAUSE_WAIT);
}

/* Moves bytes one way; true when that way has come to its end. */
static bool
move(struct session *s, enum side from, struct wire *in, struct wire *out,
    uint64_t *count)
{
	struct str bytes = buf_str(wire_in(in));

	if (bytes.n > 0 && !wire_is_full(out)) {
		buf_put(wire_out(out), bytes);
		buf_consume(wire_in(in), bytes.n);
		*count += bytes.n;
		wire_flush(out);
		wire_rearm(in);
	}
	if (in->eof && in->stage != WIRE_FAILED &&
	    buf_len(wire_in(in)) == 0 && !s->raw_eof[from]) {
		s->raw_eof[from] = true;
		wire_shut(out);
	}
	return s->raw_eof[from] && wire_is_flushed(out);
}

void
tunnel_splice(struct session *s)
{
	struct flow *f = s->tunnel_flow;

	if (!s->serving) {
		/* Still dialling; the client may have gone meanwhile. */
		return;
	}
	struct wire *server = &s->server->wire;
	uint64_t before = f->tunnel_sent + f->tunnel_received;
	bool sent = move(s, SIDE_CLIENT, &s->client, server, &f->tunnel_sent);
	bool received = move(s, SIDE_SERVER, server, &s->client,
	    &f->tunnel_received);

	if (f->tunnel_sent + f->tunnel_received != before) {
		if (f->times.first == 0 && f->tunnel_received > 0)
			f->times.first = clock_mono();
		flow_list_touch(list_of(s), f, FLOW_PART_RESPONSE);
	}
	if (sent && received)
		session_doom(s);
}

void
tunnel_upgrade(struct session *s, struct flow *flow)
{
	assert(!s->tunnel_flow && s->serving);
	s->tunnel_flow = flow_ref(flow);
	session_stage(s, STAGE_RAW);
	wire_unpause(&s->client, PAUSE_GATE | PAUSE_FULL | PAUSE_WAIT);
	wire_unpause(&s->server->wire, PAUSE_FULL);
}

void
tunnel_failed(struct session *s, const struct err *err)
{
	if (s->tunnel_flow) {
		session_fail_flow(s, s->tunnel_flow, err);
		flow_unref(s->tunnel_flow);
		s->tunnel_flow = NULL;
	}
	session_close(s);
}

void
tunnel_broken(struct session *s, enum side side, const struct err *err)
{
	struct wire *other = side == SIDE_CLIENT ? &s->server->wire :
	    &s->client;

	if (!s->serving)
		other = NULL;
	/* What came before the break is delivered as far as it goes; a FIN
	 * behind it would say that it is all. */
	else if (s->tunnel_flow)
		tunnel_splice(s);
	if (s->doomed)
		return;
	if (other) {
		wire_flush(other);
		wire_abort(other);
	}
	if (s->tunnel_flow) {
		session_fail_flow(s, s->tunnel_flow, err);
		flow_unref(s->tunnel_flow);
		s->tunnel_flow = NULL;
	}
	session_doom(s);
}

void
tunnel_dropped(struct session *s)
{
	struct err err;

	s->tunnel_flow->dropped = true;
	err_set(&err, "dropped by you");
	tunnel_failed(s, &err);
}

void
tunnel_end(struct session *s)
{
	struct flow *f = s->tunnel_flow;

	if (!f)
		return;
	s->tunnel_flow = NULL;
	f->times.end = clock_mono();
	flow_list_set_state(list_of(s), f, FLOW_DONE);
	flow_unref(f);
}
