/* SPDX-License-Identifier: MIT */
/* Answers sluice gives itself: small, escaped, no active content. */
#ifndef SLUICE_SRC_PROXY_REPLY_H
#define SLUICE_SRC_PROXY_REPLY_H

#include "exchange.h"
#include "sluice/http/codec.h"

/*
 * A page that says what f failed of and what to press, with Connection:
 * close; for a certificate that will not do, its chain too.
 * head_only: the request was HEAD.
 */
void reply_page(struct exchange_host *host, unsigned status,
    const struct flow *f, bool head_only);
/* The same straight into a codec, for requests that never became one. */
void reply_to_codec(struct codec *c, unsigned status, const struct err *err);

#endif
