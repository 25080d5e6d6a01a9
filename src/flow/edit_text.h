/* SPDX-License-Identifier: MIT */
/*
 * The text form of a message, in private: edit_text.c writes and cuts it,
 * edit_read.c reads a head, edit.c decides what that means for a flow;
 * edit_raw.c's bytes are no text.
 */
#ifndef SLUICE_SRC_FLOW_EDIT_TEXT_H
#define SLUICE_SRC_FLOW_EDIT_TEXT_H

#include "sluice/flow/edit.h"

/* A text cut at its first empty line, without remarks. */
struct edit_parts {
	struct str head;	/* without its last line end */
	struct str body;
	struct str remarks;	/* what was cut off the end */
	unsigned line;		/* number of the head's first line */
	bool remarked;		/* the remarks are still there */
	bool decoded;		/* they say that the body was decoded */
};

/* A head as it was read; what follows from it for the framing. */
struct edit_head {
	bool length_given;	/* the user wrote Content-Length .. */
	uint64_t length;
	bool chunked_given;	/* .. or Transfer-Encoding: chunked */
};

/* Head, empty line, body, remarks; false when out is too small. */
bool edit_text_put(const struct message *m, struct buf *out, struct err *err)
    NODISCARD;
struct edit_parts edit_text_cut(struct str text);
/*
 * Reads the head into m, which is new and of old's kind.  Fields that
 * edit_text_put left out get their old place and value back, Host follows
 * the URL.  err names the line.
 */
bool edit_text_read(const struct edit_parts *parts, const struct message *old,
    struct message *m, struct edit_head *head, struct err *err) NODISCARD;

/* m takes the place of the request or response; it is left empty. */
void edit_put(struct flow_list *l, struct flow *f, enum gate_point which,
    struct message *m);

/* -- edit_raw.c ------------------------------------------------------------ */

bool edit_raw_format(const struct flow *f, struct buf *out, struct err *err)
    NODISCARD;
enum edit_result edit_raw_apply(struct flow_list *l, struct flow *f,
    struct str before, struct str text, struct err *err) NODISCARD;

/* -- between edit_text.c and edit_read.c ----------------------------------- */

#define EDIT_AUTHORITY_MAX	512u

void edit_text_put_authority(const struct message *m, struct buf *out);
/* Takes the first line off *text; it comes without its end. */
struct str edit_text_cut_line(struct str *text);

#endif
