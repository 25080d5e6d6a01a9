/* SPDX-License-Identifier: MIT */
/* A request's bytes, edited as they are. */
#include "edit_rig.h"

#define PLAIN	"POST /x HTTP/1.1\r\nHost: a.test:8443\r\nX-One: 1\r\n" \
	"Content-Length: 5\r\n\r\nhello"

static struct buf *
raw(struct world *w)
{
	struct err err = { "" };

	buf_clear(&w->text);
	assert_true(edit_part_format(w->f, GATE_REQUEST, EDIT_RAW, &w->text,
	    &err));
	return &w->text;
}

static enum edit_result
put(struct world *w, const char *text)
{
	struct err err = { "" };

	return edit_part_apply(&w->list, w->f, GATE_REQUEST, EDIT_RAW,
	    buf_str(raw(w)), str_from(text), &err);
}

static void
bytes_come_back(void **state)
{
	const struct message *m;
	struct world w;

	(void)state;
	begin(&w, STR("hello"));
	assert_true(str_eq(buf_str(raw(&w)), STR(PLAIN)));
	assert_int_equal(put(&w, PLAIN), EDIT_SAME);
	assert_int_equal(put(&w, PLAIN "\n"), EDIT_SAME);
	assert_int_equal(put(&w, ""), EDIT_EMPTY);
	assert_int_equal(put(&w, "GEX /y z\nno: head\n\n\x01"), EDIT_CHANGED);
	m = &w.f->request;
	assert_true(m->exact && m->complete && w.f->edited);
	check_body(m, "GEX /y z\nno: head\n\n\x01");
	assert_true(str_eq(message_word(m, m->method), STR("GEX")));
	assert_true(str_eq(message_word(m, m->path), STR("/y")));
	assert_true(str_eq(message_word(m, m->host), STR("a.test")));
	assert_int_equal(m->port, 8443);
	assert_int_equal(m->headers.count, 0);
	/* Again, from there; a copy stays exact. */
	assert_int_equal(put(&w, "?"), EDIT_CHANGED);
	check_body(&w.f->request, "?");
	assert_true(edit_duplicate(&w.list, w.f)->request.exact);
	assert_true(edit_revert(&w.list, w.f));
	assert_false(w.f->request.exact);
	check_body(&w.f->request, "hello");
	end(&w);
}

/* Which line end is the editor's, and which the user's. */
static void
last_line_end(void **state)
{
	static const struct {
		const char *written, *sent;
	} rows[] = {
		{ "A\r\n\r\nhallo\n", "A\r\n\r\nhallo" },
		{ "A\r\n\r\nhallo\r\n", "A\r\n\r\nhallo" },
		{ "A\r\n\r\nhallo\n\n", "A\r\n\r\nhallo\n\n" },
		{ "A\r\n\r\n", "A\r\n\r\n" },
		{ "A\n\n", "A\n\n" },
		{ "A\nB\n", "A\nB" },
	};
	struct world w;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		begin(&w, STR("hello"));
		assert_int_equal(put(&w, rows[i].written), EDIT_CHANGED);
		check_body(&w.f->request, rows[i].sent);
		end(&w);
	}
}

static void
other_parts_are_refused(void **state)
{
	struct err err = { "" };
	struct world w;

	(void)state;
	begin(&w, STR("hello"));
	assert_int_equal(put(&w, "x"), EDIT_CHANGED);
	for (enum edit_part part = EDIT_ALL; part < EDIT_RAW; part++) {
		buf_clear(&w.text);
		assert_false(edit_part_format(w.f, GATE_REQUEST, part,
		    &w.text, &err));
		assert_non_null(strstr(err.text, "exact"));
	}
	assert_false(edit_part_format(w.f, GATE_RESPONSE, EDIT_RAW, &w.text,
	    &err));
	w.f->request.complete = false;
	assert_false(edit_part_format(w.f, GATE_REQUEST, EDIT_RAW, &w.text,
	    &err));
	w.f->request.complete = true;
	end(&w);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_come_back),
		cmocka_unit_test(last_line_end),
		cmocka_unit_test(other_parts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
