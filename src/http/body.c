/* SPDX-License-Identifier: MIT */
/*
 * Chunks up to memory_max, then an unlinked file.  Small pieces are put
 * together in a last chunk of our own, which grows only while nobody else
 * holds a reference to it.  A descriptor is above 0 here, so that a zeroed
 * body holds none.
 */
#include "sluice/http/body.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sluice/base/mem.h"
#include "sluice/base/path.h"

/* Pieces below this are put together, in chunks of this size. */
#define SMALL		4096u
#define PIECE_MAX	(1u << 20)
#define COPY_STEP	(64u * 1024)

static bool
has_spill(const struct body *b)
{
	return b->spill > 0;
}

void
body_init(struct body *b, uint64_t memory_max)
{
	*b = (struct body){ .spill = -1, .memory_max = memory_max };
}

void
body_clear(struct body *b)
{
	for (size_t i = 0; i < b->count; i++)
		chunk_unref(b->chunks[i]);
	if (has_spill(b))
		close(b->spill);
	free(b->chunks);
	free(b->ends);
	body_init(b, b->memory_max);
}

void
body_fini(struct body *b)
{
	if (b)
		body_clear(b);
}

/* -- the part on disk ---------------------------------------------------- */

static bool
write_all(int fd, struct str s, uint64_t at)
{
	while (s.n > 0) {
		ssize_t n = pwrite(fd, s.p, s.n, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s = str_skip(s, (size_t)n);
		at += (uint64_t)n;
	}
	return true;
}

/*
 * Never 0, 1 or 2: those are the terminal's even when they are closed.  Nor
 * one of the upper half: bodies are kept for long, and connections must not
 * run out of descriptors because of them.
 */
static int
place_spill(int fd)
{
	struct rlimit most;
	int high;

	if (fd < 0)
		return fd;
	high = fd > 2 ? fd : fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (high != fd)
		close(fd);
	if (high < 0 || getrlimit(RLIMIT_NOFILE, &most) != 0 ||
	    (rlim_t)high < most.rlim_cur / 2)
		return high;
	close(high);
	return -1;
}

static int
open_spill(void)
{
	return place_spill(path_unlinked(NULL));
}

static void
lose_spill(struct body *b)
{
	if (has_spill(b))
		close(b->spill);
	b->spill = -1;
	b->spill_shared = false;
	b->lost = true;
}

/* The file of a copy also belongs to the original: writing needs our own. */
static bool
own_spill(struct body *b)
{
	int fd = open_spill();
	uint64_t at = 0, n = b->len - b->in_memory;
	char *step = mem_alloc(COPY_STEP);
	bool ok = fd >= 0;

	while (ok && at < n) {
		ssize_t got = pread(b->spill, step, COPY_STEP, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if ((uint64_t)(got > 0 ? got : 0) > n - at)
			got = (ssize_t)(n - at);
		ok = got > 0 && write_all(fd, str_make(step, (size_t)got), at);
		at += got > 0 ? (uint64_t)got : 0;
	}
	free(step);
	if (!ok && fd >= 0)
		close(fd);
	if (!ok)
		return false;
	close(b->spill);
	b->spill = fd;
	b->spill_shared = false;
	return true;
}

static void
spill(struct body *b, struct str bytes)
{
	uint64_t at = b->len - b->in_memory;

	if (!b->lost && !has_spill(b))
		b->spill = open_spill();
	if (!b->lost && !(has_spill(b) &&
	    (!b->spill_shared || own_spill(b)) &&
	    write_all(b->spill, bytes, at)))
		lose_spill(b);
	b->len += bytes.n;
}

/* -- the part in memory -------------------------------------------------- */

/* Consumes the reference. */
static void
add_chunk(struct body *b, struct chunk *c)
{
	if (b->count == b->cap) {
		b->cap = b->cap ? b->cap * 2 : 4;
		b->chunks = mem_array(b->chunks, b->cap, sizeof *b->chunks);
		b->ends = mem_array(b->ends, b->cap, sizeof *b->ends);
	}
	b->in_memory += c->len;
	b->len += c->len;
	b->heap += sizeof *c + c->cap;
	b->chunks[b->count] = c;
	b->ends[b->count++] = b->in_memory;
}

static void
add_small(struct body *b, struct str bytes)
{
	struct chunk *tail = b->count ? b->chunks[b->count - 1] : NULL;

	if (tail && tail->refs == 1 && tail->cap - tail->len >= bytes.n) {
		chunk_append(tail, bytes);
		b->in_memory += bytes.n;
		b->len += bytes.n;
		b->ends[b->count - 1] = b->in_memory;
		return;
	}
	tail = chunk_alloc(SMALL);
	chunk_append(tail, bytes);
	add_chunk(b, tail);
}

/* Once a byte has been spilled, all that follow are. */
static bool
fits_memory(const struct body *b, size_t n)
{
	return b->len == b->in_memory && !b->lost && !has_spill(b) &&
	    n <= b->memory_max - b->in_memory;
}

void
body_append(struct body *b, struct chunk *c)
{
	if (c->len == 0)
		return;
	assert(b->in_memory <= b->memory_max && b->in_memory <= b->len);
	if (!fits_memory(b, c->len))
		spill(b, chunk_str(c));
	else if (c->len >= SMALL || b->count == 0)
		add_chunk(b, chunk_ref(c));
	else
		add_small(b, chunk_str(c));
}

void
body_append_bytes(struct body *b, struct str bytes)
{
	while (bytes.n > 0) {
		struct str part = str_sub(bytes, 0, PIECE_MAX);

		if (!fits_memory(b, part.n))
			spill(b, part);
		else if (part.n >= SMALL || b->count == 0)
			add_chunk(b, chunk_new(part));
		else
			add_small(b, part);
		bytes = str_skip(bytes, part.n);
	}
}

void
body_copy(struct body *to, const struct body *from)
{
	assert(to != from);
	body_clear(to);
	to->memory_max = from->memory_max;
	for (size_t i = 0; i < from->count; i++)
		add_chunk(to, chunk_ref(from->chunks[i]));
	assert(to->in_memory == from->in_memory);
	to->len = from->len;
	to->lost = from->lost;
	if (!has_spill(from))
		return;
	to->spill = place_spill(fcntl(from->spill, F_DUPFD_CLOEXEC, 3));
	to->spill_shared = has_spill(to);
	if (!has_spill(to))
		to->lost = true;
}

/* The chunk that holds byte at, which lies in memory. */
static size_t
chunk_at(const struct body *b, uint64_t at)
{
	size_t low = 0, high = b->count - 1;

	assert(at < b->in_memory);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (b->ends[middle] > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct str
body_peek(const struct body *b, uint64_t at)
{
	if (at >= b->in_memory)
		return STR("");
	size_t i = chunk_at(b, at);
	struct str s = chunk_str(b->chunks[i]);

	return str_skip(s, s.n - (size_t)(b->ends[i] - at));
}

static ssize_t
read_spill(const struct body *b, uint64_t at, char *out, size_t n,
    struct err *err)
{
	ssize_t got;

	if (b->lost || !has_spill(b)) {
		err_set(err, "the body beyond %llu bytes could not be stored",
		    (unsigned long long)b->in_memory);
		return -1;
	}
	if (n > b->len - at)
		n = (size_t)(b->len - at);
	do
		got = pread(b->spill, out, n, (off_t)(at - b->in_memory));
	while (got < 0 && errno == EINTR);
	if (got > 0)
		return got;
	err_set(err, "cannot read the body back from disk: %s",
	    got < 0 ? strerror(errno) : "it is cut short");
	return -1;
}

ssize_t
body_read(const struct body *b, uint64_t at, void *out, size_t n,
    struct err *err)
{
	size_t done = 0;

	while (done < n && at + done < b->in_memory) {
		struct str s = str_sub(body_peek(b, at + done), 0, n - done);

		memcpy((char *)out + done, s.p, s.n);
		done += s.n;
	}
	if (done == n || at + done >= b->len)
		return (ssize_t)done;
	ssize_t got = read_spill(b, at + done, (char *)out + done, n - done,
	    err);

	if (got >= 0)
		return (ssize_t)done + got;
	/* What memory had is good; the next call tells the failure. */
	return done > 0 ? (ssize_t)done : -1;
}

size_t
body_cost(const struct body *b)
{
	return b->heap + b->cap * (sizeof *b->chunks + sizeof *b->ends);
}
