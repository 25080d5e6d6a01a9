/* SPDX-License-Identifier: MIT */
/*
 * The terminal: curses (output only), its modes, and its restoration on every
 * way out: normal end, exit(), fatal signals, out of memory, suspension.
 * There is one terminal, so the state behind these functions is global.
 */
#ifndef SLUICE_SRC_UI_TERM_H
#define SLUICE_SRC_UI_TERM_H

#include <stdbool.h>

#include "sluice/base/err.h"
#include "sluice/base/str.h"

struct term;

/*
 * Takes the terminal (alternate screen, raw, paste mode).  color: auto,
 * always or never.  False result (NULL) leaves it untouched.
 */
struct term *term_new(const char *color, const char *background,
    struct err *err) NODISCARD;
void term_free(struct term *t);		/* restores; NULL is fine */

/*
 * Asks for the background's colour (OSC 11), unless it is known or of no
 * account.  True: an answer may come.
 */
bool term_ask_background(struct term *t) NODISCARD;
/* Was that the answer?  Then colours fit from the next redraw on. */
bool term_take_answer(struct term *t, struct str text);

int term_fd(const struct term *t);	/* the tty, for input */
int term_rows(const struct term *t);
int term_cols(const struct term *t);
/* May characters outside ASCII be drawn? */
bool term_is_unicode(const struct term *t);
/* Asks the kernel for the size; true when it has changed. */
bool term_resize(struct term *t);
/* Shows what was drawn; cursor: show the hardware cursor. */
void term_flush(struct term *t, bool cursor);
/*
 * Has the terminal not taken all yet?  Then term_flush should wait until
 * term_out_fd is writable and term_go_on has written the rest.
 */
bool term_is_behind(const struct term *t);
void term_go_on(struct term *t);
int term_out_fd(const struct term *t);
/* Draws everything again at the next flush. */
void term_redraw(struct term *t);
/* Gives the terminal to a child in its normal state, and takes it back (also
 * when somebody else has changed its modes). */
void term_lend(struct term *t);
void term_take(struct term *t);
/* Restores, stops the program (C-z); after SIGCONT takes it back. */
void term_suspend(struct term *t);
/* Bytes to the terminal past curses, in one piece: our own sequences only. */
void term_write(struct term *t, struct str bytes);
void term_mouse(struct term *t, bool on);
/* Sets the title, where the terminal has one; text without controls. */
void term_title(struct term *t, struct str text);
/* Is the title ours?  Keeps the old one, or gives it back. */
void term_titled(struct term *t, bool ours);
void term_bell(struct term *t);

#endif
