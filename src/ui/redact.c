/* SPDX-License-Identifier: MIT */
/* Values of header fields that let somebody in are written over. */
#include "redact.h"

static const char *const secrets[] = {
	"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie",
	"X-Api-Key",
};

/* The bytes that came are forgotten with them: the head is made anew. */
static void
redact(struct message *m)
{
	struct headers *h = &m->headers;

	if (m->kind == MESSAGE_NONE)
		return;
	for (size_t i = 0; i < h->count; i++)
		for (size_t j = 0; j < ARRAY_LEN(secrets); j++)
			if (str_eq_nocase(headers_name(h, i),
			    str_from(secrets[j])))
				h->fields[i].value = headers_text(h,
				    STR("REDACTED"));
	m->head_bytes = 0;
	message_set_sent(m, STR(""));
}

struct flow *
redact_dup(const struct flow *f)
{
	struct flow *safe = flow_copy(f);

	redact(&safe->request);
	redact(&safe->response);
	return safe;
}
