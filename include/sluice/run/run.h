/* SPDX-License-Identifier: MIT */
/*
 * sluice run: a command whose traffic ends in this proxy, in a network
 * namespace of its own where the kernel allows that, else told by
 * environment variables.
 */
#ifndef SLUICE_RUN_RUN_H
#define SLUICE_RUN_RUN_H

#include <ev.h>

#include "sluice/proxy/proxy.h"

struct run;

/*
 * Forks; call it before the program has threads.  command is
 * NULL-terminated; env_only: no namespace.  err: there is no process.
 */
struct run *run_new(char *const *command, bool env_only, struct err *err)
    NODISCARD;
/* Must the proxy listen on an address of ours (there is no namespace)? */
bool run_needs_listener(const struct run *r);
/* Lets the command begin, trusting ca; ev_break when it has ended. */
bool run_start(struct run *r, struct ev_loop *loop, struct proxy *proxy,
    const struct ca *ca, struct err *err) NODISCARD;
/* A signal that the command did not get from the terminal. */
void run_signal(struct run *r, int signal);
bool run_is_over(const struct run *r);
/* As shells tell it: 128 and the number of the signal that ended it. */
int run_status(const struct run *r);
void run_free(struct run *r);	/* NULL is fine */

#endif
