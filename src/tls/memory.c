/* SPDX-License-Identifier: MIT */
/*
 * Left to itself OpenSSL takes want of memory for a failure like any other,
 * and does not look everywhere: some of its first calls crash.
 */
#include "sluice/tls/memory.h"

#include <openssl/crypto.h>

#include "sluice/base/mem.h"

static void *
get(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return mem_alloc(size);
}

static void *
get_more(void *p, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return mem_realloc(p, size);
}

static void
give_back(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

void
tls_memory_init(void)
{
	/* It refuses when somebody else made it ask for memory already. */
	(void)CRYPTO_set_mem_functions(get, get_more, give_back);
}
