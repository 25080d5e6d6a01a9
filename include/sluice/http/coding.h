/* SPDX-License-Identifier: MIT */
/*
 * Content codings undone for display and export: gzip, deflate, br, zstd,
 * at most two deep, with an output cap against bombs (ratio and size).  What
 * goes over the wire is never touched.
 */
#ifndef SLUICE_HTTP_CODING_H
#define SLUICE_HTTP_CODING_H

#include "sluice/http/message.h"

enum coding_result {
	CODING_DONE,		/* all of it */
	CODING_CUT,		/* the cap was reached: out holds the start */
	CODING_BROKEN,		/* err says where; out holds what was good */
	CODING_UNKNOWN,		/* a coding we don't know; out is empty */
};

/*
 * Appends the decoded content of m's body to out, whose maximum is the cap.
 * A body without Content-Encoding is copied.
 */
enum coding_result coding_decode(const struct message *m, struct buf *out,
    struct err *err) NODISCARD;
/* Does m have a content coding (other than identity)? */
bool coding_is_coded(const struct message *m);
/* The coding undone on memory: "gzip", "x-gzip", "deflate", "br", "zstd". */
enum coding_result coding_decode_bytes(struct str coding, struct str in,
    struct buf *out, struct err *err) NODISCARD;

#endif
