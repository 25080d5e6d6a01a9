/* SPDX-License-Identifier: MIT */
/* Which protocol do these bytes begin?  Pure. */
#ifndef SLUICE_SRC_PROXY_SNIFF_H
#define SLUICE_SRC_PROXY_SNIFF_H

#include "sluice/base/str.h"

enum sniff { SNIFF_MORE, SNIFF_TLS, SNIFF_HTTP, SNIFF_RAW };

/* SNIFF_MORE only for fewer than 24 bytes. */
enum sniff sniff_guess(struct str bytes);

#endif
