/* SPDX-License-Identifier: MIT */
/* Which command shows a file of a media type (RFC 1524). */
#ifndef SLUICE_SRC_UI_MAILCAP_H
#define SLUICE_SRC_UI_MAILCAP_H

#include "sluice/base/buf.h"

/*
 * Appends to a shell script the viewers that a mailcap file's text has for
 * the type, each with its test: the first that passes runs with "$1" as its
 * file and ends the script.  A type with odd bytes has none.
 */
void mailcap_put(struct buf *script, struct str mailcap, struct str type);

#endif
