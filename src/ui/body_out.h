/* SPDX-License-Identifier: MIT */
/*
 * A body on its way out: written to a file, which is kept, or shown by a
 * pager or viewer, or given to a command.  One at a time.
 */
#ifndef SLUICE_SRC_UI_BODY_OUT_H
#define SLUICE_SRC_UI_BODY_OUT_H

#include "body_file.h"
#include "tool.h"

enum body_use { BODY_SAVE, BODY_VIEW, BODY_PIPE };

struct body_out {
	struct ui *ui;
	struct body_file file;
	struct tool tool;
	enum body_use use;
	char *line;			/* BODY_VIEW, BODY_PIPE: for sh */
	struct flow *flow;		/* a reference, while it is written */
};

struct body_source {
	struct flow *flow;
	const struct message *message;	/* whose body, or NULL and .. */
	struct buf *text;		/* .. this, emptied */
	bool plain;			/* decoded */
};

void body_out_init(struct body_out *o, struct ui *ui);
void body_out_fini(struct body_out *o);
/* path: "~/x". */
void body_out_save(struct body_out *o, const struct body_source *from,
    struct str path);
/* $PAGER; what is no text by what mailcap says, if it does. */
void body_out_view(struct body_out *o, const struct body_source *from);
void body_out_pipe(struct body_out *o, const struct body_source *from,
    struct str command);
/* A shell, or a command in it. */
void body_out_shell(struct body_out *o, struct str command);
/* "7-response-logo.png": safe, from the number and the URL. */
void body_out_name(const struct body_source *from, struct buf *out);

#endif
