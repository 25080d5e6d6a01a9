/* SPDX-License-Identifier: MIT */
/*
 * The editor's process: in the terminal's foreground, in a process group of
 * its own, so that C-c and C-z reach it and not the proxy.
 */
#ifndef SLUICE_SRC_UI_EDITOR_CHILD_H
#define SLUICE_SRC_UI_EDITOR_CHILD_H

#include <sys/types.h>

#include "sluice/base/err.h"

/* Makes the group the terminal's foreground. */
void editor_child_foreground(int tty, pid_t group);
struct editor_child {
	const char *line;		/* what sh runs */
	const char *path;		/* its $1, or NULL */
	const char *input;		/* file for standard input; NULL: the
					 * terminal */
	char *const *environment;	/* NULL: ours */
};
/* The new process (and group), or -1 with err. */
pid_t editor_child_run(int tty, const struct editor_child *child,
    struct err *err) NODISCARD;
/* .. of the user's editor on a file; binary: of $SLUICE_HEXEDITOR, if set. */
pid_t editor_child_start(int tty, const char *path, bool binary,
    struct err *err) NODISCARD;
/* Why an editor that did not end well did so, for people. */
void editor_child_reason(int status, char *out, size_t size);

#endif
