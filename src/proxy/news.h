/* SPDX-License-Identifier: MIT */
/*
 * What can be in a session's inbox: everything that happened outside of the
 * pump and is not bytes.  Bytes wait in the wires' buffers, and the pump
 * feeds them to the codecs itself.
 */
#ifndef SLUICE_SRC_PROXY_NEWS_H
#define SLUICE_SRC_PROXY_NEWS_H

#include "sluice/base/list.h"
#include "sluice/flow/gate.h"

enum news_kind {
	NEWS_HELLO,		/* client paused at its ClientHello */
	NEWS_READY,		/* client's handshake is complete */
	NEWS_REACHED,		/* origin is open */
	NEWS_UNREACHED,		/* origin failed before it was open */
	NEWS_LOST,		/* origin ended or broke after that */
	NEWS_VERDICT,		/* the gate let go */
	NEWS_DROP,		/* the user ended a running exchange */
	NEWS_GONE,		/* client's connection broke */
	NEWS_DRAINED,		/* a wire has room again */
};

struct origin;

struct news {
	struct list link;
	enum news_kind kind;
	struct origin *origin;	/* or NULL: the client */
	enum verdict verdict;
};

#endif
