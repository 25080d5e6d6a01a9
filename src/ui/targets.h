/* SPDX-License-Identifier: MIT */
/*
 * What a command acts on: in the list the chosen range, else the marked
 * flows, else the one under the cursor; elsewhere the flow that is shown.
 */
#ifndef SLUICE_SRC_UI_TARGETS_H
#define SLUICE_SRC_UI_TARGETS_H

#include <stdbool.h>

#include "sluice/base/attr.h"

struct flow;
struct flow_ids;
struct ui;

/* Something done to one flow or to many. */
struct deed {
	const char *verb;		/* "delete": in a question */
	const char *done;		/* "deleted": when all is done */
	const char *undo;		/* name of the step, or NULL */
	bool asks;			/* .. before it is done to many */
	/* alone: tells what happened; else the count is told. */
	bool (*one)(struct ui *, struct flow *, bool alone);
};

/* The rows of the range, if there is one; the caller frees them. */
bool targets_range(struct ui *ui, struct flow_ids *ids) NODISCARD;
/*
 * Does it to all targets as one undo step and ends the range.  Asks first
 * when marks are among them that cannot be seen.
 */
void targets_act(struct ui *ui, const struct deed *deed);

#endif
