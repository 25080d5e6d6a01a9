/* SPDX-License-Identifier: MIT */
/*
 * Who may use the proxy.  A listener that is not on loopback would otherwise
 * be an open proxy: peers with public addresses are refused unless a range
 * of -o allow has them, and with -o proxy_auth every explicit request must
 * carry the password (RFC 9110 11.7, RFC 7617).
 */
#ifndef SLUICE_SRC_PROXY_ACCESS_H
#define SLUICE_SRC_PROXY_ACCESS_H

#include "sluice/base/option.h"
#include "sluice/http/headers.h"
#include "sluice/net/addr.h"

struct access;

/* err names the range or the password that can't be read. */
struct access *access_new(const struct options *o, struct err *err) NODISCARD;
void access_free(struct access *a);
/* May this peer connect at all? Says so in the log when not. */
bool access_admits(struct access *a, const struct addr *peer);
/* Do these fields carry the password, if there is one? */
bool access_authorizes(const struct access *a, const struct headers *h);

/* Is there a password? Is it this one (RFC 1929)? */
bool access_is_locked(const struct access *a);
bool access_knows(const struct access *a, struct str user,
    struct str password);

#endif
