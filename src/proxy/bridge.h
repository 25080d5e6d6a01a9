/* SPDX-License-Identifier: MIT */
/*
 * TLS with another proxy, as a plain descriptor: what is written to it is
 * sealed, so that a second TLS, with the server behind that proxy, can run
 * within.  Owned by an origin.
 */
#ifndef SLUICE_SRC_PROXY_BRIDGE_H
#define SLUICE_SRC_PROXY_BRIDGE_H

#include <ev.h>

#include "sluice/base/err.h"
#include "sluice/tls/context.h"

struct bridge;

struct bridge_setup {
	struct ev_loop *loop;
	struct tls_context *context;
	const char *host;		/* of the proxy; its certificate's name */
	/*
	 * Once, from the loop: the descriptor, which the callee owns; or -1
	 * and why there is none.
	 */
	void (*done)(void *owner, int fd, const struct err *err);
	void *owner;
};

/* Takes fd, a connection to the proxy, and begins the handshake. */
struct bridge *bridge_new(const struct bridge_setup *setup, int fd) NODISCARD;
/* An end of what is read from the descriptor is no end but a break. */
bool bridge_is_broken(const struct bridge *b);	/* NULL: false */
/* Says goodbye; done is not called any more. */
void bridge_close(struct bridge *b);
void bridge_free(struct bridge *b);	/* NULL is fine */

#endif
