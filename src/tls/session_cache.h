/* SPDX-License-Identifier: MIT */
/*
 * TLS sessions with servers that may be resumed, least recently used out.
 * The context owns one; a connection goes through its claim (claim.h).
 */
#ifndef SLUICE_SRC_TLS_SESSION_CACHE_H
#define SLUICE_SRC_TLS_SESSION_CACHE_H

#include <stdint.h>

#include <openssl/ssl.h>

#include "sluice/base/str.h"

struct session_cache;

struct kept_session {
	SSL_SESSION *session;		/* NULL: none */
	bool cert_sent;			/* our certificate was shown for it */
};

struct session_cache *session_cache_new(size_t max) NODISCARD;
void session_cache_free(struct session_cache *c);
/* Forgets all, and what connections made before this still want to add. */
void session_cache_clear(struct session_cache *c);
/* Changes with every session_cache_clear. */
unsigned session_cache_era(const struct session_cache *c);
/* Consumes kept.session, the newest of this key. */
void session_cache_put(struct session_cache *c, struct str key,
    struct kept_session kept);
/*
 * The newest that can be resumed at now (wall seconds); the caller frees it.
 * A TLS 1.3 one is gone from the cache then (RFC 8446 C.4).
 */
struct kept_session session_cache_take(struct session_cache *c,
    struct str key, int64_t now) NODISCARD;
void session_cache_drop(struct session_cache *c, struct str key);
size_t session_cache_count(const struct session_cache *c);

#endif
