/* SPDX-License-Identifier: MIT */
/* A message as text that a person edits, and back. */
#ifndef SLUICE_SRC_FLOW_EDIT_TEXT_H
#define SLUICE_SRC_FLOW_EDIT_TEXT_H

#include "sluice/http/message.h"

/* Head, blank line, decoded body, remarks. */
bool edit_text_put(const struct message *m, struct buf *out, struct err *err)
    NODISCARD;
/*
 * Parses head lines into a new message of the same kind; body gets the bytes
 * behind the blank line.  err names the line.
 */
bool edit_text_parse(struct str text, struct message *m, struct str *body,
    struct err *err) NODISCARD;
/* Without the remarks that edit_text_put wrote at the end. */
struct str edit_text_strip(struct str text);

#endif
