/* SPDX-License-Identifier: MIT */
/*
 * A request as a curl command for a POSIX shell.  Everything is quoted with
 * escape_shell; bytes that a shell word cannot carry make it a
 * "printf '\ooo..' | curl --data-binary @-" pipeline; names that begin with
 * '-' or values with '@' cannot act as options.
 */
#ifndef SLUICE_FORMAT_CURL_H
#define SLUICE_FORMAT_CURL_H

#include "sluice/flow/flow.h"

bool curl_command(const struct flow *f, struct buf *out, struct err *err) NODISCARD;

#endif
