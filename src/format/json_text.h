/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as JSON, in private: whatever a peer sent, what is written is
 * valid, and harmless inside a page.  For har_entry.c and line.c.
 */
#ifndef SLUICE_SRC_FORMAT_JSON_TEXT_H
#define SLUICE_SRC_FORMAT_JSON_TEXT_H

#include <jansson.h>

#include "sluice/base/buf.h"

/* An object that grows only by memory that cannot run out. */
json_t *json_text_object(void);
/* As UTF-8 when it is, else each byte as the Latin-1 character. */
json_t *json_text(struct str s);
void json_text_set(json_t *o, const char *key, struct str s);
void json_text_set_number(json_t *o, const char *key, int64_t n);
/* Is s valid UTF-8 that JSON can carry? */
bool json_text_is_utf8(struct str s);
/*
 * Appends o, and lets go of it; flags are jansson's.  No '<' is written as
 * such.  False when it does not fit: out is as before.
 */
bool json_text_put(json_t *o, size_t flags, struct buf *out) NODISCARD;

#endif
