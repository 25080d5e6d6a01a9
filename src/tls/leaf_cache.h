/* SPDX-License-Identifier: MIT */
/*
 * Leaves by name set, least recently used out.  The forge owns one.
 */
#ifndef SLUICE_SRC_TLS_LEAF_CACHE_H
#define SLUICE_SRC_TLS_LEAF_CACHE_H

#include <stdint.h>

#include "sluice/base/str.h"

struct leaf;
struct leaf_cache;

struct leaf_cache *leaf_cache_new(size_t max) NODISCARD;
void leaf_cache_free(struct leaf_cache *c);
/*
 * The leaf for key, lent, or NULL.  One that is not fresh any more at now
 * (wall µs) is dropped instead.
 */
struct leaf *leaf_cache_get(struct leaf_cache *c, struct str key, int64_t now);
/* Keeps a reference of its own; key must not be there. */
void leaf_cache_put(struct leaf_cache *c, struct str key, struct leaf *leaf);
size_t leaf_cache_count(const struct leaf_cache *c);

#endif
