/* SPDX-License-Identifier: MIT */
/* A line per finished flow on stdout: the second observer of the flow list. */
#ifndef SLUICE_HEADLESS_HEADLESS_H
#define SLUICE_HEADLESS_HEADLESS_H

#include <ev.h>

#include "sluice/base/option.h"
#include "sluice/flow/filter.h"
#include "sluice/flow/flow_list.h"

struct headless;

struct headless_setup {
	struct ev_loop *loop;
	struct options *options;	/* FORMAT, FILTER */
	struct flow_list *list;
	const struct filter_names *names;
	int fd;				/* where lines go: stdout */
};

/* Never blocks: lines wait in a buffer; stdout closed ends the program
 * through ev_break. */
struct headless *headless_new(const struct headless_setup *setup, struct err *err)
    NODISCARD;
/* Flushes what waits (blocking, at most two seconds). */
void headless_free(struct headless *h);

#endif
