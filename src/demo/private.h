/* SPDX-License-Identifier: MIT */
/* The inside of the demo: its origin and its traffic. */
#ifndef SLUICE_SRC_DEMO_PRIVATE_H
#define SLUICE_SRC_DEMO_PRIVATE_H

#include "sluice/demo/demo.h"
#include "sluice/http/codec.h"
#include "sluice/net/dial.h"
#include "sluice/net/listen.h"
#include "sluice/wire/wire.h"

struct traffic;

struct demo {
	struct ev_loop *loop;
	struct ca *ca;			/* signed the origin's certificates */
	struct buf root;		/* its certificate, PEM */
	struct buf logo, script;	/* PNG, gzip; made once */
	struct forge *forge;
	struct tls_context *context;	/* both roles */
	struct listener *https, *http;
	struct list visits;		/* connections to the origin */
	ev_prepare bury;
	struct traffic *traffic;	/* or NULL */
};

/* demo_origin.c */
extern const struct listener_ops demo_origin_ops;
void demo_origin_close(struct demo *d);
void demo_origin_bury(struct demo *d);

/* demo_traffic.c */
void demo_traffic_free(struct traffic *t);

#endif
