/* SPDX-License-Identifier: MIT */
/*
 * The record of one request and what became of it: its life, its copies,
 * and the short facts that lists show of it.  Called by the engine and by
 * everyone who looks; flow_list.c decides when it is listed.
 */
#include "sluice/flow/flow.h"

#include <assert.h>
#include <string.h>

#include "sluice/base/mem.h"
#include "sluice/http/url.h"

struct flow *
flow_new(struct store *store)
{
	struct flow *f = NEW(struct flow);

	f->refs = 1;
	list_init(&f->link);
	message_init(&f->request, MESSAGE_NONE, store);
	message_init(&f->response, MESSAGE_NONE, store);
	return f;
}

struct flow *
flow_ref(struct flow *f)
{
	if (f) {
		assert(f->refs > 0);
		f->refs++;
	}
	return f;
}

void
flow_unref(struct flow *f)
{
	if (!f)
		return;
	assert(f->refs > 0);
	if (--f->refs > 0)
		return;
	/* The list holds a reference while the flow is linked. */
	assert(list_is_empty(&f->link));
	message_fini(&f->request);
	message_fini(&f->response);
	endpoint_unref(f->client);
	endpoint_unref(f->server);
	flow_unref(f->original);
	free(f->note);
	free(f->passed);
	free(f);
}

struct flow *
flow_copy(const struct flow *f)
{
	struct flow *copy = NEW(struct flow);

	*copy = *f;
	copy->refs = 1;
	copy->id = 0;
	copy->listed = false;
	copy->marked = false;
	copy->original = NULL;
	copy->times.held_since = 0;
	list_init(&copy->link);
	message_copy(&copy->request, &f->request);
	message_copy(&copy->response, &f->response);
	endpoint_ref(copy->client);
	endpoint_ref(copy->server);
	copy->note = f->note ? mem_strdup(f->note) : NULL;
	copy->passed = f->passed ? mem_strdup(f->passed) : NULL;
	copy->tls_fault = f->tls_fault;
	return copy;
}

bool
flow_is_live(const struct flow *f)
{
	return f->state == FLOW_HELD || (f->state == FLOW_ACTIVE && !f->draft);
}

bool
flow_has_response(const struct flow *f)
{
	return f->response.kind == MESSAGE_RESPONSE;
}

static char
letter_of_finished(const struct flow *f)
{
	if (f->kind == FLOW_TUNNEL)
		return 'T';
	if (f->draft || f->edited)
		return '~';
	return f->replayed ? 'r' : ' ';
}

char
flow_letter(const struct flow *f)
{
	switch (f->state) {
	case FLOW_HELD:
		return f->held_at == GATE_REQUEST ? 'Q' : 'S';
	case FLOW_FAILED:
		return f->dropped ? 'X' : 'E';
	case FLOW_ACTIVE:
		if (f->kind == FLOW_TUNNEL)
			return 'T';
		if (f->draft)
			return '~';
		return flow_has_response(f) && f->response.status == 101 ?
		    'W' : '.';
	case FLOW_DONE:
		return letter_of_finished(f);
	}
	assert(!"a flow in no state");
	return ' ';
}

int64_t
flow_duration(const struct flow *f, int64_t now)
{
	const struct flow_times *t = &f->times;
	int64_t end = t->end ? t->end : now, took;

	if (t->begin == 0 || (t->end == 0 && !flow_is_live(f)))
		return 0;
	took = end - t->begin - t->held;
	if (t->held_since > 0 && end > t->held_since)
		took -= end - t->held_since;
	return took > 0 ? took : 0;
}

static size_t
headers_cost(const struct headers *h)
{
	return h->cap + (size_t)h->field_cap * sizeof *h->fields;
}

static size_t
message_cost(const struct message *m)
{
	return headers_cost(&m->headers) + headers_cost(&m->trailers) +
	    body_cost(&m->body) + m->sent_len;
}

size_t
flow_cost(const struct flow *f)
{
	size_t cost = sizeof *f + message_cost(&f->request) +
	    message_cost(&f->response);

	if (f->note)
		cost += strlen(f->note) + 1;
	return f->original ? cost + flow_cost(f->original) : cost;
}

void
flow_put_url(const struct flow *f, struct buf *out)
{
	const struct message *m = &f->request;

	if (f->kind == FLOW_HTTP)
		message_put_url(m, out);
	else
		url_put_authority(out, STR_NONE, message_word(m, m->host),
		    m->port);
}
