/* SPDX-License-Identifier: MIT */
/* A stored flow sent again, without a client. */
#include <string.h>

#include "private.h"
#include "session.h"
#include "sluice/proxy/proxy.h"

struct flow *
proxy_replay(struct proxy *p, const struct flow *f, struct err *err)
{
	struct flow *again;

	if (f->kind != FLOW_HTTP || f->request.kind != MESSAGE_REQUEST ||
	    message_word(&f->request, f->request.host).n == 0) {
		err_set(err, "this flow has no request that could be sent");
		return NULL;
	}
	if (!f->request.complete) {
		err_set(err, "the request is not complete");
		return NULL;
	}
	if (p->quiet) {
		err_set(err, "sluice is ending");
		return NULL;
	}
	again = flow_new(p->setup.store);
	message_fini(&again->request);
	message_copy(&again->request, &f->request);
	again->parent = f->id;
	again->replayed = true;
	session_new_replay(p, again);
	return again;
}
