/* SPDX-License-Identifier: MIT */
/*
 * The process that becomes COMMAND, and the network namespace it is in: all
 * of its TCP ends in listening sockets that are handed to us, and its
 * questions for names in UDP sockets.  Forked before there are threads; it
 * waits to be told its environment.
 *
 * space_linux.c: user and network namespaces (user_namespaces(7)), routes
 * that make every address local, and a redirecting rule; space_none.c.
 */
#ifndef SLUICE_SRC_RUN_SPACE_H
#define SLUICE_SRC_RUN_SPACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "sluice/base/err.h"

#define SPACE_LISTENERS	24
#define SPACE_NAMES	2

struct space {
	pid_t pid;
	int control;			/* to the process; -1 after space_go */
	bool apart;			/* it has a network of its own */
	bool all_ports;			/* .. and every port is caught */
	struct err why_not;		/* when not */
	int listeners[SPACE_LISTENERS];	/* -1 when taken or not there */
	size_t listener_count;
	int names[SPACE_NAMES];		/* UDP, port 53 */
	size_t name_count;
};

/*
 * command: NULL-terminated.  wanted: false leaves the process in our own
 * network.  False: there is not even a process.
 */
bool space_open(struct space *s, char *const *command, bool wanted,
    struct err *err) NODISCARD;
/* "NAME=VALUE" for the process. */
void space_set(struct space *s, const char *assignment);
/* The process becomes the command. */
void space_go(struct space *s);
/* Closes what was not taken; a process that was not let go ends. */
void space_close(struct space *s);

/*
 * Of the platform: moves the calling process into a network of its own and
 * fills in listeners and names there.
 */
bool space_enter(struct space *s, struct err *err) NODISCARD;

#endif
