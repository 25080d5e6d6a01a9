/* SPDX-License-Identifier: MIT */
/*
 * What was typed at the prompts, newest last, one list per kind of prompt;
 * kept in the state directory's file "history" (0600) as "kind text" lines.
 */
#ifndef SLUICE_SRC_UI_HISTORY_H
#define SLUICE_SRC_UI_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/base/str.h"

#define HISTORY_KINDS	7		/* f i / : s u n */
#define HISTORY_MAX	100		/* lines of a kind */

struct history {
	char *path;			/* NULL: not kept */
	char *lines[HISTORY_KINDS][HISTORY_MAX];
	size_t count[HISTORY_KINDS];
	bool changed;
};

void history_init(struct history *h, const char *state_dir);	/* reads */
void history_fini(struct history *h);				/* writes */
/* kind is one of the letters above.  Blank lines are not kept; an equal older
 * line goes. */
void history_add(struct history *h, char kind, struct str line);
/* back 1 is the newest; a line without p when there is none so old. */
struct str history_get(const struct history *h, char kind, size_t back);

#endif
