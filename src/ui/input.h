/* SPDX-License-Identifier: MIT */
/*
 * Bytes of the terminal to keys, mouse events and pasted lines.  Owns an
 * ev_io and the timer that tells a lone Escape from a sequence; never blocks.
 */
#ifndef SLUICE_SRC_UI_INPUT_H
#define SLUICE_SRC_UI_INPUT_H

#include <ev.h>

#include "key.h"
#include "sluice/base/err.h"

struct input;
struct ui;

struct input_ops {
	void (*key)(struct ui *, uint32_t k);
	/* One bracketed paste: line ends are blanks, nothing below ' '. */
	void (*paste)(struct ui *, struct str text);
	/* row and column from 0. */
	void (*click)(struct ui *, int row, int column);
	void (*wheel)(struct ui *, int direction, int row, int column);
	/* The terminal has got or lost the focus. */
	void (*focus)(struct ui *, bool focused);
	/* An OSC of the terminal: an answer, "11;rgb:ffff/ffff/ffff". */
	void (*answer)(struct ui *, struct str text);
	/* The terminal is gone. */
	void (*hangup)(struct ui *);
};

struct input *input_new(struct ev_loop *loop, int fd,
    const struct input_ops *ops, struct ui *ui, struct err *err) NODISCARD;
void input_free(struct input *in);
/* How long a lone Escape waits for more; 25 ms at first. */
void input_set_patience(struct input *in, double seconds);
/*
 * An OSC may come soon, in pieces: for a few seconds its beginning is not
 * taken for keys.
 */
void input_expect_answer(struct input *in);
/* While the terminal is lent, nothing is read from it. */
void input_pause(struct input *in);
void input_resume(struct input *in);

#endif
