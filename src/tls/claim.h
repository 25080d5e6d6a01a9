/* SPDX-License-Identifier: MIT */
/*
 * What one connection to a server has to do with the session cache: the
 * session it offers, and the ones it was given.  Nothing is kept before the
 * owner has accepted the server.
 */
#ifndef SLUICE_SRC_TLS_CLAIM_H
#define SLUICE_SRC_TLS_CLAIM_H

#include "session_cache.h"
#include "sluice/base/buf.h"

#define CLAIM_PENDING 2

struct tls_target;

struct claim {
	struct session_cache *cache;	/* borrowed; NULL: never resumed */
	struct buf key;
	unsigned era;			/* of the cache, at the start */
	bool offered;			/* a session of the cache .. */
	bool cert_sent;			/* .. for which ours was shown */
	bool approved;
	struct kept_session pending[CLAIM_PENDING];	/* oldest first */
	size_t pending_count;
};

void claim_init(struct claim *k, struct session_cache *cache,
    const struct tls_target *target);
/* failed: the handshake with the offered session came to nothing. */
void claim_fini(struct claim *k, bool failed);
void claim_offer(struct claim *k, SSL *ssl);
/* Consumes kept.session. */
void claim_keep(struct claim *k, struct kept_session kept);
void claim_approve(struct claim *k);

#endif
