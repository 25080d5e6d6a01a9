/* SPDX-License-Identifier: MIT */
/*
 * A request as a Python program that uses the library requests; an empty out
 * gets the import first.  Fields of one name are joined (RFC 9110, 5.3), and
 * the library normalises the URL and adds fields of its own.
 */
#ifndef SLUICE_FORMAT_PYTHON_H
#define SLUICE_FORMAT_PYTHON_H

#include "sluice/flow/flow.h"

bool python_program(const struct flow *f, struct buf *out, struct err *err)
    NODISCARD;

#endif
