/* SPDX-License-Identifier: MIT */
/*
 * Text to the clipboard of the person at the terminal: by OSC 52, which
 * works over ssh and needs no tool, and by the desktop's own tool beside it,
 * which has no bound and needs no help of the terminal.  Nothing is ever
 * read back.
 */
#ifndef SLUICE_SRC_UI_CLIPBOARD_H
#define SLUICE_SRC_UI_CLIPBOARD_H

#include <ev.h>

#include "sluice/base/buf.h"
#include "sluice/base/err.h"

struct ui;

/* 100,000 bytes as base64: terminals refuse more. */
#define CLIPBOARD_OSC_MAX	74994u

struct clipboard {
	struct ui *ui;
	ev_io writable;			/* the tool's standard input */
	ev_child child;
	struct buf text;		/* what the tool has not taken yet */
};

void clipboard_init(struct clipboard *c, struct ui *ui);
void clipboard_fini(struct clipboard *c);
/*
 * False when nothing can take it.  A tool that fails later is a message of
 * its own; one that still runs from the last time is ended.
 */
bool clipboard_set(struct clipboard *c, struct str text, struct err *err)
    NODISCARD;

#endif
