/* SPDX-License-Identifier: MIT */
/* Where does this request want to go? */
#ifndef SLUICE_SRC_PROXY_TARGET_H
#define SLUICE_SRC_PROXY_TARGET_H

#include <stdbool.h>

#include "sluice/base/err.h"
#include "sluice/http/message.h"

#define TARGET_HOST_MAX 256

struct target {
	bool tls;
	unsigned port;
	char host[TARGET_HOST_MAX];	/* name or IP literal without brackets,
					 * lower case; "" for none */
};

bool target_set(struct target *t, bool tls, struct str host, unsigned port,
    struct err *err) NODISCARD;
bool target_eq(const struct target *a, const struct target *b);
/* The authority of a CONNECT request; strict (WIRE B1). */
bool target_of_connect(struct target *t, const struct message *m,
    struct err *err) NODISCARD;
/*
 * Fills in m's scheme, host, port and path from its target.  inside is what
 * the client's tunnel leads to, or NULL outside of one, where only the
 * absolute form says where to go.  The Host field is made to agree with an
 * absolute form (RFC 9112 3.2.2).
 */
bool target_of_request(struct message *m, const struct target *inside,
    struct err *err) NODISCARD;
/* From m's words, as filled in above or changed by the user. */
bool target_of_words(struct target *t, const struct message *m, struct err *err)
    NODISCARD;

#endif
