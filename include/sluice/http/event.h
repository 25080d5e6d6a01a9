/* SPDX-License-Identifier: MIT */
/* What a codec tells about the messages it reads. */
#ifndef SLUICE_HTTP_EVENT_H
#define SLUICE_HTTP_EVENT_H

#include "sluice/base/list.h"
#include "sluice/http/message.h"

enum http_kind {
	HTTP_HEAD,	/* head: a request, or a final response (101 too) */
	HTTP_INTERIM,	/* head: a 1xx response other than 101 */
	HTTP_BODY,	/* body */
	HTTP_TRAILERS,	/* trailers, before HTTP_END */
	HTTP_END,	/* the message is complete */
	HTTP_RESET,	/* it will never be complete: why */
};

/* Those of bodies are good only while the input they came from is. */
struct http_event {
	struct list link;
	enum http_kind kind;
	uint32_t stream;		/* from day one, also for HTTP/1 */
	union {
		struct message *head;	/* owned; take it by setting NULL */
		struct {
			struct str bytes;	/* in held or, when that is
						 * NULL, in the input */
			struct chunk *held;
		} body;
		struct headers *trailers;	/* owned */
		const char *why;	/* static text */
	};
};

struct http_event *http_event_new(enum http_kind kind, uint32_t stream)
    NODISCARD;
void http_event_free(struct http_event *e);
void http_events_free(struct list *events);

#endif
