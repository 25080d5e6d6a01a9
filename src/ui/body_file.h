/* SPDX-License-Identifier: MIT */
/*
 * A body written to a file in slices from an idle watcher: decoded when that
 * can be done, else as it was sent.  Shares the body's bytes, so the flow may
 * go meanwhile.
 */
#ifndef SLUICE_SRC_UI_BODY_FILE_H
#define SLUICE_SRC_UI_BODY_FILE_H

#include <ev.h>

#include "sluice/http/message.h"

struct body_file;
/* err "" : it is written.  path is only lent. */
typedef void body_file_fn(struct body_file *, const char *path,
    uint64_t bytes, const struct err *err);

struct body_file {
	struct ev_loop *loop;
	ev_idle idle;
	struct body body;
	struct buf decoded;
	bool is_decoded;
	char *path, *part;		/* part: what it is called meanwhile */
	int fd;				/* or -1: not writing */
	uint64_t at;
	body_file_fn *done;
};

void body_file_init(struct body_file *w, struct ev_loop *loop);
void body_file_fini(struct body_file *w);	/* abandons */
bool body_file_is_busy(const struct body_file *w);
/*
 * plain: decode it.  The file is there under its name when it is whole;
 * only its owner may read it.
 */
bool body_file_start(struct body_file *w, const struct message *m, bool plain,
    const char *path, body_file_fn *done, struct err *err) NODISCARD;
/* The same with a text, which is taken. */
bool body_file_start_text(struct body_file *w, struct buf *text,
    const char *path, body_file_fn *done, struct err *err) NODISCARD;

#endif
