/* SPDX-License-Identifier: MIT */
/* What Tab offers in a prompt: commands, options, filter atoms. */
#ifndef SLUICE_SRC_UI_COMPLETE_H
#define SLUICE_SRC_UI_COMPLETE_H

#include "prompt.h"

#define COMPLETE_MAX	64

struct candidate {
	char text[64];			/* what is put in */
	char aside[32];			/* keys, or the value now */
	const char *help;
};

/*
 * Candidates for a line with the cursor at its end; *from is the byte where
 * they begin.  Returns how many.
 */
size_t complete_find(const struct ui *ui, enum prompt_kind kind,
    struct str line, struct candidate out[COMPLETE_MAX], size_t *from);
/* .. for the argument of a filter atom, from the flows that were seen. */
size_t complete_seen(const struct ui *ui, struct str line,
    struct candidate out[COMPLETE_MAX], size_t *from);

#endif
