/* SPDX-License-Identifier: MIT */
/* Edits of coded bodies and of responses, and what is refused. */
#include "edit_rig.h"

/* -- coded bodies ---------------------------------------------------------- */

/* gzip of "needle" */
static const unsigned char coded[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3,
    0xcb, 0x4b, 0x4d, 0x4d, 0xc9, 0x49, 5, 0, 5, 0xe2, 0x58, 0x65, 6, 0, 0,
    0 };

static void
begin_coded(struct world *w, const char *coding)
{
	struct err err = { "" };

	begin(w, str_make(coded, sizeof coded));
	headers_add(&w->f->request.headers, STR("Content-Encoding"),
	    str_from(coding));
	buf_clear(&w->text);
	assert_true(edit_format(w->f, GATE_REQUEST, &w->text, &err));
}

static void
coded_bodies(void **state)
{
	struct world w;
	struct err err = { "" };
	const struct message *m;

	(void)state;
	begin_coded(&w, "gzip");
	m = &w.f->request;
	assert_int_not_equal(str_find(buf_str(&w.text), STR("\n\nneedle\n\n")),
	    SIZE_MAX);
	/* The head alone: the bytes stay, and their coding. */
	assert_int_equal(apply(&w, FIRST "X-One: 2\nContent-Encoding: gzip\n"
	    "\nneedle\n", &err), EDIT_CHANGED);
	assert_int_equal(m->body.len, sizeof coded);
	assert_memory_equal(body_peek(&m->body, 0).p, coded, sizeof coded);
	assert_true(headers_get(&m->headers, STR("Content-Encoding")).p);
	assert_int_equal(m->length, sizeof coded);
	assert_int_equal(apply(&w, FIRST "Content-Encoding: gzip\n"
	    "\nnoodle\n", &err), EDIT_CHANGED);
	check_body(m, "noodle");
	assert_null(headers_get(&m->headers, STR("Content-Encoding")).p);
	end(&w);
}

/* What cannot be decoded is shown as it is, and keeps its coding. */
static void
unknown_coding(void **state)
{
	struct world w;
	struct err err = { "" };

	(void)state;
	begin_coded(&w, "rot13");
	assert_int_equal(apply(&w, FIRST "Content-Encoding: rot13\n\nabc",
	    &err), EDIT_CHANGED);
	check_body(&w.f->request, "abc");
	assert_true(headers_get(&w.f->request.headers,
	    STR("Content-Encoding")).p);
	end(&w);
}

static void
no_room(void **state)
{
	struct world w;
	struct err err = { "" };
	struct buf out;
	char *much = mem_zalloc(100000);

	(void)state;
	begin(&w, str_make(much, 100000));
	buf_init(&out, 50000);
	assert_false(edit_format(w.f, GATE_REQUEST, &out, &err));
	assert_non_null(strstr(err.text, "too large"));
	buf_clear(&out);
	assert_false(edit_format(w.f, GATE_RESPONSE, &out, &err));
	assert_string_equal(err.text, "there is no response to edit");
	buf_fini(&out);
	free(much);
	end(&w);
}

/* -- responses ------------------------------------------------------------- */

static void
add_response(struct world *w)
{
	struct message *m = &w->f->response;

	m->kind = MESSAGE_RESPONSE;
	m->version_minor = 1;
	m->status = 200;
	m->framing = FRAMING_CHUNKED;
	m->complete = true;
	message_set(m, &m->reason, STR("OK"));
	headers_add(&m->headers, STR("Transfer-Encoding"), STR("chunked"));
	headers_add(&m->headers, STR("Server"), STR("x"));
	body_append(&m->body, STR("hello"));
	flow_list_set_state(&w->list, w->f, FLOW_HELD);
	w->f->held_at = GATE_RESPONSE;
	buf_clear(&w->text);
	assert_true(edit_format(w->f, GATE_RESPONSE, &w->text, NULL));
}

static enum edit_result
answer(struct world *w, const char *text, struct err *err)
{
	return edit_apply(&w->list, w->f, GATE_RESPONSE, buf_str(&w->text),
	    str_from(text), err);
}

static void
responses(void **state)
{
	struct world w;
	struct err err = { "" };
	const struct message *m;

	(void)state;
	begin(&w, STR("hello"));
	add_response(&w);
	m = &w.f->response;
	assert_true(str_starts(buf_str(&w.text),
	    STR("HTTP/1.1 200 OK\nServer: x\n\nhello\n\n# - ")));
	assert_int_equal(answer(&w, "HTTP/1.1 404 Gone Fishing\nServer: x\n\n"
	    "hello you", &err), EDIT_CHANGED);
	assert_int_equal(m->status, 404);
	assert_true(str_eq(message_word(m, m->reason), STR("Gone Fishing")));
	expect_fields(m, "Server: x\nContent-Length: 9\n");
	assert_int_equal(m->framing, FRAMING_LENGTH);
	check_body(m, "hello you");
	assert_int_equal(answer(&w, "HTTP/1.1 204\n\nhello", &err), EDIT_BAD);
	assert_int_equal(answer(&w, "HTTP/1.1 204\n\n", &err), EDIT_CHANGED);
	expect_fields(m, "");
	assert_true(m->bodiless);
	assert_int_equal(m->body.len, 0);
	flow_list_set_state(&w.list, w.f, FLOW_DONE);
	end(&w);
}

static void
bad_responses(void **state)
{
	static const char *const texts[] = { "HTTP/1.1 99 X\n\n",
	    "HTTP/1.1 100 X\n\n", "HTTP/1.1 2000 X\n\n", "HTTP/2 200 X\n\n",
	    "HTTP/1.1 abc X\n\n", "GET / HTTP/1.1\n\n",
	    "HTTP/1.1 200 X\x01\n\n" };
	struct world w;

	(void)state;
	begin(&w, STR("hello"));
	add_response(&w);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct err err = { "" };

		if (answer(&w, texts[i], &err) != EDIT_BAD ||
		    !str_starts(str_from(err.text), STR("line 1: ")))
			fail_msg("%s: %s", texts[i], err.text);
	}
	assert_null(w.f->original);
	flow_list_set_state(&w.list, w.f, FLOW_DONE);
	end(&w);
}

/* An edited request that has gone is not undone with its response. */
static void
revert_response(void **state)
{
	struct world w;
	struct err err = { "" };

	(void)state;
	begin(&w, STR("hello"));
	assert_int_equal(apply(&w, FIRST "X-One: 2\n\nhello", &err),
	    EDIT_CHANGED);
	add_response(&w);
	assert_false(edit_revert(&w.list, w.f));
	assert_int_equal(answer(&w, "HTTP/1.1 500 No\n\n", &err),
	    EDIT_CHANGED);
	assert_true(edit_revert(&w.list, w.f));
	assert_int_equal(w.f->response.status, 200);
	check_body(&w.f->response, "hello");
	assert_true(str_eq(headers_get(&w.f->request.headers, STR("X-One")),
	    STR("2")));
	assert_true(w.f->edited);
	assert_false(edit_revert(&w.list, w.f));
	flow_list_set_state(&w.list, w.f, FLOW_DONE);
	end(&w);
	/* Only the response was edited: it is as it came. */
	begin(&w, STR("hello"));
	add_response(&w);
	assert_int_equal(answer(&w, "HTTP/1.1 500 No\n\n", &err),
	    EDIT_CHANGED);
	assert_true(edit_revert(&w.list, w.f));
	assert_false(w.f->edited);
	assert_null(w.f->original);
	flow_list_set_state(&w.list, w.f, FLOW_DONE);
	end(&w);
}

static void
more_bad_texts(void **state)
{
	static const struct {
		const char *text, *what;
	} rows[] = {
		{ "GET ftp://a.test/ HTTP/1.1\n", "line 1: the URL begins" },
		{ "GET http://u:p@a.test/ HTTP/1.1\n", "line 1: a user" },
		{ "CONNECT a.test:443 HTTP/1.1\n", "line 1: CONNECT" },
		{ "GET http://a.test:99999/ HTTP/1.1\n", "line 1: port" },
		{ FIRST " X: 1\n", "line 2: begins with a blank" },
		{ FIRST "X : 1\n", "line 2: not the name" },
		{ FIRST ": 1\n", "line 2: not the name" },
		{ FIRST "Host: a\nHost: b\n", "line 3: a second Host" },
		{ FIRST "Content-Length: x\n", "line 2: Content-Length" },
		{ FIRST "Content-Length: 1\nContent-Length: 1\n",
		    "line 3: a second" },
		{ FIRST "Transfer-Encoding: gzip\n", "line 2: Transfer" },
		{ FIRST "Content-Length: 1\nTransfer-Encoding: chunked\n",
		    "line 3: Content-Length and" },
		{ "\n\n" FIRST "nocolon\n", "line 4: no ':'" },
	};
	struct world w;

	(void)state;
	begin(&w, STR("hello"));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { "" };

		if (apply(&w, rows[i].text, &err) != EDIT_BAD ||
		    !str_starts(str_from(err.text), str_from(rows[i].what)))
			fail_msg("%s: %s", rows[i].text, err.text);
	}
	assert_null(w.f->original);
	end(&w);
}

/* A request that was cut short makes a draft that is whole. */
static void
draft_of_half(void **state)
{
	struct world w;
	struct flow *d;

	(void)state;
	begin(&w, STR("hel"));
	w.f->request.length = 5;
	w.f->request.complete = false;
	d = edit_duplicate(&w.list, w.f);
	assert_true(d->request.complete);
	assert_int_equal(d->request.length, 3);
	assert_int_equal(d->state, FLOW_DONE);
	assert_false(flow_is_live(d));
	assert_int_equal(w.list.count[FLOW_DONE], 1);
	assert_int_equal(d->response.kind, MESSAGE_NONE);
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(coded_bodies),
		cmocka_unit_test(unknown_coding),
		cmocka_unit_test(no_room),
		cmocka_unit_test(responses),
		cmocka_unit_test(bad_responses),
		cmocka_unit_test(revert_response),
		cmocka_unit_test(more_bad_texts),
		cmocka_unit_test(draft_of_half),
	};

	return cmocka_run_group_tests_name("edit body", tests, NULL, NULL);
}
