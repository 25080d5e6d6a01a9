/* SPDX-License-Identifier: MIT */
/*
 * One request and its response: its birth, its way through the gate, what is
 * sent of it.  See exchange.h for the state machines, exchange_end.c for how
 * they end.
 */
#include "exchange.h"

#include <assert.h>
#include <string.h>

#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "sluice/net/conn.h"

/* Body bytes forwarded in one step from a record. */
#define PUSH_STEP (32u * 1024)

static const struct exchange_host_ops *
ops(const struct exchange *x)
{
	return x->host->ops;
}

static void
touch(struct exchange *x, unsigned parts)
{
	flow_list_touch(x->host->list, x->flow, parts);
}

static struct message *
message_from(struct exchange *x, enum side from)
{
	return from == SIDE_CLIENT ? &x->flow->request : &x->flow->response;
}

static enum half *
half_from(struct exchange *x, enum side from)
{
	return from == SIDE_CLIENT ? &x->request : &x->response;
}

static void
hold_released(struct gate_hold *hold, enum verdict v)
{
	struct exchange *x = container_of(hold, struct exchange, hold);

	ops(x)->verdict(x->host, x, v);
}

static struct exchange *
begin(struct exchange_host *host, struct flow *flow)
{
	struct exchange *x = NEW(struct exchange);

	x->host = host;
	x->flow = flow;
	gate_hold_init(&x->hold);
	x->hold.released = hold_released;
	return x;
}

struct exchange *
exchange_new(struct exchange_host *host, struct message *request,
    struct endpoint *client)
{
	struct flow *f = flow_new(request->body.store);

	message_fini(&f->request);
	message_move(&f->request, request);
	f->client = endpoint_ref(client);
	f->times.wall = clock_wall();
	f->times.begin = clock_mono();
	flow_list_add(host->list, f);
	return begin(host, f);
}

struct exchange *
exchange_new_replay(struct exchange_host *host, struct flow *flow)
{
	flow->times.wall = clock_wall();
	flow->times.begin = flow->times.request_done = clock_mono();
	flow_list_add(host->list, flow_ref(flow));
	flow_unref(flow);
	return begin(host, flow);
}

void
exchange_free(struct exchange *x)
{
	if (!x)
		return;
	assert(x->over);
	gate_forget(x->host->gate, &x->hold);
	flow_unref(x->flow);
	free(x);
}

/* -- sending ------------------------------------------------------------ */

static void
complete_request(struct exchange *x)
{
	ops(x)->end(x->host, SIDE_SERVER, x->flow->request.trailers.count ?
	    &x->flow->request.trailers : NULL);
	x->request = HALF_DONE;
	x->flow->times.sent = clock_mono();
}

static void
complete_response(struct exchange *x)
{
	struct message *m = &x->flow->response;

	ops(x)->end(x->host, SIDE_CLIENT, m->trailers.count ? &m->trailers :
	    NULL);
	x->response = HALF_DONE;
	/* An early answer: what is left of the request has no reader. */
	if (x->request != HALF_DONE) {
		ops(x)->reset(x->host, SIDE_SERVER);
		x->request = HALF_FAILED;
	}
	exchange_finish(x, FLOW_DONE);
}

/* Sends recorded bytes of one half until done, full, or out of record. */
static void
push(struct exchange *x, enum side from)
{
	enum side to = side_other(from);
	struct message *m = message_from(x, from);
	char step[PUSH_STEP];
	struct err err;

	assert(*half_from(x, from) == HALF_SEND);
	while (x->sent[to] < m->body.len && !ops(x)->is_full(x->host, to)) {
		struct str run = body_peek(&m->body, x->sent[to]);

		if (run.n == 0) {
			ssize_t n = body_read(&m->body, x->sent[to], step,
			    sizeof step, &err);

			if (n <= 0) {
				exchange_fail(x, 502, &err);
				return;
			}
			run = str_make(step, (size_t)n);
		}
		run = str_sub(run, 0, PUSH_STEP);
		ops(x)->body(x->host, to, run);
		x->sent[to] += run.n;
	}
	if (x->sent[to] == m->body.len && m->complete) {
		if (from == SIDE_CLIENT)
			complete_request(x);
		else
			complete_response(x);
		return;
	}
	ops(x)->pause(x->host, from, PAUSE_FULL,
	    ops(x)->is_full(x->host, to));
}

static void
send_request(struct exchange *x)
{
	x->request = HALF_SEND;
	x->sent[SIDE_SERVER] = 0;
	ops(x)->head(x->host, SIDE_SERVER, &x->flow->request);
	push(x, SIDE_CLIENT);
}

static void
send_response(struct exchange *x)
{
	x->response = HALF_SEND;
	x->head_sent = true;
	ops(x)->head(x->host, SIDE_CLIENT, &x->flow->response);
	if (x->flow->response.status == 101) {
		x->response = x->request = HALF_DONE;
		x->over = true;
		ops(x)->upgrade(x->host, x);
		return;
	}
	push(x, SIDE_SERVER);
}

void
exchange_answer(struct exchange *x, struct message *m)
{
	assert(x->request == HALF_NONE && m->complete);
	message_fini(&x->flow->response);
	message_move(&x->flow->response, m);
	x->flow->times.first = clock_mono();
	touch(x, FLOW_PART_RESPONSE);
	send_response(x);
}

static void
reach(struct exchange *x)
{
	x->request = HALF_REACH;
	ops(x)->pause(x->host, SIDE_CLIENT, PAUSE_WAIT, true);
	ops(x)->reach(x->host, x);
}

static bool
stop_at_gate(struct exchange *x, enum gate_point point)
{
	if (!gate_stop(x->host->gate, &x->hold, x->flow, point))
		return false;
	*(point == GATE_REQUEST ? &x->request : &x->response) = HALF_HELD;
	ops(x)->pause(x->host, SIDE_CLIENT, PAUSE_GATE, true);
	return true;
}

/* A collected message is whole: hold it or let it go. */
static void
collected(struct exchange *x, enum side from)
{
	if (from == SIDE_CLIENT) {
		if (!stop_at_gate(x, GATE_REQUEST))
			reach(x);
	} else if (!stop_at_gate(x, GATE_RESPONSE)) {
		send_response(x);
	}
}

/* -- what happens ------------------------------------------------------- */

/* A held or collected request needs its body: nobody else will ask for it. */
static void
answer_continue(struct exchange *x)
{
	struct message m;

	message_init(&m, MESSAGE_RESPONSE, NULL);
	m.status = 100;
	m.version_minor = 1;
	message_set(&m, &m.reason, STR("Continue"));
	ops(x)->head(x->host, SIDE_CLIENT, &m);
	message_fini(&m);
	x->continued = true;
}

void
exchange_start(struct exchange *x)
{
	struct message *m = &x->flow->request;

	assert(x->request == HALF_NONE);
	if (x->flow->replayed || gate_ask(x->host->gate, x->flow,
	    GATE_REQUEST) == GATE_PASS) {
		reach(x);
		return;
	}
	x->request = HALF_COLLECT;
	if (m->expect_continue && !m->complete)
		answer_continue(x);
	if (m->complete)
		collected(x, SIDE_CLIENT);
}

void
exchange_reached(struct exchange *x, struct endpoint *server, bool reused)
{
	if (x->over)
		return;
	assert(x->request == HALF_REACH);
	endpoint_unref(x->flow->server);
	x->flow->server = endpoint_ref(server);
	x->flow->reused = reused;
	if (server)
		server->flows++;
	ops(x)->pause(x->host, SIDE_CLIENT, PAUSE_WAIT, false);
	touch(x, FLOW_PART_STATE);
	send_request(x);
}

void
exchange_unreached(struct exchange *x, unsigned status, const struct err *err)
{
	ops(x)->pause(x->host, SIDE_CLIENT, PAUSE_WAIT, false);
	exchange_fail(x, status, err);
}

void
exchange_verdict(struct exchange *x, enum verdict v)
{
	if (x->over)
		return;
	ops(x)->pause(x->host, SIDE_CLIENT, PAUSE_GATE, false);
	if (v == VERDICT_DROP) {
		exchange_drop(x);
		return;
	}
	if (x->request == HALF_HELD)
		reach(x);
	else if (x->response == HALF_HELD)
		send_response(x);
}

static void
handle_head(struct exchange *x, struct http_event *e)
{
	struct flow *f = x->flow;

	message_fini(&f->response);
	message_move(&f->response, e->head);
	f->times.first = clock_mono();
	if (f->response.status != 101 &&
	    gate_ask(x->host->gate, f, GATE_RESPONSE) == GATE_COLLECT)
		x->response = HALF_COLLECT;
	touch(x, FLOW_PART_RESPONSE);
	if (x->response == HALF_NONE)
		send_response(x);
}

static void
handle_body(struct exchange *x, enum side from, struct http_event *e)
{
	struct message *m = message_from(x, from);
	enum side to = side_other(from);
	bool level = *half_from(x, from) == HALF_SEND &&
	    x->sent[to] == m->body.len;

	body_append(&m->body, e->body.bytes);
	if (level) {
		/* The usual case: what comes is what goes. */
		ops(x)->body(x->host, to, e->body.bytes);
		x->sent[to] = m->body.len;
		if (ops(x)->is_full(x->host, to))
			ops(x)->pause(x->host, from, PAUSE_FULL, true);
	}
}

static void
handle_end(struct exchange *x, enum side from)
{
	struct message *m = message_from(x, from);

	m->complete = true;
	if (from == SIDE_CLIENT)
		x->flow->times.request_done = clock_mono();
	touch(x, from == SIDE_CLIENT ? FLOW_PART_REQUEST : FLOW_PART_RESPONSE);
	switch (*half_from(x, from)) {
	case HALF_COLLECT:
		collected(x, from);
		break;
	case HALF_SEND:
		push(x, from);
		break;
	case HALF_NONE:
	case HALF_HELD:
	case HALF_REACH:
	case HALF_DONE:
	case HALF_FAILED:
		break;
	}
}

/* Of these there can be any number: a slow client slows them down. */
static void
pass_interim(struct exchange *x, const struct message *m)
{
	ops(x)->head(x->host, SIDE_CLIENT, m);
	if (ops(x)->is_full(x->host, SIDE_CLIENT))
		ops(x)->pause(x->host, SIDE_SERVER, PAUSE_FULL, true);
}

void
exchange_handle(struct exchange *x, enum side from, struct http_event *e)
{
	if (x->over)
		return;
	switch (e->kind) {
	case HTTP_HEAD:
		if (from == SIDE_SERVER && x->response == HALF_NONE)
			handle_head(x, e);
		break;
	case HTTP_INTERIM:
		if (!(x->continued && e->head->status == 100) &&
		    !x->head_sent)
			pass_interim(x, e->head);
		break;
	case HTTP_BODY:
		handle_body(x, from, e);
		break;
	case HTTP_TRAILERS:
		headers_fini(&message_from(x, from)->trailers);
		message_from(x, from)->trailers = *e->trailers;
		headers_init(e->trailers);
		break;
	case HTTP_END:
		handle_end(x, from);
		break;
	case HTTP_RESET:
		if (from == SIDE_CLIENT)
			exchange_client_lost(x, e->why);
		else
			exchange_fail_text(x, 502, e->why);
		break;
	}
}

void
exchange_drained(struct exchange *x, enum side side)
{
	enum side from = side_other(side);

	if (x->over)
		return;
	ops(x)->pause(x->host, from, PAUSE_FULL, false);
	if (*half_from(x, from) == HALF_SEND)
		push(x, from);
}

/*
 * RFC 9112 9.3.1: a connection that was idle may have been closed as we
 * wrote to it; a safe request without an answer is sent once more.
 */
static bool
may_retry(const struct exchange *x)
{
	struct str method = message_word(&x->flow->request,
	    x->flow->request.method);

	return x->flow->reused && !x->flow->retried && x->response == HALF_NONE &&
	    (str_eq(method, STR("GET")) || str_eq(method, STR("HEAD")) ||
	    str_eq(method, STR("OPTIONS")) || str_eq(method, STR("PUT")) ||
	    str_eq(method, STR("DELETE")));
}

void
exchange_server_lost(struct exchange *x, const struct err *err)
{
	if (x->over || !exchange_wants_server(x))
		return;
	if (may_retry(x)) {
		x->flow->retried = true;
		reach(x);
		return;
	}
	exchange_fail(x, 502, err);
}

bool
exchange_wants_server(const struct exchange *x)
{
	return !x->over && (x->request == HALF_SEND ||
	    x->request == HALF_DONE) && !x->flow->response.complete;
}
