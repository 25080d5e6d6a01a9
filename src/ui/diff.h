/* SPDX-License-Identifier: MIT */
/*
 * Two flows compared, as rows that a screen shows side by side or below each
 * other: start lines, header fields, bodies (JSON by structure, text by
 * lines, all else by bytes).
 */
#ifndef SLUICE_SRC_UI_DIFF_H
#define SLUICE_SRC_UI_DIFF_H

#include "sluice/base/buf.h"
#include "sluice/flow/flow.h"

#define DIFF_BODY_MAX	(2u * 1024 * 1024)	/* longer: only where */

enum diff_kind {
	ROW_TITLE,			/* a rule with the text of a */
	ROW_SAME, ROW_GONE, ROW_NEW,
	ROW_PAIR,			/* both, and they differ */
	ROW_NOTE			/* about the comparison: the text of a */
};

struct diff_row {
	enum diff_kind kind;
	uint32_t a_off, a_len, b_off, b_len;	/* of the texts */
	uint32_t a_line, b_line;	/* from 1; 0: none */
};

struct diff_wish {
	bool bytes;			/* bodies by bytes, whatever they are */
	bool blanks;			/* text: blanks do not count */
	bool brief;			/* nothing of what neither has */
	const char *ignored;		/* fields left out: "date, etag" */
};

struct diff {
	struct buf text;
	struct diff_row *rows;
	size_t count, cap;
	size_t changes;			/* runs of rows that differ */
	bool full;			/* there was more than it may hold */
};

void diff_init(struct diff *d);
void diff_fini(struct diff *d);
/* Compares anew. */
void diff_flows(struct diff *d, const struct flow *a, const struct flow *b,
    const struct diff_wish *wish);
struct str diff_a(const struct diff *d, const struct diff_row *row);
struct str diff_b(const struct diff *d, const struct diff_row *row);
bool diff_is_change(const struct diff_row *row);
/* All of it as text: "-", "+" or " " before every line. */
void diff_put(const struct diff *d, struct buf *out);
/* Is the name in a list like wish.ignored? */
bool diff_is_ignored(const char *list, struct str name);

/* Between the diff_*.c files: */
void diff_add(struct diff *d, enum diff_kind kind, struct str a,
    struct str b);
/* As diff_add, with line numbers. */
void diff_add_line(struct diff *d, enum diff_kind kind, struct str a,
    struct str b, uint32_t a_line, uint32_t b_line);
void diff_lines(struct diff *d, struct str a, struct str b, bool blanks);
void diff_bytes(struct diff *d, struct str a, struct str b);
/* False when one is not JSON or is too large for that; nothing is added. */
bool diff_json(struct diff *d, struct str a, struct str b) NODISCARD;

#endif
