/* SPDX-License-Identifier: MIT */
/* Requests that count the proxies they pass. */
#include "forwards.h"

#include <inttypes.h>
#include <stdio.h>

static bool
is_trace(const struct message *m)
{
	return str_eq(message_word(m, m->method), STR("TRACE"));
}

bool
forwards_end(struct message *m)
{
	struct str name = STR("Max-Forwards");
	bool options = str_eq(message_word(m, m->method), STR("OPTIONS"));
	uint64_t left;
	char text[24];

	/* For other methods, and when it is no number, it means nothing. */
	if ((!options && !is_trace(m)) ||
	    !str_to_u64(headers_get(&m->headers, name), &left))
		return false;
	if (left == 0)
		return true;
	snprintf(text, sizeof text, "%" PRIu64, left - 1);
	headers_set(&m->headers, name, str_from(text));
	return false;
}

/* RFC 9110 9.3.8: without what must not be shown to who may look on. */
static void
put_request(struct body *body, const struct message *m)
{
	static const struct str secrets[] = {
		STR("Authorization"), STR("Proxy-Authorization"),
		STR("Cookie"),
	};
	const struct headers *h = &m->headers;

	body_append(body, STR("TRACE "));
	body_append(body, message_word(m, m->target));
	body_append(body, STR(" HTTP/1.1\r\n"));
	for (size_t i = 0; i < h->count; i++) {
		bool secret = false;

		for (size_t j = 0; j < ARRAY_LEN(secrets); j++)
			secret |= str_eq_nocase(headers_name(h, i),
			    secrets[j]);
		if (secret)
			continue;
		body_append(body, headers_name(h, i));
		body_append(body, STR(": "));
		body_append(body, headers_value(h, i));
		body_append(body, STR("\r\n"));
	}
	body_append(body, STR("\r\n"));
}

void
forwards_answer(const struct message *request, struct message *m)
{
	message_init(m, MESSAGE_RESPONSE, request->body.store);
	m->status = 200;
	message_set(m, &m->reason, STR("OK"));
	m->framing = FRAMING_LENGTH;
	if (is_trace(request)) {
		headers_add(&m->headers, STR("Content-Type"),
		    STR("message/http"));
		put_request(&m->body, request);
	} else {
		headers_add(&m->headers, STR("Allow"),
		    STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, "
		    "TRACE, CONNECT"));
	}
	m->length = m->body.len;
	m->complete = true;
}
