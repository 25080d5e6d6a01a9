/* SPDX-License-Identifier: MIT */
/*
 * What a command acts on: in the list the chosen range, else the marked
 * flows, else the one under the cursor; elsewhere the flow that is shown.
 */
#ifndef SLUICE_SRC_UI_TARGETS_H
#define SLUICE_SRC_UI_TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/base/attr.h"

struct flow;
struct ui;

/* By id: acting on one may take others out of the list. */
struct targets {
	uint64_t *ids;
	size_t count, cap;
	size_t hidden;			/* .. of them not in the list's rows */
	bool is_range;
};

/* Something done to one flow or to many. */
struct deed {
	const char *verb;		/* "delete": in a question */
	const char *done;		/* "deleted": when all is done */
	const char *undo;		/* name of the step, or NULL */
	bool asks;			/* .. before it is done to many */
	/* alone: tells what happened; else the count is told. */
	bool (*one)(struct ui *, struct flow *, bool alone);
};

/* NULL-safe to fini when none were found (a message says so). */
bool targets_init(struct targets *t, struct ui *ui) NODISCARD;
void targets_fini(struct targets *t);
/*
 * Does it to all targets as one undo step and ends the range.  Asks first
 * when marks are among them that cannot be seen.
 */
void targets_act(struct ui *ui, const struct deed *deed);

#endif
