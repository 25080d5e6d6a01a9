/* SPDX-License-Identifier: MIT */
/* Secrets taken out of what leaves the program. */
#ifndef SLUICE_SRC_UI_REDACT_H
#define SLUICE_SRC_UI_REDACT_H

#include "sluice/flow/flow.h"

/* A copy without secrets, for flow_unref. */
struct flow *redact_dup(const struct flow *f) NODISCARD;

#endif
