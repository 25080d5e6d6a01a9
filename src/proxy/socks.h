/* SPDX-License-Identifier: MIT */
/*
 * A SOCKS5 client's greeting (RFC 1928), its password (RFC 1929, when there
 * is a proxy_auth), and its CONNECT; then it is a tunnel like others.
 */
#ifndef SLUICE_SRC_PROXY_SOCKS_H
#define SLUICE_SRC_PROXY_SOCKS_H

#include "session.h"

/* STAGE_SOCKS: true when something was moved. */
bool socks_feed(struct session *s);

#endif
