/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a message's content as they were on the wire, without the
 * transfer coding.  Shared chunks in memory up to a limit; what comes beyond
 * goes to an unlinked temporary file as it arrives.  Nothing is ever cut.
 */
#ifndef SLUICE_HTTP_BODY_H
#define SLUICE_HTTP_BODY_H

#include <stdbool.h>
#include <sys/types.h>

#include "sluice/base/chunk.h"
#include "sluice/base/err.h"

struct body {
	struct chunk **chunks;		/* from byte 0 on */
	uint64_t *ends;			/* where each of them ends */
	size_t count, cap;
	size_t heap;			/* allocated for chunks */
	uint64_t in_memory;		/* bytes held by chunks */
	uint64_t len;			/* all bytes */
	int spill;			/* descriptor, or -1 (0 in a zeroed
					 * body); holds what in_memory
					 * does not */
	bool spill_shared;		/* with the body this was copied from */
	uint64_t memory_max;
	bool lost;			/* spilling failed (disk full): the part
					 * beyond in_memory is not stored */
};

void body_init(struct body *b, uint64_t memory_max);
void body_fini(struct body *b);
/*
 * Appends; takes a reference when it keeps the chunk, copies small ones
 * together (a peer that sends single bytes must not cost a chunk each).
 */
void body_append(struct body *b, struct chunk *c);
void body_append_bytes(struct body *b, struct str bytes);
void body_clear(struct body *b);
/* Shares the chunks; a spilled part is shared by dup of the descriptor. */
void body_copy(struct body *to, const struct body *from);	/* to: inited */
/*
 * Reads up to n bytes at offset at into out; the number read, 0 at the end,
 * -1 with err when the stored part is lost or the disk fails.
 */
ssize_t body_read(const struct body *b, uint64_t at, void *out, size_t n,
    struct err *err) NODISCARD;
/* Lends the run of memory that holds byte at (empty at the end or beyond
 * memory): for looking without copying. */
struct str body_peek(const struct body *b, uint64_t at);
/* Heap memory this body holds, for budgets. */
size_t body_cost(const struct body *b);

#endif
