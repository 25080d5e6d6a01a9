/* SPDX-License-Identifier: MIT */
/*
 * Memory for what is kept long and in bulk: recorded bodies.  Blocks of one
 * size, apart from the heap, so that what lives for a moment
 * and what lives for hours do not cut each other's memory to pieces.  Not
 * for several threads.
 */
#ifndef SLUICE_BASE_BLOCK_H
#define SLUICE_BASE_BLOCK_H

#include "sluice/base/attr.h"

#define BLOCK_SIZE (64u * 1024)

/* Not cleared; never NULL. */
void *block_alloc(void) NODISCARD;
void block_free(void *block);

#endif
