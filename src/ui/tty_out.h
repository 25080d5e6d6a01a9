/* SPDX-License-Identifier: MIT */
/*
 * Bytes to the terminal, which is standard output, without ever waiting for
 * it (base/tty.h): the proxy must go on.  Curses writes a frame in dozens of
 * pieces; here they go to a file in memory, and the frame goes out in one.
 * Where the terminal cannot be opened, or there are no such files, all is
 * written directly, and waits.
 */
#ifndef SLUICE_SRC_UI_TTY_OUT_H
#define SLUICE_SRC_UI_TTY_OUT_H

#include "sluice/base/buf.h"

struct tty_out {
	int tty;			/* our own, non-blocking; or -1 */
	int curses;			/* what curses writes to .. */
	int frame;			/* .. and what that is while it draws */
	bool drawing;
	struct buf waiting;		/* what the terminal did not take yet */
};

/* curses: a descriptor of its own for standard output; borrowed. */
void tty_out_open(struct tty_out *o, int curses);
/* What still waits is given a fifth of a second, here and in finish. */
void tty_out_close(struct tty_out *o);
void tty_out_finish(struct tty_out *o);
void tty_out_put(struct tty_out *o, struct str bytes);
/* What curses writes between these two is a frame. */
void tty_out_begin(struct tty_out *o);
void tty_out_end(struct tty_out *o);
/* Does something wait?  Then no frames should follow. */
bool tty_out_is_behind(const struct tty_out *o);
/* The terminal takes bytes again. */
void tty_out_go_on(struct tty_out *o);

#endif
