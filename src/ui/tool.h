/* SPDX-License-Identifier: MIT */
/*
 * A pager, a viewer, a shell or a command of the user's, on the terminal, in
 * a foreground process group of its own, while the loop goes on proxying.
 * What stops comes back with the next key that starts one.
 */
#ifndef SLUICE_SRC_UI_TOOL_H
#define SLUICE_SRC_UI_TOOL_H

#include <ev.h>

#include "sluice/base/buf.h"
#include "sluice/flow/flow.h"

struct ui;

struct tool {
	struct ui *ui;
	ev_child child;
	bool running, stopped;
	char *path;			/* removed when it ends, or NULL */
};

struct tool_run {
	const char *line;		/* for sh; path is its $1 */
	const char *path;		/* or NULL; consumed: removed at the end */
	bool from_path;			/* standard input is path */
	const struct flow *flow;	/* for SLUICE_URL and so on, or NULL */
};

void tool_init(struct tool *t, struct ui *ui);
void tool_fini(struct tool *t);
/* Is one running?  Then it is shown again, if it was stopped. */
bool tool_is_busy(struct tool *t);
void tool_start(struct tool *t, const struct tool_run *run);

#endif
