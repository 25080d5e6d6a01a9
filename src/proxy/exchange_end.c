/* SPDX-License-Identifier: MIT */
/*
 * How an exchange ends: done, failed with a page of our own or without,
 * dropped, left by its client.  Called by the session and by exchange.c.
 */
#include "exchange.h"

#include "reply.h"
#include "sluice/base/clock.h"

void
exchange_finish(struct exchange *x, enum flow_state state)
{
	x->over = true;
	gate_forget(x->host->gate, &x->hold);
	if (x->flow->times.end == 0)
		x->flow->times.end = clock_mono();
	flow_list_set_state(x->host->list, x->flow, state);
}

/* The client hears about it if it has not heard anything else yet. */
static void
tell_client(struct exchange *x, unsigned status)
{
	if (!x->head_sent) {
		x->replied = true;
		x->head_sent = true;
		reply_page(x->host, status, x->flow,
		    str_eq(message_word(&x->flow->request,
		    x->flow->request.method), STR("HEAD")));
	} else if (x->response != HALF_DONE) {
		x->host->ops->reset(x->host, SIDE_CLIENT);
	}
}

/* The flow is as it was when err came; both halves end. */
static void
give_up(struct exchange *x)
{
	bool begun = x->request == HALF_SEND || x->request == HALF_DONE;

	if (begun && !x->flow->response.complete)
		x->host->ops->reset(x->host, SIDE_SERVER);
	if (x->request != HALF_DONE)
		x->request = HALF_FAILED;
	if (x->response != HALF_DONE)
		x->response = HALF_FAILED;
}

void
exchange_fail(struct exchange *x, unsigned status, const struct err *err)
{
	if (x->over)
		return;
	x->flow->error = *err;
	tell_client(x, status);
	give_up(x);
	exchange_finish(x, FLOW_FAILED);
}

void
exchange_fail_text(struct exchange *x, unsigned status, const char *text)
{
	struct err err;

	err_set(&err, "%s", text);
	exchange_fail(x, status, &err);
}

void
exchange_drop(struct exchange *x)
{
	if (x->over)
		return;
	x->flow->dropped = true;
	exchange_fail_text(x, 502, "dropped by you");
}

void
exchange_client_lost(struct exchange *x, const char *why)
{
	if (x->over)
		return;
	err_set(&x->flow->error, "%s", why);
	x->flow->client_gone = true;
	give_up(x);
	exchange_finish(x, FLOW_FAILED);
}

void
exchange_client_left(struct exchange *x)
{
	if (x->over || x->flow->client_gone)
		return;
	x->flow->client_gone = true;
	flow_list_touch(x->host->list, x->flow, FLOW_PART_STATE);
}
