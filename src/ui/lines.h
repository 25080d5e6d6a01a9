/* SPDX-License-Identifier: MIT */
/*
 * A long text as rows to show: as it is, or JSON laid out anew.  Rows are
 * not stored.  A mark is kept every LINES_STEP bytes of the text and rows are
 * made again from the nearest one, so that memory and the time for a page
 * depend neither on the length of the text nor on the number of its lines.
 * The index is built in slices by the owner.
 */
#ifndef SLUICE_SRC_UI_LINES_H
#define SLUICE_SRC_UI_LINES_H

#include "json_lex.h"
#include "lines_fold.h"
#include "markup_lex.h"
#include "sluice/base/buf.h"
#include "sluice/http/body.h"
#include "theme.h"

#define LINES_STEP	(16u * 1024)
#define LINES_ROW_MAX	4096u	/* bytes of text in a row; then it is folded */
#define LINES_TAB	8u	/* cells between tab stops */
#define LINES_SPANS	12u
#define LINES_NO_NODE	UINT64_MAX

enum lines_kind { LINES_TEXT, LINES_JSON, LINES_XML, LINES_HTML };

struct lines_setup {
	enum lines_kind kind;
	const struct body *body;	/* borrowed; or NULL: memory */
	struct str memory;
	bool final;		/* the text will not grow */
	bool many;		/* JSON: values may follow each other */
	bool keep_cr;		/* TEXT: show the CR of CR LF */
	unsigned width;		/* wrap at so many cells; 0: don't */
	struct lines_folds *folds;	/* JSON, XML; borrowed, or NULL: none */
};

/* Where a row begins. */
struct lines_mark {
	uint64_t row, at;
	uint64_t line;		/* number of the line before */
	bool inside;		/* TEXT: goes on inside that line */
	uint64_t hidden;	/* lines that a fold of the row hid */
	struct json_lex lex;
	struct markup_lex markup;
};

/* A search for the end of a node to fold. */
struct lines_scan {
	bool running;
	struct lines_fold fold;		/* fold.end: how far it came */
	struct lines_mark mark;
	unsigned depth;			/* inside the node */
};

struct lines_span {
	enum role role;
	uint32_t len;		/* bytes of the row's text */
};

struct lines_row {
	uint64_t row, line;	/* from 0; from 1 */
	uint64_t begin, end;	/* bytes of the source */
	bool continued;		/* goes on with the line of the row before */
	unsigned depth;		/* JSON, XML: of what it begins with */
	uint64_t node;		/* where the node begins that begins here, or
				 * LINES_NO_NODE */
	bool folded;		/* .. and is folded */
	bool closes;		/* begins with the end of a node */
	struct buf text;	/* raw bytes, tabs made blanks */
	struct lines_span spans[LINES_SPANS];
	size_t span_count;
};

struct lines {
	struct lines_setup setup;
	struct lines_mark *marks;
	size_t count, cap;
	struct lines_mark next;		/* the first row not in the index */
	struct lines_mark here;		/* the row that lines_next gives */
	bool tail;			/* a row at the end may still grow */
	bool done;			/* the index is complete */
	bool bad;			/* JSON: err says why, at bad_at */
	bool lost;			/* the text could not be read further */
	struct lines_scan scan;
	uint64_t bad_at;
	struct err err;
	char *window;			/* LINES_WINDOW bytes of a body */
	uint64_t window_at;
	size_t window_len;
};

void lines_init(struct lines *l);
void lines_fini(struct lines *l);
/* Forgets the index and starts anew. */
void lines_open(struct lines *l, const struct lines_setup *setup);
/* The same text has grown, or is final now; memory may have moved. */
void lines_grow(struct lines *l, const struct lines_setup *setup);
/* Goes on with the index for about so many bytes; true when there is more. */
bool lines_index(struct lines *l, size_t bytes);
/* Rows known so far. */
uint64_t lines_count(const struct lines *l);

void lines_row_init(struct lines_row *r);
void lines_row_fini(struct lines_row *r);
/* The next lines_next gives this row (or the end). */
void lines_seek(struct lines *l, uint64_t row);
/* The first row of line n (from 1), or of the last one known. */
uint64_t lines_row_of_line(struct lines *l, uint64_t line);
/* False at the end of what is known. */
bool lines_next(struct lines *l, struct lines_row *r);

/*
 * The node to fold at a row: its own, or the one it is inside of, and the row
 * that one begins at.  False: there is none near.
 */
bool lines_node(struct lines *l, uint64_t row, uint64_t *node,
    uint64_t *begins);
/* Folds have changed from this byte on: the index is made anew behind it. */
void lines_refold(struct lines *l, uint64_t from);

/* Between lines.c and lines_row.c: */
uint64_t lines_source_len(const struct lines *l);
/* The text from at on, at least a row of it when there is so much. */
struct str lines_peek(struct lines *l, uint64_t at);
/*
 * Makes the row at m, which moves behind it; r NULL: only where it ends.
 * False when the row may still grow, because the text ended inside it.
 */
bool lines_make(struct lines *l, struct lines_mark *m, struct lines_row *r);

#endif
