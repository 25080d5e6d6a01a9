/* SPDX-License-Identifier: MIT */
/*
 * Connect to the first of a host's addresses that answers: resolves, then
 * tries the addresses with staggered starts (RFC 8305, 250 ms).
 */
#ifndef SLUICE_NET_DIAL_H
#define SLUICE_NET_DIAL_H

#include "sluice/net/resolve.h"

struct dial;

struct dial_result {
	int fd;			/* the callee owns it; -1 on failure */
	struct addr peer;
	int64_t resolved;	/* monotonic µs when the name was known, or 0 */
	int64_t connected;
	bool timed_out;
	struct err err;		/* "connect: Connection refused (10.0.0.7:443)" */
};

/* Never called from dial_start itself.  The dial is gone afterwards. */
typedef void dial_done_fn(void *owner, const struct dial_result *result);
/*
 * Asked for each address before it is connected to; false refuses it (loops
 * back to ourselves).  May be NULL.
 */
typedef bool dial_allow_fn(void *owner, const struct addr *a, struct err *err);

struct dial *dial_start(struct ev_loop *loop, struct resolver *r,
    struct str host, unsigned port, int64_t timeout_us, dial_allow_fn *allow,
    dial_done_fn *done, void *owner) NODISCARD;
void dial_cancel(struct dial *d);

#endif
