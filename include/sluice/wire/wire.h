/* SPDX-License-Identifier: MIT */
/*
 * A conn, and TLS over it when there is any: one stream of plain bytes in
 * both directions.  This floor is where net and tls, which do not know each
 * other, meet.
 *
 * The owner reads from wire_in() and consumes, adds to wire_out() and calls
 * wire_flush().  All ops are called from the loop, never from a function the
 * owner called; an op never frees the wire (law 3).
 */
#ifndef SLUICE_WIRE_WIRE_H
#define SLUICE_WIRE_WIRE_H

#include "sluice/net/conn.h"
#include "sluice/tls/tls.h"

struct wire;

/* NULL slots are allowed. */
struct wire_ops {
	/* Bytes to read in wire_in(), or wire->eof was set; not while paused,
	 * except for eof. */
	void (*data)(struct wire *);
	/* `out` fell below CONN_LOW after having been above. */
	void (*drained)(struct wire *);
	/* Server side of TLS, paused at the ClientHello. */
	void (*hello)(struct wire *);
	/* The handshake is complete. */
	void (*ready)(struct wire *);
	/* Socket or TLS error; nothing more will come. */
	void (*failed)(struct wire *, const struct err *);
};

enum wire_stage { WIRE_PLAIN, WIRE_HANDSHAKE, WIRE_HELLO, WIRE_SEALED, WIRE_FAILED };

struct wire {
	struct conn conn;
	struct tls *tls;		/* or NULL */
	struct buf plain_in, plain_out;	/* used with TLS only */
	enum wire_stage stage;
	bool eof;			/* the peer will send no more */
	bool dirty_eof;			/* .. and did so without close_notify */
	bool shut;			/* wire_shut was called */
	bool high;			/* tell drained */
	const struct wire_ops *ops;
};

/* Takes the descriptor. */
void wire_init(struct wire *w, struct ev_loop *loop, int fd,
    const struct wire_ops *ops);
void wire_fini(struct wire *w);
/* The owner needs at least so many bytes at a time (a whole head). */
void wire_read_ahead(struct wire *w, size_t bytes);

/* TLS from the next byte on; bytes already in the buffer are part of it. */
void wire_start_server(struct wire *w, struct tls_context *c);
void wire_start_client(struct wire *w, struct tls_context *c,
    const struct tls_target *target);
/* After ops->hello: goes on with the handshake. */
bool wire_resume(struct wire *w, struct leaf *leaf, struct str alpn,
    struct err *err) NODISCARD;
/* After ops->hello: back to a plain wire whose input starts with the raw
 * hello again, for passing through. */
void wire_unseal(struct wire *w);

struct buf *wire_in(struct wire *w);
struct buf *wire_out(struct wire *w);
/* Seals and writes what is in wire_out(), as far as the socket takes it. */
void wire_flush(struct wire *w);
/* After consuming from wire_in(): reads go on. */
void wire_rearm(struct wire *w);
void wire_pause(struct wire *w, unsigned reason);
void wire_unpause(struct wire *w, unsigned reason);
/* Has ops->data called from the loop if there is anything to tell. */
void wire_kick(struct wire *w);
/* close_notify, then FIN, once everything has been written. */
void wire_shut(struct wire *w);
/* RST at wire_fini: the peer must not take what it got for complete. */
void wire_abort(struct wire *w);
/* Everything written to the socket, FIN included if asked for? */
bool wire_is_flushed(const struct wire *w);
/* Is so much waiting that its producer should stop? */
bool wire_is_full(const struct wire *w);

#endif
