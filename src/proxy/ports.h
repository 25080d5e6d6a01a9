/* SPDX-License-Identifier: MIT */
/* The listeners, each with its mode. */
#ifndef SLUICE_SRC_PROXY_PORTS_H
#define SLUICE_SRC_PROXY_PORTS_H

#include "mode.h"
#include "sluice/base/list.h"
#include "sluice/net/listen.h"

struct proxy;

struct port {
	struct list link;
	struct proxy *proxy;
	struct listener *listener;
	struct mode mode;
	char address[ADDR_TEXT_MAX];
};

void ports_close(struct proxy *p);
void ports_pause(struct proxy *p, bool paused);
/* Is this address one of our own listeners (a loop)? */
bool proxy_is_self(const struct proxy *p, const struct addr *a);
/* The other proxy that requests without a client go by; NULL: none. */
const struct mode *ports_upstream(const struct proxy *p);

#endif
