/* SPDX-License-Identifier: MIT */
/*
 * A caseless regular expression over raw bytes (PCRE2) with limits, so that
 * a match always ends soon.  For filters and for lists of hosts.
 */
#ifndef SLUICE_FLOW_REGEX_H
#define SLUICE_FLOW_REGEX_H

#include <stdbool.h>

#include "sluice/base/err.h"
#include "sluice/base/str.h"

struct regex;

/* NULL with err and the byte offset *at of what is wrong. */
struct regex *regex_new(struct str text, struct err *err, size_t *at) NODISCARD;
void regex_free(struct regex *r);
bool regex_match(const struct regex *r, struct str in);

#endif
