/* SPDX-License-Identifier: MIT */
/* What requests as programs have in common: fetch.c, python.c, k6.c. */
#ifndef SLUICE_SRC_FORMAT_PROGRAM_H
#define SLUICE_SRC_FORMAT_PROGRAM_H

#include "resend.h"

/* A "..." whose characters are these bytes. */
void program_string(struct buf *out, struct str bytes);
/*
 * The URL as a "..."; bytes that no URL may have are percent-encoded.  False:
 * no URL says what was asked for, as with OPTIONS *.
 */
bool program_url(struct buf *out, const struct message *m, const char *tool,
    struct err *err) NODISCARD;
/*
 * A line 'indent "Name": "value",' for each field that the library does not
 * write itself; fields of one name are one.
 */
bool program_fields(struct buf *out, const struct message *m,
    const char *indent, const char *tool, struct err *err) NODISCARD;
/* A string when the body is text, else an ArrayBuffer. */
void program_js_body(struct buf *out, struct str body);

#endif
