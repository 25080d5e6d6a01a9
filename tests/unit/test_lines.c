/* SPDX-License-Identifier: MIT */
/* Rows of texts: layout, wrapping, growing, and that any row can be had
 * without those before it. */
#include "../../src/ui/lines.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sluice/base/mem.h"
#include "sluice/http/body.h"

static void
index_all(struct lines *l, size_t slice)
{
	while (lines_index(l, slice))
		;
}

/* All rows; '|' ends a line, '+' a row that goes on. */
static char *
show(struct lines *l)
{
	struct lines_row r;
	struct buf out;

	buf_init(&out, 64u * 1024 * 1024);
	lines_row_init(&r);
	lines_seek(l, 0);
	while (lines_next(l, &r)) {
		if (buf_len(&out) > 0)
			buf_putc(&out, r.continued ? '+' : '|');
		buf_put(&out, buf_str(&r.text));
	}
	lines_row_fini(&r);
	return buf_take(&out);
}

static const struct {
	enum lines_kind kind;
	unsigned width;
	bool keep_cr;
	const char *text, *shown;
} rows[] = {
	{ LINES_TEXT, 0, false, "", "" },
	{ LINES_TEXT, 0, false, "a", "a" },
	{ LINES_TEXT, 0, false, "a\n", "a" },
	{ LINES_TEXT, 0, false, "a\n\nb", "a||b" },
	{ LINES_TEXT, 0, false, "a\r\nb\rc", "a|b\rc" },
	{ LINES_TEXT, 0, true, "a\r\nb", "a\r|b" },
	{ LINES_TEXT, 0, false, "\tx\ty", "        x       y" },
	{ LINES_TEXT, 4, false, "abcdefghi\njk", "abcd+efgh+i|jk" },
	{ LINES_TEXT, 4, false, "abcd\nefgh\n", "abcd|efgh" },
	{ LINES_TEXT, 4, false, "abcd\r\ne", "abcd|e" },
	{ LINES_TEXT, 4, false, "abc\xe6\x97\xa5z", "abc+\xe6\x97\xa5z" },
	/* An escaped byte is four cells wide. */
	{ LINES_TEXT, 5, false, "ab\x01z", "ab+\x01z" },
	{ LINES_TEXT, 10, false, "ab\tcd\te", "ab      cd+        e" },
	{ LINES_JSON, 0, false, "{}", "{}" },
	{ LINES_JSON, 0, false, "\xef\xbb\xbf[]\n", "[]" },
	{ LINES_JSON, 0, false, "{\"b\":1,\"a\":[ ],\"b\":1.50}",
	    "{|  \"b\": 1,|  \"a\": [],|  \"b\": 1.50|}" },
	{ LINES_JSON, 0, false, "[1, [true],\n\"x\\ty\"]",
	    "[|  1,|  [|    true|  ],|  \"x\\ty\"|]" },
	{ LINES_XML, 0, false, "<a><b>x</b><c/>\n\n<d></d></a>\n",
	    "<a>|  <b>x</b>|  <c/>|  <d></d>|</a>" },
	{ LINES_XML, 0, false, "<?xml v?><a k=\"<>\">one<b/>two</a>",
	    "<?xml v?>|<a k=\"<>\">one|  <b/>|  two|</a>" },
	{ LINES_XML, 0, false, "<!-- <a> --><x\n  y='1'\n  z='2'/>",
	    "<!-- <a> -->|<x|  y='1'|  z='2'/>" },
	{ LINES_XML, 0, false, "a < b &amp; <![CDATA[<x>]]>",
	    "a < b &amp; |<![CDATA[<x>]]>" },
	{ LINES_XML, 0, false, "</x></y><z>", "</x>|</y>|<z>" },
	{ LINES_HTML, 0, false, "<UL><li>a<li>b</ul><p>z",
	    "<UL>|  <li>a|    <li>b|</ul>|<p>z" },
	{ LINES_HTML, 0, false, "<p>a<br>b</p><img src=x><i>c</i>",
	    "<p>a|  <br>|  b|</p>|<img src=x>|<i>c</i>" },
	{ LINES_HTML, 0, false, "<script>if (a<b) {\n  x();\n}</script>",
	    "<script>if (a<b) {|    x();|  }|</script>" },
	{ LINES_XML, 8, false, "<a>abcdefghij</a>",
	    "<a>abcde+    fghi+    j</a+  >" },
	{ LINES_JSON, 10, false, "[\"abcdefghijk\",1]",
	    "[|  \"abcdefg+    hijk\",|  1|]" },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct lines l;
		struct lines_setup setup = {
			.kind = rows[i].kind, .width = rows[i].width,
			.memory = str_from(rows[i].text), .final = true,
			.keep_cr = rows[i].keep_cr,
		};
		char *shown;

		lines_init(&l);
		lines_open(&l, &setup);
		index_all(&l, 1);
		assert_false(l.bad);
		shown = show(&l);
		if (strcmp(shown, rows[i].shown) != 0)
			fail_msg("row %zu: \"%s\", not \"%s\"", i, shown,
			    rows[i].shown);
		free(shown);
		lines_fini(&l);
	}
}

static const struct {
	enum lines_kind kind;
	uint64_t node;			/* LINES_NO_NODE: all */
	const char *text, *shown;
} folds[] = {
	{ LINES_JSON, 0, "{\"a\":[1,2],\"b\":{}}", "{ 2 keys }" },
	{ LINES_JSON, 5, "{\"a\":[1,2],\"b\":{}}",
	    "{|  \"a\": [ 2 items ],|  \"b\": {}|}" },
	{ LINES_JSON, LINES_NO_NODE, "[[1],{\"x\":[2]},[],3]",
	    "[|  [ 1 item ],|  { 1 key },|  [],|  3|]" },
	{ LINES_XML, 3, "<a><b><c/>t</b><d>x</d></a>",
	    "<a>|  <b> 2 items |  <d>x</d>|</a>" },
	{ LINES_XML, LINES_NO_NODE, "<a><b><c/></b><d/></a>",
	    "<a>|  <b> 1 item |  <d/>|</a>" },
	{ LINES_HTML, 3, "<u><p>a<i>b</i></u><x>",
	    "<u>|  <p> 2 items |</u>|<x>" },
};

static void
test_folds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(folds); i++) {
		struct lines l;
		struct lines_folds f;
		struct lines_setup setup = {
			.kind = folds[i].kind, .folds = &f, .final = true,
			.memory = str_from(folds[i].text),
		};
		char *shown, *before;

		lines_folds_init(&f);
		lines_init(&l);
		lines_open(&l, &setup);
		index_all(&l, 1);
		before = show(&l);
		if (folds[i].node == LINES_NO_NODE)
			lines_folds_toggle_all(&f);
		else
			lines_folds_toggle(&f, folds[i].node);
		lines_refold(&l, 0);
		index_all(&l, 1);
		shown = show(&l);
		if (strcmp(shown, folds[i].shown) != 0)
			fail_msg("fold %zu: \"%s\", not \"%s\"", i, shown,
			    folds[i].shown);
		free(shown);
		if (folds[i].node == LINES_NO_NODE)
			lines_folds_toggle_all(&f);
		else
			lines_folds_toggle(&f, folds[i].node);
		lines_refold(&l, 0);
		index_all(&l, 1);
		shown = show(&l);
		assert_string_equal(shown, before);
		free(shown);
		free(before);
		lines_fini(&l);
		lines_folds_fini(&f);
	}
}

/* The line numbers behind a fold are those of the text laid out. */
static void
test_fold_of_a_long_node(void **state)
{
	struct lines l;
	struct lines_folds f;
	struct lines_row r;
	struct buf text;
	struct lines_setup setup = {
		.kind = LINES_JSON, .folds = &f, .final = true
	};

	(void)state;
	buf_init(&text, 64u * 1024 * 1024);
	buf_put(&text, STR("{\"a\":["));
	for (unsigned i = 0; i < 400000; i++)
		buf_printf(&text, "%s%u", i > 0 ? "," : "", i);
	buf_put(&text, STR("],\"b\":1}"));
	setup.memory = buf_str(&text);
	lines_folds_init(&f);
	lines_init(&l);
	lines_row_init(&r);
	lines_open(&l, &setup);
	index_all(&l, 64 * 1024);
	assert_int_equal(lines_count(&l), 400005);
	lines_folds_toggle(&f, 5);
	lines_refold(&l, 5);
	index_all(&l, 64 * 1024);
	assert_int_equal(lines_count(&l), 4);
	lines_seek(&l, 2);
	assert_true(lines_next(&l, &r));
	assert_int_equal(r.line, 400004);
	lines_seek(&l, 1);
	assert_true(lines_next(&l, &r));
	assert_true(r.folded);
	assert_int_equal(r.node, 5);
	lines_row_fini(&r);
	lines_fini(&l);
	lines_folds_fini(&f);
	buf_fini(&text);
}

static void
test_node_of_a_row(void **state)
{
	struct lines l;
	struct lines_setup setup = {
		.kind = LINES_JSON, .final = true,
		.memory = STR("{\"a\":[1,2],\"b\":3}"),
	};
	static const struct {
		uint64_t row, node, begins;
	} wanted[] = {
		{ 0, 0, 0 }, { 1, 5, 1 }, { 2, 5, 1 }, { 3, 5, 1 },
		{ 4, 5, 1 }, { 5, 0, 0 }, { 6, 0, 0 },
	};

	(void)state;
	lines_init(&l);
	lines_open(&l, &setup);
	index_all(&l, 1);
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		uint64_t node, begins;

		assert_true(lines_node(&l, wanted[i].row, &node, &begins));
		assert_int_equal(node, wanted[i].node);
		assert_int_equal(begins, wanted[i].begins);
	}
	lines_fini(&l);
}

/* Hostile markup and JSON: every byte is passed, rows can be had anywhere. */
static void
test_random_markup(void **state)
{
	static const char set[] = "<<>>/!-[]{}:,\"'= abpsript\n\t?CDATA\xff";
	unsigned seed = 5;

	(void)state;
	for (int round = 0; round < 4000; round++) {
		char text[300];
		struct lines l;
		struct lines_folds f;
		struct lines_setup setup = {
			.kind = round % 3 == 0 ? LINES_JSON : round % 3 == 1 ?
			    LINES_XML : LINES_HTML,
			.folds = &f, .final = true,
			.width = round % 4 == 0 ? 5 : 0,
			.memory = { text, (size_t)rand_r(&seed) % 300 },
		};
		char *all;

		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = set[(size_t)rand_r(&seed) %
			    (sizeof(set) - 1)];
		lines_folds_init(&f);
		if (round % 2 == 0)
			lines_folds_toggle_all(&f);
		lines_init(&l);
		lines_open(&l, &setup);
		index_all(&l, 1);
		if (!l.bad) {
			assert_true(l.done);
			assert_int_equal(l.next.at, setup.memory.n);
		}
		all = show(&l);
		free(all);
		lines_fini(&l);
		lines_folds_fini(&f);
	}
}

/* Any row of long markup is the same with and without those before it. */
static void
test_any_row_of_markup(void **state)
{
	static const char *const parts[] = {
		"<a>", "</a>", "<b x='1'>", "</b>", "<p>", "<br>", "text ",
		"more\n", "\n\n", "<!-- c\n d -->", "<script>", "</script>",
		"<i>", "</i>", "& <", "\t", ("<long attribute='"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'/>")
	};
	unsigned seed = 17;

	(void)state;
	for (int round = 0; round < 8; round++) {
		struct lines l;
		struct lines_row r, again;
		struct buf text;
		struct lines_setup setup = {
			.kind = round % 2 ? LINES_HTML : LINES_XML,
			.final = true, .width = round < 4 ? 0 : 20,
		};
		uint64_t count;

		buf_init(&text, 1024 * 1024);
		while (buf_len(&text) < 120000)
			buf_put(&text, str_from(parts[(size_t)rand_r(&seed) %
			    ARRAY_LEN(parts)]));
		setup.memory = buf_str(&text);
		lines_init(&l);
		lines_row_init(&r);
		lines_row_init(&again);
		lines_open(&l, &setup);
		index_all(&l, 1000);
		count = lines_count(&l);
		lines_seek(&l, 0);
		for (uint64_t i = 0; i < count; i += 1 + i % 37) {
			lines_seek(&l, i);
			assert_true(lines_next(&l, &r));
			/* From the mark before it, not from here. */
			lines_seek(&l, 0);
			lines_seek(&l, i);
			assert_true(lines_next(&l, &again));
			assert_true(str_eq(buf_str(&r.text),
			    buf_str(&again.text)));
			assert_int_equal(r.line, again.line);
			assert_int_equal(r.begin, again.begin);
			assert_int_equal(r.row, i);
		}
		lines_row_fini(&r);
		lines_row_fini(&again);
		lines_fini(&l);
		buf_fini(&text);
	}
}

/* A long text with all kinds of lines. */
static struct str
make_text(struct buf *b, enum lines_kind kind, size_t n)
{
	unsigned seed = 3;

	buf_init(b, 64u * 1024 * 1024);
	if (kind == LINES_JSON)
		buf_putc(b, '[');
	while (buf_len(b) < n) {
		unsigned long r = (unsigned long)rand_r(&seed);

		if (kind == LINES_JSON) {
			buf_printf(b, "{\"key %lu\":[%lu,\"", r % 7, r);
			for (unsigned long k = r % 300; k > 0; k--)
				buf_put(b, STR("w\xc3\xb6rd "));
			buf_printf(b, "\"] ,\n \"x\":{}},");
		} else {
			for (unsigned long k = r % 90; k > 0; k--)
				buf_put(b, r % 5 == 0 ? STR("\xe6\x97\xa5 ") :
				    STR("some text "));
			/* Some lines are longer than a row may be. */
			if (r % 50 != 0)
				buf_putc(b, '\n');
		}
	}
	if (kind == LINES_JSON)
		buf_put(b, STR("0]"));
	return buf_str(b);
}

static void
check_seeks(struct lines *l)
{
	struct lines_row r, all;
	uint64_t n = lines_count(l), line = 0;
	unsigned seed = 11;

	lines_row_init(&r);
	lines_row_init(&all);
	for (int i = 0; i < 60; i++) {
		uint64_t row = (uint64_t)rand_r(&seed) % n;

		lines_seek(l, row);
		assert_true(lines_next(l, &r));
		assert_int_equal(r.row, row);
		/* The same one, coming from before it. */
		lines_seek(l, row > 700 ? row - 700 : 0);
		do
			assert_true(lines_next(l, &all));
		while (all.row < row);
		assert_int_equal(r.begin, all.begin);
		assert_int_equal(r.end, all.end);
		assert_int_equal(r.line, all.line);
		assert_int_equal(r.continued, all.continued);
		assert_true(str_eq(buf_str(&r.text), buf_str(&all.text)));
		assert_true(r.end - r.begin <= LINES_ROW_MAX + 2);
		line = r.line;
		lines_seek(l, lines_row_of_line(l, line));
		assert_true(lines_next(l, &r));
		assert_int_equal(r.line, line);
		assert_false(r.continued);
	}
	lines_row_fini(&r);
	lines_row_fini(&all);
}

static void
check_long(enum lines_kind kind, unsigned width)
{
	struct buf text;
	struct lines_setup setup = { .kind = kind, .width = width };
	struct lines whole, grown;
	char *a, *b;
	size_t step = 30011;

	setup.memory = make_text(&text, kind, 300000);
	setup.final = true;
	lines_init(&whole);
	lines_open(&whole, &setup);
	index_all(&whole, 1u << 20);
	assert_false(whole.bad);
	check_seeks(&whole);
	a = show(&whole);

	/* The same text, as it arrives. */
	lines_init(&grown);
	setup.final = false;
	setup.memory.n = step;
	lines_open(&grown, &setup);
	index_all(&grown, 5000);
	while (setup.memory.n < buf_len(&text)) {
		setup.memory.n += step;
		if (setup.memory.n > buf_len(&text))
			setup.memory.n = buf_len(&text);
		lines_grow(&grown, &setup);
		index_all(&grown, 5000);
	}
	setup.final = true;
	lines_grow(&grown, &setup);
	index_all(&grown, 5000);
	b = show(&grown);
	assert_int_equal(strlen(a), strlen(b));
	assert_string_equal(a, b);
	free(a);
	free(b);
	lines_fini(&whole);
	lines_fini(&grown);
	buf_fini(&text);
}

static void
test_long(void **state)
{
	(void)state;
	check_long(LINES_TEXT, 0);
	check_long(LINES_TEXT, 37);
	check_long(LINES_JSON, 0);
	check_long(LINES_JSON, 37);
}

/* A body of which most is in a file. */
static void
test_body(void **state)
{
	struct buf text;
	struct str all = make_text(&text, LINES_JSON, 400000);
	struct lines_setup setup = { .kind = LINES_JSON, .final = true };
	struct lines from_body, from_memory;
	struct store *store = store_new(10000);
	struct body body;
	char *a, *b;

	(void)state;
	body_init(&body, store);
	body_append(&body, all);
	assert_true(body.in_memory < all.n);
	lines_init(&from_body);
	setup.body = &body;
	lines_open(&from_body, &setup);
	index_all(&from_body, 10000);
	lines_init(&from_memory);
	setup.body = NULL;
	setup.memory = all;
	lines_open(&from_memory, &setup);
	index_all(&from_memory, 10000);
	check_seeks(&from_body);
	a = show(&from_body);
	b = show(&from_memory);
	assert_string_equal(a, b);
	free(a);
	free(b);
	lines_fini(&from_body);
	lines_fini(&from_memory);
	body_fini(&body);
	store_free(store);
	buf_fini(&text);
}

static void
test_bad_json(void **state)
{
	struct lines_setup setup = { .kind = LINES_JSON, .final = true };
	struct lines l;

	(void)state;
	setup.memory = STR("[1,\n 2,\n oops]");
	lines_init(&l);
	lines_open(&l, &setup);
	index_all(&l, 100);
	assert_true(l.bad);
	assert_int_equal(l.bad_at, 9);
	assert_non_null(strstr(l.err.text, "value"));

	/* Not wrong as long as the rest may come. */
	setup.memory = STR("[1,");
	setup.final = false;
	lines_open(&l, &setup);
	index_all(&l, 100);
	assert_false(l.bad);
	assert_int_equal(lines_count(&l), 2);
	setup.final = true;
	lines_grow(&l, &setup);
	index_all(&l, 100);
	assert_true(l.bad);
	assert_int_equal(l.bad_at, 3);
	lines_fini(&l);
}

/* Few bytes of index for texts made of line ends or blanks only. */
static void
test_hostile(void **state)
{
	const size_t n = 1u << 20;
	char *text = mem_alloc(n);
	struct lines_setup setup = { .final = true };
	struct lines l;
	struct lines_row r;

	(void)state;
	lines_init(&l);
	lines_row_init(&r);
	memset(text, '\n', n);
	setup.memory = str_make(text, n);
	lines_open(&l, &setup);
	index_all(&l, n);
	assert_int_equal(lines_count(&l), n);
	assert_true(l.count <= n / LINES_STEP + 1);

	memset(text, ' ', n);
	text[n - 1] = '1';
	setup.kind = LINES_JSON;
	lines_open(&l, &setup);
	index_all(&l, n);
	assert_false(l.bad);
	assert_true(lines_count(&l) <= n / LINES_ROW_MAX + 1);
	lines_seek(&l, lines_count(&l) - 1);
	assert_true(lines_next(&l, &r));
	assert_true(str_ends(buf_str(&r.text), STR("1")));

	/* Deep, and narrower than the indent: it still ends. */
	memset(text, '[', 400);
	memset(text + 400, ']', 400);
	setup.memory.n = 800;
	setup.width = 8;
	lines_open(&l, &setup);
	index_all(&l, n);
	assert_false(l.bad);
	/* The innermost pair shares a row. */
	assert_int_equal(lines_count(&l), 799);
	lines_row_fini(&r);
	lines_fini(&l);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_folds),
		cmocka_unit_test(test_fold_of_a_long_node),
		cmocka_unit_test(test_node_of_a_row),
		cmocka_unit_test(test_random_markup),
		cmocka_unit_test(test_any_row_of_markup),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_bad_json),
		cmocka_unit_test(test_hostile),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
