/* SPDX-License-Identifier: MIT */
/*
 * Backup, revert, duplicate, and a message as text that a person edits.
 *
 * Text form of a request ("METHOD URL HTTP/1.1", fields, blank line, body)
 * and of a response ("HTTP/1.1 STATUS REASON", ..).  Content-Length,
 * Transfer-Encoding and (for requests) Host when it follows from the URL are
 * not written; a Content-Length or Host that the user writes is kept as
 * written.  Lines that start with "# - " in the last lines are remarks and
 * ignored.  A coded body is decoded for editing; an edited coded body loses
 * its Content-Encoding field, an unedited one keeps its bytes.
 */
#ifndef SLUICE_FLOW_EDIT_H
#define SLUICE_FLOW_EDIT_H

#include "sluice/flow/flow_list.h"

/* Keeps f->original (once); call before the first change. */
void edit_begin(struct flow *f);
/* Back to the original; false when there was no edit. */
bool edit_revert(struct flow_list *l, struct flow *f);
/* What an edit may change, for edit_swap; take it before the edit. */
struct flow *edit_snapshot(const struct flow *f) NODISCARD;
/*
 * Exchanges the two; again, and they are as before.  False when f has gone
 * on since the snapshot: what was sent must not be told otherwise.
 */
bool edit_swap(struct flow_list *l, struct flow *f, struct flow *snapshot);
/* A draft: a copy of the request, listed, FLOW_DONE, letter '~'. */
struct flow *edit_duplicate(struct flow_list *l, const struct flow *f);

/* Does header field i follow from the rest, so that the text leaves it out? */
bool edit_is_computed(const struct message *m, size_t field);

/* The request or the response of f as text; remarks say what is ignored. */
bool edit_format(const struct flow *f, enum gate_point which, struct buf *out,
    struct err *err) NODISCARD;

enum edit_result {
	EDIT_SAME,	/* nothing changed */
	EDIT_CHANGED,	/* f has the new message, f->edited is set, touched */
	EDIT_EMPTY,	/* everything was deleted: cancel */
	EDIT_BAD,	/* err says what and in which line; f is as before */
};

/*
 * before is what edit_format gave, text what came back.  Changes f's request
 * or response (edit_begin is called), fixes framing, touches the list.
 */
enum edit_result edit_apply(struct flow_list *l, struct flow *f,
    enum gate_point which, struct str before, struct str text,
    struct err *err) NODISCARD;

/*
 * What of a message is edited: all of it, "METHOD URL HTTP/1.1" (or "HTTP/1.1
 * STATUS REASON"), start line and fields, the decoded body; or the pairs of
 * the query, of Cookie, of a form body, one a line.  Pairs stand as they are
 * on the wire; blanks and bytes that cannot stand there are escaped when they
 * come back.  EDIT_RAW is a request's bytes as they would go to the server;
 * what comes back goes out exactly so, whatever it is, and the message is
 * `exact' from then on: only EDIT_RAW and a revert are left.
 */
enum edit_part {
	EDIT_ALL, EDIT_START, EDIT_HEAD, EDIT_BODY, EDIT_QUERY, EDIT_COOKIES,
	EDIT_FORM, EDIT_RAW
};

/* As edit_format and edit_apply, for a part. */
bool edit_part_format(const struct flow *f, enum gate_point which,
    enum edit_part part, struct buf *out, struct err *err) NODISCARD;
enum edit_result edit_part_apply(struct flow_list *l, struct flow *f,
    enum gate_point which, enum edit_part part, struct str before,
    struct str text, struct err *err) NODISCARD;

#endif
