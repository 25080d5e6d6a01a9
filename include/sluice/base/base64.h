/* SPDX-License-Identifier: MIT */
/* Base64 with padding (RFC 4648 section 4). */
#ifndef SLUICE_BASE_BASE64_H
#define SLUICE_BASE_BASE64_H

#include "sluice/base/buf.h"

/* Appends four characters for three bytes or what is left. */
void base64_put(struct buf *out, struct str bytes);

#endif
