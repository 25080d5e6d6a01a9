/* SPDX-License-Identifier: MIT */
/* A listed flow and its text, for the tests of editing. */
#ifndef SLUICE_TESTS_UNIT_EDIT_RIG_H
#define SLUICE_TESTS_UNIT_EDIT_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "sluice/base/mem.h"
#include "sluice/flow/edit.h"

#define FIRST	"POST https://a.test:8443/x HTTP/1.1\n"


struct world {
	struct flow_list list;
	struct flow *f;
	struct buf text;
};

UNUSED static void
begin(struct world *w, struct str body)
{
	struct message *m;
	struct err err;

	flow_list_init(&w->list, 0);
	w->f = flow_new(NULL);
	m = &w->f->request;
	m->kind = MESSAGE_REQUEST;
	m->version_minor = 1;
	m->port = 8443;
	m->framing = FRAMING_LENGTH;
	m->length = body.n;
	m->complete = true;
	message_set(m, &m->method, STR("POST"));
	message_set(m, &m->scheme, STR("https"));
	message_set(m, &m->host, STR("a.test"));
	message_set(m, &m->path, STR("/x"));
	headers_add(&m->headers, STR("Host"), STR("a.test:8443"));
	headers_add(&m->headers, STR("X-One"), STR("1"));
	headers_add(&m->headers, STR("Content-Length"), STR("5"));
	body_append(&m->body, body);
	flow_list_add(&w->list, w->f);
	flow_unref(w->f);
	buf_init(&w->text, 1 << 20);
	assert_true(edit_format(w->f, GATE_REQUEST, &w->text, &err));
}

UNUSED static void
end(struct world *w)
{
	buf_fini(&w->text);
	flow_list_fini(&w->list);
}

UNUSED static enum edit_result
apply(struct world *w, const char *text, struct err *err)
{
	return edit_apply(&w->list, w->f, GATE_REQUEST, buf_str(&w->text),
	    str_from(text), err);
}

UNUSED static void
check_body(const struct message *m, const char *want)
{
	char got[200];
	struct err err;
	ssize_t n = body_read(&m->body, 0, got, sizeof got, &err);

	assert_int_equal(n, strlen(want));
	assert_memory_equal(got, want, strlen(want));
}

UNUSED static void
expect_fields(const struct message *m, const char *want)
{
	struct buf got;

	buf_init(&got, 10000);
	for (size_t i = 0; i < m->headers.count; i++)
		buf_printf(&got, "%.*s: %.*s\n",
		    STR_ARG(headers_name(&m->headers, i)),
		    STR_ARG(headers_value(&m->headers, i)));
	if (!str_eq(buf_str(&got), str_from(want)))
		fail_msg("%.*s", STR_ARG(buf_str(&got)));
	buf_fini(&got);
}

#endif
