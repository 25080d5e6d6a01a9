/* SPDX-License-Identifier: MIT */
/*
 * Requests as a load test for k6: flows into an empty out, then its end.
 * Fields of one name are joined (RFC 9110, 5.3).
 */
#ifndef SLUICE_FORMAT_K6_H
#define SLUICE_FORMAT_K6_H

#include "sluice/flow/flow.h"

bool k6_add(struct buf *out, const struct flow *f, struct err *err) NODISCARD;
bool k6_end(struct buf *out, struct err *err) NODISCARD;

#endif
