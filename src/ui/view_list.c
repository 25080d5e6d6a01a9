/* SPDX-License-Identifier: MIT */
/*
 * The flow list.  The cursor is on a flow, by id: rows may come, go and move
 * around it; when its flow is hidden or deleted the nearest one stands in.
 */
#include "view_list.h"

#include <assert.h>
#include <inttypes.h>

#include "column.h"
#include "console.h"
#include "guide.h"
#include "list_search.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "sluice/base/utf8.h"

#define FILTER_CELLS	48

struct view_list {
	struct view view;
	uint64_t cursor;		/* id of the flow it is on, or 0 */
	uint64_t range;			/* id where a range begins, or 0 */
	bool follow;
	uint64_t seen;			/* newest id when follow stopped */
	int line;			/* screen line of the first row at the
					 * last draw, or -1 */
	struct column_layout layout;	/* as drawn last .. */
	int head;			/* .. under titles in this row, or -1 */
};

static struct view_list *
list_of(const struct view *v)
{
	return container_of(v, struct view_list, view);
}

/* The scroll's rows and cursor as the flow view has them now. */
static void
settle(struct view *v)
{
	struct view_list *l = list_of(v);
	struct scroll *s = &v->scroll;
	size_t count = flow_view_count(v->ui->view), row;

	row = l->cursor == 0 ? 0 : flow_view_near(v->ui->view, l->cursor);
	if (row == SIZE_MAX)
		row = 0;
	/* The window moves with the cursor's row: it stays on its line. */
	if (row >= s->cursor)
		s->offset += row - s->cursor;
	else
		s->offset -= s->cursor - row < s->offset ? s->cursor - row :
		    s->offset;
	s->cursor = row;
	scroll_fit(s, count, s->page);
}

static bool
range_rows(struct view *v, size_t *first, size_t *last)
{
	struct view_list *l = list_of(v);
	size_t anchor;

	settle(v);
	if (l->range == 0 || flow_view_count(v->ui->view) == 0)
		return false;
	anchor = flow_view_near(v->ui->view, l->range);
	*first = anchor < v->scroll.cursor ? anchor : v->scroll.cursor;
	*last = anchor < v->scroll.cursor ? v->scroll.cursor : anchor;
	return true;
}

/*
 * Column titles, unless there is no room, or the banner stands there now: a
 * list that is not longer than the screen then keeps its place.
 */
static bool
has_head(const struct view *v, const struct pane *p, size_t count)
{
	return p->rows > 2 && (p->y == 0 || count > (size_t)p->rows ||
	    flow_view_limit(v->ui->view) == FLOW_LIMIT_HELD);
}

/* What the waterfall shows: up to now while something runs, else up to the
 * end of the newest, so that nothing moves while nothing happens. */
static struct column_span
span_of(const struct ui *ui)
{
	const struct flow_list *l = ui->setup.list;
	const struct flow *newest = flow_list_prev(l, NULL);
	int64_t until = clock_mono();

	if (l->count[FLOW_ACTIVE] + l->count[FLOW_HELD] == 0 &&
	    newest != NULL)
		until = newest->times.end > 0 ? newest->times.end :
		    newest->times.begin;
	return (struct column_span){ until - option_duration(
	    ui->setup.options, OPTION_WATERFALL), until };
}

/* The held flows have columns of their own. */
static void
lay_out(const struct view *v, int cols, struct column_layout *out)
{
	struct column_choice held;

	column_choice_held(&held);
	column_layout(out, cols, flow_view_limit(v->ui->view) ==
	    FLOW_LIMIT_HELD ? &held : &v->ui->columns, v->scroll.column);
}

static void
draw_rows(struct view_list *l, const struct pane *p, bool head)
{
	struct view *v = &l->view;
	struct column_span span = span_of(v->ui);
	size_t first = 1, last = 0;
	int y = head;

	(void)range_rows(v, &first, &last);

	lay_out(v, p->cols, &l->layout);
	l->head = head ? p->y : -1;
	if (head)
		column_head(&l->layout, p, 0, &v->ui->sort);
	view_place(v, p, y);
	for (size_t row = v->scroll.offset; y < p->rows; row++, y++) {
		const struct flow *f = flow_view_at(v->ui->view, row);

		if (f == NULL)
			break;
		column_row(&l->layout, p, y, f,
		    highlight_of(&v->ui->highlight, f), &span);
		if (row >= first && row <= last)
			pane_put(p, y, 0, ROLE_MARK, pane_glyph(GLYPH_BAR));
		if (row != v->scroll.cursor)
			continue;
		pane_reverse(p, y);
		pane_put(p, y, 0, ROLE_MARK, pane_glyph(GLYPH_CURSOR));
	}
}

/* The banner has come or gone: rows keep their place on the screen. */
static void
keep_place(struct view_list *l, int line)
{
	struct scroll *s = &l->view.scroll;

	if (l->line >= 0 && line > l->line && s->offset < s->cursor)
		s->offset++;
	else if (line < l->line && s->offset > 0)
		s->offset--;
	l->line = line;
}

static void
draw(struct view *v, const struct pane *p)
{
	struct view_list *l = list_of(v);
	size_t count = flow_view_count(v->ui->view);
	bool head = has_head(v, p, count);
	struct flow *f;

	view_place(v, p, p->rows);
	l->head = -1;
	if (v->ui->setup.list->total == 0) {
		guide_draw(v->ui, p);
		return;
	}
	if (count == 0) {
		guide_draw_hidden(v->ui, p);
		return;
	}
	settle(v);
	keep_place(l, p->y + head);
	if (l->follow)
		v->scroll.cursor = flow_view_near(v->ui->view, UINT64_MAX);
	scroll_fit(&v->scroll, count, (size_t)(p->rows - head));
	f = flow_view_at(v->ui->view, v->scroll.cursor);
	/* What is under the cursor on the screen is what keys act on. */
	if (f != NULL && (l->follow || l->cursor == 0))
		l->cursor = f->id;
	draw_rows(l, p, head);
}

static struct flow *
focus(struct view *v)
{
	struct view_list *l = list_of(v);
	size_t row = l->cursor == 0 ? 0 :
	    flow_view_near(v->ui->view, l->cursor);

	return row == SIZE_MAX ? NULL : flow_view_at(v->ui->view, row);
}

static void
moved(struct view *v)
{
	struct view_list *l = list_of(v);
	const struct flow *f = flow_view_at(v->ui->view, v->scroll.cursor);

	if (f == NULL)
		return;
	l->cursor = f->id;
	if (v->scroll.cursor != flow_view_near(v->ui->view, UINT64_MAX))
		view_list_follow(v, false);
}

static bool
go(struct view *v, size_t n)
{
	const struct flow *f = flow_list_find(v->ui->setup.list, n);

	if (f == NULL || !view_list_select(v, f))
		return false;
	view_list_follow(v, false);
	return true;
}

static bool
find(struct view *v, const struct search *search, int direction, bool here)
{
	settle(v);
	return list_search(v->ui, search, v->scroll.cursor, direction, here);
}

/* How many shown flows are newer than the newest when follow stopped. */
static size_t
unseen(const struct view_list *l)
{
	return flow_view_newer(l->view.ui->view, l->seen);
}

/* How many are marked, chosen, and what the list is limited to. */
static void
put_marks(struct view *v, struct buf *out)
{
	struct ui *ui = v->ui;
	size_t marks = ui->setup.list->marked, first, last;
	size_t hidden = marks - flow_view_marked(ui->view);

	if (marks > 0) {
		buf_putc(out, ' ');
		buf_put(out, pane_glyph(GLYPH_MARK));
		buf_printf(out, " %zu", marks);
	}
	if (hidden > 0)
		buf_printf(out, " (%zu hidden)", hidden);
	if (range_rows(v, &first, &last))
		buf_printf(out, " RANGE %zu", last - first + 1);
	if (flow_view_limit(ui->view) == FLOW_LIMIT_MARKED)
		buf_put(out, STR(" MARKED"));
	else if (flow_view_limit(ui->view) == FLOW_LIMIT_HELD)
		buf_put(out, STR(" HELD"));
}

static void
status(struct view *v, struct buf *out)
{
	struct view_list *l = list_of(v);
	struct flow_view *rows = v->ui->view;
	const struct filter *filter = flow_view_filter(rows);
	size_t count = flow_view_count(rows), total = v->ui->setup.list->total;
	size_t fresh = l->follow ? 0 : unseen(l);

	buf_printf(out, "%zu/%zu", count > 0 ? v->scroll.cursor + 1 : 0, count);
	if (count != total)
		buf_printf(out, " (of %zu)", total);
	put_marks(v, out);
	buf_putc(out, ' ');
	buf_put(out, pane_glyph(l->follow ? GLYPH_FOLLOW : GLYPH_PAUSED));
	if (l->follow)
		buf_put(out, STR("follow"));
	else if (fresh > 0)
		buf_printf(out, " %zu new", fresh);
	if (filter == NULL)
		return;
	buf_printf(out, "  f:%s", flow_view_is_enabled(rows) ? "" : "off ");
	buf_put(out, utf8_fit(str_from(filter_text(filter)), FILTER_CELLS));
}

static bool
press(struct view *v, int row, int column)
{
	struct view_list *l = list_of(v);
	enum column_id id;

	if (row != l->head)
		return false;
	id = column_at(&l->layout, column - l->view.left);
	if (id != COLUMN_COUNT)
		ui_sort(v->ui, id);
	return true;
}

static void
close_list(struct view *v)
{
	free(list_of(v));
}

static enum key_context
inside(const struct view *v)
{
	return v->ui->setup.list->total == 0 ? KEY_EMPTY : KEY_LIST;
}

static const struct view_ops ops = {
	.name = "FLOWS",
	.context = KEY_LIST,
	.inside = inside,
	.draw = draw,
	.focus = focus,
	.settle = settle,
	.moved = moved,
	.go = go,
	.find = find,
	.press = press,
	.status = status,
	.hints = "open search filter intercept flow.edit flow.replay "
	    "copy.curl flow.mark save.har command",
	.close = close_list,
};

struct view *
view_list_new(struct ui *ui)
{
	struct view_list *l = NEW(struct view_list);

	l->view = (struct view){ .ops = &ops, .ui = ui };
	l->view.scroll.page = 1;
	l->line = l->head = -1;
	l->follow = true;
	return &l->view;
}

bool
view_list_begin_range(struct view *v)
{
	struct flow *f = v->ops->focus(v);

	assert(v->ops == &ops);
	if (f == NULL)
		return false;
	list_of(v)->range = list_of(v)->cursor = f->id;
	view_list_follow(v, false);
	return true;
}

void
view_list_end_range(struct view *v)
{
	assert(v->ops == &ops);
	list_of(v)->range = 0;
}

bool
view_list_range(struct view *v, size_t *first, size_t *last)
{
	assert(v->ops == &ops);
	return range_rows(v, first, last);
}

bool
view_list_select(struct view *v, const struct flow *f)
{
	struct view_list *l = list_of(v);
	size_t row = flow_view_row(v->ui->view, f);

	assert(v->ops == &ops);
	if (row == SIZE_MAX)
		return false;
	settle(v);
	scroll_to(&v->scroll, row);
	l->cursor = f->id;
	return true;
}

void
view_list_follow(struct view *v, bool on)
{
	struct view_list *l = list_of(v);

	assert(v->ops == &ops);
	if (l->follow && !on)
		l->seen = v->ui->setup.list->next_id - 1;
	l->follow = on;
}

bool
view_list_follows(const struct view *v)
{
	assert(v->ops == &ops);
	return list_of(v)->follow;
}
