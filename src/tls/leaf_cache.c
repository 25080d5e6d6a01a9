/* SPDX-License-Identifier: MIT */
/*
 * Leaves: refcounted certificate, key and chain; and the cache in which the
 * forge keeps them.  A map finds an entry, a list knows which was used last.
 */
#include "leaf_cache.h"

#include <assert.h>

#include <openssl/evp.h>

#include "private.h"
#include "sluice/base/list.h"
#include "sluice/base/map.h"
#include "sluice/base/mem.h"

#define RENEW_BEFORE ((int64_t)DAY_SECONDS * 1000000)

struct entry {
	struct list link;		/* most recently used first */
	char *key;
	size_t key_len;
	struct leaf *leaf;
};

struct leaf_cache {
	struct map *map;		/* key to entry */
	struct list used;
	size_t max;
};

struct leaf *
leaf_new(X509 *cert, EVP_PKEY *key, STACK_OF(X509) *chain)
{
	struct leaf *leaf = NEW(struct leaf);
	unsigned size = sizeof leaf->id;

	leaf->refs = 1;
	X509_up_ref(cert);
	leaf->cert = cert;
	EVP_PKEY_up_ref(key);
	leaf->key = key;
	leaf->chain = chain ? X509_chain_up_ref(chain) : NULL;
	leaf->identity = identity_of(cert);
	leaf->fresh_until = leaf->identity->not_after - RENEW_BEFORE;
	X509_digest(cert, EVP_sha256(), leaf->id, &size);
	assert(size == sizeof leaf->id);
	return leaf;
}

struct leaf *
leaf_ref(struct leaf *leaf)
{
	assert(leaf->refs > 0);
	leaf->refs++;
	return leaf;
}

void
leaf_unref(struct leaf *leaf)
{
	if (!leaf)
		return;
	assert(leaf->refs > 0);
	if (--leaf->refs > 0)
		return;
	X509_free(leaf->cert);
	EVP_PKEY_free(leaf->key);
	sk_X509_pop_free(leaf->chain, X509_free);
	identity_free(leaf->identity);
	free(leaf);
}

const struct identity *
leaf_identity(const struct leaf *leaf)
{
	return leaf->identity;
}

struct leaf_cache *
leaf_cache_new(size_t max)
{
	struct leaf_cache *c = NEW(struct leaf_cache);

	assert(max > 0);
	c->map = map_new();
	c->max = max;
	list_init(&c->used);
	return c;
}

static void
drop(struct leaf_cache *c, struct entry *e)
{
	struct entry *old;

	old = map_remove(c->map, str_make(e->key, e->key_len));
	assert(old == e);
	list_remove(&old->link);
	leaf_unref(old->leaf);
	free(old->key);
	free(old);
}

static struct entry *
oldest(struct leaf_cache *c)
{
	return list_entry(c->used.prev, struct entry, link);
}

void
leaf_cache_free(struct leaf_cache *c)
{
	if (!c)
		return;
	while (!list_is_empty(&c->used))
		drop(c, oldest(c));
	map_free(c->map);
	free(c);
}

struct leaf *
leaf_cache_get(struct leaf_cache *c, struct str key, int64_t now)
{
	struct entry *e = map_get(c->map, key);

	if (!e)
		return NULL;
	if (now > e->leaf->fresh_until) {
		drop(c, e);
		return NULL;
	}
	list_remove(&e->link);
	list_insert(&c->used, &e->link);
	return e->leaf;
}

void
leaf_cache_put(struct leaf_cache *c, struct str key, struct leaf *leaf)
{
	struct entry *e = NEW(struct entry);
	void *before;

	if (map_count(c->map) >= c->max)
		drop(c, oldest(c));
	e->key = mem_alloc(key.n);
	memcpy(e->key, key.p, key.n);
	e->key_len = key.n;
	e->leaf = leaf_ref(leaf);
	list_init(&e->link);
	list_insert(&c->used, &e->link);
	before = map_put(c->map, key, e);
	assert(!before);
	(void)before;
}

size_t
leaf_cache_count(const struct leaf_cache *c)
{
	return map_count(c->map);
}
