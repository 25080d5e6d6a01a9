/* SPDX-License-Identifier: MIT */
/* Texts compared by lines, and anything by rows of sixteen bytes. */
#include "diff.h"

#include <stdio.h>

#include "diff_script.h"
#include "sluice/base/mem.h"

#define BYTES		16u

struct text_lines {
	struct str *lines;
	uint64_t *hashes;
	size_t count, cap;
};

static uint64_t
hash_line(struct str line, bool blanks)
{
	uint64_t h = 0;

	if (!blanks)
		return str_hash(line);
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] != ' ' && line.p[i] != '\t' &&
		    line.p[i] != '\r')
			h = (h ^ (unsigned char)line.p[i]) * 0x100000001b3u;
	return h;
}

static void
split_lines(struct text_lines *t, struct str text, bool blanks)
{
	struct str line;

	/* What ends with LF has no line behind it. */
	if (str_ends(text, STR("\n")))
		text.n--;
	else if (text.n == 0)
		return;
	while (str_split(&text, '\n', &line)) {
		if (t->count == t->cap) {
			t->cap = t->cap > 0 ? t->cap * 2 : 256;
			t->lines = mem_array(t->lines, t->cap,
			    sizeof(*t->lines));
			t->hashes = mem_array(t->hashes, t->cap,
			    sizeof(*t->hashes));
		}
		t->hashes[t->count] = hash_line(line, blanks);
		t->lines[t->count++] = line;
	}
}

/* A run of lines that went and came: pairs as far as there are two. */
static size_t
add_run(struct diff *d, const struct diff_script *s, size_t i,
    const struct text_lines *a, const struct text_lines *b)
{
	size_t gone = 0, fresh = 0, at = s->edits[i].a, bt = s->edits[i].b;

	for (; i < s->count && s->edits[i].op == DIFF_GONE; i++)
		gone++;
	for (; i < s->count && s->edits[i].op == DIFF_NEW; i++)
		fresh++;
	for (size_t k = 0; k < gone || k < fresh; k++)
		diff_add_line(d, k >= gone ? ROW_NEW : k >= fresh ? ROW_GONE :
		    ROW_PAIR, k < gone ? a->lines[at + k] : STR(""),
		    k < fresh ? b->lines[bt + k] : STR(""),
		    k < gone ? (uint32_t)(at + k + 1) : 0,
		    k < fresh ? (uint32_t)(bt + k + 1) : 0);
	return i;
}

void
diff_lines(struct diff *d, struct str a, struct str b, bool blanks)
{
	struct text_lines left = { .count = 0 }, right = { .count = 0 };
	struct diff_script s;

	split_lines(&left, a, blanks);
	split_lines(&right, b, blanks);
	diff_script_make(&s, left.hashes, left.count, right.hashes,
	    right.count);
	if (s.coarse)
		diff_add(d, ROW_NOTE, STR("too many differences to match "
		    "lines up"), STR(""));
	for (size_t i = 0; i < s.count; ) {
		const struct diff_edit *e = &s.edits[i];

		if (e->op != DIFF_SAME) {
			i = add_run(d, &s, i, &left, &right);
			continue;
		}
		diff_add_line(d, ROW_SAME, left.lines[e->a],
		    right.lines[e->b], (uint32_t)(e->a + 1),
		    (uint32_t)(e->b + 1));
		i++;
	}
	if (str_ends(a, STR("\n")) != str_ends(b, STR("\n")) && a.n > 0 &&
	    b.n > 0)
		diff_add(d, ROW_PAIR, str_ends(a, STR("\n")) ?
		    STR("(newline at the end)") : STR("(no newline)"),
		    str_ends(b, STR("\n")) ? STR("(newline at the end)") :
		    STR("(no newline)"));
	diff_script_fini(&s);
	free(left.lines);
	free(left.hashes);
	free(right.lines);
	free(right.hashes);
}

static void
put_hex(struct buf *out, struct str all, size_t at)
{
	struct str s = str_sub(all, at, at + BYTES);

	buf_clear(out);
	if (s.n == 0)
		return;
	buf_printf(out, "%06zx ", at);
	for (size_t i = 0; i < BYTES; i++) {
		if (i < s.n)
			buf_printf(out, "%s%02x", i == 8 ? "  " : " ",
			    (unsigned char)s.p[i]);
		else
			buf_printf(out, "%s  ", i == 8 ? "  " : " ");
	}
	buf_put(out, STR("  "));
	for (size_t i = 0; i < s.n; i++)
		buf_putc(out, s.p[i] >= ' ' && s.p[i] <= '~' ? s.p[i] : '.');
}

void
diff_bytes(struct diff *d, struct str a, struct str b)
{
	size_t most = a.n > b.n ? a.n : b.n;
	struct buf left, right;

	buf_init(&left, 256);
	buf_init(&right, 256);
	for (size_t at = 0; at < most && !d->full; at += BYTES) {
		struct str one = str_sub(a, at, at + BYTES);
		struct str two = str_sub(b, at, at + BYTES);

		put_hex(&left, a, at);
		put_hex(&right, b, at);
		diff_add(d, str_eq(one, two) ? ROW_SAME : one.n == 0 ?
		    ROW_NEW : two.n == 0 ? ROW_GONE : ROW_PAIR,
		    buf_str(&left), buf_str(&right));
	}
	buf_fini(&left);
	buf_fini(&right);
}
