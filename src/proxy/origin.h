/* SPDX-License-Identifier: MIT */
/*
 * One connection to a server: dial, TLS, codec.  Owned by a session; serves
 * one exchange at a time and is kept for the next while it is reusable.
 * Tells its session through session_post.
 */
#ifndef SLUICE_SRC_PROXY_ORIGIN_H
#define SLUICE_SRC_PROXY_ORIGIN_H

#include "sluice/flow/flow.h"
#include "sluice/http/codec.h"
#include "sluice/net/dial.h"
#include "sluice/tls/identity.h"
#include "sluice/wire/wire.h"
#include "bridge.h"
#include "mode.h"
#include "target.h"

struct session;

enum origin_state {
	ORIGIN_DIALING,
	ORIGIN_VIA,		/* asking another proxy for a tunnel */
	ORIGIN_HANDSHAKE, ORIGIN_OPEN, ORIGIN_CLOSED
};

struct origin {
	struct list link;		/* in session->origins or proxy->dead */
	struct session *session;
	struct target target;		/* where it leads */
	const struct mode *via;		/* by way of that proxy, or NULL */
	char asked[TARGET_HOST_MAX];	/* .. which is asked for this host */
	struct bridge *bridge;		/* TLS with that proxy, or NULL */
	char sni[HELLO_SNI_MAX];	/* "": none */
	uint8_t alpn[HELLO_ALPN_MAX];	/* offered, wire form */
	size_t alpn_len;
	enum origin_state state;
	struct dial *dial;		/* while ORIGIN_DIALING */
	struct addr own, peer;		/* ends of the socket, after that */
	struct wire wire;		/* from ORIGIN_HANDSHAKE on, see has_wire */
	bool has_wire;
	struct codec *codec;		/* NULL for a raw tunnel */
	bool raw;			/* no codec: bytes are spliced */
	bool may_pass;			/* .. if the address says so */
	char *passed;			/* .. it did: why; or NULL */
	bool weak;			/* TLS relaxed for this host */
	bool mirror;			/* the client judges the certificate */
	struct endpoint *end;		/* a reference */
	struct identity *identity;	/* or NULL */
	char alpn_chosen[32];
	unsigned served;		/* requests sent */
	bool dead;			/* closed; freed at the end of the turn */
	struct err err;
	unsigned status;		/* what err means to a client */
	enum tls_fault fault;
	ev_timer timer;			/* handshake */
};

struct origin_plan {
	struct target target;
	const char *dial_host;		/* NULL: target.host */
	const char *sni;		/* with target.tls; NULL: none */
	const uint8_t *alpn;		/* offered */
	size_t alpn_len;
	bool raw;		/* no codec */
	bool may_pass;		/* becomes raw when its address is passed */
	bool mirror;		/* not verified will do: the client sees it */
};

/* Begins to dial; NEWS_REACHED or NEWS_UNREACHED follows. */
struct origin *origin_new(struct session *s, const struct origin_plan *plan) NODISCARD;
/* Closes at once; freed at the end of the loop turn by its session. */
void origin_close(struct origin *o);
void origin_free(struct origin *o);
/*
 * origin_via.c: the codec for requests; is a tunnel needed first; asks for
 * one; and what the proxy said to that.
 */
struct codec *origin_codec(struct origin *o) NODISCARD;
bool origin_needs_connect(const struct origin *o);
void origin_connect(struct origin *o);
enum origin_via { ORIGIN_VIA_WAIT, ORIGIN_VIA_OPEN, ORIGIN_VIA_FAILED };
enum origin_via origin_answered(struct origin *o, struct err *err);
/* origin_tls.c: begins the handshake; tells by origin_reached/unreached. */
void origin_start_tls(struct origin *o);
/* The wire broke: what that means, into o->err and o->fault. */
void origin_explain(struct origin *o, const struct err *err);
/* The handshake is complete: facts are noted; is the server trusted? */
bool origin_judge(struct origin *o, struct err *err) NODISCARD;
/* May it take a request now? */
bool origin_is_idle(const struct origin *o);

#endif
