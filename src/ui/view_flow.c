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
#include "page.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "tabs.h"
#include "view_list.h"

#define FIXED_ROWS	2	/* title, tabs */

enum tab { TAB_REQUEST, TAB_RESPONSE, TAB_TLS, TAB_TIMING, TAB_COUNT };

static const char *const tab_names[TAB_COUNT] = {
	[TAB_REQUEST] = "Request", [TAB_RESPONSE] = "Response",
	[TAB_TLS] = "TLS", [TAB_TIMING] = "Timing"
};

static const char *const tab_states[TAB_COUNT] = {
	[TAB_REQUEST] = "REQUEST", [TAB_RESPONSE] = "RESPONSE",
	[TAB_TLS] = "TLS", [TAB_TIMING] = "TIMING"
};

struct view_flow {
	struct view view;
	struct flow *flow;		/* a reference */
	enum tab tab;
	struct scroll kept[TAB_COUNT];	/* of the tabs not shown */
	enum body_mode mode;
	bool wrap;
	struct page page;		/* the tab, made for every paint */
	struct view_body bodies[2];	/* TAB_REQUEST, TAB_RESPONSE */
	int cols;			/* at the last paint */
	ev_idle indexing;
};

static struct view_flow *
flow_of(struct view *v)
{
	return container_of(v, struct view_flow, view);
}

static const struct message *
message_of(const struct flow *f, enum tab tab)
{
	assert(tab <= TAB_RESPONSE);
	return tab == TAB_REQUEST ? &f->request : &f->response;
}

/* The body of the shown tab, or NULL. */
static struct view_body *
body_of(struct view_flow *vf)
{
	if (vf->tab > TAB_RESPONSE ||
	    message_of(vf->flow, vf->tab)->kind == MESSAGE_NONE)
		return NULL;
	return &vf->bodies[vf->tab];
}

static void
indexing_cb(struct ev_loop *loop, ev_idle *w, int revents)
{
	struct view_flow *vf = container_of(w, struct view_flow, indexing);
	struct view_body *b = body_of(vf);

	(void)revents;
	if (b == NULL || !view_body_work(b))
		ev_idle_stop(loop, w);
	screen_dirty(&vf->view.ui->screen, false);
}

/* Makes the tab's content for the given width. */
static void
prepare(struct view_flow *vf, int cols)
{
	struct view_body *b = body_of(vf);
	struct sheet *s = &vf->page.sheet;
	size_t width = cols > 0 ? (size_t)cols : 1;

	vf->cols = cols;
	vf->page.body = b;
	sheet_clear(s);
	switch (vf->tab) {
	case TAB_REQUEST:
	case TAB_RESPONSE:
		tab_head(s, vf->flow, vf->tab == TAB_REQUEST ? GATE_REQUEST :
		    GATE_RESPONSE, width, vf->wrap);
		break;
	case TAB_TLS:
		tab_tls(s, vf->flow, vf->view.ui->keymap, width);
		break;
	case TAB_TIMING:
		tab_timing(s, vf->flow, width, clock_mono());
		break;
	case TAB_COUNT:
		assert(!"not a tab");
	}
	if (b == NULL)
		return;
	view_body_prepare(b, message_of(vf->flow, vf->tab),
	    &(struct body_look){ vf->mode, vf->wrap, cols });
	if (view_body_is_busy(b))
		ev_idle_start(vf->view.ui->setup.loop, &vf->indexing);
}

/* What stands at the right of the tabs. */
static void
draw_note(struct view_flow *vf, const struct pane *p, int x)
{
	struct view_body *b = body_of(vf);
	const struct flow *f = vf->flow;
	struct buf text;
	int width;

	buf_init(&text, 256);
	if (f->replayed && f->parent != 0)
		buf_printf(&text, "replay of #%" PRIu64 "  ", f->parent);
	if (f->edited)
		buf_printf(&text, "edited  ");
	if (b != NULL && b->m != NULL && b->m->body.len > 0) {
		view_body_name(b, &text);
		buf_printf(&text, "%s  t:%s", vf->wrap ? " wrap" : "",
		    body_mode_name((vf->mode + 1) % (BODY_HEX + 1)));
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

	for (unsigned i = 0; i < TAB_COUNT; i++) {
		if (i > 0)
			x = pane_put(p, 1, x, ROLE_DIM, pane_glyph(GLYPH_BAR));
		x = pane_printf(p, 1, x, i == vf->tab ? ROLE_TAB_ON : ROLE_TAB,
		    " %s ", tab_names[i]);
	}
	draw_note(vf, p, x);
}

static void
draw(struct view *v, const struct pane *p)
{
	struct view_flow *vf = flow_of(v);
	int rows = p->rows > FIXED_ROWS ? p->rows - FIXED_ROWS : 1;
	struct pane sub = pane_sub(p, FIXED_ROWS, 0, rows, p->cols);

	v->top = p->y + FIXED_ROWS;
	prepare(vf, p->cols);
	scroll_fit(&v->scroll, page_rows(&vf->page), (size_t)rows);
	pane_clear(p);
	tab_title(p, vf->flow);
	draw_tabs(vf, p);
	page_draw(&vf->page, &sub, &v->scroll, &v->ui->search);
}

static enum key_context
inside(const struct view *v)
{
	const struct view_flow *vf = container_of(v, struct view_flow, view);

	return vf->tab == TAB_TLS ? KEY_TLS : KEY_FLOW;
}

static struct flow *
focus(struct view *v)
{
	struct flow *f = flow_of(v)->flow;

	/* A flow that was deleted meanwhile can only be looked at. */
	return flow_list_find(v->ui->setup.list, f->id) == f ? f : NULL;
}

static void
settle(struct view *v)
{
	struct view_flow *vf = flow_of(v);

	if (vf->cols == 0)
		return;
	prepare(vf, vf->cols);
	scroll_fit(&v->scroll, page_rows(&vf->page), v->scroll.page);
}

/* Brings a row that was found into sight, with some rows around it. */
static void
reveal(struct view_flow *vf, size_t row, size_t x)
{
	struct scroll *s = &vf->view.scroll;
	size_t width = vf->cols > 16 ? (size_t)vf->cols - 12 : 4;

	if (row < s->offset || row - s->offset >= s->page) {
		size_t before = s->page / 3;

		s->offset = row > before ? row - before : 0;
	}
	s->cursor = row;
	if (vf->wrap || (x >= s->column && x - s->column < width))
		return;
	s->column = x < width ? 0 : x - width / 2;
}

/* The line of the body; in the other tabs the row. */
static bool
go(struct view *v, size_t n)
{
	struct view_flow *vf = flow_of(v);
	size_t row, rows;

	settle(v);
	row = page_line(&vf->page, n);
	rows = page_rows(&vf->page);
	if (row >= rows)
		row = rows > 0 ? rows - 1 : 0;
	scroll_fit(&v->scroll, rows, v->scroll.page);
	reveal(vf, row, 0);
	return true;
}

void
view_flow_show(struct view *v, struct flow *f)
{
	struct view_flow *vf = flow_of(v);
	struct flow *old = vf->flow;

	assert(view_is_flow(v));
	vf->flow = flow_ref(f);
	flow_unref(old);
	for (size_t i = 0; i < ARRAY_LEN(vf->bodies); i++)
		view_body_reset(&vf->bodies[i]);
	ev_idle_stop(v->ui->setup.loop, &vf->indexing);
	screen_dirty(&v->ui->screen, true);
}

/* The neighbour in the list as it is filtered; the list's cursor goes along. */
static void
step(struct view *v, int direction)
{
	struct view_flow *vf = flow_of(v);
	struct ui *ui = v->ui;
	size_t row = flow_view_row(ui->view, vf->flow);
	struct flow *f = NULL;

	if (row != SIZE_MAX && (direction > 0 || row > 0)) {
		f = flow_view_at(ui->view, direction > 0 ? row + 1 : row - 1);
	} else if (row == SIZE_MAX) {
		/* It is filtered out or deleted: go to a neighbour of its. */
		row = flow_view_near(ui->view, vf->flow->id);
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
tab(struct view *v, int direction)
{
	struct view_flow *vf = flow_of(v);

	vf->kept[vf->tab] = v->scroll;
	vf->tab = (vf->tab + TAB_COUNT + (unsigned)direction) % TAB_COUNT;
	v->scroll = vf->kept[vf->tab];
	settle(v);
}

static bool
mode(struct view *v, struct str name)
{
	struct view_flow *vf = flow_of(v);
	enum body_mode next = (vf->mode + 1) % (BODY_HEX + 1);

	if (name.n > 0 && !body_mode_parse(name, &next))
		return false;
	vf->mode = next;
	settle(v);
	return true;
}

static void
wrap(struct view *v)
{
	struct view_flow *vf = flow_of(v);

	vf->wrap = !vf->wrap;
	v->scroll.column = 0;
	settle(v);
}

static bool
find(struct view *v, const struct search *search, int direction, bool here)
{
	struct view_flow *vf = flow_of(v);
	size_t from = v->scroll.cursor, row, x;
	enum body_found found = BODY_NOT_FOUND;

	settle(v);
	/* Upwards from the first row there is only the end to go on from. */
	if (!here)
		from += (size_t)direction;
	if (from != SIZE_MAX)
		found = page_find(&vf->page, search, from, direction, &row, &x);
	if (found == BODY_NOT_FOUND) {
		from = direction > 0 || page_rows(&vf->page) == 0 ? 0 :
		    page_rows(&vf->page) - 1;
		found = page_find(&vf->page, search, from, direction, &row, &x);
	}
	if (found == BODY_NOT_FOUND)
		return false;
	scroll_fit(&v->scroll, page_rows(&vf->page), v->scroll.page);
	reveal(vf, row, x);
	if (found == BODY_NOT_YET)
		ui_message(v->ui, ROLE_MESSAGE,
		    "searched to row %zu of a long body; n goes on", row + 1);
	return true;
}

static void
status(struct view *v, struct buf *out)
{
	struct view_flow *vf = flow_of(v);
	struct view_body *b = body_of(vf);
	size_t row = flow_view_row(v->ui->view, vf->flow);
	size_t rows = v->scroll.rows, shown = v->scroll.offset +
	    v->scroll.page;

	if (row != SIZE_MAX)
		buf_printf(out, "%zu/%zu", row + 1,
		    flow_view_count(v->ui->view));
	else if (focus(v) == NULL)
		buf_printf(out, "deleted");
	else
		buf_printf(out, "not in the list");
	buf_printf(out, "  %s", tab_states[vf->tab]);
	if (shown > rows)
		shown = rows;
	if (rows > v->scroll.page)
		buf_printf(out, " %zu/%zu %zu%%", v->scroll.offset + 1, rows,
		    shown * 100 / rows);
	if (b != NULL && view_body_is_busy(b))
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

	if (f != vf->flow)
		return;
	if ((parts & FLOW_PART_REQUEST) && editable &&
	    vf->bodies[TAB_REQUEST].complete)
		view_body_reset(&vf->bodies[TAB_REQUEST]);
	if ((parts & FLOW_PART_RESPONSE) && editable &&
	    vf->bodies[TAB_RESPONSE].complete)
		view_body_reset(&vf->bodies[TAB_RESPONSE]);
	screen_dirty(&v->ui->screen, false);
}

static void
close_flow(struct view *v)
{
	struct view_flow *vf = flow_of(v);

	ev_idle_stop(v->ui->setup.loop, &vf->indexing);
	for (size_t i = 0; i < ARRAY_LEN(vf->bodies); i++)
		view_body_fini(&vf->bodies[i]);
	sheet_fini(&vf->page.sheet);
	flow_unref(vf->flow);
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
	.find = find,
	.status = status,
	.changed = changed,
	.hints = "tab.next flow.next body.mode body.wrap search flow.edit "
	    "flow.replay copy.curl back",
	.close = close_flow,
};

/* What one wants to see of f first. */
static enum tab
first_tab(const struct flow *f)
{
	if (f->state == FLOW_HELD && f->held_at == GATE_RESPONSE)
		return TAB_RESPONSE;
	return f->kind == FLOW_HANDSHAKE ? TAB_TLS : TAB_REQUEST;
}

struct view *
view_flow_new(struct ui *ui, struct flow *f)
{
	struct view_flow *vf = NEW(struct view_flow);

	vf->view = (struct view){ .ops = &ops, .ui = ui };
	vf->view.scroll = (struct scroll){ .page = 1, .text = true };
	for (size_t i = 0; i < TAB_COUNT; i++)
		vf->kept[i] = vf->view.scroll;
	vf->flow = flow_ref(f);
	vf->tab = first_tab(f);
	sheet_init(&vf->page.sheet);
	for (size_t i = 0; i < ARRAY_LEN(vf->bodies); i++)
		view_body_init(&vf->bodies[i]);
	ev_idle_init(&vf->indexing, indexing_cb);
	return &vf->view;
}

bool
view_is_flow(const struct view *v)
{
	return v->ops == &ops;
}
