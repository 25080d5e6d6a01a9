/* SPDX-License-Identifier: MIT */
/*
 * Two handshakes in step.  The client's is paused at its ClientHello; the
 * server is reached with the same SNI and ALPN; its certificate is read; a
 * leaf with those names is minted; the client's goes on.  A server that
 * can't be reached or trusted: the client's goes on all the same, with a
 * leaf for the name asked, and every request gets a page that says why.
 */
#ifndef SLUICE_SRC_PROXY_IMPERSONATE_H
#define SLUICE_SRC_PROXY_IMPERSONATE_H

#include "session.h"

/* NEWS_HELLO: pass through, or reach the server. */
void impersonate_begin(struct session *s);
void impersonate_reached(struct session *s);
void impersonate_unreached(struct session *s, unsigned status,
    const struct err *err);
/* NEWS_READY: the client's handshake is complete. */
void impersonate_ready(struct session *s);
/* The client's handshake failed. */
void impersonate_failed(struct session *s, const struct err *err);

#endif
