/* SPDX-License-Identifier: MIT */
/*
 * Where bodies are kept: a count of what all of them hold in memory, and one
 * unlinked file, mode 0600, for what is not to stay there.  The file is
 * shared because there may be more bodies than descriptors; what a body gives
 * back is punched out of it, so it takes no more of the disk than is in use.
 *
 * Bodies point to their store; it must outlive them.
 */
#ifndef SLUICE_HTTP_STORE_H
#define SLUICE_HTTP_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "sluice/base/str.h"

struct store;

/* body_max: bytes of one body that stay in memory. */
struct store *store_new(uint64_t body_max) NODISCARD;
void store_free(struct store *s);
void store_set_body_max(struct store *s, uint64_t body_max);
uint64_t store_body_max(const struct store *s);
uint64_t store_memory(const struct store *s);	/* heap bytes of all bodies */
uint64_t store_disk(const struct store *s);	/* bytes in the file */
/* A body takes so many bytes of heap, or gives them back. */
void store_count(struct store *s, int64_t bytes);

/* A range of the file; refcounted, shared by copies of a body. */
struct extent {
	unsigned refs;
	struct store *store;
	uint64_t at;		/* in the file */
	uint32_t len;		/* bytes in use .. */
	uint32_t cap;		/* .. of so many set aside */
};

/* Empty; NULL when there is no file to be had. */
struct extent *extent_new(struct store *s, uint32_t cap) NODISCARD;
struct extent *extent_ref(struct extent *e);
void extent_unref(struct extent *e);		/* NULL is fine */
/* While the caller holds the only reference; false when the disk is full. */
bool extent_append(struct extent *e, struct str bytes) NODISCARD;
/* As pread: the number read, or -1 with errno. */
ssize_t extent_read(const struct extent *e, uint32_t from, void *out,
    size_t n) NODISCARD;

#endif
