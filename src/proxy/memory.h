/* SPDX-License-Identifier: MIT */
/*
 * How often something was seen, for the most recent of many: a bounded set
 * of texts with a count each.  The one not seen for longest is forgotten.
 */
#ifndef SLUICE_SRC_PROXY_MEMORY_H
#define SLUICE_SRC_PROXY_MEMORY_H

#include "sluice/base/str.h"

struct memory;

struct memory *memory_new(size_t max) NODISCARD;
void memory_free(struct memory *m);
/* One more; returns how often it was seen by now. */
unsigned memory_note(struct memory *m, struct str text);
unsigned memory_count(const struct memory *m, struct str text);
void memory_forget(struct memory *m, struct str text);

#endif
