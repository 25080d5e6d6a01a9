/* SPDX-License-Identifier: MIT */
/*
 * What stops here, who is held, the verdict.  The gate knows no exchange:
 * whoever waits embeds a gate_hold.
 *
 * An intercept filter holds requests.  It holds responses when it names one
 * (~s ~c ~hs ~bs), or for a flow with hold_response.
 */
#ifndef SLUICE_FLOW_GATE_H
#define SLUICE_FLOW_GATE_H

#include "sluice/flow/filter.h"
#include "sluice/flow/flow_list.h"

enum verdict { VERDICT_FORWARD, VERDICT_DROP };

struct gate_hold {
	struct list link;
	struct flow *flow;
	enum gate_point point;
	/* Only posts news; the flow is FLOW_ACTIVE again. */
	void (*released)(struct gate_hold *, enum verdict);
};

enum gate_answer {
	GATE_PASS,	/* let it stream */
	GATE_COLLECT,	/* wait for the whole message, then ask gate_stop */
};

struct gate {
	struct flow_list *list;
	struct filter *filter;		/* or NULL */
	bool on;
	struct list holds;		/* in order of arrival */
	size_t held;
};

void gate_init(struct gate *g, struct flow_list *list);
void gate_fini(struct gate *g);		/* nothing may be held any more */
void gate_hold_init(struct gate_hold *h);
/* Consumes filter; NULL and on: every request. Held flows stay held. */
void gate_set_filter(struct gate *g, struct filter *filter);
void gate_set_on(struct gate *g, bool on);

/* At the head of a message: must its body be collected? */
enum gate_answer gate_ask(const struct gate *g, const struct flow *f,
    enum gate_point point);
/*
 * At the end of a message: true when the flow is held now (FLOW_HELD,
 * held_at); h is linked until released or gate_forget.
 */
bool gate_stop(struct gate *g, struct gate_hold *h, struct flow *f,
    enum gate_point point) NODISCARD;
/* False when f is not held.  Tells the waiter through released(). */
bool gate_release(struct gate *g, struct flow *f, enum verdict v);
/* All, in order of arrival; returns how many. */
size_t gate_release_all(struct gate *g, enum verdict v);
/* The waiter gives up (client left): unlinks; the caller sets the state. */
void gate_forget(struct gate *g, struct gate_hold *h);
/* First held flow after f in order of holding (NULL: the first), wraps. */
struct flow *gate_next(const struct gate *g, const struct flow *f);

#endif
