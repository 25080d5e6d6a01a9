/* SPDX-License-Identifier: MIT */
/* A message as text, edited, and back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "sluice/base/mem.h"
#include "sluice/flow/edit.h"

struct world {
	struct flow_list list;
	struct flow *f;
	struct buf text;
};

static void
begin(struct world *w, struct str body)
{
	struct message *m;
	struct err err;

	flow_list_init(&w->list, 0);
	w->f = flow_new(1 << 20);
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
	body_append_bytes(&m->body, body);
	flow_list_add(&w->list, w->f);
	flow_unref(w->f);
	buf_init(&w->text, 1 << 20);
	assert_true(edit_format(w->f, GATE_REQUEST, &w->text, &err));
}

static void
end(struct world *w)
{
	buf_fini(&w->text);
	flow_list_fini(&w->list);
}

static enum edit_result
apply(struct world *w, const char *text, struct err *err)
{
	return edit_apply(&w->list, w->f, GATE_REQUEST, buf_str(&w->text),
	    str_from(text), err);
}

static void
check_body(const struct message *m, const char *want)
{
	char got[200];
	struct err err;
	ssize_t n = body_read(&m->body, 0, got, sizeof got, &err);

	assert_int_equal(n, strlen(want));
	assert_memory_equal(got, want, strlen(want));
}

static void
text_form(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STR("hello"));
	assert_true(str_starts(buf_str(&w.text), STR("POST "
	    "https://a.test:8443/x HTTP/1.1\nX-One: 1\n\nhello\n")));
	assert_int_equal(edit_apply(&w.list, w.f, GATE_REQUEST,
	    buf_str(&w.text), buf_str(&w.text), NULL), EDIT_SAME);
	end(&w);
}

static void
changes(void **state)
{
	struct world w;
	struct err err;

	(void)state;
	begin(&w, STR("hello"));
	assert_int_equal(apply(&w, "PUT http://b.test/y?z HTTP/1.1\r\n"
	    "X-Two: 2\r\nx-two: 3\r\n\r\nhello, you\n", &err), EDIT_CHANGED);
	const struct message *m = &w.f->request;

	assert_true(str_eq(message_word(m, m->method), STR("PUT")));
	assert_true(str_eq(message_word(m, m->host), STR("b.test")));
	assert_true(str_eq(message_word(m, m->path), STR("/y?z")));
	assert_int_equal(m->port, 80);
	assert_true(str_eq(headers_get(&m->headers, STR("Host")),
	    STR("b.test")));
	assert_int_equal(headers_count(&m->headers, STR("X-Two")), 2);
	check_body(m, "hello, you");
	assert_int_equal(m->length, 10);
	assert_true(w.f->edited);
	assert_true(edit_revert(&w.list, w.f));
	check_body(&w.f->request, "hello");
	assert_true(str_eq(message_word(&w.f->request, w.f->request.host),
	    STR("a.test")));
	assert_false(w.f->edited);
	assert_false(edit_revert(&w.list, w.f));
	end(&w);
}

/* The line end that editors add is not the user's; his own are kept. */
static void
line_ends(void **state)
{
	static const struct {
		const char *before, *typed, *after;
	} rows[] = {
		{ "abc", "abc\n", "abc" },
		{ "abc", "abd\n", "abd" },
		{ "abc\n", "abd\n", "abd\n" },
		{ "abc", "abc\n\n", "abc\n" },
		{ "", "", "" },
		{ "abc", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world w;
		struct err err;
		char text[200] = "POST https://a.test:8443/x HTTP/1.1\n"
		    "X-One: 2\n\n";

		begin(&w, str_from(rows[i].before));
		strcat(text, rows[i].typed);
		assert_int_equal(apply(&w, text, &err), EDIT_CHANGED);
		check_body(&w.f->request, rows[i].after);
		end(&w);
	}
}

static void
bytes_are_kept(void **state)
{
	struct world w;
	struct err err;
	struct buf typed;

	(void)state;
	begin(&w, str_make("\x00\xff\r\n\x01", 5));
	/* Only a header is changed in the text with its remarks. */
	buf_init(&typed, 1 << 16);
	buf_put(&typed, STR("POST https://a.test:8443/x HTTP/1.1\n"
	    "X-One: changed"));
	buf_put(&typed, str_skip(buf_str(&w.text),
	    str_find(buf_str(&w.text), STR("\n\n"))));
	assert_int_equal(edit_apply(&w.list, w.f, GATE_REQUEST,
	    buf_str(&w.text), buf_str(&typed), &err), EDIT_CHANGED);
	assert_int_equal(w.f->request.body.len, 5);
	assert_memory_equal(body_peek(&w.f->request.body, 0).p,
	    "\x00\xff\r\n\x01", 5);
	buf_fini(&typed);
	end(&w);
}

static void
bad_texts(void **state)
{
	static const struct {
		const char *text, *what;
	} rows[] = {
		{ "garbage\n\n", "line 1" },
		{ "GET /x HTTP/1.1\n\n", "line 1" },
		{ "GET http://a.test/ HTTP/2\n\n", "line 1" },
		{ "GET http://a.test/a b HTTP/1.1\n\n", "line 1" },
		{ "GET http://a.test/ HTTP/1.1\nX Y: 1\n\n", "line 2" },
		{ "GET http://a.test/ HTTP/1.1\nA: 1\nnocolon\n\n", "line 3" },
		{ "GET http://a.test/ HTTP/1.1\nA: \x01\n\n", "line 2" },
	};
	struct world w;

	(void)state;
	begin(&w, STR("hello"));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { "" };

		if (apply(&w, rows[i].text, &err) != EDIT_BAD ||
		    !strstr(err.text, rows[i].what))
			fail_msg("%s: %s", rows[i].text, err.text);
	}
	assert_false(w.f->edited);
	check_body(&w.f->request, "hello");
	assert_int_equal(apply(&w, " \n\n", NULL), EDIT_EMPTY);
	end(&w);
}

static void
duplicate(void **state)
{
	struct world w;

	(void)state;
	begin(&w, STR("hello"));
	struct flow *d = edit_duplicate(&w.list, w.f);

	assert_true(d->draft);
	assert_int_equal(d->parent, w.f->id);
	assert_int_equal(flow_letter(d), '~');
	check_body(&d->request, "hello");
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_form),
		cmocka_unit_test(changes),
		cmocka_unit_test(line_ends),
		cmocka_unit_test(bytes_are_kept),
		cmocka_unit_test(bad_texts),
		cmocka_unit_test(duplicate),
	};

	return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
