/* SPDX-License-Identifier: MIT */
/*
 * A row of runs.  The last chunk is filled up while nobody else holds a
 * reference to it; the last extent likewise.
 */
#include "sluice/http/body.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "sluice/base/mem.h"

#define SMALL		4096u		/* least chunk for one that goes on */
#define PIECE_MAX	(64u * 1024)	/* goes to memory or to disk as one */
/* Room set aside in the file: little at first, more for what is long. */
#define EXTENT_MIN	(64u * 1024)
#define EXTENT_MAX	(1u << 20)

void
body_init(struct body *b, struct store *store)
{
	*b = (struct body){ .store = store };
}

static void
count_heap(struct body *b, int64_t bytes)
{
	b->heap += (size_t)bytes;
	if (b->store)
		store_count(b->store, bytes);
}

static void
free_runs(struct body *b)
{
	for (size_t i = 0; i < b->count; i++) {
		chunk_unref(b->runs[i].chunk);
		extent_unref(b->runs[i].extent);
	}
	free(b->runs);
	count_heap(b, -(int64_t)b->heap);
	b->runs = NULL;
	b->count = b->cap = 0;
	b->in_memory = b->on_disk = 0;
}

void
body_clear(struct body *b)
{
	free_runs(b);
	body_init(b, b->store);
}

void
body_fini(struct body *b)
{
	if (b)
		body_clear(b);
}

/* -- runs ---------------------------------------------------------------- */

static size_t
chunk_heap(const struct chunk *c)
{
	return sizeof *c + c->cap;
}

static uint64_t
run_start(const struct body *b, size_t i)
{
	return i > 0 ? b->runs[i - 1].end : 0;
}

/* Consumes the references; n bytes at the end. */
static void
add_run(struct body *b, struct chunk *c, struct extent *e, uint64_t n)
{
	if (b->count == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 2;

		b->runs = mem_array(b->runs, cap, sizeof *b->runs);
		count_heap(b, (int64_t)((cap - b->cap) * sizeof *b->runs));
		b->cap = cap;
	}
	assert(b->runs);
	b->len += n;
	b->runs[b->count++] = (struct body_run){
		.end = b->len, .chunk = c, .extent = e,
	};
	if (c) {
		b->in_memory += n;
		count_heap(b, (int64_t)chunk_heap(c));
	}
	if (e)
		b->on_disk += n;
}

static struct body_run *
last_run(const struct body *b)
{
	return b->count > 0 ? &b->runs[b->count - 1] : NULL;
}

/* -- the part on disk ---------------------------------------------------- */

/* The last extent if it may grow, else a new one; NULL: no disk. */
static struct extent *
room_on_disk(struct body *b)
{
	const struct body_run *last = last_run(b);
	struct extent *e;
	uint32_t cap;

	if (last && last->extent && last->extent->refs == 1 &&
	    last->extent->len < last->extent->cap)
		return last->extent;
	cap = b->on_disk < EXTENT_MIN ? EXTENT_MIN :
	    b->on_disk < EXTENT_MAX ? (uint32_t)b->on_disk : EXTENT_MAX;
	e = extent_new(b->store, cap);
	if (e)
		add_run(b, NULL, e, 0);
	return e;
}

/* What was not written is counted, but not there. */
static void
add_missing(struct body *b, uint64_t n)
{
	struct body_run *last = last_run(b);

	if (last && !last->chunk && !last->extent) {
		b->len += n;
		last->end = b->len;
	} else {
		add_run(b, NULL, NULL, n);
	}
}

static void
put_on_disk(struct body *b, struct str bytes)
{
	while (bytes.n > 0 && !b->lost && !b->dropped) {
		struct extent *e = room_on_disk(b);
		uint32_t before = e ? e->len : 0;
		struct str part = str_sub(bytes, 0, e ? e->cap - e->len : 0);
		bool ok = e && extent_append(e, part);
		uint64_t n = e ? e->len - before : 0;

		b->len += n;
		b->on_disk += n;
		if (e)
			last_run(b)->end = b->len;
		bytes = str_skip(bytes, (size_t)n);
		if (!ok)
			b->lost = true;
	}
	if (bytes.n > 0)
		add_missing(b, bytes.n);
}

/* -- the part in memory -------------------------------------------------- */

/*
 * A chunk with room: the last one, or a new one.  Most bodies come whole, so
 * the first is just as large; one that goes on has blocks, filled up.
 */
static struct chunk *
room_in_memory(struct body *b, size_t n)
{
	const struct body_run *last = last_run(b);
	struct chunk *c = last ? last->chunk : NULL;
	size_t cap = b->in_memory > SMALL ? (size_t)b->in_memory : SMALL;

	if (c && c->refs == 1 && c->len < c->cap)
		return c;
	if (n > cap || b->count == 0)
		cap = n;
	if (cap > CHUNK_BLOCK / 2)
		cap = CHUNK_BLOCK;
	c = chunk_alloc((uint32_t)cap);
	add_run(b, c, NULL, 0);
	return c;
}

static size_t
put_in_memory(struct body *b, struct str bytes)
{
	struct chunk *c = room_in_memory(b, bytes.n);
	size_t n = c->cap - c->len;

	if (n > bytes.n)
		n = bytes.n;
	chunk_append(c, str_sub(bytes, 0, n));
	b->in_memory += n;
	b->len += n;
	last_run(b)->end = b->len;
	return n;
}

/* Once a byte went to disk for want of room, all that follow do. */
static bool
fits_memory(const struct body *b, size_t n)
{
	const struct body_run *last = last_run(b);

	if (!b->store)
		return true;
	return !b->dropped && !(last && !last->chunk) &&
	    b->in_memory + n <= store_body_max(b->store);
}

void
body_append(struct body *b, struct str bytes)
{
	while (bytes.n > 0) {
		struct str part = str_sub(bytes, 0, PIECE_MAX);

		if (fits_memory(b, part.n))
			part.n = put_in_memory(b, part);
		else
			put_on_disk(b, part);
		bytes = str_skip(bytes, part.n);
	}
}

void
body_copy(struct body *to, const struct body *from)
{
	assert(to != from);
	body_clear(to);
	body_init(to, from->store);
	for (size_t i = 0; i < from->count; i++) {
		const struct body_run *r = &from->runs[i];

		add_run(to, r->chunk ? chunk_ref(r->chunk) : NULL,
		    r->extent ? extent_ref(r->extent) : NULL,
		    r->end - run_start(from, i));
	}
	assert(to->len == from->len);
	to->lost = from->lost;
	to->dropped = from->dropped;
}

/* -- reading ------------------------------------------------------------- */

/* The run that holds byte at, which is below len. */
static size_t
run_at(const struct body *b, uint64_t at)
{
	size_t low = 0, high = b->count - 1;

	assert(at < b->len && b->count > 0);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (b->runs[middle].end > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct str
body_peek(const struct body *b, uint64_t at)
{
	if (at >= b->len || b->count == 0)
		return STR("");
	size_t i = run_at(b, at);
	const struct body_run *r = &b->runs[i];

	if (!r->chunk)
		return STR("");
	return str_skip(chunk_str(r->chunk), (size_t)(at - run_start(b, i)));
}

static ssize_t
read_run(const struct body *b, uint64_t at, void *out, size_t n,
    struct err *err)
{
	size_t i = run_at(b, at);
	const struct body_run *r = &b->runs[i];
	ssize_t got;

	if (!r->extent) {
		err_set(err, b->dropped ? "the body was dropped to keep "
		    "within the limits for memory and disk" : "the body beyond "
		    "%llu bytes could not be stored",
		    (unsigned long long)run_start(b, i));
		return -1;
	}
	got = extent_read(r->extent, (uint32_t)(at - run_start(b, i)), out,
	    n);
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

	while (done < n && at + done < b->len) {
		struct str s = str_sub(body_peek(b, at + done), 0, n - done);
		ssize_t got = (ssize_t)s.n;

		if (s.n > 0)
			memcpy((char *)out + done, s.p, s.n);
		else
			got = read_run(b, at + done, (char *)out + done,
			    n - done, err);
		/* What came before is good; the next call tells. */
		if (got < 0)
			return done > 0 ? (ssize_t)done : -1;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

size_t
body_cost(const struct body *b)
{
	return b->heap;
}

/* -- budgets ------------------------------------------------------------- */

/* Runs first..last-1, all of chunks, become one of the file. */
static bool
spill_runs(struct body *b, size_t first, size_t last)
{
	uint64_t n = b->runs[last - 1].end - run_start(b, first);
	struct extent *e = n <= UINT32_MAX - SMALL ?
	    extent_new(b->store, (uint32_t)n) : NULL;
	int64_t heap = 0;

	for (size_t i = first; e && i < last; i++) {
		heap += (int64_t)chunk_heap(b->runs[i].chunk);
		if (extent_append(e, chunk_str(b->runs[i].chunk)))
			continue;
		extent_unref(e);
		e = NULL;
	}
	if (!e)
		return false;
	for (size_t i = first; i < last; i++)
		chunk_unref(b->runs[i].chunk);
	b->runs[first] = (struct body_run){
		.end = b->runs[last - 1].end, .extent = e,
	};
	memmove(&b->runs[first + 1], &b->runs[last],
	    (b->count - last) * sizeof *b->runs);
	b->count -= last - first - 1;
	b->in_memory -= n;
	b->on_disk += n;
	count_heap(b, -heap);
	return true;
}

bool
body_spill(struct body *b)
{
	for (size_t first = 0; first < b->count; first++) {
		size_t last = first;

		while (last < b->count && b->runs[last].chunk)
			last++;
		if (last > first && !spill_runs(b, first, last))
			return false;
	}
	return true;
}

void
body_drop(struct body *b)
{
	uint64_t len = b->len;

	free_runs(b);
	b->dropped = len > 0;
	b->len = 0;
	if (len > 0)
		add_missing(b, len);
}

bool
body_is_shared(const struct body *a, const struct body *b)
{
	if (a->len != b->len || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->runs[i].chunk != b->runs[i].chunk ||
		    a->runs[i].extent != b->runs[i].extent)
			return false;
	return true;
}
