/* SPDX-License-Identifier: MIT */
/* The inside of struct proxy, for the files of this floor. */
#ifndef SLUICE_SRC_PROXY_PRIVATE_H
#define SLUICE_SRC_PROXY_PRIVATE_H

#include "access.h"
#include "pass_list.h"
#include "policy.h"
#include "ports.h"
#include "sluice/base/trim.h"
#include "sluice/flow/budget.h"
#include "sluice/http/codec.h"
#include "sluice/net/process.h"
#include "sluice/net/resolve.h"
#include "sluice/proxy/proxy.h"
#include "sluice/wire/wire.h"

struct proxy {
	struct proxy_setup setup;	/* borrowed things */
	struct tls_context *context;
	struct forge *forge;
	struct resolver *resolver;
	struct process_finder *processes;
	struct access *access;
	struct policy *policy;
	struct pass_list *passes;
	struct codec_limits limits;
	struct budget budget;
	ev_timer more;			/* the next slice of such work */
	struct list ports;
	struct list sessions;		/* alive */
	struct list doomed;		/* sessions and ..*/
	struct list dead;		/* .. origins, buried after the turn */
	size_t session_count;
	size_t session_peak;		/* most at once, lately */
	bool crowded;			/* there is a heap to give back */
	unsigned trims;			/* .. so many times from now */
	struct trim trim;
	ev_prepare bury;
	struct option_observer settings;
	bool quiet;			/* proxy_quiesce was called */
};

/* A session begins or ends to exist: listeners pause at the limit. */
void proxy_count(struct proxy *p, int change);

#endif
