/* SPDX-License-Identifier: MIT */
/*
 * One sparse file: room is given out upwards and never twice, and holes are
 * punched where it is given back, so nothing has to be searched or moved.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE			/* fallocate */
#endif
#include "sluice/http/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "sluice/base/mem.h"
#include "sluice/base/path.h"

/* Holes are punched in whole blocks of the file system. */
#define BLOCK 4096u

struct store {
	uint64_t body_max;
	uint64_t memory, disk;
	int fd;				/* -1: not opened yet */
	uint64_t end;			/* of what was given out */
	size_t extents;			/* in use */
};

struct store *
store_new(uint64_t body_max)
{
	struct store *s = NEW(struct store);

	s->fd = -1;
	s->body_max = body_max;
	return s;
}

void
store_free(struct store *s)
{
	if (!s)
		return;
	assert(s->extents == 0 && s->memory == 0);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

void
store_set_body_max(struct store *s, uint64_t body_max)
{
	s->body_max = body_max;
}

uint64_t
store_body_max(const struct store *s)
{
	return s->body_max;
}

uint64_t
store_memory(const struct store *s)
{
	return s->memory;
}

uint64_t
store_disk(const struct store *s)
{
	return s->disk;
}

void
store_count(struct store *s, int64_t bytes)
{
	assert(bytes >= 0 || s->memory >= (uint64_t)-bytes);
	s->memory += (uint64_t)bytes;
}

/* Never 0, 1 or 2: those are the terminal's even when they are closed. */
static bool
open_file(struct store *s)
{
	int fd;

	if (s->fd >= 0)
		return true;
	fd = path_unlinked(NULL);
	if (fd >= 0 && fd <= 2) {
		s->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		close(fd);
	} else {
		s->fd = fd;
	}
	return s->fd >= 0;
}

struct extent *
extent_new(struct store *s, uint32_t cap)
{
	struct extent *e;

	if (!open_file(s))
		return NULL;
	e = NEW(struct extent);
	e->refs = 1;
	e->store = s;
	e->at = s->end;
	e->cap = (cap + BLOCK - 1) / BLOCK * BLOCK;
	s->end += e->cap;
	s->extents++;
	return e;
}

struct extent *
extent_ref(struct extent *e)
{
	assert(e->refs > 0 && e->refs < UINT_MAX);
	e->refs++;
	return e;
}

/*
 * A file system that can't punch holes keeps the bytes until nothing is left
 * in use; then the file starts again from the beginning.
 */
static void
give_back(const struct extent *e)
{
	struct store *s = e->store;

	s->disk -= e->len;
	if (--s->extents == 0) {
		s->end = 0;
		if (ftruncate(s->fd, 0) == 0)
			return;
	}
	if (e->len > 0)
		(void)!fallocate(s->fd, FALLOC_FL_PUNCH_HOLE |
		    FALLOC_FL_KEEP_SIZE, (off_t)e->at, e->cap);
}

void
extent_unref(struct extent *e)
{
	if (!e)
		return;
	assert(e->refs > 0);
	if (--e->refs > 0)
		return;
	give_back(e);
	free(e);
}

bool
extent_append(struct extent *e, struct str bytes)
{
	assert(e->refs == 1 && bytes.n <= e->cap - e->len);
	while (bytes.n > 0) {
		ssize_t n = pwrite(e->store->fd, bytes.p, bytes.n,
		    (off_t)(e->at + e->len));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		e->len += (uint32_t)n;
		e->store->disk += (uint64_t)n;
		bytes = str_skip(bytes, (size_t)n);
	}
	return true;
}

ssize_t
extent_read(const struct extent *e, uint32_t from, void *out, size_t n)
{
	ssize_t got;

	assert(from <= e->len);
	if (n > e->len - from)
		n = e->len - from;
	do
		got = pread(e->store->fd, out, n, (off_t)(e->at + from));
	while (got < 0 && errno == EINTR);
	return got;
}
