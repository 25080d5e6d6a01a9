/* SPDX-License-Identifier: MIT */
/*
 * One request and its response: two half machines.  An exchange has no
 * clock of its own but the flow's, no descriptor and no loop; it is driven by
 * http events and by what its host tells it, and calls down through
 * exchange_host (the session, or a test's recorder).
 *
 *	request                          response
 *	NONE -HEAD-> COLLECT | REACH     NONE -HEAD-> COLLECT | SEND
 *	COLLECT -END-> HELD | REACH      COLLECT -END-> HELD | SEND
 *	HELD -forward-> REACH            HELD -forward-> SEND
 *	HELD -drop-> FAILED              HELD -drop-> FAILED
 *	REACH -reached-> SEND            SEND -all sent-> DONE
 *	REACH -unreached-> FAILED
 *	SEND -all sent-> DONE
 *	any -abort-> FAILED              any -abort-> FAILED
 *
 * What has been recorded is what is sent: a half in SEND forwards from the
 * flow's body at a cursor, so streaming, going on after a hold, and replaying
 * are one piece of code.
 */
#ifndef SLUICE_SRC_PROXY_EXCHANGE_H
#define SLUICE_SRC_PROXY_EXCHANGE_H

#include "sluice/base/side.h"
#include "sluice/flow/gate.h"
#include "sluice/http/event.h"

enum half {
	HALF_NONE, HALF_COLLECT, HALF_HELD, HALF_REACH, HALF_SEND, HALF_DONE,
	HALF_FAILED
};

struct exchange;
struct exchange_host;

/* Calls down; none of them calls back into the exchange before returning. */
struct exchange_host_ops {
	/* Get me the server of x->flow->request; exchange_reached or
	 * exchange_unreached follows. */
	void (*reach)(struct exchange_host *, struct exchange *);
	void (*head)(struct exchange_host *, enum side, const struct message *);
	void (*body)(struct exchange_host *, enum side, struct str);
	void (*end)(struct exchange_host *, enum side, const struct headers *);
	/* What was begun on that side can't be completed. */
	void (*reset)(struct exchange_host *, enum side);
	bool (*is_full)(struct exchange_host *, enum side);
	/* Read no more from that side for this reason, or do again. */
	void (*pause)(struct exchange_host *, enum side, unsigned why, bool on);
	/* The gate let go: post it, exchange_verdict comes from the pump. */
	void (*verdict)(struct exchange_host *, struct exchange *, enum verdict);
	/* 101: both sides stop speaking HTTP. */
	void (*upgrade)(struct exchange_host *, struct exchange *);
};

struct exchange_host {
	const struct exchange_host_ops *ops;
	struct flow_list *list;
	struct gate *gate;
};

struct exchange {
	struct exchange_host *host;
	struct gate_hold hold;
	struct flow *flow;		/* a reference; listed */
	enum half request, response;
	uint64_t sent[2];		/* body bytes sent to enum side */
	bool head_sent;			/* to the client */
	bool continued;			/* we answered 100 ourselves */
	bool replied;			/* the response is our own page */
	bool over;			/* nothing more will happen */
};

/*
 * Begins with a request whose words are filled in; consumes the message.
 * The flow is listed.  client may be NULL (a replay).
 */
struct exchange *exchange_new(struct exchange_host *host, struct message *request,
    struct endpoint *client) NODISCARD;
/* The same with a flow made by the caller (replay): complete, not held. */
struct exchange *exchange_new_replay(struct exchange_host *host,
    struct flow *flow) NODISCARD;
/* Begins to move: call once after exchange_new. */
void exchange_start(struct exchange *x);
void exchange_free(struct exchange *x);

/* An event of a message after the request's head; consumes what it needs. */
void exchange_handle(struct exchange *x, enum side from, struct http_event *e);
/* reused: the connection has served requests before. */
void exchange_reached(struct exchange *x, struct endpoint *server, bool reused);
void exchange_unreached(struct exchange *x, unsigned status, const struct err *);
void exchange_verdict(struct exchange *x, enum verdict v);
/* That side has room again. */
void exchange_drained(struct exchange *x, enum side side);
/* The server's connection ended or broke. */
void exchange_server_lost(struct exchange *x, const struct err *err);
/* The client's did. */
void exchange_client_lost(struct exchange *x, const char *why);
/* The client sent FIN while held: shown, nothing else happens. */
void exchange_client_left(struct exchange *x);
/* Dropped by the user. */
void exchange_drop(struct exchange *x);
/*
 * The answer is ours, no server is asked: m is complete, and consumed.
 * Instead of exchange_start.
 */
void exchange_answer(struct exchange *x, struct message *m);
/* Fails with a page of our own if the client can still be told. */
void exchange_fail(struct exchange *x, unsigned status, const struct err *err);

/* The same with a text. */
void exchange_fail_text(struct exchange *x, unsigned status, const char *text);
/* Between the two files: nothing more will happen. */
void exchange_finish(struct exchange *x, enum flow_state state);

bool exchange_wants_server(const struct exchange *x);

#endif
