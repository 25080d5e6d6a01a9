/* SPDX-License-Identifier: MIT */
/*
 * Something to see without a network: an HTTPS origin on loopback with two
 * SNI names (shop.localhost and cdn.localhost) and different certificates,
 * and a gentle stream of requests to it through the proxy.  It runs on the
 * same loop but talks over real sockets, so the engine needs no special
 * case.
 */
#ifndef SLUICE_DEMO_DEMO_H
#define SLUICE_DEMO_DEMO_H

#include <ev.h>

#include "sluice/base/err.h"
#include "sluice/base/str.h"

struct demo;

/*
 * Opens the origin on two free loopback ports, HTTPS and HTTP.  demo_root is
 * the PEM of the CA that signed its certificates, for proxy_trust.
 */
struct demo *demo_start(struct ev_loop *loop, struct err *err) NODISCARD;
struct str demo_root(const struct demo *d);
unsigned demo_https_port(const struct demo *d);
unsigned demo_http_port(const struct demo *d);
/*
 * Lets requests flow through the proxy at this address, trusting ca_pem.
 * endless: until demo_stop; else one round, then done is called.
 */
bool demo_traffic(struct demo *d, const char *proxy_address, struct str ca_pem,
    bool endless, void (*done)(void *owner), void *owner, struct err *err) NODISCARD;
void demo_stop(struct demo *d);		/* closes and frees all */

#endif
