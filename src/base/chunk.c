/* SPDX-License-Identifier: MIT */
/* Refcounted immutable bytes. */
#include "sluice/base/chunk.h"

#include <assert.h>
#include <limits.h>

#include "sluice/base/mem.h"

struct chunk *
chunk_alloc(uint32_t cap)
{
	struct chunk *c = cap == CHUNK_BLOCK ? block_alloc() :
	    mem_alloc(sizeof *c + cap);

	c->refs = 1;
	c->len = 0;
	c->cap = cap;
	return c;
}

void
chunk_append(struct chunk *c, struct str bytes)
{
	assert(c->refs == 1 && bytes.n <= c->cap - c->len);
	if (bytes.n)
		memcpy(c->data + c->len, bytes.p, bytes.n);
	c->len += (uint32_t)bytes.n;
}

struct chunk *
chunk_new(struct str bytes)
{
	struct chunk *c;

	assert(bytes.n <= UINT32_MAX);
	c = chunk_alloc((uint32_t)bytes.n);
	chunk_append(c, bytes);
	return c;
}

struct chunk *
chunk_ref(struct chunk *c)
{
	if (c) {
		assert(c->refs > 0 && c->refs < UINT_MAX);
		c->refs++;
	}
	return c;
}

void
chunk_unref(struct chunk *c)
{
	if (!c)
		return;
	assert(c->refs > 0);
	if (--c->refs > 0)
		return;
	if (c->cap == CHUNK_BLOCK)
		block_free(c);
	else
		free(c);
}
