/* SPDX-License-Identifier: MIT */
/*
 * What is done differently for some servers: TLS relaxed for weak ones,
 * client certificates for those that ask, and certificates the user trusts
 * although they can't be verified.
 */
#ifndef SLUICE_SRC_PROXY_POLICY_H
#define SLUICE_SRC_PROXY_POLICY_H

#include "sluice/base/option.h"
#include "sluice/tls/context.h"

struct policy;

/*
 * From OPTION_WEAK and OPTION_CLIENT_CERT; err names the expression that
 * can't be compiled, or the file that can't be used.
 */
struct policy *policy_new(const struct options *o, struct err *err) NODISCARD;
void policy_free(struct policy *p);

/* May TLS with this host be old and weak? */
bool policy_is_weak(const struct policy *p, const char *host);
/* What to show a host that asks who we are; NULL: nothing. */
const struct tls_key *policy_key(const struct policy *p, const char *host);

/* From now on that certificate (SHA-256 as text) is good for that host. */
void policy_trust(struct policy *p, const char *host, const char *sha256);
bool policy_trusts(const struct policy *p, const char *host,
    const char *sha256);

#endif
