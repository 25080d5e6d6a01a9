/* SPDX-License-Identifier: MIT */
/*
 * A flow over the whole screen: title, tabs, and the tab's rows, which are a
 * sheet (head, TLS, timing) and for messages a rule and the body below it.
 * Owns a reference to the flow and what was prepared of its bodies.
 */
#include "view_flow.h"

#include <assert.h>
#include <ev.h>
#include <inttypes.h>

#include "console.h"
#include "page_search.h"
#include "flow_page.h"
#include "sluice/base/mem.h"
#include "tabs.h"
#include "view_list.h"

#define FIXED_ROWS	2	/* title, tabs */

struct view_flow {
	struct view view;
	struct flow_page shown;
	struct scroll kept[TAB_COUNT];	/* of the tabs not shown */
	struct page_hits hits;		/* of the search, when it found */
	ev_idle indexing;
};

static struct view_flow *
flow_of(struct view *v)
{
	return container_of(v, struct view_flow, view);
}

static void
indexing_cb(struct ev_loop *loop, ev_idle *w, int revents)
{
	struct view_flow *vf = container_of(w, struct view_flow, indexing);

	(void)revents;
	if (!flow_page_work(&vf->shown))
		ev_idle_stop(loop, w);
	screen_dirty(&vf->view.ui->screen, false);
}

/* Makes the tab's content for the given width. */
static void
prepare(struct view_flow *vf, int cols)
{
	flow_page_make(&vf->shown, vf->view.ui->keymap, cols);
	if (flow_page_is_busy(&vf->shown))
		ev_idle_start(vf->view.ui->setup.loop, &vf->indexing);
}

/* What stands at the right of the tabs. */
static void
draw_note(struct view_flow *vf, const struct pane *p, int x)
{
	struct view_body *b = flow_page_body(&vf->shown);
	const struct flow *f = vf->shown.flow;
	struct buf text;
	int width;

	buf_init(&text, 256);
	if (f->replayed && f->parent != 0)
		buf_printf(&text, "replay of #%" PRIu64 "  ", f->parent);
	if (f->edited)
		buf_printf(&text, "edited  ");
	if (b != NULL && b->m != NULL && b->m->body.len > 0) {
		view_body_name(b, &text);
		buf_printf(&text, "%s  t:%s", vf->shown.wrap ? " wrap" : "",
		    body_mode_name(body_mode_next(vf->shown.mode)));
	}
	width = pane_width(buf_str(&text), p->cols);
	if (width + 2 < p->cols - x)
		pane_cell_right(p, 1, p->cols - width - 1, width,
		    f->edited ? ROLE_EDITED : ROLE_DIM, buf_str(&text));
	buf_fini(&text);
}

static void
draw_tabs(struct view_flow *vf, const struct pane *p)
{
	int x = 0;

	for (unsigned i = vf->shown.both ? 0 : TAB_REQUEST; i < TAB_COUNT; i++) {
		if (x > 0)
			x = pane_put(p, 1, x, ROLE_DIM, pane_glyph(GLYPH_BAR));
		x = pane_printf(p, 1, x, i == vf->shown.tab ? ROLE_TAB_ON :
		    ROLE_TAB, " %s ", flow_page_tabs[i].name);
	}
	draw_note(vf, p, x);
}

static void
draw(struct view *v, const struct pane *p)
{
	struct view_flow *vf = flow_of(v);
	int rows = p->rows > FIXED_ROWS ? p->rows - FIXED_ROWS : 1;
	struct pane sub = pane_sub(p, FIXED_ROWS, 0, rows, p->cols);
	size_t cursor = SIZE_MAX;

	view_place(v, p, FIXED_ROWS);
	vf->shown.rows = rows;
	prepare(vf, p->cols);
	scroll_fit(&v->scroll, page_rows(&vf->shown.page), (size_t)rows);
	pane_clear(p);
	tab_title(p, vf->shown.flow);
	draw_tabs(vf, p);
	if (flow_page_is_message(&vf->shown) &&
	    screen_top(&v->ui->screen) == v)
		cursor = v->scroll.cursor;
	page_draw(&vf->shown.page, &sub, &v->scroll, cursor, &v->ui->search);
}

static enum key_context
inside(const struct view *v)
{
	const struct view_flow *vf = container_of(v, struct view_flow, view);

	return vf->shown.tab == TAB_TLS ? KEY_TLS : KEY_FLOW;
}

static struct flow *
focus(struct view *v)
{
	struct flow *f = flow_of(v)->shown.flow;

	/* A flow that was deleted meanwhile can only be looked at. */
	return flow_list_find(v->ui->setup.list, f->id) == f ? f : NULL;
}

static void
settle(struct view *v)
{
	struct view_flow *vf = flow_of(v);

	if (vf->shown.cols == 0)
		return;
	prepare(vf, vf->shown.cols);
	scroll_fit(&v->scroll, page_rows(&vf->shown.page), v->scroll.page);
}

/* Brings a row that was found into sight, with some rows around it. */
static void
reveal(struct view_flow *vf, size_t row, size_t x)
{
	struct scroll *s = &vf->view.scroll;
	size_t width = vf->shown.cols > 16 ? (size_t)vf->shown.cols - 12 : 4;

	if (row < s->offset || row - s->offset >= s->page) {
		size_t before = s->page / 3;

		s->offset = row > before ? row - before : 0;
	}
	s->cursor = row;
	if (vf->shown.wrap || (x >= s->column && x - s->column < width))
		return;
	s->column = x < width ? 0 : x - width / 2;
}

static void
show_row(struct view *v, size_t row, size_t x)
{
	struct view_flow *vf = flow_of(v);

	scroll_fit(&v->scroll, page_rows(&vf->shown.page), v->scroll.page);
	reveal(vf, row, x);
	ui_dirty(v->ui);
}

/* The line of the body; in the other tabs the row. */
static bool
go(struct view *v, size_t n)
{
	settle(v);
	page_go(v, &flow_of(v)->shown.page, n, show_row);
	return true;
}

void
view_flow_show(struct view *v, struct flow *f)
{
	struct view_flow *vf = flow_of(v);

	assert(view_is_flow(v));
	flow_page_show(&vf->shown, f);
	vf->hits.rows = 0;
	ev_idle_stop(v->ui->setup.loop, &vf->indexing);
	screen_dirty(&v->ui->screen, true);
}

/* The neighbour in the list as it is filtered; the list's cursor goes along. */
static void
step(struct view *v, int direction)
{
	struct view_flow *vf = flow_of(v);
	struct ui *ui = v->ui;
	size_t row = flow_view_row(ui->view, vf->shown.flow);
	struct flow *f = NULL;

	if (row != SIZE_MAX && (direction > 0 || row > 0)) {
		f = flow_view_at(ui->view, direction > 0 ? row + 1 : row - 1);
	} else if (row == SIZE_MAX) {
		/* It is filtered out or deleted: go to a neighbour of its. */
		row = flow_view_near(ui->view, vf->shown.flow->id);
		f = row != SIZE_MAX ? flow_view_at(ui->view, row) : NULL;
	}
	if (f == NULL) {
		ui_message(ui, ROLE_MESSAGE, direction > 0 ?
		    "this is the last flow" : "this is the first flow");
		return;
	}
	view_flow_show(v, f);
	view_list_select(list_entry(ui->screen.views.next, struct view, link),
	    f);
}

static void
set_tab(struct view_flow *vf, enum tab to)
{
	vf->hits.rows = 0;
	vf->kept[vf->shown.tab] = vf->view.scroll;
	vf->shown.tab = to;
	vf->view.scroll = vf->kept[to];
}

static void
tab(struct view *v, int direction)
{
	struct view_flow *vf = flow_of(v);
	unsigned first = vf->shown.both ? TAB_BOTH : TAB_REQUEST;
	unsigned count = TAB_COUNT - first;

	set_tab(vf, first + (vf->shown.tab - first + count + (unsigned)direction) %
	    count);
	settle(v);
}

static bool
mode(struct view *v, struct str name)
{
	struct view_flow *vf = flow_of(v);
	enum body_mode next = body_mode_next(vf->shown.mode);

	if (name.n > 0 && !body_mode_parse(name, &next))
		return false;
	vf->shown.mode = next;
	settle(v);
	return true;
}

static void
wrap(struct view *v)
{
	struct view_flow *vf = flow_of(v);

	vf->shown.wrap = !vf->shown.wrap;
	v->scroll.column = 0;
	settle(v);
}

static bool
fold(struct view *v, bool all)
{
	struct view_flow *vf = flow_of(v);
	struct scroll *s = &v->scroll;
	uint64_t at, begins;
	struct view_body *b;

	settle(v);
	b = page_body_at(&vf->shown.page, s->cursor, &at);
	if (b == NULL && all)
		b = flow_page_body(&vf->shown);
	if (b == NULL || (all ? !view_body_fold_all(b) :
	    !view_body_fold(b, at, &begins)))
		return false;
	if (!all && begins <= at)
		s->cursor -= (size_t)(at - begins);
	settle(v);
	if (s->cursor < s->offset)
		s->offset = s->cursor;
	return true;
}

static void
show_match(struct view *v, size_t row, size_t x)
{
	struct view_flow *vf = flow_of(v);

	show_row(v, row, x);
	page_hits(&vf->shown.page, &v->ui->search, row, &vf->hits);
}

static bool
find(struct view *v, const struct search *search, int direction, bool here)
{
	struct view_flow *vf = flow_of(v);

	settle(v);
	/* Upwards from the first row there is only the end to go on from. */
	return page_search(v, &vf->shown.page, search, v->scroll.cursor +
	    (here ? 0 : (size_t)direction), direction, show_match);
}

static void
status(struct view *v, struct buf *out)
{
	struct view_flow *vf = flow_of(v);
	size_t row = flow_view_row(v->ui->view, vf->shown.flow);
	size_t rows = v->scroll.rows, shown = v->scroll.offset +
	    v->scroll.page;

	if (row != SIZE_MAX)
		buf_printf(out, "%zu/%zu", row + 1,
		    flow_view_count(v->ui->view));
	else if (focus(v) == NULL)
		buf_printf(out, "deleted");
	else
		buf_printf(out, "not in the list");
	buf_printf(out, "  %s", flow_page_tabs[vf->shown.tab].state);
	if (shown > rows)
		shown = rows;
	if (rows > v->scroll.page)
		buf_printf(out, " %zu/%zu %zu%%", v->scroll.offset + 1, rows,
		    shown * 100 / rows);
	if (v->ui->search.text[0] != '\0' && vf->hits.rows > 0)
		buf_printf(out, "  match %zu/%zu%s", vf->hits.before,
		    vf->hits.rows, vf->hits.more ? "+" : "");
	if (flow_page_is_busy(&vf->shown))
		buf_put(out, pane_glyph(GLYPH_ELLIPSIS));
}

/*
 * A message that was complete changes only by an edit; then everything known
 * about its body is old.  One that was not has grown.
 */
static void
changed(struct view *v, struct flow *f, unsigned parts)
{
	struct view_flow *vf = flow_of(v);
	bool editable = f->state == FLOW_HELD || f->draft;

	if (f != vf->shown.flow)
		return;
	if ((parts & FLOW_PART_REQUEST) && editable &&
	    vf->shown.bodies[GATE_REQUEST].complete)
		view_body_reset(&vf->shown.bodies[GATE_REQUEST]);
	if ((parts & FLOW_PART_RESPONSE) && editable &&
	    vf->shown.bodies[GATE_RESPONSE].complete)
		view_body_reset(&vf->shown.bodies[GATE_RESPONSE]);
	screen_dirty(&v->ui->screen, false);
}

static void
close_flow(struct view *v)
{
	struct view_flow *vf = flow_of(v);

	ev_idle_stop(v->ui->setup.loop, &vf->indexing);
	flow_page_fini(&vf->shown);
	free(vf);
}

static const struct view_ops ops = {
	.name = "FLOW",
	.context = KEY_FLOW,
	.inside = inside,
	.draw = draw,
	.focus = focus,
	.settle = settle,
	.go = go,
	.step = step,
	.tab = tab,
	.mode = mode,
	.wrap = wrap,
	.fold = fold,
	.find = find,
	.status = status,
	.changed = changed,
	.hints = "tab.next flow.next body.mode body.wrap search flow.edit "
	    "flow.replay copy.curl back",
	.close = close_flow,
};

struct view *
view_flow_new(struct ui *ui, struct flow *f)
{
	struct view_flow *vf = NEW(struct view_flow);

	vf->view = (struct view){ .ops = &ops, .ui = ui };
	flow_page_init(&vf->shown, f);
	for (unsigned i = 0; i < TAB_COUNT; i++)
		vf->kept[i] = (struct scroll){ .page = 1,
			.text = i > TAB_RESPONSE };
	vf->view.scroll = vf->kept[vf->shown.tab];
	ev_idle_init(&vf->indexing, indexing_cb);
	return &vf->view;
}

bool
view_is_flow(const struct view *v)
{
	return v->ops == &ops;
}

struct flow *
view_flow_peek(const struct view *v)
{
	assert(view_is_flow(v));
	return container_of(v, struct view_flow, view)->shown.flow;
}

void
view_flow_both(struct view *v, bool both)
{
	struct view_flow *vf = flow_of(v);

	assert(view_is_flow(v));
	if (both && !vf->shown.both && vf->shown.tab <= TAB_RESPONSE)
		set_tab(vf, TAB_BOTH);
	else if (!both && vf->shown.tab == TAB_BOTH)
		set_tab(vf, flow_page_first_tab(vf->shown.flow));
	vf->shown.both = both;
}

const struct message *
view_flow_message(const struct view *v, bool *plain)
{
	const struct flow_page *g =
	    &container_of(v, const struct view_flow, view)->shown;

	assert(view_is_flow(v));
	*plain = g->mode != BODY_RAW && g->mode != BODY_HEX;
	if (g->tab == TAB_REQUEST || g->flow->response.body.len == 0)
		return &g->flow->request;
	return &g->flow->response;
}
