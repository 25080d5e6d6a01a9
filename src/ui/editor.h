/* SPDX-License-Identifier: MIT */
/*
 * $SLUICE_EDITOR, $VISUAL or $EDITOR on a message, in a foreground process group of its own,
 * while the loop goes on proxying.  The terminal is lent to the editor and
 * taken back when it ends or stops; an ev_child tells, so the loop must be
 * the default one.  Nothing is lost: on any failure the flow stays as it was
 * (still held) and the text stays in its file, which the message names.
 */
#ifndef SLUICE_SRC_UI_EDITOR_H
#define SLUICE_SRC_UI_EDITOR_H

#include <ev.h>
#include <stdbool.h>

#include "sluice/base/buf.h"
#include "sluice/flow/edit.h"
#include "sluice/flow/flow.h"
#include "sluice/flow/gate.h"

struct ui;

struct editor {
	struct ui *ui;
	ev_child child;
	bool running;			/* there is a child */
	bool stopped;			/* .. by C-z; the terminal is ours */
	bool was_held;			/* flow was, when editing began */
	struct flow *flow;		/* a reference, or NULL */
	enum gate_point which;
	enum edit_part part;
	struct buf before;		/* what the file had first */
	struct buf refused;		/* what was refused last time */
	char *reason;			/* .. the line on top that says why */
	char *path;			/* of the text, or NULL */
};

void editor_init(struct editor *e, struct ui *ui);
void editor_fini(struct editor *e);
/*
 * Starts editing f's request or response or a part of it, goes back to a text
 * that was refused, or to an editor that was stopped.  A flow that is not held
 * (any more) when the editor ends is left alone: the text becomes a draft.  A
 * text that cannot be read is offered again with the reason on top, until it
 * comes back as it was.  Messages tell what became of it.
 */
void editor_start(struct editor *e, struct flow *f, enum gate_point which,
    enum edit_part part);
bool editor_is_stopped(const struct editor *e);
/* Goes back to the editor that was stopped. */
void editor_resume(struct editor *e);
/* The half of f that an edit means. */
enum gate_point editor_half(const struct flow *f);
/*
 * The same for a text that was written without an editor; false with err when
 * it cannot be read, and all is as before.
 */
bool editor_put(struct ui *ui, struct flow *f, enum gate_point which,
    enum edit_part part, struct str text, struct err *err) NODISCARD;

#endif
