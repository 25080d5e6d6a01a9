/* SPDX-License-Identifier: MIT */
/*
 * Growable bytes with a mandatory maximum.  Bytes are added at the end and
 * consumed from the front; consuming does not move memory until needed.
 */
#ifndef SLUICE_BASE_BUF_H
#define SLUICE_BASE_BUF_H

#include <stdarg.h>

#include "sluice/base/str.h"

struct buf {
	char *p;		/* allocation, or NULL */
	size_t off;		/* first live byte */
	size_t end;		/* one past the last live byte */
	size_t cap;		/* size of the allocation */
	size_t max;		/* live bytes never exceed this */
};

void buf_init(struct buf *b, size_t max);
void buf_fini(struct buf *b);
/* Adds all or nothing; false when it would exceed the maximum. */
bool buf_add(struct buf *b, const void *p, size_t n) NODISCARD;
/* As buf_add for callers that know it fits: asserts. */
void buf_put(struct buf *b, struct str s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/*
 * Room for at least n more bytes; NULL when over the maximum.  Valid until
 * the next call; buf_commit says how many were written.
 */
char *buf_reserve(struct buf *b, size_t n) NODISCARD;
void buf_commit(struct buf *b, size_t n);
void buf_consume(struct buf *b, size_t n);
/* Shortens to n live bytes. */
void buf_truncate(struct buf *b, size_t n);
void buf_clear(struct buf *b);
/* Gives memory back when empty and the allocation exceeds keep. */
void buf_shrink(struct buf *b, size_t keep);
/* A NUL-terminated heap string of the contents; empties b; caller frees. */
char *buf_take(struct buf *b) NODISCARD;

static inline size_t
buf_len(const struct buf *b)
{
	return b->end - b->off;
}

static inline size_t
buf_room(const struct buf *b)
{
	return b->max - (b->end - b->off);
}

static inline struct str
buf_str(const struct buf *b)
{
	return (struct str){ b->p ? b->p + b->off : "", b->end - b->off };
}

#endif
