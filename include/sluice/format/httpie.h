/* SPDX-License-Identifier: MIT */
/*
 * A request as an HTTPie command for a POSIX shell, under the rules of
 * curl.h: quoted words only, a body that cannot be pasted out of a printf.
 */
#ifndef SLUICE_FORMAT_HTTPIE_H
#define SLUICE_FORMAT_HTTPIE_H

#include "sluice/flow/flow.h"

bool httpie_command(const struct flow *f, struct buf *out, struct err *err)
    NODISCARD;

#endif
