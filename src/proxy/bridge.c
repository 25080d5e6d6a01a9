/* SPDX-License-Identifier: MIT */
/* TLS with another proxy: a wire to it, a socket pair, and a splice. */
#include "bridge.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sluice/base/mem.h"
#include "sluice/net/addr.h"
#include "sluice/tls/identity.h"
#include "sluice/wire/wire.h"

struct bridge {
	struct bridge_setup setup;
	struct wire outer;		/* TLS, to the proxy */
	struct wire inner;		/* our end of the pair; when has_inner */
	bool has_inner;
	bool told;			/* done was called, or must not be */
	bool broken;			/* the proxy's side was cut off */
};

static void
tell(struct bridge *b, int fd, const struct err *err)
{
	if (b->told)
		return;
	b->told = true;
	b->setup.done(b->setup.owner, fd, err);
}

/* Moves bytes and the end of them one way. */
static void
move(struct wire *in, struct wire *out)
{
	struct str bytes = buf_str(wire_in(in));

	if (bytes.n > 0 && !wire_is_full(out)) {
		buf_put(wire_out(out), bytes);
		buf_consume(wire_in(in), bytes.n);
		wire_flush(out);
		wire_rearm(in);
	}
	if (in->eof && buf_len(wire_in(in)) == 0)
		wire_shut(out);
}

static void
splice(struct bridge *b)
{
	if (!b->has_inner)
		return;
	move(&b->inner, &b->outer);
	move(&b->outer, &b->inner);
}

static void
inner_data_cb(struct wire *w)
{
	splice(container_of(w, struct bridge, inner));
}

static void
inner_failed_cb(struct wire *w, const struct err *err)
{
	struct bridge *b = container_of(w, struct bridge, inner);

	(void)err;
	wire_abort(&b->outer);
}

static const struct wire_ops inner_ops = {
	.data = inner_data_cb,
	.drained = inner_data_cb,
	.failed = inner_failed_cb,
};

static bool
judge(struct bridge *b, struct err *err)
{
	struct identity *id = identity_read(b->outer.tls);
	bool ok = tls_context_is_insecure(b->setup.context) ||
	    (id && id->verified);

	if (!ok)
		err_set(err, "the proxy's certificate is not trusted: %s",
		    id ? id->verify_text : "it sent none");
	else
		tls_approve(b->outer.tls);
	identity_free(id);
	return ok;
}

static void
outer_ready_cb(struct wire *w)
{
	struct bridge *b = container_of(w, struct bridge, outer);
	struct err err;
	int pair[2];

	if (!judge(b, &err)) {
		wire_shut(&b->outer);
		tell(b, -1, &err);
		return;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
	    pair) != 0) {
		err_set(&err, "socketpair: %s", strerror(errno));
		tell(b, -1, &err);
		return;
	}
	wire_init(&b->inner, b->setup.loop, pair[0], &inner_ops);
	b->has_inner = true;
	conn_rearm(&b->inner.conn);
	tell(b, pair[1], NULL);
}

static void
outer_data_cb(struct wire *w)
{
	splice(container_of(w, struct bridge, outer));
}

static void
outer_failed_cb(struct wire *w, const struct err *err)
{
	struct bridge *b = container_of(w, struct bridge, outer);
	struct err text = *err;

	err_wrap(&text, "TLS with the proxy %s", b->setup.host);
	tell(b, -1, &text);
	/* Over there it looks like an end: see bridge_is_broken. */
	b->broken = true;
	splice(b);
}

static const struct wire_ops outer_ops = {
	.data = outer_data_cb,
	.drained = outer_data_cb,
	.ready = outer_ready_cb,
	.failed = outer_failed_cb,
};

struct bridge *
bridge_new(const struct bridge_setup *setup, int fd)
{
	struct bridge *b = NEW(struct bridge);
	struct tls_target target = {
		.host = str_from(setup->host),
		.sni = addr_is_literal(setup->host) ? STR_NONE :
		    str_from(setup->host),
	};

	b->setup = *setup;
	wire_init(&b->outer, setup->loop, fd, &outer_ops);
	conn_rearm(&b->outer.conn);
	wire_start_client(&b->outer, setup->context, &target);
	return b;
}

bool
bridge_is_broken(const struct bridge *b)
{
	return b && (b->broken || b->outer.dirty_eof);
}

void
bridge_close(struct bridge *b)
{
	b->told = true;
	wire_shut(&b->outer);
	conn_pause(&b->outer.conn, PAUSE_WAIT);
	if (b->has_inner)
		conn_pause(&b->inner.conn, PAUSE_WAIT);
}

void
bridge_free(struct bridge *b)
{
	if (!b)
		return;
	wire_fini(&b->outer);
	if (b->has_inner)
		wire_fini(&b->inner);
	free(b);
}
