/* SPDX-License-Identifier: MIT */
/* Which hosts are opened and which are passed through untouched. */
#ifndef SLUICE_SRC_PROXY_POLICY_H
#define SLUICE_SRC_PROXY_POLICY_H

#include "sluice/base/err.h"
#include "sluice/base/option.h"

struct policy;

enum policy_answer { POLICY_OPEN, POLICY_PASS };

/* From OPTION_PASS; err names the expression that can't be compiled. */
struct policy *policy_new(const struct options *o, struct err *err) NODISCARD;
void policy_free(struct policy *p);
/* host and sni: "" when unknown. */
enum policy_answer policy_decide(const struct policy *p, const char *host,
    const char *sni);

#endif
