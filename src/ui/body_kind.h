/* SPDX-License-Identifier: MIT */
/* What a body is: by the type it says, and by its first bytes. */
#ifndef SLUICE_SRC_UI_BODY_KIND_H
#define SLUICE_SRC_UI_BODY_KIND_H

#include "sluice/http/message.h"

#define BODY_SNIFF	1024u		/* bytes that are looked at */

/* Control characters, or much that is not UTF-8? */
bool body_is_binary(struct str start);

#endif
