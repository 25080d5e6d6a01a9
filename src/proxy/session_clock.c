/* SPDX-License-Identifier: MIT */
/* A session's stages: when each must have got on, and what then. */
#include "session.h"

#include "arrive.h"
#include "impersonate.h"
#include "private.h"
#include "sluice/base/clock.h"
#include "tunnel.h"

#define FORGE_US	(20 * 1000)	/* then the key may be there */
#define SILENCE_US	(3 * 1000000)	/* then the server must speak first */
#define LINGER_US	(2 * 1000000)	/* for the client to read our last words */

static struct ev_loop *
loop_of(const struct session *s)
{
	return s->proxy->setup.loop;
}

static int64_t
option_time(const struct session *s, enum option_id id)
{
	return option_duration(s->proxy->setup.options, id);
}

static int64_t
last_traffic(const struct session *s)
{
	int64_t last = s->stage_began;

	if (s->has_client && s->client.conn.last > last)
		last = s->client.conn.last;
	if (s->server && s->server->has_wire &&
	    s->server->wire.conn.last > last)
		last = s->server->wire.conn.last;
	return last;
}

/* When this session must have got on, monotonic. */
static int64_t
deadline(const struct session *s)
{
	switch (s->stage) {
	case STAGE_SOCKS:
		return s->stage_began +
		    option_time(s, OPTION_HEADER_TIMEOUT);
	case STAGE_HTTP:
		if (s->head_began)
			return s->head_began +
			    option_time(s, OPTION_HEADER_TIMEOUT);
		break;
	case STAGE_SNIFF:
		if (arrive_is_tls_port(s))
			break;
		return s->stage_began + SILENCE_US;
	case STAGE_HELLO:
		return s->stage_began + option_time(s, OPTION_TLS_TIMEOUT);
	case STAGE_REACH:
		return s->stage_began + option_time(s, OPTION_TLS_TIMEOUT) * 2 +
		    option_time(s, OPTION_CONNECT_TIMEOUT);
	case STAGE_FORGE:
		return s->stage_began + FORGE_US;
	case STAGE_CLOSING:
		if (wire_is_flushed(&s->client))
			return s->unsent_until + LINGER_US;
		break;
	case STAGE_RAW:
		break;
	}
	return last_traffic(s) + option_time(s, OPTION_IDLE_TIMEOUT);
}

void
session_arm(struct session *s)
{
	int64_t left = deadline(s) - clock_mono();

	if (left < 1000)
		left = 1000;
	/* Nobody tells when the last byte is sent: look. */
	if (s->stage == STAGE_CLOSING && left > LINGER_US)
		left = LINGER_US;
	ev_timer_stop(loop_of(s), &s->timer);
	ev_timer_set(&s->timer, (double)left / 1e6, 0);
	ev_timer_start(loop_of(s), &s->timer);
}

void
session_stage(struct session *s, enum session_stage stage)
{
	s->stage = stage;
	s->stage_began = clock_mono();
	s->head_began = 0;
	if (!s->doomed)
		session_arm(s);
}

void
session_close(struct session *s)
{
	if (s->stage == STAGE_CLOSING || s->doomed)
		return;
	/* A FIN would tell the client that what it got is whole. */
	if (!s->has_client || s->client.conn.aborted) {
		session_doom(s);
		return;
	}
	s->unsent_until = clock_mono();
	session_stage(s, STAGE_CLOSING);
	wire_unpause(&s->client, PAUSE_GATE | PAUSE_FULL | PAUSE_WAIT);
	wire_shut(&s->client);
}

bool
session_is_held(const struct session *s)
{
	return s->exchange && s->exchange->flow->state == FLOW_HELD;
}

static void
head_too_slow(struct session *s)
{
	struct codec_error e = { .status = 408 };

	err_set(&e.err, "the request's head was not complete in time");
	session_bad_request(s, buf_str(wire_in(&s->client)), &e);
}

static void
idle_too_long(struct session *s)
{
	struct err err;

	err_set(&err, "no traffic for too long");
	if (s->stage == STAGE_RAW) {
		tunnel_failed(s, &err);
	} else if (s->exchange) {
		exchange_fail(s->exchange, 504, &err);
		session_settle(s);
	} else {
		session_close(s);
	}
}

static void
on_deadline(struct session *s)
{
	struct err err;

	switch (s->stage) {
	case STAGE_SOCKS:
		err_set(&err, "the SOCKS greeting was not complete in time");
		session_refuse(s, &err);
		break;
	case STAGE_HTTP:
		if (s->head_began)
			head_too_slow(s);
		else if (!session_is_held(s))
			idle_too_long(s);
		else
			s->stage_began = clock_mono();
		break;
	case STAGE_RAW:
		idle_too_long(s);
		break;
	case STAGE_SNIFF:
		if (arrive_is_tls_port(s))
			session_close(s);
		else
			tunnel_silence(s);
		break;
	case STAGE_HELLO:
	case STAGE_REACH:
		err_set(&err, "the TLS handshake was not complete in time");
		impersonate_failed(s, TLS_FAULT_LATE, &err);
		break;
	case STAGE_FORGE:
		impersonate_finish(s);
		break;
	case STAGE_CLOSING:
		session_doom(s);
		break;
	}
}

void
session_timer_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct session *s = container_of(w, struct session, timer);

	(void)loop;
	(void)revents;
	if (s->stage == STAGE_CLOSING && !wire_is_flushed(&s->client))
		s->unsent_until = clock_mono();
	if (clock_mono() >= deadline(s)) {
		on_deadline(s);
		session_wake(s);
	}
	if (!s->doomed)
		session_arm(s);
}

