/* SPDX-License-Identifier: MIT */
/*
 * A conn, and TLS over it.  Sessions, origins and the demo own one per
 * connection.  Without TLS the owner works on the conn's own buffers; with
 * it OpenSSL works on them, and the owner on plain_in and plain_out.
 */
#include "sluice/wire/wire.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* Most plain bytes that may wait to be sealed or sent.  Producers stop at
 * CONN_HIGH; the rest is room for what one step of theirs may add. */
#define WIRE_OUT_MAX	(8u * 1024 * 1024)
#define WIRE_IN_MAX	(256u * 1024)
#define WIRE_KEEP	(16u * 1024)

static struct wire *
wire_of(struct conn *c)
{
	return container_of(c, struct wire, conn);
}

static void
tell_data(struct wire *w)
{
	if (w->ops->data)
		w->ops->data(w);
}

static void
fail(struct wire *w, const struct err *err)
{
	if (w->stage == WIRE_FAILED)
		return;
	w->stage = WIRE_FAILED;
	w->eof = true;
	if (w->ops->failed)
		w->ops->failed(w, err);
}

/* A TLS failure: what is sealed already (an alert) still goes out. */
static void
fail_tls(struct wire *w, const struct err *err)
{
	conn_shut(&w->conn);
	conn_flush(&w->conn);
	fail(w, err);
}

/* Opens what came; true when there is news for the owner. */
static bool
open_sealed(struct wire *w)
{
	struct err err = { "" };
	size_t before = buf_len(&w->plain_in);
	bool had_eof = w->eof;

	switch (tls_read(w->tls, &w->plain_in, &err)) {
	case TLS_SHUT:
		w->eof = true;
		break;
	case TLS_FAILED:
		if (buf_len(&w->plain_in) != before)
			tell_data(w);
		fail_tls(w, &err);
		return false;
	case TLS_AGAIN:
	case TLS_HELLO:
	case TLS_READY:
		if (w->conn.eof && buf_room(&w->plain_in) > 0 && !w->eof) {
			w->eof = true;
			w->dirty_eof = true;
		}
		break;
	}
	if (buf_len(&w->conn.out) > 0)
		conn_flush(&w->conn);	/* key updates, tickets */
	return buf_len(&w->plain_in) != before || w->eof != had_eof;
}

static void
step_handshake(struct wire *w)
{
	struct err err = { "" };
	enum tls_step step = tls_handshake(w->tls, &err);

	conn_flush(&w->conn);
	conn_rearm(&w->conn);
	switch (step) {
	case TLS_HELLO:
		w->stage = WIRE_HELLO;
		if (w->ops->hello)
			w->ops->hello(w);
		return;
	case TLS_READY:
		w->stage = WIRE_SEALED;
		if (w->ops->ready)
			w->ops->ready(w);
		/* The first data may have come with the last flight. */
		wire_kick(w);
		wire_flush(w);
		return;
	case TLS_SHUT:
		if (!err_is_set(&err))
			err_set(&err, "connection closed during the TLS "
			    "handshake");
		fail_tls(w, &err);
		return;
	case TLS_FAILED:
		fail_tls(w, &err);
		return;
	case TLS_AGAIN:
		break;
	}
	if (w->conn.eof) {
		err_set(&err, "connection closed during the TLS handshake");
		fail_tls(w, &err);
	}
}

static void
conn_data_cb(struct conn *c)
{
	struct wire *w = wire_of(c);

	switch (w->stage) {
	case WIRE_PLAIN:
		w->eof = c->eof;
		tell_data(w);
		break;
	case WIRE_HANDSHAKE:
		step_handshake(w);
		break;
	case WIRE_HELLO:
		if (c->eof) {
			w->eof = true;
			tell_data(w);
		}
		break;
	case WIRE_SEALED:
		/* While paused only the end of the connection is told. */
		if (c->paused == 0)
			open_sealed(w);
		if (w->stage == WIRE_SEALED)
			tell_data(w);
		break;
	case WIRE_FAILED:
		buf_clear(&c->in);
		break;
	}
	conn_rearm(c);
}

static void
conn_drained_cb(struct conn *c)
{
	struct wire *w = wire_of(c);

	if (w->stage == WIRE_SEALED)
		wire_flush(w);
	if (w->high && buf_len(&w->plain_out) + buf_len(&c->out) <= CONN_LOW) {
		w->high = false;
		if (w->ops->drained)
			w->ops->drained(w);
	}
}

static void
conn_failed_cb(struct conn *c, const struct err *err)
{
	struct wire *w = wire_of(c);
	struct err text;

	if (w->stage == WIRE_HANDSHAKE) {
		err_set(&text, "connection reset during the TLS handshake");
		fail(w, &text);
		return;
	}
	fail(w, err);
}

static const struct conn_ops wire_conn_ops = {
	.data = conn_data_cb,
	.drained = conn_drained_cb,
	.failed = conn_failed_cb,
};

void
wire_init(struct wire *w, struct ev_loop *loop, int fd,
    const struct wire_ops *ops)
{
	memset(w, 0, sizeof *w);
	w->ops = ops;
	w->stage = WIRE_PLAIN;
	conn_init(&w->conn, loop, fd, &wire_conn_ops);
	w->conn.out.max = WIRE_OUT_MAX;
	buf_init(&w->plain_in, WIRE_IN_MAX);
	buf_init(&w->plain_out, WIRE_OUT_MAX);
}

void
wire_read_ahead(struct wire *w, size_t bytes)
{
	if (bytes > w->conn.in.max)
		w->conn.in.max = bytes;
	if (bytes > w->plain_in.max)
		w->plain_in.max = bytes;
}

void
wire_fini(struct wire *w)
{
	tls_free(w->tls);
	w->tls = NULL;
	conn_fini(&w->conn);
	buf_fini(&w->plain_in);
	buf_fini(&w->plain_out);
}

void
wire_start_server(struct wire *w, struct tls_context *c)
{
	assert(w->stage == WIRE_PLAIN && !w->tls);
	w->tls = tls_new_server(c, &w->conn.in, &w->conn.out);
	w->stage = WIRE_HANDSHAKE;
	conn_kick(&w->conn);
}

void
wire_start_client(struct wire *w, struct tls_context *c,
    const struct tls_target *target)
{
	assert(w->stage == WIRE_PLAIN && !w->tls);
	w->tls = tls_new_client(c, target, &w->conn.in, &w->conn.out);
	w->stage = WIRE_HANDSHAKE;
	conn_kick(&w->conn);
}

bool
wire_resume(struct wire *w, struct leaf *leaf, struct str alpn,
    struct err *err)
{
	assert(w->stage == WIRE_HELLO);
	if (!tls_resume(w->tls, leaf, alpn, err))
		return false;
	w->stage = WIRE_HANDSHAKE;
	conn_kick(&w->conn);
	return true;
}

void
wire_unseal(struct wire *w)
{
	struct str raw = tls_raw(w->tls);
	struct buf in;

	assert(w->stage == WIRE_HELLO);
	buf_init(&in, w->conn.in.max + raw.n);
	buf_put(&in, raw);
	buf_put(&in, buf_str(&w->conn.in));
	in.max = w->conn.in.max;
	buf_fini(&w->conn.in);
	w->conn.in = in;
	tls_free(w->tls);
	w->tls = NULL;
	w->stage = WIRE_PLAIN;
	conn_kick(&w->conn);
}

struct buf *
wire_in(struct wire *w)
{
	return w->tls ? &w->plain_in : &w->conn.in;
}

struct buf *
wire_out(struct wire *w)
{
	return w->tls ? &w->plain_out : &w->conn.out;
}

/* Seals until all is sealed or enough waits for the socket. */
static bool
seal(struct wire *w)
{
	struct err err = { "" };

	while (buf_len(&w->plain_out) > 0 && !conn_is_full(&w->conn)) {
		size_t before = buf_len(&w->plain_out);

		if (tls_write(w->tls, &w->plain_out, &err) == TLS_FAILED) {
			/* Told from the loop: reading fails there too. */
			buf_clear(&w->plain_out);
			conn_kick(&w->conn);
			return false;
		}
		if (buf_len(&w->plain_out) == before)
			break;
	}
	return true;
}

/* FIN goes after everything else, so only once all is sealed. */
static void
shut_if_done(struct wire *w)
{
	if (!w->shut || w->conn.shut_wanted)
		return;
	if (w->tls && w->stage == WIRE_SEALED) {
		if (buf_len(&w->plain_out) > 0)
			return;
		tls_shut(w->tls);
	}
	conn_shut(&w->conn);
}

void
wire_flush(struct wire *w)
{
	if (w->stage == WIRE_FAILED)
		return;
	if (w->stage == WIRE_SEALED && !seal(w))
		return;
	shut_if_done(w);
	conn_flush(&w->conn);
	/* What the socket took at once made room for more. */
	while (w->stage == WIRE_SEALED && buf_len(&w->plain_out) > 0 &&
	    !conn_is_full(&w->conn) && !w->conn.failed) {
		if (!seal(w))
			return;
		shut_if_done(w);
		conn_flush(&w->conn);
	}
	if (wire_is_full(w))
		w->high = true;
	if (w->tls)
		buf_shrink(&w->plain_out, WIRE_KEEP);
}

void
wire_rearm(struct wire *w)
{
	bool empty = w->tls && buf_len(&w->plain_in) == 0;

	/* More to open: what did not fit before, or all that waits. */
	if (w->stage == WIRE_SEALED && w->conn.paused == 0 &&
	    ((tls_has_more(w->tls) && buf_room(&w->plain_in) > 0) ||
	    (empty && buf_len(&w->conn.in) > 0)))
		conn_kick(&w->conn);
	if (w->tls)
		buf_shrink(&w->plain_in, WIRE_KEEP);
	conn_rearm(&w->conn);
}

void
wire_pause(struct wire *w, unsigned reason)
{
	conn_pause(&w->conn, reason);
}

void
wire_unpause(struct wire *w, unsigned reason)
{
	if (w->conn.paused & reason)
		conn_unpause(&w->conn, reason);
}

void
wire_kick(struct wire *w)
{
	conn_kick(&w->conn);
}

void
wire_shut(struct wire *w)
{
	if (w->shut)
		return;
	w->shut = true;
	wire_flush(w);
}

void
wire_abort(struct wire *w)
{
	conn_abort(&w->conn);
}

bool
wire_is_flushed(const struct wire *w)
{
	return buf_len(&w->plain_out) == 0 && buf_len(&w->conn.out) == 0 &&
	    (!w->shut || w->conn.shut);
}

bool
wire_is_full(const struct wire *w)
{
	return buf_len(&w->plain_out) + buf_len(&w->conn.out) > CONN_HIGH;
}
