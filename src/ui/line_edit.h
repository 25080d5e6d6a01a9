/* SPDX-License-Identifier: MIT */
/*
 * A line of UTF-8 with a cursor and the usual editing keys (C-a C-e C-b C-f
 * C-w C-u C-k C-y M-b M-f M-d, arrows).  No drawing.
 */
#ifndef SLUICE_SRC_UI_LINE_EDIT_H
#define SLUICE_SRC_UI_LINE_EDIT_H

#include "key.h"
#include "sluice/base/buf.h"

#define LINE_EDIT_MAX	4096u

struct line_edit {
	struct buf text;
	size_t at;			/* byte index, on a character's start */
	struct buf killed;		/* what C-y puts back */
};

void line_edit_init(struct line_edit *e);
void line_edit_fini(struct line_edit *e);
/* Replaces the text; the cursor goes to the end. */
void line_edit_set(struct line_edit *e, struct str text);
struct str line_edit_text(const struct line_edit *e);
/* Invalid bytes and control characters are left out. */
void line_edit_insert(struct line_edit *e, struct str text);
/* False when the key means nothing to it (Enter, Escape, Up, ..). */
bool line_edit_key(struct line_edit *e, uint32_t k);
/* Cells before the cursor. */
size_t line_edit_cells(const struct line_edit *e);

#endif
