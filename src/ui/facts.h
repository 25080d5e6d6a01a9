/* SPDX-License-Identifier: MIT */
/*
 * Facts in a sheet: a label, and behind it one value or two side by side,
 * wrapped at blanks.  What stands on one side only may use the other's room.
 */
#ifndef SLUICE_SRC_UI_FACTS_H
#define SLUICE_SRC_UI_FACTS_H

#include "sheet.h"

#define FACTS_LABEL	10u		/* cells of the labels */
#define FACTS_TEXT_MAX	(80u * 1024)	/* of a value */

struct facts {
	struct sheet *sheet;
	size_t cols, columns;		/* columns: 1 or 2 */
	size_t at[2], width[2];		/* cells */
};

struct fact {
	struct buf text[2];
	enum role role[2];
};

void facts_init(struct facts *t, struct sheet *s, size_t cols,
    size_t columns);
/* Titles with a rule below them; right is not used with one column. */
void facts_title(struct facts *t, struct str left, struct str right);
void fact_init(struct fact *f);
void fact_fini(struct fact *f);
/* Adds its rows, each value at most `most` rows (0: all), and empties it. */
void facts_put(struct facts *t, const char *label, struct fact *f,
    size_t most);
/* Text from x on, in as many rows as it takes, broken in the same way. */
void facts_say(struct sheet *s, size_t x, size_t cols, enum role role,
    struct str text);

#endif
