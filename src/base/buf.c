/* SPDX-License-Identifier: MIT */
/* Growable bytes with a mandatory maximum. */
#include "sluice/base/buf.h"

#include <assert.h>
#include <stdio.h>

#include "sluice/base/mem.h"

#define BUF_FIRST 64

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_fini(struct buf *b)
{
	free(b->p);
	b->p = NULL;
	b->off = b->end = b->cap = 0;
}

char *
buf_reserve(struct buf *b, size_t n)
{
	size_t len = buf_len(b), cap;

	if (n > b->max || len > b->max - n)
		return NULL;
	if (b->cap - b->end >= n && b->p)
		return b->p + b->end;
	/* Consumed room at the front is used before memory is asked for, but
	 * only when moving is cheap compared to what was consumed. */
	if (b->p && b->cap - len >= n && len <= b->off) {
		memmove(b->p, b->p + b->off, len);
		b->off = 0;
		b->end = len;
		return b->p + b->end;
	}
	cap = b->cap ? b->cap : BUF_FIRST;
	while (cap < b->end + n)
		cap *= 2;
	b->p = mem_realloc(b->p, cap);
	b->cap = cap;
	return b->p + b->end;
}

void
buf_commit(struct buf *b, size_t n)
{
	assert(n <= b->cap - b->end);
	b->end += n;
	assert(buf_len(b) <= b->max);
}

bool
buf_add(struct buf *b, const void *p, size_t n)
{
	char *room;

	if (n == 0)
		return true;
	room = buf_reserve(b, n);
	if (!room)
		return false;
	memcpy(room, p, n);
	buf_commit(b, n);
	return true;
}

void
buf_put(struct buf *b, struct str s)
{
	bool fits = buf_add(b, s.p, s.n);

	assert(fits);
	(void)fits;
}

void
buf_putc(struct buf *b, char c)
{
	buf_put(b, str_make(&c, 1));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	size_t room = b->p ? b->cap - b->end : 0;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(b->p ? b->p + b->end : NULL, room, fmt, ap);
	va_end(ap);
	assert(n >= 0 && (size_t)n <= buf_room(b));
	/* vsnprintf writes a NUL behind the text; it is not committed. */
	if ((size_t)n >= room) {
		char *p = buf_reserve(b, (size_t)n);

		if (b->cap - b->end < (size_t)n + 1) {
			b->cap += 1;
			b->p = mem_realloc(b->p, b->cap);
			p = b->p + b->end;
		}
		va_start(ap, fmt);
		vsnprintf(p, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	buf_commit(b, (size_t)n);
}

void
buf_consume(struct buf *b, size_t n)
{
	assert(n <= buf_len(b));
	b->off += n;
	if (b->off == b->end)
		b->off = b->end = 0;
}

void
buf_truncate(struct buf *b, size_t n)
{
	assert(n <= buf_len(b));
	b->end = b->off + n;
}

void
buf_clear(struct buf *b)
{
	b->off = b->end = 0;
}

void
buf_shrink(struct buf *b, size_t keep)
{
	if (buf_len(b) == 0 && b->cap > keep)
		buf_fini(b);
}

char *
buf_take(struct buf *b)
{
	char *text = str_dup(buf_str(b));

	buf_fini(b);
	return text;
}
