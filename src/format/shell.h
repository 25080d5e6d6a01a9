/* SPDX-License-Identifier: MIT */
/*
 * What requests as commands for a POSIX shell have in common: curl.c and
 * httpie.c write them.
 */
#ifndef SLUICE_SRC_FORMAT_SHELL_H
#define SLUICE_SRC_FORMAT_SHELL_H

#include "resend.h"

bool shell_has_any(struct str s, const char *bytes);
/* On a line of its own: option, and the quoted word behind it. */
void shell_option(struct buf *out, const char *option, struct str value);
/*
 * Can it stand in quotes?  NUL cannot at all; other control bytes do things
 * to a terminal they are pasted into.
 */
bool shell_is_pasteable(struct str s);
/* "printf '..' | ", which gives these bytes. */
void shell_printf(struct buf *out, struct str bytes);

#endif
