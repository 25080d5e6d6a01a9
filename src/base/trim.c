/* SPDX-License-Identifier: MIT */
/*
 * malloc_trim() goes through the whole heap in one piece, and in a thread it
 * would hold the lock that the loop's next malloc() needs.  So: ask for free
 * memory by the piece, tell the system that nothing in it is wanted, and
 * hold it until no piece that comes has pages any more.
 */
#include "sluice/base/trim.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sluice/base/clock.h"

#define STEP_US	1000
#define HELD_MAX ((size_t)512 * 1024 * 1024)
#define PAGES	16		/* in the largest piece, and 4 KiB each */

/* Small ones find what large ones leave, but keep more: their own ends. */
static const struct {
	size_t piece;
	unsigned enough;	/* without pages in a row: there are no others */
} rounds[] = {
	{ 64 * 1024, 512 },
	{ 16 * 1024, 512 },
	{ 8 * 1024, 512 },
};

struct trim_piece {
	struct trim_piece *next;
};

/* Is a page there?  When in doubt, yes. */
static bool
has_pages(void *from, size_t size, size_t page)
{
	unsigned char there[PAGES];

	/* Some systems want signed chars there. */
	if (mincore(from, size, (void *)there) != 0)
		return true;
	for (size_t i = 0; i < size / page; i++)
		if (there[i] & 1)
			return true;
	return false;
}

/* The whole pages within; false when there were none to give. */
static bool
give_back(struct trim_piece *piece, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = (uintptr_t)(piece + 1), to = (uintptr_t)piece + size;
	void *first;

	from = (from + page - 1) / page * page;
	to = to / page * page;
	if (from >= to)
		return false;
	assert((to - from) / page <= PAGES);
	first = (char *)piece + (from - (uintptr_t)piece);
	return has_pages(first, to - from, page) &&
	    madvise(first, to - from, MADV_DONTNEED) == 0;
}

static void
release_one(struct trim *t)
{
	struct trim_piece *piece = t->held;

	t->held = piece->next;
	free(piece);
}

static void
take(struct trim *t)
{
	size_t size = rounds[t->round].piece;
	struct trim_piece *piece = malloc(size);

	/* Not worth an end for want of memory. */
	if (!piece) {
		t->ending = true;
		return;
	}
	piece->next = t->held;
	t->held = piece;
	t->size += size;
	t->away = give_back(piece, size) ? 0 : t->away + 1;
	if (t->away == rounds[t->round].enough) {
		t->away = 0;
		t->round++;
	}
	/* With huge pages even new memory has some. */
	t->ending = t->round == ARRAY_LEN(rounds) || t->size >= HELD_MAX;
}

bool
trim_step(struct trim *t)
{
	int64_t until = clock_mono() + STEP_US;

	/* Sanitizers write to all that they give, and keep what was freed. */
	if (ADDRESS_SANITIZER)
		return false;
	do {
		if (!t->ending)
			take(t);
		else if (t->held)
			release_one(t);
		else
			break;
	} while (clock_mono() < until);
	if (!t->ending || t->held)
		return true;
	*t = (struct trim){ .held = NULL };
	return false;
}

void
trim_fini(struct trim *t)
{
	while (t->held)
		release_one(t);
	*t = (struct trim){ .held = NULL };
}
