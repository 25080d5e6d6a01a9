/* SPDX-License-Identifier: MIT */
/* Names and values edited row by row. */
#include "../../src/ui/grid.h"

#include <stdio.h>

#include "edit_rig.h"

struct rig {
	struct world w;
	struct grid grid;
	struct buf out;
};

static void
open_rig(struct rig *r, enum edit_part part, const char *path)
{
	struct err err = { "" };
	struct message *m;

	begin(&r->w, STR("hello"));
	m = &r->w.f->request;
	message_set(m, &m->path, str_from(path));
	headers_add(&m->headers, STR("Cookie"), STR("a=1; b=2"));
	headers_add(&m->headers, STR("x-one"), STR("  again"));
	buf_clear(&r->w.text);
	assert_true(edit_part_format(r->w.f, GATE_REQUEST, part, &r->w.text,
	    &err));
	grid_init(&r->grid, part, m, buf_str(&r->w.text));
	buf_init(&r->out, 1 << 16);
}

static void
close_rig(struct rig *r)
{
	buf_fini(&r->out);
	grid_fini(&r->grid);
	end(&r->w);
}

static const char *
put(struct rig *r)
{
	static char text[4096];

	buf_clear(&r->out);
	grid_put(&r->grid, &r->out);
	snprintf(text, sizeof text, "%.*s", STR_ARG(buf_str(&r->out)));
	return text;
}

static enum edit_result
save(struct rig *r, struct err *err)
{
	(void)put(r);
	return edit_part_apply(&r->w.list, r->w.f, GATE_REQUEST, r->grid.part,
	    buf_str(&r->w.text), buf_str(&r->out), err);
}

#define START	"POST https://a.test:8443/x HTTP/1.1\n"

static void
fields(void **state)
{
	struct err err = { "" };
	struct rig r;

	(void)state;
	open_rig(&r, EDIT_HEAD, "/x");
	/* Host, X-One, Content-Length, Cookie, x-one. */
	assert_int_equal(r.grid.rows.count, 5);
	assert_int_equal(grid_mark(&r.grid.rows.p[0]), '=');
	assert_int_equal(grid_mark(&r.grid.rows.p[1]), ' ');
	assert_int_equal(grid_mark(&r.grid.rows.p[2]), '=');
	assert_int_equal(grid_changes(&r.grid), 0);
	assert_int_equal(save(&r, &err), EDIT_SAME);
	assert_false(grid_delete(&r.grid, 0));
	grid_set(&r.grid, 1, GRID_VALUE, STR("2"));
	assert_int_equal(grid_mark(&r.grid.rows.p[1]), '~');
	assert_true(grid_delete(&r.grid, 3));
	assert_int_equal(grid_mark(&r.grid.rows.p[3]), '-');
	assert_int_equal(grid_duplicate(&r.grid, 1), 2);
	grid_set(&r.grid, 2, GRID_NAME, STR("X-Two"));
	assert_int_equal(grid_add(&r.grid, 5), 6);
	assert_int_equal(grid_changes(&r.grid), 4);
	/* The one that was never filled is not written. */
	assert_string_equal(put(&r), START "X-One: 2\nX-Two: 2\n"
	    "x-one:   again\n");
	assert_int_equal(grid_row_of_line(&r.grid, 3), 2);
	assert_int_equal(grid_row_of_line(&r.grid, 4), 5);
	assert_true(grid_row_of_line(&r.grid, 5) == SIZE_MAX);
	assert_int_equal(save(&r, &err), EDIT_CHANGED);
	expect_fields(&r.w.f->request, "Host: a.test:8443\nX-One: 2\n"
	    "Content-Length: 5\nX-Two: 2\nx-one: again\n");
	close_rig(&r);
}

/* What follows from the rest can be pinned to something else. */
static void
pinned(void **state)
{
	struct err err = { "" };
	struct rig r;

	(void)state;
	open_rig(&r, EDIT_HEAD, "/x");
	grid_set(&r.grid, 2, GRID_VALUE, STR("99"));
	assert_int_equal(grid_mark(&r.grid.rows.p[2]), '~');
	assert_int_equal(save(&r, &err), EDIT_CHANGED);
	assert_int_equal(r.w.f->request.length, 99);
	close_rig(&r);
}

static void
mistake(void **state)
{
	struct err err = { "" };
	struct rig r;

	(void)state;
	open_rig(&r, EDIT_HEAD, "/x");
	grid_set(&r.grid, 3, GRID_NAME, STR("no name"));
	assert_int_equal(save(&r, &err), EDIT_BAD);
	assert_non_null(strstr(err.text, "line 3:"));
	assert_int_equal(grid_row_of_line(&r.grid, 3), 3);
	close_rig(&r);
}

static void
undo(void **state)
{
	char before[4096], after[4096];
	struct rig r;
	size_t row;

	(void)state;
	open_rig(&r, EDIT_HEAD, "/x");
	assert_false(grid_turn(&r.grid, true, &row));
	snprintf(before, sizeof before, "%s", put(&r));
	for (int i = 0; i < 130; i++) {
		char text[8];

		snprintf(text, sizeof text, "%d", i);
		grid_set(&r.grid, 1, GRID_VALUE, str_from(text));
	}
	/* The same again is no step. */
	grid_set(&r.grid, 1, GRID_VALUE, STR("129"));
	assert_true(grid_move(&r.grid, 1, 1));
	assert_false(grid_move(&r.grid, 4, 1));
	assert_true(grid_delete(&r.grid, 4));
	(void)grid_add(&r.grid, SIZE_MAX);
	snprintf(after, sizeof after, "%s", put(&r));
	for (size_t n = 0; n < GRID_UNDO; n++)
		assert_true(grid_turn(&r.grid, true, &row));
	assert_false(grid_turn(&r.grid, true, &row));
	assert_string_equal(r.grid.rows.p[1].value, "32");
	while (grid_turn(&r.grid, false, &row))
		continue;
	assert_string_equal(put(&r), after);
	/* A new step ends what could be done again. */
	assert_true(grid_turn(&r.grid, true, &row));
	grid_set(&r.grid, 0, GRID_VALUE, STR("x"));
	assert_false(grid_turn(&r.grid, false, &row));
	close_rig(&r);
}

static void
moved_only(void **state)
{
	struct err err = { "" };
	struct rig r;

	(void)state;
	open_rig(&r, EDIT_HEAD, "/x");
	assert_true(grid_move(&r.grid, 3, 1));
	assert_true(grid_changes(&r.grid) > 0);
	assert_int_equal(save(&r, &err), EDIT_CHANGED);
	expect_fields(&r.w.f->request, "Host: a.test:8443\nX-One: 1\n"
	    "Content-Length: 5\nx-one: again\nCookie: a=1; b=2\n");
	close_rig(&r);
}

static void
pairs(void **state)
{
	const struct message *m;
	struct err err = { "" };
	struct rig r;

	(void)state;
	open_rig(&r, EDIT_QUERY, "/x?a=1&bare&c=&d=x=y");
	m = &r.w.f->request;
	assert_int_equal(r.grid.rows.count, 4);
	assert_string_equal(put(&r), "a=1\nbare\nc=\nd=x=y\n");
	assert_int_equal(save(&r, &err), EDIT_SAME);
	grid_set(&r.grid, 0, GRID_VALUE, STR("two words"));
	grid_set(&r.grid, 1, GRID_VALUE, STR("5"));
	assert_int_equal(save(&r, &err), EDIT_CHANGED);
	assert_true(str_eq(message_word(m, m->path),
	    STR("/x?a=two%20words&bare=5&c=&d=x=y")));
	close_rig(&r);
}

/* Without any pair there is no '?', no Cookie field. */
static void
all_gone(void **state)
{
	struct err err = { "" };
	struct rig r;

	(void)state;
	open_rig(&r, EDIT_QUERY, "/x?a=1");
	assert_true(grid_delete(&r.grid, 0));
	assert_int_equal(save(&r, &err), EDIT_CHANGED);
	assert_true(str_eq(message_word(&r.w.f->request,
	    r.w.f->request.path), STR("/x")));
	close_rig(&r);
	open_rig(&r, EDIT_COOKIES, "/x");
	assert_int_equal(r.grid.rows.count, 2);
	assert_true(grid_delete(&r.grid, 0));
	assert_true(grid_delete(&r.grid, 1));
	assert_int_equal(save(&r, &err), EDIT_CHANGED);
	expect_fields(&r.w.f->request, "Host: a.test:8443\nX-One: 1\n"
	    "Content-Length: 5\nx-one: again\n");
	close_rig(&r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(pinned),
		cmocka_unit_test(mistake),
		cmocka_unit_test(undo),
		cmocka_unit_test(moved_only),
		cmocka_unit_test(pairs),
		cmocka_unit_test(all_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
