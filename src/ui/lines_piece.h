/* SPDX-License-Identifier: MIT */
/* Between lines_row.c and lines_piece.c: what a row's text is made with. */
#ifndef SLUICE_SRC_UI_LINES_PIECE_H
#define SLUICE_SRC_UI_LINES_PIECE_H

#include "lines.h"

void lines_put(struct lines_row *r, enum role role, struct str text);
void lines_put_blanks(struct lines_row *r, size_t n);
/*
 * A character at the very end may still be incomplete, and a whole one is
 * narrower: no row ends because of it.
 */
bool lines_may_break(const struct lines *l, uint64_t at);
/* A row of JSON or markup; as lines_make. */
bool lines_piece_make(struct lines *l, struct lines_mark *m,
    struct lines_row *r, bool *continued);

#endif
