/* SPDX-License-Identifier: MIT */
/*
 * Writes the shown flows, or chosen ones, to a HAR file in slices of at most 4 ms from an
 * idle watcher, so that saving never holds up the loop.
 */
#ifndef SLUICE_SRC_UI_SAVER_H
#define SLUICE_SRC_UI_SAVER_H

#include <ev.h>

#include "sluice/format/har.h"

struct ui;

struct saver {
	struct ui *ui;
	ev_idle idle;
	struct har_writer *writer;	/* or NULL: not saving */
	char *path;
	uint64_t at;			/* id of the last flow written */
	uint64_t *ids;			/* these alone, or NULL: all shown */
	size_t count, next;
	bool redact;
};

void saver_init(struct saver *s, struct ui *ui);
void saver_fini(struct saver *s);	/* abandons what is under way */
/* "~/x" as a path below $HOME; heap. */
char *saver_path(struct str text) NODISCARD;
/* "~/x.har"; an existing file is replaced only at the end, atomically. */
void saver_start(struct saver *s, const char *path);
/*
 * These flows, without secrets if they are to go; ids is heap and consumed.
 */
void saver_start_chosen(struct saver *s, struct str path, uint64_t *ids,
    size_t count);

#endif
