/* SPDX-License-Identifier: MIT */
/*
 * How a connection begins, by the mode of its listener, and what its mode
 * makes of a request: where it goes is known from elsewhere, its Host only
 * labels it (CVE-2009-0801).
 */
#ifndef SLUICE_SRC_PROXY_ARRIVE_H
#define SLUICE_SRC_PROXY_ARRIVE_H

#include "session.h"

/*
 * The first stage of a new connection; own: the address listened on, NULL
 * when nothing can come straight to it.
 */
void arrive(struct session *s, const struct addr *own);
/*
 * Before target_of_request: the request is named, its Host rewritten if the
 * mode says so.  True when its Host named another server than it goes to.
 */
bool arrive_request(struct session *s, struct message *m);
/* A redirected connection to a port where only TLS is expected? */
bool arrive_is_tls_port(const struct session *s);
/* Is the client one of our own connections, redirected to us? */
bool arrive_is_loop(const struct session *s);
void arrive_loop(struct session *s);
/* Why a connection that nobody redirected leads nowhere. */
void arrive_stray(struct err *err);

#endif
