/* SPDX-License-Identifier: MIT */
/*
 * One client connection (or, for a replay, none) and all that hangs on it.
 *
 *	stage: HTTP --CONNECT--> SNIFF --http--> HTTP
 *	       SOCKS --connect-->  |	(redirected and reverse: at once)
 *	                           |--raw or pass----------> RAW
 *	                           '--tls--> HELLO --open--> REACH --leaf-->
 *	                                     HELLO --handshake complete--> HTTP
 *	REACH --key must be made--> FORGE --made--> HELLO
 *	       any --both sides over--> CLOSING --flushed--> doomed
 *
 * Law 2: only session_pump dispatches, and it is never re-entered.
 */
#ifndef SLUICE_SRC_PROXY_SESSION_H
#define SLUICE_SRC_PROXY_SESSION_H

#include "exchange.h"
#include "news.h"
#include "origin.h"
#include "sluice/net/process.h"

struct port;
struct proxy;

enum session_stage {
	STAGE_SOCKS, STAGE_HTTP, STAGE_SNIFF, STAGE_HELLO, STAGE_REACH, STAGE_FORGE,
	STAGE_RAW, STAGE_CLOSING
};

struct session {
	struct list link;		/* in proxy->sessions or ->doomed */
	struct proxy *proxy;
	const struct mode *mode;	/* of its listener; NULL: a replay */
	struct wire client;		/* when has_client */
	bool has_client;
	struct codec *codec;		/* client's, in STAGE_HTTP */
	struct endpoint *end;		/* client's facts; a reference */
	struct process_query client_process;
	enum session_stage stage;
	struct list inbox;
	bool pumping, doomed;
	ev_timer wake;			/* never started: fed to run the pump */
	ev_timer timer;			/* the deadline of the stage */
	int64_t stage_began;		/* monotonic µs */
	struct exchange_host host;
	struct exchange *exchange;	/* at most one: HTTP/1 */
	struct list origins;		/* owned; the open and the dying */
	struct origin *server;		/* of the exchange, tunnel or handshake */
	bool serving;			/* server has the exchange's request */
	struct target tunnel;		/* where CONNECT, SOCKS or the kernel
					 * leads; host "" outside; tls: bytes
					 * that are not HTTP go over TLS */
	struct target inside;		/* what requests in the tunnel name */
	bool stray;			/* came to a redirect's port directly */
	unsigned socks_step;		/* STAGE_SOCKS */
	struct hello hello;		/* of the client's TLS */
	bool secure;			/* the client speaks TLS */
	char client_host[ADDR_TEXT_MAX];	/* its address without port */
	struct identity *identity;	/* the server's; owned; or NULL */
	enum leaf_fault leaf_fault;	/* shown to the client on purpose */
	char alpn_answer[32];
	bool presented;			/* the client was shown its leaf */
	bool asked;			/* .. and sent a request */
	bool left;			/* .. or went, and a flow says so */
	struct flow *tunnel_flow;	/* reference; STAGE_RAW */
	bool raw_eof[2];		/* FIN passed on from enum side */
	unsigned refusal;		/* status every request in here gets */
	struct err refusal_err;
	enum tls_fault refusal_fault;
	struct err refusal_now;		/* why this exchange can't be served */
	struct endpoint *server_end;	/* the server of the handshake */
	struct err client_err;		/* why the client's wire failed */
	int64_t head_began;		/* first byte of a head, or 0 */
	int64_t unsent_until;		/* STAGE_CLOSING: seen not flushed */
};

struct session *session_new(struct port *port, int fd,
    const struct addr *peer);
struct session *session_new_replay(struct proxy *p, struct flow *f);
/* The other proxy its connections go by, or NULL. */
const struct mode *session_via(const struct session *s);
/* Ends at once; buried at the end of the loop turn. */
void session_doom(struct session *s);
void session_free(struct session *s);	/* the burial */

/* Puts news into the inbox; someone on the loop runs the pump. */
void session_post(struct session *s, enum news_kind kind, struct origin *o);
/* Runs the pump from the loop, soon. */
void session_wake(struct session *s);
void session_pump(struct session *s);
/* An origin is going: nothing in the session points to it any more. */
void session_forget(struct session *s, struct origin *o);
void session_stage(struct session *s, enum session_stage stage);
/* Flushes, says goodbye, lingers, ends. */
void session_close(struct session *s);
/* A flow for a connection that carries no request; listed, active. */
struct flow *session_flow(struct session *s, enum flow_kind kind);
void session_fail_flow(struct session *s, struct flow *f, const struct err *err);
/* A connection that leads to no request: a flow that says why, the end. */
void session_refuse(struct session *s, const struct err *err);
/* A request that can't be one: a flow that shows it, a page, the end. */
void session_bad_request(struct session *s, struct str seen,
    const struct codec_error *e);
/* If the exchange is over: what it leaves behind. */
void session_settle(struct session *s);
/* The client's codec anew, on its wire as it is now. */
void session_speak_http(struct session *s);

/* session_clock.c: computes the deadline anew; is the exchange held? */
void session_arm(struct session *s);
void session_timer_cb(struct ev_loop *loop, ev_timer *w, int revents);
bool session_is_held(const struct session *s);

/*
 * session_answer.c: answers the exchange itself when its request is for us
 * (the page with the certificate, TRACE that ends here); false: it is not.
 */
bool session_answer(struct session *s);
/* A request straight to our listener: its words are set to our page's. */
bool session_is_asked(const struct session *s, struct message *m);

/*
 * session_http.c, for the pump: true when something was moved, so that it
 * looks again.
 */
bool session_feed_client(struct session *s);
bool session_feed_server(struct session *s);
/* Connections kept for the next request: any byte or end retires them. */
void session_check_idle(struct session *s);

#endif
