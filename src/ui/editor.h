/* SPDX-License-Identifier: MIT */
/*
 * $VISUAL or $EDITOR on a message, in a foreground process group of its own,
 * while the loop goes on proxying.  The terminal is lent to the editor and
 * taken back when it ends; an ev_child tells.  Nothing is lost: on any
 * failure the flow stays as it was (still held) and the text stays in its
 * file, which the message names.
 */
#ifndef SLUICE_SRC_UI_EDITOR_H
#define SLUICE_SRC_UI_EDITOR_H

#include <ev.h>
#include <stdbool.h>

#include "sluice/base/buf.h"
#include "sluice/flow/flow.h"

struct ui;

struct editor {
	struct ui *ui;
	ev_child child;
	bool running;
	struct flow *flow;		/* a reference */
	enum gate_point which;
	struct buf before;
	char *path;
};

void editor_init(struct editor *e, struct ui *ui);
void editor_fini(struct editor *e);
/*
 * Starts editing f's request or response.  A finished flow is duplicated
 * first and the draft is edited.  Messages tell what became of it.
 */
void editor_start(struct editor *e, struct flow *f, enum gate_point which);

#endif
