/* SPDX-License-Identifier: MIT */
/*
 * A request as a call of fetch(), for Node.js or a browser's console (which
 * leaves out the fields it does not let pages set, such as Cookie).
 *
 * Fields of one name are joined (RFC 9110, 5.3), and fetch normalises the URL
 * and adds fields of its own.  An error for what it refuses: CONNECT, TRACE,
 * a body with GET or HEAD.
 */
#ifndef SLUICE_FORMAT_FETCH_H
#define SLUICE_FORMAT_FETCH_H

#include "sluice/flow/flow.h"

bool fetch_program(const struct flow *f, struct buf *out, struct err *err)
    NODISCARD;

#endif
