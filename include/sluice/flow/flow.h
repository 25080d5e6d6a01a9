/* SPDX-License-Identifier: MIT */
/*
 * The record of one request and what became of it.  Refcounted; flow_list
 * holds one reference while the flow is listed.
 *
 * Fields that change after creation are changed by the engine (or by edit,
 * for a held or duplicated flow) followed by flow_list_touch; observers read.
 */
#ifndef SLUICE_FLOW_FLOW_H
#define SLUICE_FLOW_FLOW_H

#include "sluice/base/err.h"
#include "sluice/base/list.h"
#include "sluice/flow/endpoint.h"
#include "sluice/http/message.h"

enum flow_state { FLOW_ACTIVE, FLOW_HELD, FLOW_DONE, FLOW_FAILED };
#define FLOW_STATES 4

/* What a touch was about; bits. */
enum flow_part {
	FLOW_PART_STATE = 1 << 0,
	FLOW_PART_REQUEST = 1 << 1,
	FLOW_PART_RESPONSE = 1 << 2,
	FLOW_PART_NOTE = 1 << 3,
	FLOW_PART_MARK = 1 << 4,	/* f->marked has flipped */
};

enum flow_kind {
	FLOW_HTTP,
	FLOW_TUNNEL,		/* bytes passed through untouched */
	FLOW_HANDSHAKE,		/* a connection that never carried a request:
				 * refused CONNECT, failed TLS */
};

/*
 * What kind of TLS trouble ended a flow (or a connection before it had one),
 * so that the screen can say what it likely means and what to press.
 */
enum tls_fault {
	TLS_FAULT_NONE,
	TLS_FAULT_REFUSED,	/* client: alert 42, 46 or 48 and the like */
	TLS_FAULT_LEFT,		/* client: closed on seeing the certificate */
	TLS_FAULT_CLIENT,	/* client: version, suites, garbage */
	TLS_FAULT_CERT,		/* server: certificate not trusted */
	TLS_FAULT_SERVER,	/* server: broke off, sent an alert */
	TLS_FAULT_NO_TLS,	/* server: does not speak TLS */
	TLS_FAULT_WEAK,		/* server: only versions or suites we refuse */
	TLS_FAULT_WANTS_CERT,	/* server: insists on a client certificate */
	TLS_FAULT_LATE,		/* either: did not finish in time */
	TLS_FAULT_CONSTRAINED,	/* our CA may not sign for that name */
};

enum gate_point { GATE_REQUEST, GATE_RESPONSE };

/* When things happened: monotonic µs, 0 for not (yet). */
struct flow_times {
	int64_t wall;			/* wall clock at `begin` */
	int64_t begin;			/* first byte of the request */
	int64_t request_done;		/* last byte of the request received */
	int64_t sent;			/* last byte of the request forwarded */
	int64_t first;			/* first byte of the response */
	int64_t end;			/* all delivered, or failed */
	int64_t held;			/* total time held so far */
	int64_t held_since;		/* now held since, or 0 */
};

struct flow {
	unsigned refs;
	uint64_t id;			/* 1, 2, ..; 0 before it is listed */
	enum flow_kind kind;
	enum flow_state state;		/* set by flow_list_set_state only */
	struct list link;		/* in its flow_list .. */
	bool listed;			/* .. and found there by its id */
	struct endpoint *client, *server;	/* refs; may be NULL */
	struct message request, response;
	struct flow *original;		/* before the first edit, or NULL */
	uint64_t parent;		/* id of the flow this replays, or 0 */
	struct flow_times times;
	enum gate_point held_at;	/* while FLOW_HELD */
	bool hold_response;		/* '>' asked to hold the answer too */
	bool edited, dropped, marked;
	bool replayed;			/* sent by sluice, not by a client */
	bool draft;			/* a duplicate, never sent */
	bool client_gone;		/* while held */
	bool host_differs;		/* its Host named another server than
					 * the one it went to */
	bool reused;			/* server connection existed already */
	bool retried;			/* .. and was gone: sent once more */
	uint64_t tunnel_sent, tunnel_received;	/* FLOW_TUNNEL: to/from server */
	enum tls_fault tls_fault;
	char *passed;			/* FLOW_TUNNEL: why it was not opened,
					 * safe text; NULL: n/a */
	char *note;			/* heap, or NULL */
	struct err error;		/* why it failed, or what was odd */
};

/* store: where its bodies are kept, or NULL; borrowed. */
struct flow *flow_new(struct store *store) NODISCARD;
struct flow *flow_ref(struct flow *f);
void flow_unref(struct flow *f);
/*
 * A new flow with copies of the messages (bytes shared), endpoints and
 * times; no id, not listed, not marked.
 */
struct flow *flow_copy(const struct flow *f) NODISCARD;

bool flow_is_live(const struct flow *f);	/* ACTIVE and not a draft, or HELD */
bool flow_has_response(const struct flow *f);
/* One letter as CONSOLE 2.1: ' ' . Q S E X ~ r T W */
char flow_letter(const struct flow *f);
/* From the first byte to the end or now, without held time; µs. */
int64_t flow_duration(const struct flow *f, int64_t now);
/* Bytes this flow keeps in memory. */
size_t flow_cost(const struct flow *f);
/* "https://host/path", or "host:port" for tunnels; safe for regexes, raw bytes. */
void flow_put_url(const struct flow *f, struct buf *out);

#endif
