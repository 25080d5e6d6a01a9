/* SPDX-License-Identifier: MIT */
/*
 * One connected stream socket: two bounded buffers, a computed interest mask
 * and pause reasons.
 *
 * Reading never stops because the owner is busy, only because `in` is full:
 * `paused` stops *delivery* (ops->data), so a paused connection still notices
 * that its peer left, and back-pressure follows from the bounded buffer.
 * Watcher callbacks do two things: move bytes, call one op.  An op never
 * frees the conn (law 3); the owner buries it at the end of the loop turn.
 */
#ifndef SLUICE_NET_CONN_H
#define SLUICE_NET_CONN_H

#include <ev.h>

#include "sluice/base/buf.h"
#include "sluice/base/err.h"
#include "sluice/net/addr.h"

enum conn_pause {
	PAUSE_GATE = 1 << 0,	/* a flow of this connection is held */
	PAUSE_FULL = 1 << 1,	/* the other side's `out` is over its mark */
	PAUSE_WAIT = 1 << 2,	/* waiting for a name, a dial, a handshake */
};

struct conn;

struct conn_ops {
	/* More bytes in conn->in, or eof was seen; only while not paused,
	 * except for `eof`, which is told at once. */
	void (*data)(struct conn *);
	/* conn->out fell below CONN_LOW after it had been above. */
	void (*drained)(struct conn *);
	/* Reset or another socket error; nothing more will come. */
	void (*failed)(struct conn *, const struct err *);
};

#define CONN_IN_MAX	(256u * 1024)	/* bytes read ahead */
#define CONN_HIGH	(256u * 1024)	/* stop producing above this */
#define CONN_LOW	(64u * 1024)	/* and go on below this */
#define CONN_TURN	(256u * 1024)	/* most bytes moved in one callback */

struct conn {
	struct ev_loop *loop;
	ev_io io;
	int fd;
	struct buf in, out;
	unsigned paused;		/* enum conn_pause bits */
	bool eof;			/* peer sent FIN; seen even while paused */
	bool failed;			/* socket error; told once */
	bool shut;			/* we sent FIN */
	bool shut_wanted;		/* send FIN when out is empty */
	bool high;			/* out went above CONN_LOW; drained will tell */
	bool kicked;			/* data is to be called whatever came */
	bool told;			/* ops->failed was called */
	bool aborted;			/* conn_fini resets the connection */
	int error;			/* errno, when failed */
	int64_t last;			/* monotonic µs of the last byte moved */
	uint64_t bytes_in, bytes_out;	/* on the socket, for the flow's record */
	const struct conn_ops *ops;
};

/* Takes the descriptor (non-blocking, close-on-exec); sets TCP_NODELAY. */
void conn_init(struct conn *c, struct ev_loop *loop, int fd,
    const struct conn_ops *ops);
/* Stops watchers, closes the descriptor, frees buffers. */
void conn_fini(struct conn *c);
/*
 * Writes what is in `out` now, as far as the socket takes it, then rearms.
 * Call after adding to `out`.
 */
void conn_flush(struct conn *c);
/* After consuming from `in`, or changing anything else: computes interest. */
void conn_rearm(struct conn *c);
void conn_pause(struct conn *c, unsigned reason);
/* Delivers what waits: ops->data is called from the loop, not from here. */
void conn_unpause(struct conn *c, unsigned reason);
/* Has ops->data called from the loop, as if bytes had come. */
void conn_kick(struct conn *c);
/* Half-close once everything in `out` has been written. */
void conn_shut(struct conn *c);
/* Close with RST: the peer must not take what it got for complete. */
void conn_abort(struct conn *c);

static inline bool
conn_is_full(const struct conn *c)
{
	return buf_len(&c->out) > CONN_HIGH;
}

#endif
