/* SPDX-License-Identifier: MIT */
/* Bind and accept. */
#ifndef SLUICE_NET_LISTEN_H
#define SLUICE_NET_LISTEN_H

#include <ev.h>

#include "sluice/base/err.h"
#include "sluice/net/addr.h"

struct listener;

struct listener_ops {
	/* The callee owns fd (non-blocking, close-on-exec). */
	void (*accepted)(void *owner, struct listener *l, int fd,
	    const struct addr *peer);
};

/*
 * Binds and listens; port 0 takes a free one (listener_addr tells which).
 * err says who holds the port when that can be found out, and what to try.
 */
struct listener *listener_new(struct ev_loop *loop, const struct addr *at,
    const struct listener_ops *ops, void *owner, struct err *err) NODISCARD;
/* The same on a socket that listens already; takes fd, also on failure. */
struct listener *listener_adopt(struct ev_loop *loop, int fd,
    const struct listener_ops *ops, void *owner, struct err *err) NODISCARD;
void listener_free(struct listener *l);
const struct addr *listener_addr(const struct listener *l);
int listener_fd(const struct listener *l);
/* Stop or resume accepting (connection limit); idempotent. */
void listener_pause(struct listener *l, bool paused);

/*
 * Out of descriptors, a listener stops accepting for 100 ms instead of
 * spinning, and says so in the log once a minute.
 */

#endif
