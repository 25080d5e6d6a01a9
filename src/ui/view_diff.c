/* SPDX-License-Identifier: MIT */
/*
 * The comparison is made when one of the flows changed; which of its rows are
 * shown, and how, is worked out for every paint's width.
 */
#include "view_diff.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "cells.h"
#include "console.h"
#include "diff_layout.h"
#include "sheet.h"
#include "sluice/base/mem.h"
#include "view_flow.h"

#define SIDE_COLS	120		/* side by side from here on */
#define NUMBER		6		/* cells of sign and line number */

struct view_diff {
	struct view view;
	struct flow *a, *b;		/* references */
	struct diff diff;
	struct diff_wish wish;
	char ignored[256];		/* names of fields */
	bool made, laid, forced;
	bool changes;			/* b is a as the user edited it */
	enum flow_state state;		/* .. and was that then */
	struct diff_layout shown;
};

static struct view_diff *
diff_of(struct view *v)
{
	return container_of(v, struct view_diff, view);
}

static void
prepare(struct view_diff *vd, int cols)
{
	bool side = vd->forced ? vd->shown.side : cols >= SIDE_COLS;

	vd->wish.ignored = vd->ignored;
	if (vd->made && vd->laid && side == vd->shown.side)
		return;
	if (!vd->made)
		diff_flows(&vd->diff, vd->a, vd->b, &vd->wish);
	vd->shown.side = side;
	diff_layout_make(&vd->shown, &vd->diff);
	vd->made = vd->laid = true;
}

static int
put_flow(const struct pane *p, int x, char name, const struct flow *f)
{
	struct buf text;
	int end;

	buf_init(&text, 1024);
	buf_printf(&text, "%c #%" PRIu64 " ", name, f->id);
	buf_put(&text, str_sub(message_word(&f->request, f->request.method),
	    0, 24));
	buf_putc(&text, ' ');
	buf_put(&text, str_sub(message_word(&f->request, f->request.path), 0,
	    200));
	if (flow_has_response(f))
		buf_printf(&text, "  %u", f->response.status);
	if (f->replayed && f->parent != 0)
		buf_printf(&text, "  (replay of #%" PRIu64 "%s)", f->parent,
		    f->edited ? ", edited" : "");
	else if (f->draft)
		buf_printf(&text, "  (draft)");
	end = pane_cell(p, 0, x, (p->cols - 7) / 2, ROLE_TITLE, buf_str(&text),
	    false);
	buf_fini(&text);
	return end;
}

/* Bytes that both have at the beginning, and at the end behind them. */
static void
common(struct str a, struct str b, size_t *head, size_t *tail)
{
	size_t most = a.n < b.n ? a.n : b.n;

	*head = *tail = 0;
	while (*head < most && a.p[*head] == b.p[*head])
		++*head;
	/* Not inside a character. */
	while (*head > 0 && *head < most &&
	    ((unsigned char)a.p[*head] & 0xc0) == 0x80)
		--*head;
	while (*tail < most - *head &&
	    a.p[a.n - 1 - *tail] == b.p[b.n - 1 - *tail])
		++*tail;
	while (*tail > 0 && ((unsigned char)a.p[a.n - *tail] & 0xc0) == 0x80)
		--*tail;
}

/* One side of a row: sign, line number, text with the part that differs. */
static void
put_side(struct view_diff *vd, const struct pane *p, int y,
    const struct diff_row *row, bool right)
{
	struct str text = right ? diff_b(&vd->diff, row) :
	    diff_a(&vd->diff, row);
	struct str other = right ? diff_a(&vd->diff, row) :
	    diff_b(&vd->diff, row);
	uint32_t line = right ? row->b_line : row->a_line;
	bool change = diff_is_change(row);
	enum role role = !change ? ROLE_TEXT : right ? ROLE_DIFF_NEW :
	    ROLE_DIFF_GONE;
	enum role part = right ? ROLE_DIFF_NEW_PART : ROLE_DIFF_GONE_PART;
	size_t skip = vd->view.scroll.column, head = text.n, tail = 0;
	int x = 2;

	if (row->kind == (right ? ROW_GONE : ROW_NEW))
		return;
	if (change)
		pane_put(p, y, 0, role, right ? STR("+") : STR("-"));
	if (line > 0) {
		pane_printf(p, y, 1, ROLE_DIM, "%4" PRIu32, line);
		x = NUMBER;
	}
	if (row->kind == ROW_PAIR)
		common(text, other, &head, &tail);
	x = pane_put(p, y, x, role, cells_skip(str_sub(text, 0, head), &skip));
	x = pane_put(p, y, x, part, cells_skip(str_sub(text, head,
	    text.n - tail), &skip));
	pane_put(p, y, x, role, cells_skip(str_skip(text, text.n - tail),
	    &skip));
	sheet_mark(p, y, line > 0 ? NUMBER : 2, vd->view.scroll.column, text,
	    &vd->view.ui->search);
}

static void
put_title(const struct pane *p, int y, struct str text)
{
	pane_rule(p, y, ROLE_DIM);
	pane_printf(p, y, 1, ROLE_TITLE, " %.*s ", STR_ARG(text));
}

static void
put_row(struct view_diff *vd, const struct pane *p, int y,
    const struct diff_shown *s)
{
	const struct diff_row *row = &vd->diff.rows[s->row];
	int half = (p->cols - 1) / 2;
	struct pane left = pane_sub(p, 0, 0, p->rows, vd->shown.side ? half :
	    p->cols);
	struct pane right = pane_sub(p, 0, half + 1, p->rows,
	    p->cols - half - 1);

	if (s->hidden > 0) {
		pane_printf(p, y, 2, ROLE_DIM, "%.*s %zu the same",
		    STR_ARG(pane_glyph(GLYPH_ELLIPSIS)), s->hidden);
	} else if (row->kind == ROW_TITLE) {
		put_title(p, y, diff_a(&vd->diff, row));
	} else if (row->kind == ROW_NOTE) {
		pane_put(p, y, 2, ROLE_DIM, diff_a(&vd->diff, row));
	} else if (vd->shown.side) {
		put_side(vd, &left, y, row, false);
		put_side(vd, &right, y, row, true);
		pane_put(p, y, half, ROLE_DIM, pane_glyph(GLYPH_BAR));
	} else {
		put_side(vd, p, y, row, s->right);
	}
}

static void
draw(struct view *v, const struct pane *p)
{
	struct view_diff *vd = diff_of(v);
	int rows = p->rows > 1 ? p->rows - 1 : 1;
	struct pane sub = pane_sub(p, 1, 0, rows, p->cols);
	int x;

	view_place(v, p, 1);
	prepare(vd, p->cols);
	scroll_fit(&v->scroll, vd->shown.count, (size_t)rows);
	pane_clear(p);
	if (vd->changes) {
		x = put_flow(p, 0, '~', vd->b);
		pane_put(p, 0, x + 2, ROLE_EDITED, STR("what you changed"));
	} else {
		x = pane_put(p, 0, 0, ROLE_TITLE, STR("= diff  "));
		x = put_flow(p, x, 'A', vd->a);
		put_flow(p, x + 1, 'B', vd->b);
	}
	for (int y = 0; y < rows; y++) {
		size_t at = v->scroll.offset + (size_t)y;

		if (at >= vd->shown.count)
			break;
		put_row(vd, &sub, y, &vd->shown.rows[at]);
	}
	if (v->scroll.cursor >= v->scroll.offset)
		pane_reverse(&sub, (int)(v->scroll.cursor - v->scroll.offset));
}

static void
settle(struct view *v)
{
	struct view_diff *vd = diff_of(v);

	scroll_fit(&v->scroll, vd->shown.count, v->scroll.page);
}

static struct flow *
focus(struct view *v)
{
	struct flow *f = diff_of(v)->b;

	return flow_list_find(v->ui->setup.list, f->id) == f ? f : NULL;
}

static bool
find(struct view *v, const struct search *search, int direction, bool here)
{
	struct view_diff *vd = diff_of(v);
	size_t row = v->scroll.cursor, n = vd->shown.count;

	for (size_t i = here ? 0 : 1; i <= n && n > 0; i++) {
		size_t at = direction > 0 ? (row + i) % n :
		    (row + n - i % n) % n;
		const struct diff_shown *s = &vd->shown.rows[at];
		const struct diff_row *r = &vd->diff.rows[s->row];

		if (s->hidden > 0 || (search_find(search,
		    diff_a(&vd->diff, r), 0) == SIZE_MAX &&
		    search_find(search, diff_b(&vd->diff, r), 0) == SIZE_MAX))
			continue;
		scroll_to(&v->scroll, at);
		return true;
	}
	return false;
}

static size_t
change_at(const struct view_diff *vd, size_t row)
{
	size_t n = 0;

	for (size_t i = 0; i <= row && i < vd->shown.count; i++)
		n += vd->shown.rows[i].starts;
	return n;
}

static void
status(struct view *v, struct buf *out)
{
	struct view_diff *vd = diff_of(v);

	if (vd->changes)
		buf_printf(out, "#%" PRIu64 " edited: press %s to send   ",
		    vd->b->id, vd->b->draft ? "r" : "a");
	if (vd->diff.changes == 0)
		buf_printf(out, "no differences");
	else
		buf_printf(out, "%zu %s  %zu/%zu", vd->diff.changes,
		    vd->diff.changes == 1 ? "change" : "changes",
		    change_at(vd, v->scroll.cursor), vd->diff.changes);
	if (vd->diff.full)
		buf_printf(out, "  cut");
	if (vd->wish.bytes)
		buf_printf(out, "  bytes");
	if (vd->wish.blanks)
		buf_printf(out, "  blanks ignored");
	if (vd->ignored[0] != '\0')
		buf_printf(out, "  [ignored: %s]", vd->ignored);
}

static void
changed(struct view *v, struct flow *f, unsigned parts)
{
	struct view_diff *vd = diff_of(v);

	if ((f == vd->a || f == vd->b) &&
	    (parts & ~(FLOW_PART_NOTE | FLOW_PART_MARK)) != 0)
		vd->made = false;
}

static void
close_diff(struct view *v)
{
	struct view_diff *vd = diff_of(v);

	diff_fini(&vd->diff);
	diff_layout_fini(&vd->shown);
	flow_unref(vd->a);
	flow_unref(vd->b);
	free(vd);
}

static const struct view_ops ops = {
	.name = "DIFF",
	.context = KEY_DIFF,
	.draw = draw,
	.focus = focus,
	.settle = settle,
	.find = find,
	.status = status,
	.changed = changed,
	.hints = "diff.next diff.prev diff.fold diff.side diff.bytes "
	    "diff.ignore diff.blanks diff.swap search back",
	.close = close_diff,
};

/* Sent, dropped, or as it came. */
static bool
over(struct view *v)
{
	const struct view_diff *vd = diff_of(v);

	return focus(v) == NULL || !vd->b->edited ||
	    vd->b->state != vd->state;
}

static const struct view_ops change_ops = {
	.name = "CHANGES",
	.context = KEY_CHANGES,
	.draw = draw,
	.focus = focus,
	.settle = settle,
	.find = find,
	.status = status,
	.changed = changed,
	.over = over,
	.hints = "changes.send flow.step edit.menu flow.revert flow.drop "
	    "diff.fold back",
	.close = close_diff,
};

struct view *
view_diff_new(struct ui *ui, struct flow *a, struct flow *b)
{
	struct view_diff *vd = NEW(struct view_diff);

	vd->view = (struct view){ .ops = &ops, .ui = ui };
	vd->view.scroll.page = 1;
	vd->a = flow_ref(a);
	vd->b = flow_ref(b);
	diff_init(&vd->diff);
	return &vd->view;
}

struct view *
view_changes_new(struct ui *ui, struct flow *f)
{
	struct view *v = view_diff_new(ui, f->original, f);
	struct view_diff *vd = diff_of(v);

	v->ops = &change_ops;
	vd->changes = vd->wish.brief = true;
	vd->state = f->state;
	return v;
}

bool
view_is_diff(const struct view *v)
{
	return v->ops == &ops || v->ops == &change_ops;
}

bool
view_is_changes(const struct view *v)
{
	return v->ops == &change_ops;
}

bool
view_diff_go(struct view *v, int direction)
{
	struct view_diff *vd = diff_of(v);
	size_t row = v->scroll.cursor;

	assert(view_is_diff(v));
	for (size_t i = 1; i <= vd->shown.count; i++) {
		size_t at = direction > 0 ? (row + i) % vd->shown.count :
		    (row + vd->shown.count - i) % vd->shown.count;

		if (!vd->shown.rows[at].starts)
			continue;
		scroll_to(&v->scroll, at);
		return true;
	}
	return false;
}

/* What is shown is made anew; the cursor goes to the top. */
static void
again(struct view_diff *vd, bool remake)
{
	vd->made = vd->made && !remake;
	vd->laid = false;
	scroll_top(&vd->view.scroll);
	ui_dirty(vd->view.ui);
}

void
view_diff_fold(struct view *v)
{
	diff_of(v)->shown.all = !diff_of(v)->shown.all;
	again(diff_of(v), false);
}

void
view_diff_swap(struct view *v)
{
	struct view_diff *vd = diff_of(v);
	struct flow *a = vd->a;

	vd->a = vd->b;
	vd->b = a;
	again(vd, true);
}

void
view_diff_side(struct view *v)
{
	struct view_diff *vd = diff_of(v);

	vd->forced = true;
	vd->shown.side = !vd->shown.side;
	again(vd, false);
}

void
view_diff_bytes(struct view *v)
{
	diff_of(v)->wish.bytes = !diff_of(v)->wish.bytes;
	again(diff_of(v), true);
}

void
view_diff_blanks(struct view *v)
{
	diff_of(v)->wish.blanks = !diff_of(v)->wish.blanks;
	again(diff_of(v), true);
}

/* The name of the field that a shown row is about, or nothing. */
static struct str
field_at(const struct view_diff *vd, size_t at)
{
	const struct diff *d = &vd->diff;
	size_t row = at < vd->shown.count ? vd->shown.rows[at].row : 0, title = row;
	struct str text;

	if (at >= vd->shown.count || vd->shown.rows[at].hidden > 0)
		return STR("");
	while (title > 0 && d->rows[title].kind != ROW_TITLE)
		title--;
	if (title == row ||
	    !str_ends(diff_a(d, &d->rows[title]), STR("headers")))
		return STR("");
	text = d->rows[row].kind == ROW_NEW ? diff_b(d, &d->rows[row]) :
	    diff_a(d, &d->rows[row]);
	return str_sub(text, 0, str_chr(text, ':', 0));
}

void
view_diff_ignore(struct view *v)
{
	struct view_diff *vd = diff_of(v);
	struct str name = field_at(vd, v->scroll.cursor);
	size_t used = strlen(vd->ignored);

	if (name.n == 0) {
		ui_message(v->ui, ROLE_MESSAGE, used == 0 ?
		    "put the cursor on a header field" :
		    "no field is ignored any more");
		vd->ignored[0] = '\0';
	} else if (used + name.n + 3 < sizeof(vd->ignored)) {
		(void)snprintf(vd->ignored + used, sizeof(vd->ignored) - used,
		    "%s%.*s", used > 0 ? ", " : "", STR_ARG(name));
	}
	again(vd, true);
}

void
view_diff_text(struct view *v, struct buf *out)
{
	diff_put(&diff_of(v)->diff, out);
}

void
view_diff_name(const struct view *v, struct buf *name)
{
	const struct view_diff *vd = container_of(v, const struct view_diff,
	    view);

	buf_printf(name, "sluice-%" PRIu64 "-%" PRIu64 ".diff", vd->a->id,
	    vd->b->id);
}
