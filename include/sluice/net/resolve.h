/* SPDX-License-Identifier: MIT */
/*
 * Names to addresses without blocking: c-ares driven by the loop (its
 * sockets are watchers, its timeouts a timer).  /etc/hosts counts;
 * "localhost" and "*.localhost" are loopback without asking (RFC 6761).
 */
#ifndef SLUICE_NET_RESOLVE_H
#define SLUICE_NET_RESOLVE_H

#include <ev.h>

#include "sluice/base/err.h"
#include "sluice/net/addr.h"

struct resolver;
struct resolve;		/* one question under way */

/* addrs is NULL and err set on failure.  Never called from resolve_start. */
typedef void resolve_done_fn(void *owner, const struct addr *addrs, size_t n,
    const struct err *err);

struct resolver *resolver_new(struct ev_loop *loop, struct err *err) NODISCARD;
/* Only when every question has ended. */
void resolver_free(struct resolver *r);
/* The question ends by done or by resolve_cancel, never by both. */
struct resolve *resolve_start(struct resolver *r, struct str host,
    unsigned port, resolve_done_fn *done, void *owner) NODISCARD;
void resolve_cancel(struct resolve *q);

#endif
