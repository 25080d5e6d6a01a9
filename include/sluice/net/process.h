/* SPDX-License-Identifier: MIT */
/*
 * Which process of this machine holds the other end of a connection.
 *
 * The kernel tells the inode of that socket at once (sock_diag(7)); whose it
 * is has to be looked for among the descriptors of all processes (proc(5)).
 * That walk is done in short pieces, with the newest processes first, and
 * takes a fiftieth of the time at most, bursts aside: then there are no
 * answers, nor are there when the process is gone by then.  Only what the user may see is found:
 * root all, others their own processes.  Elsewhere than on Linux: nothing.
 */
#ifndef SLUICE_NET_PROCESS_H
#define SLUICE_NET_PROCESS_H

#include <ev.h>

#include "sluice/base/list.h"
#include "sluice/net/addr.h"

#define PROCESS_NAME_MAX 64

struct process_query {
	struct list link;		/* of those that wait */
	uint32_t inode;
	/* name: raw, as the process chose it; called from the loop, once. */
	void (*found)(struct process_query *q, long pid, const char *name);
};

struct process_finder;

struct process_finder *process_finder_new(struct ev_loop *loop) NODISCARD;
/* NULL is fine; nobody may wait any more. */
void process_finder_free(struct process_finder *f);
void process_query_init(struct process_query *q, void (*found)(
    struct process_query *q, long pid, const char *name));
/*
 * Who holds the socket at peer that is connected to own?  An answer is not
 * promised; until it comes q must stay, or be cancelled.
 */
void process_ask(struct process_finder *f, struct process_query *q,
    const struct addr *peer, const struct addr *own);
void process_cancel(struct process_query *q);	/* fine when it does not wait */

#endif
