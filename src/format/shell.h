/* SPDX-License-Identifier: MIT */
/*
 * What requests as commands for a POSIX shell have in common: curl.c and
 * httpie.c write them.
 */
#ifndef SLUICE_SRC_FORMAT_SHELL_H
#define SLUICE_SRC_FORMAT_SHELL_H

#include "sluice/flow/flow.h"

/* Quoting makes four bytes of one at most, and so does printf. */
#define SHELL_QUOTED	4u

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
/* The whole body; false when it does not fit or is not there as a whole. */
bool shell_body(const struct message *m, struct buf *bytes, struct err *err)
    NODISCARD;
/*
 * A field that the tool writes itself from URL and body, or that was meant
 * for the proxy alone.
 */
bool shell_is_own(const struct message *m, struct str name, struct str value);
/* Appends the command that sends m with this body. */
typedef bool shell_put_fn(struct buf *out, const struct message *m,
    struct str body, struct err *err);
/* f's request by put; tool: its name, for err.  False: out is as before. */
bool shell_command(const struct flow *f, const char *tool, shell_put_fn *put,
    struct buf *out, struct err *err) NODISCARD;
/* Has out room for the command, whatever its bytes become? */
bool shell_has_room(const struct buf *out, const struct message *m,
    size_t body);

#endif
