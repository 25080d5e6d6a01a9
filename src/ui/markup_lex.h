/* SPDX-License-Identifier: MIT */
/*
 * XML or HTML cut into pieces, for layout only: no entity is decoded, nothing
 * is repaired or fetched, no byte but blanks between pieces is left out.
 * Resumable at every piece; the state is one small struct that can be copied.
 */
#ifndef SLUICE_SRC_UI_MARKUP_LEX_H
#define SLUICE_SRC_UI_MARKUP_LEX_H

#include "json_lex.h"

#define MARKUP_DEPTH	32u		/* deeper is not indented further */
#define MARKUP_AHEAD	80u		/* bytes it likes to see beyond limit */

struct markup_lex {
	uint8_t state;
	uint8_t quote;			/* inside a tag */
	uint8_t before;			/* enum json_kind of the piece before */
	bool html;
	bool slash;			/* the tag's last byte was '/' */
	bool inlined;			/* text that its element's tag began */
	bool first;			/* nothing has been given yet */
	bool broken;			/* there was a line end just before */
	bool cut;			/* the piece before ended at the limit */
	uint16_t depth;
	uint16_t names[MARKUP_DEPTH];	/* hashes of open elements */
	uint16_t name;			/* of the tag, or the raw element */
};

void markup_lex_init(struct markup_lex *l, bool html);
/*
 * The next piece of `in`, which ends at the limit at the latest; pieces do
 * not hold line feeds.  LEX_OPEN, LEX_CLOSE: tags; LEX_WORD: comments and
 * declarations; LEX_STRING: text; LEX_MORE: there were only blanks.
 */
enum json_kind markup_lex_next(struct markup_lex *l, struct str in,
    size_t limit, struct json_piece *piece);

#endif
