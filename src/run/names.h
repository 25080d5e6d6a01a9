/* SPDX-License-Identifier: MIT */
/*
 * Questions for names asked in another network namespace, passed to the name
 * server of ours and their answers back: datagrams, not looked into.
 */
#ifndef SLUICE_SRC_RUN_NAMES_H
#define SLUICE_SRC_RUN_NAMES_H

#include <ev.h>

struct names;

/* Takes fd, a UDP socket that tells where each datagram was sent to. */
struct names *names_new(struct ev_loop *loop, int fd);
void names_free(struct names *n);

#endif
