/* SPDX-License-Identifier: MIT */
/*
 * JSON cut into pieces (RFC 8259) without changing or keeping any of it:
 * numbers stay as written, duplicate keys and their order stay.  Resumable at
 * every byte: the state is one small struct that can be copied, and the text
 * may come in parts of any size.
 */
#ifndef SLUICE_SRC_UI_JSON_LEX_H
#define SLUICE_SRC_UI_JSON_LEX_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/base/err.h"
#include "sluice/base/str.h"

#define JSON_DEPTH_MAX	512u	/* deeper is refused */

enum json_kind {
	LEX_MORE,		/* all was read and it was blank */
	LEX_OPEN, LEX_CLOSE, LEX_COMMA, LEX_COLON,
	LEX_KEY, LEX_STRING, LEX_NUMBER, LEX_WORD,
	LEX_BAD
};

struct json_lex {
	uint8_t expect;		/* what may come between tokens */
	uint8_t token;		/* enum json_kind: inside it, or LEX_MORE */
	uint8_t step, word;	/* where inside the token */
	uint8_t before;		/* enum json_kind of the token before */
	bool many;		/* values may follow each other */
	uint16_t depth;
	uint8_t stack[JSON_DEPTH_MAX / 8];	/* a bit: it is an object */
};

struct json_piece {
	enum json_kind kind;
	size_t begin, end;	/* of the text given */
	bool starts, ends;	/* first, last part of its token */
	bool newline;		/* pretty: begins a line, when it starts */
	unsigned depth;		/* pretty: of that line */
};

/* many: any number of values after each other (JSON lines). */
void json_lex_init(struct json_lex *l, bool many);
/*
 * The next piece of `in`.  LEX_MORE: used up.  A piece that does not end
 * goes on at the start of the next text.  LEX_BAD: err says what is wrong
 * with the byte at piece->begin; l is of no more use.
 */
enum json_kind json_lex_next(struct json_lex *l, struct str in,
    struct json_piece *piece, struct err *err) NODISCARD;
/* Was that all?  False with err when something is missing. */
bool json_lex_end(const struct json_lex *l, struct err *err) NODISCARD;

#endif
