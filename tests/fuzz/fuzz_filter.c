/* SPDX-License-Identifier: MIT */
/* Filter expressions, read and matched with a flow. */
#include "fuzz.h"
#include "sluice/flow/filter.h"

static struct flow *
make_flow(void)
{
	struct flow *f = flow_new(NULL);
	struct message *q = &f->request, *r = &f->response;

	q->kind = MESSAGE_REQUEST;
	message_set(q, &q->method, STR("POST"));
	message_set(q, &q->scheme, STR("https"));
	message_set(q, &q->host, STR("api.shop.test"));
	message_set(q, &q->path, STR("/v1/login?next=aaaaaaaaaaaaaaaaaaaaaaaa"));
	q->port = 443;
	headers_add(&q->headers, STR("Content-Type"), STR("application/json"));
	body_append(&q->body, STR("{\"user\":\"bob\"}"));
	r->kind = MESSAGE_RESPONSE;
	r->status = 404;
	headers_add(&r->headers, STR("Set-Cookie"), STR("sid=1"));
	body_append(&r->body, STR("no such user\0\xff"));
	return f;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct flow *flow;
	struct str in = str_make(bytes, n);
	struct err err = { "" };
	size_t at = 0;
	struct filter *f = filter_parse(in, &err, &at);

	if (!flow)
		flow = make_flow();
	if (!f) {
		assert(err_is_set(&err) && at <= in.n);
		assert(safe_for_terminal(str_from(err.text)));
		return 0;
	}
	assert(str_from(filter_text(f)).n <= in.n);
	(void)filter_needs_body(f);
	(void)filter_needs_response(f);
	(void)filter_match(f, flow);
	filter_free(f);
	return 0;
}
