/* SPDX-License-Identifier: MIT */
/*
 * Allocation that cannot fail.  Everything a peer can make the program keep
 * has a limit, so that running out means the machine is out: the program
 * ends with one line, the terminal restored.
 */
#include "sluice/base/mem.h"

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Buffers of busy connections, which are freed when they run empty. */
#define KEEP_MAX	(32 * 1024 * 1024)
#define MAP_FROM	(4 * 1024 * 1024)

static void (*restore_terminal)(void);

/*
 * Else glibc gives the end of the heap back to the system after each turn,
 * and the next turn pays for fresh pages.  Without fast bins it has nothing
 * to put together each time a kilobyte is asked for; its cache per thread
 * serves small pieces anyway.
 */
void
mem_keep(void)
{
#ifdef M_TRIM_THRESHOLD
	(void)mallopt(M_TRIM_THRESHOLD, KEEP_MAX);
	(void)mallopt(M_MMAP_THRESHOLD, MAP_FROM);
	(void)mallopt(M_MXFAST, 0);
#endif
}

void
mem_on_exhausted(void (*restore)(void))
{
	restore_terminal = restore;
}

void
mem_exhausted(void)
{
	static const char line[] = "sluice: out of memory\n";
	void (*restore)(void) = restore_terminal;

	restore_terminal = NULL;
	if (restore)
		restore();
	if (write(STDERR_FILENO, line, sizeof line - 1) < 0)
		_exit(1);
	_exit(1);
}

void *
mem_alloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		mem_exhausted();
	return p;
}

void *
mem_zalloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		mem_exhausted();
	return p;
}

void *
mem_realloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p)
		mem_exhausted();
	return p;
}

void *
mem_array(void *old, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		mem_exhausted();
	return mem_realloc(old, bytes);
}

char *
mem_strdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(mem_alloc(n), s, n);
}

char *
mem_printf(const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return mem_strdup("");
	p = mem_alloc((size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}
