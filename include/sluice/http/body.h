/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a message's content as they were on the wire, without the
 * transfer coding.  Shared chunks in memory up to the store's limit for one
 * body; what comes beyond goes to the store's file as it arrives, and later
 * the rest may follow.  Nothing is ever cut on the wire because of that.
 */
#ifndef SLUICE_HTTP_BODY_H
#define SLUICE_HTTP_BODY_H

#include <stdbool.h>
#include <sys/types.h>

#include "sluice/base/chunk.h"
#include "sluice/base/err.h"
#include "sluice/http/store.h"

/* A run of bytes: in memory, in the file, or (neither) not stored. */
struct body_run {
	uint64_t end;			/* offset behind its last byte */
	struct chunk *chunk;
	struct extent *extent;
};

struct body {
	struct body_run *runs;		/* from byte 0 on */
	size_t count, cap;
	uint64_t len;			/* all bytes */
	uint64_t in_memory;		/* .. held by chunks */
	uint64_t on_disk;		/* .. held by extents */
	size_t heap;			/* bytes of heap, as told the store */
	struct store *store;		/* borrowed; NULL: memory, no limit */
	bool lost;			/* the disk failed: parts are missing */
	bool dropped;			/* given up to keep within a limit */
};

void body_init(struct body *b, struct store *store);
void body_fini(struct body *b);
/* Copies; a peer that sends single bytes does not cost a chunk each. */
void body_append(struct body *b, struct str bytes);
void body_clear(struct body *b);
/* Shares chunks and extents.  to: inited. */
void body_copy(struct body *to, const struct body *from);
/*
 * Reads up to n bytes at offset at into out; the number read, 0 at the end,
 * -1 with err when that part is lost or dropped or the disk fails.
 */
ssize_t body_read(const struct body *b, uint64_t at, void *out, size_t n,
    struct err *err) NODISCARD;
/* Do they share all their bytes, as a copy does that nobody changed? */
bool body_is_shared(const struct body *a, const struct body *b);
/* Lends the run of memory that holds byte at (empty at the end or when it is
 * not in memory): for looking without copying. */
struct str body_peek(const struct body *b, uint64_t at);
/* Heap memory this body holds, for budgets. */
size_t body_cost(const struct body *b);
/*
 * Moves what is in memory to the file; what comes later goes there, too.
 * False when the disk is full: then it stays.
 */
bool body_spill(struct body *b) NODISCARD;
/* Frees what is stored; the length stays known. */
void body_drop(struct body *b);

#endif
