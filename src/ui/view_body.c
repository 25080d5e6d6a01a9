/* SPDX-License-Identifier: MIT */
/*
 * Decides what a body is and shows it.  The text shown is the decoded body,
 * or the body itself; hex that was asked for is always what was sent.
 */
#include "view_body.h"

#include <assert.h>
#include <stdio.h>

#include "body_form.h"
#include "body_hex.h"
#include "cells.h"
#include "sheet.h"
#include "sluice/base/clock.h"
#include "sluice/base/human.h"
#include "sluice/base/mem.h"

#define SLICE		(64u * 1024)	/* bytes between looks at the clock */
#define PAINT_US	3000		/* indexing in a paint */
#define WORK_US		3000		/* .. and in an idle call */
#define LINE_US		2000		/* going to a line */
#define DECODE_AGAIN	(256u * 1024)	/* smaller: whenever it grows */
#define WIDTH_MIN	8
#define FORMED_MAX	(4u * BODY_FORM_MAX)

void
view_body_init(struct view_body *b)
{
	*b = (struct view_body){ .m = NULL };
	buf_init(&b->decoded.bytes, BODY_DECODED_MAX);
	buf_init(&b->formed, FORMED_MAX);
	lines_folds_init(&b->folds);
	lines_init(&b->lines);
	lines_row_init(&b->row);
}

void
view_body_fini(struct view_body *b)
{
	buf_fini(&b->decoded.bytes);
	buf_fini(&b->formed);
	lines_folds_fini(&b->folds);
	lines_fini(&b->lines);
	lines_row_fini(&b->row);
}

void
view_body_reset(struct view_body *b)
{
	view_body_fini(b);
	view_body_init(b);
}

/* Is the decoded text what is shown, rather than the body? */
static bool
shows_decoded(const struct view_body *b)
{
	const struct body_decoded *d = &b->decoded;

	if (!d->tried || b->look.mode == BODY_HEX)
		return false;
	return d->result == CODING_DONE || buf_len(&d->bytes) > 0;
}

uint64_t
view_body_len(const struct view_body *b)
{
	return shows_decoded(b) ? buf_len(&b->decoded.bytes) : b->m->body.len;
}

size_t
view_body_read(const struct view_body *b, uint64_t at, char *out, size_t n)
{
	size_t got = 0;

	if (shows_decoded(b)) {
		struct str all = buf_str(&b->decoded.bytes);

		all = str_sub(all, (size_t)at, (size_t)at + n);
		memcpy(out, all.p, all.n);
		return all.n;
	}
	while (got < n) {
		ssize_t r = body_read(&b->m->body, at + got, out + got,
		    n - got, NULL);

		if (r <= 0)
			break;
		got += (size_t)r;
	}
	return got;
}

/* True when there is another decoded text than before. */
static bool
decode(struct view_body *b)
{
	struct body_decoded *d = &b->decoded;
	uint64_t len = b->m->body.len;

	if (!coding_is_coded(b->m) || len == 0)
		return false;
	if (d->tried && (d->from == len || (!b->m->complete &&
	    len > DECODE_AGAIN && len < d->from * 2)))
		return false;
	buf_clear(&d->bytes);
	err_clear(&d->err);
	d->result = coding_decode(b->m, &d->bytes, &d->err);
	d->from = len;
	d->tried = true;
	return true;
}

/* What it is, by its type and first bytes. */
static enum body_kind
guess(const struct view_body *b, bool *sure)
{
	char bytes[BODY_SNIFF];

	return body_kind_guess(b->m, str_make(bytes,
	    view_body_read(b, 0, bytes, sizeof(bytes))), sure);
}

static bool
is_many(const struct message *m)
{
	static const char *const names[] = {
		"ndjson", "json-seq", "jsonl", "json-lines"
	};
	struct str type = message_media_type(m);

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_find_nocase(type, str_from(names[i])) != SIZE_MAX)
			return true;
	return false;
}

/* Cells of line numbers; from the length, so that growing moves nothing. */
static int
gutter(const struct view_body *b)
{
	uint64_t len = b->m->body.len;

	if (b->hex || b->is_formed || b->look.cols < 40)
		return 0;
	return len < 1000 ? 4 : len < 256 * 1024 ? 6 :
	    len < 16 * 1024 * 1024 ? 8 : 10;
}

static struct lines_setup
setup_of(struct view_body *b, int cells)
{
	struct lines_setup setup = {
		.kind = b->is_formed ? LINES_TEXT :
		    b->kind == KIND_JSON ? LINES_JSON :
		    b->kind == KIND_XML ? LINES_XML :
		    b->kind == KIND_HTML ? LINES_HTML : LINES_TEXT,
		.final = b->m->complete,
		.many = is_many(b->m),
		.keep_cr = b->look.mode == BODY_RAW,
		.folds = &b->folds,
	};
	int width = b->look.cols - cells;

	if (b->is_formed) {
		setup.memory = buf_str(&b->formed);
		setup.final = true;
	} else if (shows_decoded(b)) {
		setup.memory = buf_str(&b->decoded.bytes);
		/* What is cut or broken ends anywhere. */
		setup.final = b->m->complete &&
		    b->decoded.result == CODING_DONE;
	} else {
		setup.body = &b->m->body;
	}
	if (b->look.wrap)
		setup.width = width > WIDTH_MIN ? (unsigned)width : WIDTH_MIN;
	return setup;
}

static void
say_coding(struct view_body *b)
{
	const struct body_decoded *d = &b->decoded;

	if (!d->tried)
		return;
	if (d->result == CODING_CUT)
		(void)snprintf(b->problem, sizeof(b->problem), "only the "
		    "first 16 MiB are decoded");
	else if (d->result == CODING_BROKEN && b->m->complete)
		(void)snprintf(b->problem, sizeof(b->problem), "%s",
		    d->err.text);
	else if (d->result == CODING_UNKNOWN)
		(void)snprintf(b->problem, sizeof(b->problem),
		    "unknown coding, shown as sent");
}

/* A text made from the body; false: show the body itself. */
static bool
form(struct view_body *b)
{
	size_t want = (size_t)view_body_len(b), n;
	char *bytes;
	bool good;

	buf_clear(&b->formed);
	if (b->kind < KIND_FORM || b->kind > KIND_IMAGE)
		return false;
	if (b->kind == KIND_IMAGE)
		want = want < BODY_SNIFF * 4 ? want : BODY_SNIFF * 4;
	else if (!b->m->complete || want > BODY_FORM_MAX)
		return false;
	bytes = mem_alloc(want + 1);
	n = view_body_read(b, 0, bytes, want);
	good = body_form_make(b->kind, b->m, str_make(bytes, n), &b->formed);
	free(bytes);
	return good;
}

/* What is shown: hex, or text of which kind. */
static void
choose(struct view_body *b)
{
	enum body_mode mode = b->look.mode;
	bool sure;

	b->kind = KIND_TEXT;
	if (mode == BODY_PRETTY)
		b->kind = guess(b, &sure);
	else if (mode >= BODY_AS)
		b->kind = (enum body_kind)(mode - BODY_AS);
	if (b->gave_up && b->kind == KIND_JSON)
		b->kind = KIND_TEXT;
	b->is_formed = form(b);
	if (b->kind == KIND_IMAGE && !b->is_formed)
		b->kind = KIND_BINARY;
	b->hex = mode == BODY_HEX || b->kind == KIND_BINARY;
	/* A multipart body too long to be listed may hold anything. */
	if (mode == BODY_PRETTY && b->kind == KIND_MULTIPART && !b->is_formed)
		b->kind = KIND_TEXT;
}

/* Chooses what to show and sets the index up for it. */
static void
open_text(struct view_body *b)
{
	enum body_kind before = b->kind;
	struct lines_setup setup;

	if (!b->gave_up)
		b->problem[0] = '\0';
	choose(b);
	if (b->kind != before || b->seen != view_body_len(b))
		lines_folds_fini(&b->folds);
	say_coding(b);
	setup = setup_of(b, gutter(b));
	lines_open(&b->lines, &setup);
	b->seen = view_body_len(b);
	b->complete = b->m->complete;
	b->open = true;
}

/* JSON that is none: say so, and show it as it is. */
static void
give_up_json(struct view_body *b)
{
	bool sure;

	(void)guess(b, &sure);
	if (sure || b->look.mode != BODY_PRETTY)
		(void)snprintf(b->problem, sizeof(b->problem),
		    "json: byte %llu: %.200s",
		    (unsigned long long)b->lines.bad_at, b->lines.err.text);
	b->gave_up = true;
	open_text(b);
}

static bool
index_for(struct view_body *b, int64_t us)
{
	int64_t stop = clock_mono() + us;
	bool more = true;

	while (more && clock_mono() < stop) {
		more = lines_index(&b->lines, SLICE);
		if (b->lines.bad && b->kind == KIND_JSON) {
			give_up_json(b);
			more = true;
		}
	}
	if (b->lines.lost && b->problem[0] == '\0')
		(void)snprintf(b->problem, sizeof(b->problem),
		    "the rest is lost: %.200s", b->lines.err.text);
	return more;
}

void
view_body_prepare(struct view_body *b, const struct message *m,
    const struct body_look *look)
{
	bool anew = !b->open || b->m != m || b->look.mode != look->mode ||
	    b->look.wrap != look->wrap ||
	    (look->wrap && b->look.cols != look->cols);
	int before = b->open ? gutter(b) : 0;

	if (m->kind == MESSAGE_NONE) {
		view_body_reset(b);
		return;
	}
	b->m = m;
	b->look = *look;
	if (decode(b))
		anew = true;
	if (anew || view_body_len(b) < b->seen || gutter(b) != before) {
		open_text(b);
	} else if (view_body_len(b) != b->seen || m->complete != b->complete) {
		struct lines_setup setup = setup_of(b, gutter(b));

		/* What it is shows with the first bytes, or at the end. */
		if (b->seen < BODY_SNIFF || b->kind >= KIND_FORM ||
		    m->complete != b->complete) {
			open_text(b);
		} else {
			lines_grow(&b->lines, &setup);
			b->seen = view_body_len(b);
			b->complete = m->complete;
		}
	}
	if (!b->hex)
		index_for(b, PAINT_US);
}

bool
view_body_is_busy(const struct view_body *b)
{
	return b->open && !b->hex && !b->lines.done && !b->lines.tail;
}

bool
view_body_work(struct view_body *b)
{
	return view_body_is_busy(b) && index_for(b, WORK_US);
}

uint64_t
view_body_rows(const struct view_body *b)
{
	unsigned n = body_hex_bytes(b);

	if (!b->open)
		return 0;
	return b->hex ? (view_body_len(b) + n - 1) / n : lines_count(&b->lines);
}

static void
text_row(struct view_body *b, const struct pane *p, int y, size_t skip,
    const struct search *search)
{
	struct lines_row *r = &b->row;
	struct str text = buf_str(&r->text);
	size_t left = skip, off = 0;
	int x = 0;

	for (size_t i = 0; i < r->span_count && x < p->cols; i++) {
		struct str part = str_sub(text, off, off + r->spans[i].len);

		off += r->spans[i].len;
		part = cells_skip(part, &left);
		x = pane_put(p, y, x, r->spans[i].role, part);
	}
	sheet_mark(p, y, 0, skip, text, search);
	if (!b->look.wrap && cells_of(text) > skip + (size_t)p->cols) {
		char size[HUMAN_MAX], more[HUMAN_MAX + 8];

		/* How much there is, where the line is cut. */
		human_size(r->end - r->begin, size);
		(void)snprintf(more, sizeof(more), "%.*s%s",
		    STR_ARG(pane_glyph(GLYPH_ELLIPSIS)), size);
		pane_cell_right(p, y, p->cols - (int)strlen(size) - 2,
		    (int)strlen(size) + 2, ROLE_DIM, str_from(more));
	}
}

void
view_body_draw(struct view_body *b, const struct pane *p, uint64_t first,
    size_t skip, const struct search *search)
{
	int cells = gutter(b);
	struct pane sub = pane_sub(p, 0, cells, p->rows, p->cols - cells);

	if (!b->open)
		return;
	if (!b->hex)
		lines_seek(&b->lines, first);
	for (int y = 0; y < p->rows; y++) {
		if (b->hex) {
			if (first + (uint64_t)y < view_body_rows(b))
				body_hex_row(b, p, y, first + (uint64_t)y,
				    search);
			continue;
		}
		if (!lines_next(&b->lines, &b->row))
			break;
		if (cells > 0 && !b->row.continued) {
			char number[24];

			(void)snprintf(number, sizeof(number), "%*llu",
			    cells - 1, (unsigned long long)b->row.line);
			pane_cell(p, y, 0, cells - 1, ROLE_DIM,
			    str_from(number), true);
			if (b->row.folded)
				pane_put(p, y, cells - 1, ROLE_TITLE,
				    pane_glyph(GLYPH_FOLD));
		}
		text_row(b, &sub, y, skip, search);
	}
}

uint64_t
view_body_line(struct view_body *b, uint64_t line, bool *known)
{
	int64_t stop = clock_mono() + LINE_US;

	*known = true;
	if (!b->open)
		return 0;
	if (b->hex)
		return line > 0 ? line - 1 : 0;
	while (b->lines.next.line < line && *known) {
		if (!lines_index(&b->lines, SLICE))
			break;
		*known = clock_mono() < stop;
	}
	return lines_row_of_line(&b->lines, line);
}

bool
view_body_fold(struct view_body *b, uint64_t row, uint64_t *begins)
{
	uint64_t node;

	if (!b->open || b->hex || !lines_node(&b->lines, row, &node, begins))
		return false;
	lines_folds_toggle(&b->folds, node);
	lines_refold(&b->lines, node);
	return true;
}

bool
view_body_fold_all(struct view_body *b)
{
	if (!b->open || b->hex || b->lines.setup.kind == LINES_TEXT)
		return false;
	lines_folds_toggle_all(&b->folds);
	lines_refold(&b->lines, 0);
	return true;
}
