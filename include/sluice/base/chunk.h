/* SPDX-License-Identifier: MIT */
/*
 * Refcounted immutable bytes: forwarding, recording, duplicating and
 * "backup before edit" share them.  NULL is accepted by ref and unref.
 */
#ifndef SLUICE_BASE_CHUNK_H
#define SLUICE_BASE_CHUNK_H

#include "sluice/base/block.h"
#include "sluice/base/str.h"

struct chunk {
	unsigned refs;
	uint32_t len;		/* bytes in use */
	uint32_t cap;		/* bytes allocated in data */
	char data[];
};

/* The most that fits a block of memory (base/block.h), which is used then. */
#define CHUNK_BLOCK (BLOCK_SIZE - (uint32_t)sizeof(struct chunk))

struct chunk *chunk_new(struct str bytes) NODISCARD;	/* a copy, one ref */
/* Empty, with room for cap bytes; only its maker may append, see below. */
struct chunk *chunk_alloc(uint32_t cap) NODISCARD;
/* Appends while the caller holds the only reference; asserts that it fits. */
void chunk_append(struct chunk *c, struct str bytes);
struct chunk *chunk_ref(struct chunk *c);
void chunk_unref(struct chunk *c);

static inline struct str
chunk_str(const struct chunk *c)
{
	return (struct str){ c->data, c->len };
}

#endif
