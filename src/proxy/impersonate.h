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

/* The client is paused at its ClientHello. */
void impersonate_begin(struct session *s);
/* The server's handshake is complete, or never will be. */
void impersonate_reached(struct session *s);
void impersonate_unreached(struct session *s, unsigned status,
    const struct err *err);
/* Shows the client its leaf, or waits until a key for it is made. */
void impersonate_finish(struct session *s);
/* The client's handshake is complete. */
void impersonate_ready(struct session *s);
/* It can't go on: a flow says why. */
void impersonate_failed(struct session *s, enum tls_fault fault,
    const struct err *err);
/* The client's wire broke meanwhile. */
void impersonate_gone(struct session *s);
/* Its first request: it trusts our leaf. */
void impersonate_trusted(struct session *s);
/*
 * The client goes after the handshake: a flow, if that was because of the
 * certificate (no request came and it goes at once, or says so).
 */
void impersonate_left(struct session *s);

#endif
