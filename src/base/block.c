/* SPDX-License-Identifier: MIT */
/*
 * Arenas of 2 MiB in 32 parts: the first is the arena's own, the others are
 * blocks.  One arena without a used block is kept, the next goes back to the
 * system.  No huge pages: a virtual machine that gives its free ones back to
 * its host has to fetch and clear each anew (doc/performance.md).
 */
#include "sluice/base/block.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include "sluice/base/list.h"
#include "sluice/base/mem.h"

#define ARENA_SIZE	(2u * 1024 * 1024)
#define PARTS		(ARENA_SIZE / BLOCK_SIZE)
#define ALL_FREE	(UINT32_MAX << 1)	/* a bit a part, not the first */

struct arena {
	struct list link;	/* in `open' while a block is free */
	uint32_t free;
};

/* With room; those in use before those that are not, so that they can go. */
static struct list open = { .next = &open, .prev = &open };
static unsigned unused;		/* arenas without a used block */

#if ADDRESS_SANITIZER
/* Each block between red zones, so that a stray byte is seen. */
void *
block_alloc(void)
{
	(void)open;
	(void)unused;
	return mem_alloc(BLOCK_SIZE);
}

void
block_free(void *block)
{
	free(block);
}
#else

/* mmap aligns to pages: ask for twice as much, give back what is around. */
static struct arena *
map_arena(void)
{
	char *p = mmap(NULL, 2 * ARENA_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before;
	struct arena *a;

	if (p == MAP_FAILED)
		mem_exhausted();
	before = -(uintptr_t)p & (ARENA_SIZE - 1);
	if (before > 0)
		munmap(p, before);
	munmap(p + before + ARENA_SIZE, ARENA_SIZE - before);
	a = (void *)(p + before);
	a->free = ALL_FREE;
	list_insert(&open, &a->link);
	unused++;
	return a;
}

void *
block_alloc(void)
{
	struct arena *a = list_is_empty(&open) ? map_arena() :
	    list_entry(open.next, struct arena, link);
	int part = __builtin_ctz(a->free);

	unused -= a->free == ALL_FREE;
	a->free &= a->free - 1;
	if (a->free == 0)
		list_remove(&a->link);
	return (char *)a + (size_t)part * BLOCK_SIZE;
}

void
block_free(void *block)
{
	uintptr_t at = (uintptr_t)block & (ARENA_SIZE - 1);
	struct arena *a = (void *)((char *)block - at);
	uint32_t bit = (uint32_t)1 << at / BLOCK_SIZE;

	assert(at % BLOCK_SIZE == 0 && (bit & ALL_FREE) && !(a->free & bit));
	if (a->free == 0)
		list_insert(&open, &a->link);
	a->free |= bit;
	if (a->free != ALL_FREE)
		return;
	list_remove(&a->link);
	if (unused > 0) {
		munmap(a, ARENA_SIZE);
		return;
	}
	unused++;
	list_append(&open, &a->link);
}
#endif
