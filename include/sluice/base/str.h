/* SPDX-License-Identifier: MIT */
/* Borrowed bytes: a pointer and a length, passed by value, never owned. */
#ifndef SLUICE_BASE_STR_H
#define SLUICE_BASE_STR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "sluice/base/attr.h"

struct str {
	const char *p;
	size_t n;
};

#define STR(lit)	((struct str){ "" lit, sizeof(lit) - 1 })
#define STR_NONE	((struct str){ NULL, 0 })
/* For printf: "%.*s", STR_ARG(s) */
#define STR_ARG(s)	(int)(s).n, (s).p ? (s).p : ""

static inline struct str
str_from(const char *cstr)
{
	return (struct str){ cstr, cstr ? strlen(cstr) : 0 };
}

static inline struct str
str_make(const void *p, size_t n)
{
	return (struct str){ p, n };
}

int str_cmp(struct str a, struct str b);
int str_cmp_nocase(struct str a, struct str b);		/* ASCII only */

static inline bool
str_eq(struct str a, struct str b)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Names that differ mostly differ in length. */
static inline bool
str_eq_nocase(struct str a, struct str b)
{
	return a.n == b.n && str_cmp_nocase(a, b) == 0;
}

bool str_starts(struct str s, struct str prefix);
bool str_starts_nocase(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* From byte from (clamped) up to but not including byte to (clamped). */
static inline struct str
str_sub(struct str s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return (struct str){ s.p ? s.p + from : NULL, to - from };
}

static inline struct str
str_skip(struct str s, size_t n)
{
	return str_sub(s, n, s.n);
}

/* Without blanks and tabs (OWS, RFC 9110 5.6.3) at both ends. */
struct str str_trim(struct str s);
/* Index of the first c at or after from, or SIZE_MAX. */
size_t str_chr(struct str s, char c, size_t from);
size_t str_rchr(struct str s, char c);
/* Index of the first needle, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle);
size_t str_find_nocase(struct str s, struct str needle);
/*
 * Cuts the next part off *rest at sep; false when *rest is used up (p NULL).
 * "a,,b" gives "a", "", "b"; "" gives one "".
 */
bool str_split(struct str *rest, char sep, struct str *part);
/* Decimal digits only, no sign, no overflow. */
bool str_to_u64(struct str s, uint64_t *value) NODISCARD;
/* 0 to 15, or -1. */
int str_hex_digit(char c);
bool str_to_hex64(struct str s, uint64_t *value) NODISCARD;
/* A NUL-terminated copy; the caller frees. */
char *str_dup(struct str s) NODISCARD;
/* FNV-1a or better; for maps. */
uint64_t str_hash(struct str s);

#endif
