/* SPDX-License-Identifier: MIT */
/*
 * A connection's use of the session cache.  Its key is all that makes two
 * connections the same to a server and to us; each part has its length in
 * front, so that no two keys look alike.
 */
#include "claim.h"

#include <assert.h>
#include <time.h>

#include <openssl/err.h>

#include "private.h"

static void
put_part(struct buf *key, struct str part)
{
	buf_printf(key, "%zu:", part.n);
	buf_put(key, part);
}

void
claim_init(struct claim *k, struct session_cache *cache,
    const struct tls_target *target)
{
	const struct str parts[] = {
		target->peer, target->host, target->sni,
		str_make(target->alpn, target->alpn_len),
		target->key ? key_digest(target->key) : STR_NONE,
		target->weak ? STR("weak") : STR_NONE,
	};
	size_t size = 0;

	memset(k, 0, sizeof *k);
	if (target->peer.n == 0)
		return;
	k->cache = cache;
	k->era = session_cache_era(cache);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		size += parts[i].n + 24;
	buf_init(&k->key, size);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		put_part(&k->key, parts[i]);
}

void
claim_offer(struct claim *k, SSL *ssl)
{
	struct kept_session kept;

	if (!k->cache)
		return;
	kept = session_cache_take(k->cache, buf_str(&k->key), time(NULL));
	if (!kept.session)
		return;
	k->offered = SSL_set_session(ssl, kept.session) == 1;
	k->cert_sent = kept.cert_sent;
	SSL_SESSION_free(kept.session);
	ERR_clear_error();
}

/* What was agreed before the trust changed is not to come back. */
static void
put(struct claim *k, struct kept_session kept)
{
	if (k->era == session_cache_era(k->cache))
		session_cache_put(k->cache, buf_str(&k->key), kept);
	else
		SSL_SESSION_free(kept.session);
}

void
claim_keep(struct claim *k, struct kept_session kept)
{
	if (!k->cache) {
		SSL_SESSION_free(kept.session);
		return;
	}
	if (k->approved) {
		put(k, kept);
		return;
	}
	if (k->pending_count == CLAIM_PENDING) {
		SSL_SESSION_free(k->pending[0].session);
		for (size_t i = 1; i < CLAIM_PENDING; i++)
			k->pending[i - 1] = k->pending[i];
		k->pending_count--;
	}
	k->pending[k->pending_count++] = kept;
}

void
claim_approve(struct claim *k)
{
	k->approved = true;
	for (size_t i = 0; i < k->pending_count; i++)
		put(k, k->pending[i]);
	k->pending_count = 0;
}

/* A server that chokes on a session would do so for ever. */
void
claim_fini(struct claim *k, bool failed)
{
	if (failed && k->offered)
		session_cache_drop(k->cache, buf_str(&k->key));
	for (size_t i = 0; i < k->pending_count; i++)
		SSL_SESSION_free(k->pending[i].session);
	k->pending_count = 0;
	buf_fini(&k->key);
}
