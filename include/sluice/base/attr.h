/* SPDX-License-Identifier: MIT */
/*
 * Attributes and the few macros that C makes necessary.  The only header
 * with compiler conditionals.
 */
#ifndef SLUICE_BASE_ATTR_H
#define SLUICE_BASE_ATTR_H

#include <stddef.h>

#define NODISCARD	__attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define NORETURN	_Noreturn
#define UNUSED		__attribute__((unused))

/* The object of the given type whose member is at ptr. */
#define container_of(ptr, type, member) \
	((type *)(void *)((char *)(ptr) - offsetof(type, member)))

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))

/* Does -fsanitize=address watch this build? */
#if defined(__SANITIZE_ADDRESS__)
#define ADDRESS_SANITIZER	1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS_SANITIZER	1
#endif
#endif
#ifndef ADDRESS_SANITIZER
#define ADDRESS_SANITIZER	0
#endif

#endif
