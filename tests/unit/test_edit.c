/* SPDX-License-Identifier: MIT */
/* A request as text, edited, and back. */
#include "edit_rig.h"

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

/* -- what the text keeps, and what the user may override ------------------- */

/* Typed in place of the whole text; the fields and the framing then. */
static const struct {
	const char *typed, *fields;
	enum framing framing;
	uint64_t length;
} overrides[] = {
	{ FIRST "X-One: 2\n\nhello", "Host: a.test:8443\nX-One: 2\n"
	    "Content-Length: 5\n", FRAMING_LENGTH, 5 },
	{ FIRST "X-One: 1\nX-Two: 2\n\nhello!", "Host: a.test:8443\n"
	    "X-One: 1\nContent-Length: 6\nX-Two: 2\n", FRAMING_LENGTH, 6 },
	{ FIRST, "Host: a.test:8443\nContent-Length: 0\n", FRAMING_LENGTH,
	    0 },
	{ "POST http://b.test/ HTTP/1.1\n\nhello", "Host: b.test\n"
	    "Content-Length: 5\n", FRAMING_LENGTH, 5 },
	{ "POST http://b.test:81/ HTTP/1.1\nHost: mine\n\nhello",
	    "Host: mine\nContent-Length: 5\n", FRAMING_LENGTH, 5 },
	{ FIRST "Content-Length: 99\n\nhello", "Host: a.test:8443\n"
	    "Content-Length: 99\n", FRAMING_LENGTH, 99 },
	{ FIRST "Transfer-Encoding: chunked\n\nhello",
	    "Host: a.test:8443\nTransfer-Encoding: chunked\n",
	    FRAMING_CHUNKED, 0 },
};

static void
filled_in(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(overrides); i++) {
		struct world w;
		struct err err = { "" };

		begin(&w, STR("hello"));
		if (apply(&w, overrides[i].typed, &err) != EDIT_CHANGED)
			fail_msg("%s: %s", overrides[i].typed, err.text);
		expect_fields(&w.f->request, overrides[i].fields);
		assert_int_equal(w.f->request.framing, overrides[i].framing);
		assert_int_equal(w.f->request.length, overrides[i].length);
		end(&w);
	}
}

/* A Host that the URL does not say is shown, and goes when it is deleted. */
static void
own_host(void **state)
{
	struct world w;
	struct err err;

	(void)state;
	begin(&w, STR(""));
	headers_set(&w.f->request.headers, STR("Host"), STR("other"));
	buf_clear(&w.text);
	assert_true(edit_format(w.f, GATE_REQUEST, &w.text, &err));
	assert_true(str_starts(buf_str(&w.text), STR(FIRST "Host: other\n")));
	assert_int_equal(apply(&w, FIRST "Host: other\nX: 1\n\n", &err),
	    EDIT_CHANGED);
	assert_true(str_eq(headers_get(&w.f->request.headers, STR("Host")),
	    STR("other")));
	end(&w);
}

static const struct {
	const char *what, *suffix;
} same_texts[] = {
	{ "a line end more", "\n" },
	{ "three line ends more", "\n\n\n" },
	{ "nothing more", "" },
};

/* What editors do without being asked is no change. */
static void
no_change(void **state)
{
	static const char *const bodies[] = { "", "hello", "hello\n", "\n",
	    "# - a list\n# - of two", "a\n\nb\n\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct world w;
		struct err err = { "" };

		begin(&w, str_from(bodies[i]));
		for (size_t j = 0; j < ARRAY_LEN(same_texts); j++) {
			char *text = mem_printf("%.*s%s",
			    STR_ARG(buf_str(&w.text)), same_texts[j].suffix);

			if (apply(&w, text, &err) != EDIT_SAME)
				fail_msg("%s, %s", bodies[i],
				    same_texts[j].what);
			free(text);
		}
		assert_null(w.f->original);
		end(&w);
	}
}

/* All lines with CRLF: an editor's doing, unless the body had them. */
static void
crlf_editor(void **state)
{
	struct world w;
	struct err err = { "" };
	struct buf text;

	(void)state;
	begin(&w, STR("a\nb\n"));
	buf_init(&text, 1 << 16);
	for (size_t i = 0; i < buf_len(&w.text); i++) {
		char c = buf_str(&w.text).p[i];

		if (c == '\n')
			buf_putc(&text, '\r');
		buf_putc(&text, c);
	}
	assert_int_equal(edit_apply(&w.list, w.f, GATE_REQUEST,
	    buf_str(&w.text), buf_str(&text), &err), EDIT_SAME);
	assert_int_equal(apply(&w, "POST https://a.test:8443/x HTTP/1.1\r\n"
	    "X-One: 2\r\n\r\na\r\nb\r\n", &err), EDIT_CHANGED);
	check_body(&w.f->request, "a\nb\n");
	buf_fini(&text);
	end(&w);
	begin(&w, STR("a\r\nb\r\n"));
	assert_int_equal(apply(&w, FIRST "X-One: 2\n\na\r\nc\r\n", &err),
	    EDIT_CHANGED);
	check_body(&w.f->request, "a\r\nc\r\n");
	end(&w);
}

/* A body may end like our remarks; only ours go. */
static void
remarks(void **state)
{
	struct world w;
	struct err err = { "" };
	struct buf text;

	(void)state;
	begin(&w, STR("x\n# - mine"));
	buf_init(&text, 1 << 16);
	buf_put(&text, STR(FIRST "X-One: 2\n"));
	buf_put(&text, str_skip(buf_str(&w.text),
	    str_find(buf_str(&w.text), STR("\n\n")) + 1));
	assert_int_equal(edit_apply(&w.list, w.f, GATE_REQUEST,
	    buf_str(&w.text), buf_str(&text), &err), EDIT_CHANGED);
	check_body(&w.f->request, "x\n# - mine");
	/* Without remarks nothing is taken for one. */
	assert_int_equal(apply(&w, FIRST "\ny\n# - mine", &err),
	    EDIT_CHANGED);
	check_body(&w.f->request, "y\n# - mine");
	buf_fini(&text);
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
		cmocka_unit_test(filled_in),
		cmocka_unit_test(own_host),
		cmocka_unit_test(no_change),
		cmocka_unit_test(crlf_editor),
		cmocka_unit_test(remarks),
	};

	return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
