/* SPDX-License-Identifier: MIT */
/*
 * http://sluice.test/, asked through the proxy, or the listen address opened
 * in a browser: a page that hands out the CA's certificate and says how to
 * trust it.  It answers on those names only, knows GET and HEAD only, and is
 * all there is to be had from the program over TCP.  (.test belongs to
 * nobody, RFC 6761 6.2.)
 */
#ifndef SLUICE_SRC_PROXY_ONBOARD_H
#define SLUICE_SRC_PROXY_ONBOARD_H

#include "sluice/http/message.h"
#include "sluice/tls/ca.h"

#define ONBOARD_HOST "sluice.test"

bool onboard_is_host(struct str host);
/*
 * The answer to a request whose host is ours; complete.  proxy: the address
 * that clients are to be given, "127.0.0.1:8080".
 */
void onboard_answer(const struct ca *ca, const char *proxy,
    const struct message *request, struct message *response);

#endif
