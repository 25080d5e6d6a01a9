/* SPDX-License-Identifier: MIT */
/*
 * Text to the clipboard of the person at the terminal, by OSC 52: works over
 * ssh and inside tmux, needs no tool.  The text goes out as base64, so none
 * of its bytes reach the terminal raw.
 */
#ifndef SLUICE_SRC_UI_CLIPBOARD_H
#define SLUICE_SRC_UI_CLIPBOARD_H

#include <stdbool.h>

#include "sluice/base/err.h"
#include "sluice/base/str.h"

struct term;

#define CLIPBOARD_MAX (100u * 1024)	/* more is refused by terminals */

/* False when it is too long. */
bool clipboard_set(struct term *term, struct str text, struct err *err)
    NODISCARD;

#endif
