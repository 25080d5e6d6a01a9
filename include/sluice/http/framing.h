/* SPDX-License-Identifier: MIT */
/*
 * How long is the body (RFC 9112 section 6)?  Ambiguity is refused, never
 * guessed: this and h1_check.c own framing, http-parser must agree.
 */
#ifndef SLUICE_HTTP_FRAMING_H
#define SLUICE_HTTP_FRAMING_H

#include "sluice/http/codec.h"

/*
 * Sets framing, length, bodiless of a received message from its fields.
 * request_method: of the request a response answers (HEAD, CONNECT).
 * False with error->status 400 (requests), 502 (responses), 501 for an
 * unknown transfer coding.
 */
bool framing_read(struct message *m, struct str request_method,
    struct codec_error *error) NODISCARD;
/*
 * Makes an edited message's framing fit its body: Content-Length (in place
 * when there was one) or chunked kept when it was chunked and has trailers.
 */
void framing_fix(struct message *m);

#endif
