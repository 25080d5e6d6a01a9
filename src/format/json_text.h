/* SPDX-License-Identifier: MIT */
/* Any bytes as a JSON string. */
#ifndef SLUICE_SRC_FORMAT_JSON_TEXT_H
#define SLUICE_SRC_FORMAT_JSON_TEXT_H

#include <jansson.h>

#include "sluice/base/buf.h"

/* As UTF-8 when it is, else each byte as the Latin-1 character. */
json_t *json_text(struct str s);
/* Is s valid UTF-8 that JSON can carry? */
bool json_text_is_utf8(struct str s);
/* Base64 (RFC 4648). */
void json_text_base64(struct str s, struct buf *out);

#endif
