/* SPDX-License-Identifier: MIT */
/* The rows of a comparison, and which parts of two flows make them. */
#include "diff.h"

#include <assert.h>
#include <stdio.h>

#include "body_kind.h"
#include "sluice/base/human.h"
#include "sluice/base/mem.h"
#include "sluice/http/coding.h"

#define TEXT_MAX	(64u * 1024 * 1024)
#define ROWS_MAX	400000u
#define FIELD_MAX	(64u * 1024)
#define BLOCK		(64u * 1024)
#define SEEK_MAX	(64u * 1024 * 1024)	/* for the first difference */

void
diff_init(struct diff *d)
{
	*d = (struct diff){ .count = 0 };
	buf_init(&d->text, TEXT_MAX);
}

void
diff_fini(struct diff *d)
{
	buf_fini(&d->text);
	free(d->rows);
	diff_init(d);
}

struct str
diff_a(const struct diff *d, const struct diff_row *row)
{
	return str_sub(buf_str(&d->text), row->a_off, row->a_off + row->a_len);
}

struct str
diff_b(const struct diff *d, const struct diff_row *row)
{
	return str_sub(buf_str(&d->text), row->b_off, row->b_off + row->b_len);
}

bool
diff_is_change(const struct diff_row *row)
{
	return row->kind == ROW_GONE || row->kind == ROW_NEW ||
	    row->kind == ROW_PAIR;
}

bool
diff_is_ignored(const char *list, struct str name)
{
	struct str rest = str_from(list), part;

	while (rest.n > 0 && str_split(&rest, ',', &part))
		if (str_eq_nocase(str_trim(part), name))
			return true;
	return false;
}

static void
put_text(struct buf *out, char sign, struct str text)
{
	if (buf_room(out) < text.n + 2)
		return;
	buf_putc(out, sign);
	buf_put(out, text);
	buf_putc(out, '\n');
}

void
diff_put(const struct diff *d, struct buf *out)
{
	for (size_t i = 0, end; i < d->count; i = end) {
		const struct diff_row *row = &d->rows[i];

		end = i + 1;
		if (!diff_is_change(row)) {
			put_text(out, row->kind == ROW_SAME ? ' ' : '@',
			    diff_a(d, row));
			continue;
		}
		while (end < d->count && diff_is_change(&d->rows[end]))
			end++;
		for (size_t k = i; k < end; k++)
			if (d->rows[k].kind != ROW_NEW)
				put_text(out, '-', diff_a(d, &d->rows[k]));
		for (size_t k = i; k < end; k++)
			if (d->rows[k].kind != ROW_GONE)
				put_text(out, '+', diff_b(d, &d->rows[k]));
	}
}

void
diff_add_line(struct diff *d, enum diff_kind kind, struct str a,
    struct str b, uint32_t a_line, uint32_t b_line)
{
	struct diff_row row = {
		.kind = kind, .a_line = a_line, .b_line = b_line
	};

	if (d->count == ROWS_MAX || buf_room(&d->text) < a.n + b.n) {
		d->full = true;
		return;
	}
	row.a_off = (uint32_t)buf_len(&d->text);
	row.a_len = (uint32_t)a.n;
	buf_put(&d->text, a);
	row.b_off = (uint32_t)buf_len(&d->text);
	row.b_len = (uint32_t)b.n;
	buf_put(&d->text, b);
	if (d->count == d->cap) {
		d->cap = d->cap > 0 ? d->cap * 2 : 128;
		d->rows = mem_array(d->rows, d->cap, sizeof(*d->rows));
	}
	if (diff_is_change(&row) &&
	    (d->count == 0 || !diff_is_change(&d->rows[d->count - 1])))
		d->changes++;
	d->rows[d->count++] = row;
}

void
diff_add(struct diff *d, enum diff_kind kind, struct str a, struct str b)
{
	diff_add_line(d, kind, a, b, 0, 0);
}

static void
add_pair(struct diff *d, struct str a, struct str b)
{
	diff_add(d, str_eq(a, b) ? ROW_SAME : a.n == 0 ? ROW_NEW : b.n == 0 ?
	    ROW_GONE : ROW_PAIR, a, b);
}

static void
put_start(const struct flow *f, const struct message *m, struct buf *out)
{
	buf_clear(out);
	if (m->kind == MESSAGE_REQUEST) {
		buf_put(out, str_sub(message_word(m, m->method), 0, 256));
		buf_putc(out, ' ');
		flow_put_url(f, out);
	} else if (m->kind == MESSAGE_RESPONSE) {
		buf_printf(out, "%u ", m->status);
		buf_put(out, message_word(m, m->reason));
	}
}

/* The n-th field of this name (n from 0), or h->count. */
static size_t
field_at(const struct headers *h, struct str name, size_t n)
{
	for (size_t i = 0; i < h->count; i++)
		if (str_eq_nocase(headers_name(h, i), name) && n-- == 0)
			return i;
	return h->count;
}

static size_t
rank_of(const struct headers *h, size_t at)
{
	size_t n = 0;

	for (size_t i = 0; i < at; i++)
		n += str_eq_nocase(headers_name(h, i), headers_name(h, at));
	return n;
}

static struct str
put_field(const struct headers *h, size_t i, struct buf *out)
{
	buf_clear(out);
	if (i >= h->count)
		return STR("");
	buf_put(out, str_sub(headers_name(h, i), 0, FIELD_MAX));
	buf_put(out, STR(": "));
	buf_put(out, str_sub(headers_value(h, i), 0, FIELD_MAX));
	return buf_str(out);
}

/* Fields by name, the n-th with the n-th of the same name. */
static void
add_fields(struct diff *d, const struct headers *a, const struct headers *b,
    const char *ignored)
{
	struct buf left, right;

	buf_init(&left, 3 * FIELD_MAX);
	buf_init(&right, 3 * FIELD_MAX);
	for (size_t i = 0; i < a->count; i++) {
		size_t at = field_at(b, headers_name(a, i), rank_of(a, i));
		struct str one = put_field(a, i, &left);
		struct str two = put_field(b, at, &right);

		if (diff_is_ignored(ignored, headers_name(a, i)))
			continue;
		if (at < b->count && str_eq(headers_value(a, i),
		    headers_value(b, at)))
			diff_add(d, ROW_SAME, one, two);
		else
			add_pair(d, one, two);
	}
	for (size_t i = 0; i < b->count; i++)
		if (!diff_is_ignored(ignored, headers_name(b, i)) &&
		    field_at(a, headers_name(b, i), rank_of(b, i)) == a->count)
			diff_add(d, ROW_NEW, STR(""),
			    put_field(b, i, &right));
	buf_fini(&left);
	buf_fini(&right);
}

/* Where two long bodies part. */
static void
add_long(struct diff *d, const struct body *a, const struct body *b)
{
	char *one = mem_alloc(2 * BLOCK), *two = one + BLOCK;
	uint64_t at = 0;
	struct buf left, right;
	bool same = true;

	while (same && at < SEEK_MAX) {
		ssize_t n = body_read(a, at, one, BLOCK, NULL);
		ssize_t m = body_read(b, at, two, BLOCK, NULL);
		ssize_t both = n < m ? n : m, i = 0;

		if (both <= 0)
			break;
		while (i < both && one[i] == two[i])
			i++;
		same = i == both;
		at += (uint64_t)i;
	}
	buf_init(&left, 256);
	buf_init(&right, 256);
	buf_printf(&left, "%llu bytes", (unsigned long long)a->len);
	buf_printf(&right, "%llu bytes", (unsigned long long)b->len);
	add_pair(d, buf_str(&left), buf_str(&right));
	buf_clear(&left);
	buf_printf(&left, "too long to compare whole; the same up to byte %llu",
	    (unsigned long long)at);
	diff_add(d, same && a->len == b->len ? ROW_NOTE : ROW_PAIR,
	    buf_str(&left), buf_str(&left));
	buf_fini(&left);
	buf_fini(&right);
	free(one);
}

/* What m carries, decoded when that can be done; false: too long. */
static bool
read_body(const struct message *m, struct buf *out)
{
	enum coding_result result = coding_decode(m, out, NULL);

	if (result == CODING_CUT)
		return false;
	if (result == CODING_DONE)
		return true;
	buf_clear(out);
	while (buf_len(out) < m->body.len) {
		size_t want = buf_room(out) < BLOCK ? buf_room(out) : BLOCK;
		char *to = want > 0 ? buf_reserve(out, want) : NULL;
		ssize_t n;

		if (to == NULL)
			return false;
		n = body_read(&m->body, buf_len(out), to, want, NULL);
		if (n <= 0)
			break;
		buf_commit(out, (size_t)n);
	}
	return true;
}

static void
add_title(struct diff *d, const char *part, const char *what)
{
	char text[80];

	(void)snprintf(text, sizeof(text), "%s%s%s", part, *what != '\0' ?
	    " " : "", what);
	diff_add(d, ROW_TITLE, str_from(text), STR(""));
}

static void
compare_bodies(struct diff *d, const char *part, const struct message *a,
    const struct message *b, const struct diff_wish *wish)
{
	struct buf one, two;
	struct str left, right;
	size_t from;

	buf_init(&one, DIFF_BODY_MAX);
	buf_init(&two, DIFF_BODY_MAX);
	if (!read_body(a, &one) || !read_body(b, &two)) {
		add_title(d, part, "body");
		add_long(d, &a->body, &b->body);
		goto out;
	}
	left = buf_str(&one);
	right = buf_str(&two);
	from = d->count;
	add_title(d, part, "body (json, keys aligned)");
	if (!wish->bytes && diff_json(d, left, right))
		goto out;
	d->count = from;
	if (wish->bytes || body_is_binary(left) || body_is_binary(right)) {
		add_title(d, part, "body (bytes)");
		diff_bytes(d, left, right);
	} else {
		add_title(d, part, "body (lines)");
		diff_lines(d, left, right, wish->blanks);
	}
out:
	buf_fini(&one);
	buf_fini(&two);
}

static void
compare_messages(struct diff *d, const char *part, const struct flow *f,
    const struct flow *g, const struct diff_wish *wish)
{
	bool request = strcmp(part, "request") == 0;
	const struct message *a = request ? &f->request : &f->response;
	const struct message *b = request ? &g->request : &g->response;
	struct buf left, right;

	if (wish->brief && a->kind == MESSAGE_NONE && b->kind == MESSAGE_NONE)
		return;
	buf_init(&left, TEXT_MAX);
	buf_init(&right, TEXT_MAX);
	put_start(f, a, &left);
	put_start(g, b, &right);
	add_title(d, part, "");
	if (a->kind == MESSAGE_NONE && b->kind == MESSAGE_NONE)
		diff_add(d, ROW_NOTE, STR("neither has one"), STR(""));
	else
		add_pair(d, buf_str(&left), buf_str(&right));
	buf_fini(&left);
	buf_fini(&right);
	if (a->headers.count + b->headers.count > 0) {
		add_title(d, part, "headers");
		add_fields(d, &a->headers, &b->headers, wish->ignored);
	}
	if (a->body.len + b->body.len > 0)
		compare_bodies(d, part, a, b, wish);
}

void
diff_flows(struct diff *d, const struct flow *a, const struct flow *b,
    const struct diff_wish *wish)
{
	buf_clear(&d->text);
	d->count = d->changes = 0;
	d->full = false;
	compare_messages(d, "request", a, b, wish);
	compare_messages(d, "response", a, b, wish);
}
