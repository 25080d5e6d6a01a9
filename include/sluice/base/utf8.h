/* SPDX-License-Identifier: MIT */
/* Decode, measure and cut UTF-8.  Width is libc's wcwidth (CONSOLE 3.8). */
#ifndef SLUICE_BASE_UTF8_H
#define SLUICE_BASE_UTF8_H

#include "sluice/base/str.h"

/*
 * Decodes the first character: returns its length in bytes (1 to 4) and sets
 * *code, or returns 0 for an invalid or incomplete sequence (RFC 3629).
 */
size_t utf8_decode(struct str s, uint32_t *code);
size_t utf8_encode(uint32_t code, char out[4]);
/* Cells of one code point: 0, 1, 2, or -1 when it must not be shown. */
int utf8_width(uint32_t code);
/* Cells of a whole valid string. */
size_t utf8_cells(struct str s);
/* The longest prefix that fits into the given cells. */
struct str utf8_fit(struct str s, size_t cells);
/* The longest suffix that fits into the given cells. */
struct str utf8_fit_end(struct str s, size_t cells);
/* Byte index of the character before / after byte index at. */
size_t utf8_prev(struct str s, size_t at);
size_t utf8_next(struct str s, size_t at);

#endif
