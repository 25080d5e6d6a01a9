/* SPDX-License-Identifier: MIT */
/*
 * Cuts numbers and lists off the front of hostile bytes, in the notation of
 * RFC 8446 section 3.  Nothing is read behind the end; what is false has left
 * the outputs without meaning.  For the files that read a ClientHello.
 */
#ifndef SLUICE_SRC_TLS_TAKE_H
#define SLUICE_SRC_TLS_TAKE_H

#include "sluice/base/str.h"

NODISCARD static inline bool
take(struct str *s, size_t n, struct str *part)
{
	if (s->n < n)
		return false;
	*part = str_sub(*s, 0, n);
	*s = str_skip(*s, n);
	return true;
}

NODISCARD static inline bool
take_number(struct str *s, size_t bytes, size_t *value)
{
	struct str part;

	if (!take(s, bytes, &part))
		return false;
	*value = 0;
	for (size_t i = 0; i < bytes; i++)
		*value = *value << 8 | (uint8_t)part.p[i];
	return true;
}

/* The vector at the front; length_bytes is the size of its length. */
NODISCARD static inline bool
take_list(struct str *s, size_t length_bytes, struct str *list)
{
	size_t n;

	return take_number(s, length_bytes, &n) && take(s, n, list);
}

/* A vector that fills all of s. */
NODISCARD static inline bool
take_vector(struct str s, size_t length_bytes, struct str *list)
{
	return take_list(&s, length_bytes, list) && s.n == 0;
}

#endif
