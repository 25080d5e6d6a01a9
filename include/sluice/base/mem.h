/* SPDX-License-Identifier: MIT */
/*
 * Allocation that cannot fail: out of memory ends the program with one line
 * (after mem_on_exhausted's function ran).  Release with free().
 */
#ifndef SLUICE_BASE_MEM_H
#define SLUICE_BASE_MEM_H

#include <stdlib.h>

#include "sluice/base/attr.h"

void *mem_alloc(size_t size) NODISCARD;
void *mem_zalloc(size_t size) NODISCARD;	/* zeroed */
void *mem_realloc(void *p, size_t size) NODISCARD;
/* n elements of the given size each; the product is checked. */
void *mem_array(void *p, size_t n, size_t size) NODISCARD;
char *mem_strdup(const char *s) NODISCARD;
char *mem_printf(const char *fmt, ...) NODISCARD PRINTF_LIKE(1, 2);
/* For memory from elsewhere: the same end. */
NORETURN void mem_exhausted(void);
/* Called once at the start: memory that comes and goes with each turn of the
 * loop stays ours. */
void mem_keep(void);
/* Called once before the program ends for want of memory (the terminal). */
void mem_on_exhausted(void (*restore)(void));

#define NEW(type)	((type *)mem_zalloc(sizeof(type)))

#endif
