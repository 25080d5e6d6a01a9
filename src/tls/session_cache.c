/* SPDX-License-Identifier: MIT */
/*
 * Sessions with servers by key.  A map finds an entry, a list knows which
 * was used last.  Sessions are kept as OpenSSL's own objects, since only
 * those still have the server's chain and the verdict on it.
 */
#include "session_cache.h"

#include <assert.h>

#include "private.h"
#include "sluice/base/list.h"
#include "sluice/base/map.h"
#include "sluice/base/mem.h"

#define KEPT_PER_KEY	2
#define TICKET_MAX	(16u * 1024)

struct entry {
	struct list link;		/* most recently used first */
	char *key;
	size_t key_len;
	struct kept_session kept[KEPT_PER_KEY];	/* newest first, no gaps */
};

struct session_cache {
	struct map *map;		/* key to entry */
	struct list used;
	size_t max;
	unsigned era;
};

struct session_cache *
session_cache_new(size_t max)
{
	struct session_cache *c = NEW(struct session_cache);

	assert(max > 0);
	c->map = map_new();
	c->max = max;
	list_init(&c->used);
	return c;
}

static void
drop(struct session_cache *c, struct entry *e)
{
	struct entry *old = map_remove(c->map, str_make(e->key, e->key_len));

	assert(old == e);
	list_remove(&old->link);
	for (size_t i = 0; i < KEPT_PER_KEY; i++)
		SSL_SESSION_free(old->kept[i].session);
	free(old->key);
	free(old);
}

static struct entry *
oldest(struct session_cache *c)
{
	return list_entry(c->used.prev, struct entry, link);
}

void
session_cache_clear(struct session_cache *c)
{
	while (!list_is_empty(&c->used))
		drop(c, oldest(c));
	c->era++;
}

void
session_cache_free(struct session_cache *c)
{
	if (!c)
		return;
	session_cache_clear(c);
	map_free(c->map);
	free(c);
}

unsigned
session_cache_era(const struct session_cache *c)
{
	return c->era;
}

static bool
is_for_one_use(const SSL_SESSION *session)
{
	return SSL_SESSION_get_protocol_version(session) >= TLS1_3_VERSION;
}

static struct entry *
add(struct session_cache *c, struct str key)
{
	struct entry *e = NEW(struct entry);
	void *before;

	if (map_count(c->map) >= c->max)
		drop(c, oldest(c));
	e->key = mem_alloc(key.n);
	memcpy(e->key, key.p, key.n);
	e->key_len = key.n;
	list_init(&e->link);
	before = map_put(c->map, key, e);
	assert(!before);
	(void)before;
	return e;
}

void
session_cache_put(struct session_cache *c, struct str key,
    struct kept_session kept)
{
	const unsigned char *ticket;
	size_t n = 0;
	struct entry *e;

	assert(kept.session && key.n > 0);
	SSL_SESSION_get0_ticket(kept.session, &ticket, &n);
	if (n > TICKET_MAX) {
		SSL_SESSION_free(kept.session);
		return;
	}
	e = map_get(c->map, key);
	if (!e)
		e = add(c, key);
	list_remove(&e->link);
	list_insert(&c->used, &e->link);
	SSL_SESSION_free(e->kept[KEPT_PER_KEY - 1].session);
	for (size_t i = KEPT_PER_KEY - 1; i > 0; i--)
		e->kept[i] = e->kept[i - 1];
	e->kept[0] = kept;
}

/* TLS 1.2 says with 0 that it does not say (RFC 5077 3.3). */
static int64_t
lifetime(const SSL_SESSION *session)
{
	int64_t timeout = SSL_SESSION_get_timeout(session);
	int64_t hint = (int64_t)SSL_SESSION_get_ticket_lifetime_hint(session);

	if (hint == 0 && !is_for_one_use(session))
		return timeout;
	return hint < timeout ? hint : timeout;
}

/* A certificate that has run out meanwhile must be judged again. */
static bool
can_resume(SSL_SESSION *session, int64_t now)
{
	const X509 *cert = SSL_SESSION_get0_peer(session);
	int64_t since = SSL_SESSION_get_time(session);

	return SSL_SESSION_is_resumable(session) && now >= since &&
	    now - since < lifetime(session) && cert &&
	    identity_time(X509_get0_notAfter(cert)) / 1000000 > now;
}

static void
shift(struct entry *e)
{
	for (size_t i = 1; i < KEPT_PER_KEY; i++)
		e->kept[i - 1] = e->kept[i];
	e->kept[KEPT_PER_KEY - 1] = (struct kept_session){ .session = NULL };
}

struct kept_session
session_cache_take(struct session_cache *c, struct str key, int64_t now)
{
	struct entry *e = map_get(c->map, key);
	struct kept_session found = { .session = NULL };

	if (!e)
		return found;
	while (e->kept[0].session && !can_resume(e->kept[0].session, now)) {
		SSL_SESSION_free(e->kept[0].session);
		shift(e);
	}
	found = e->kept[0];
	if (found.session && is_for_one_use(found.session))
		shift(e);
	else if (found.session)
		SSL_SESSION_up_ref(found.session);
	if (!e->kept[0].session) {
		drop(c, e);
		return found;
	}
	list_remove(&e->link);
	list_insert(&c->used, &e->link);
	return found;
}

void
session_cache_drop(struct session_cache *c, struct str key)
{
	struct entry *e = map_get(c->map, key);

	if (e)
		drop(c, e);
}

size_t
session_cache_count(const struct session_cache *c)
{
	return map_count(c->map);
}
