/* SPDX-License-Identifier: MIT */
/* Events own what they carry until it is taken. */
#include "sluice/http/event.h"

#include "sluice/base/mem.h"

struct http_event *
http_event_new(enum http_kind kind, uint32_t stream)
{
	struct http_event *e = NEW(struct http_event);

	list_init(&e->link);
	e->kind = kind;
	e->stream = stream;
	return e;
}

void
http_event_free(struct http_event *e)
{
	if (!e)
		return;
	list_remove(&e->link);
	switch (e->kind) {
	case HTTP_HEAD:
	case HTTP_INTERIM:
		message_fini(e->head);
		free(e->head);
		break;
	case HTTP_BODY:
		chunk_unref(e->body.held);
		break;
	case HTTP_TRAILERS:
		headers_fini(e->trailers);
		free(e->trailers);
		break;
	case HTTP_END:
	case HTTP_RESET:
		break;
	}
	free(e);
}

void
http_events_free(struct list *events)
{
	struct http_event *e, *tmp;

	list_for_each_safe(e, tmp, events, struct http_event, link)
		http_event_free(e);
}
