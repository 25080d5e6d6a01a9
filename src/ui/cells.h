/* SPDX-License-Identifier: MIT */
/* How wide raw text is on the screen, and where it can be cut. */
#ifndef SLUICE_SRC_UI_CELLS_H
#define SLUICE_SRC_UI_CELLS_H

#include "sluice/base/str.h"

/* Bytes of the first character of s (not empty), and its cells. */
size_t cells_step(struct str s, size_t *cells);
size_t cells_of(struct str text);
/* The longest beginning of text that fits into the cells. */
struct str cells_fit(struct str text, size_t cells);
/* text without its first *cells cells; *cells: what it was too short by. */
struct str cells_skip(struct str text, size_t *cells);
/* At most n bytes of s, without half a character at the end. */
struct str cells_cut(struct str s, size_t n);

#endif
