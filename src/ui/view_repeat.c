/* SPDX-License-Identifier: MIT */
/*
 * Tries are ordinary flows whose parent is the draft; this view remembers
 * their numbers, since a flow may be deleted meanwhile.
 */
#include "view_repeat.h"

#include <assert.h>
#include <inttypes.h>

#include "console.h"
#include "page_search.h"
#include "flow_page.h"
#include "sluice/base/mem.h"

#define SIDE_COLS	100		/* less: below each other */

enum half { HALF_REQUEST, HALF_RESPONSE };

struct view_repeat {
	struct view view;
	struct flow_page draft;		/* left, or above */
	struct flow_page shown;		/* the try; flow NULL: none yet */
	enum half half;			/* has the view's scroll */
	struct scroll kept;		/* the other one's */
	uint64_t *tries;		/* ids */
	size_t count, cap, at;
	ev_idle indexing;
};

static struct view_repeat *
repeat_of(struct view *v)
{
	return container_of(v, struct view_repeat, view);
}

static struct flow *
try_at(const struct view_repeat *vr, size_t i)
{
	return flow_list_find(vr->view.ui->setup.list, vr->tries[i]);
}

static void
indexing_cb(struct ev_loop *loop, ev_idle *w, int revents)
{
	struct view_repeat *vr = container_of(w, struct view_repeat, indexing);
	bool more = flow_page_work(&vr->draft);

	(void)revents;
	if (vr->shown.flow != NULL && !more)
		more = flow_page_work(&vr->shown);
	if (!more)
		ev_idle_stop(loop, w);
	screen_dirty(&vr->view.ui->screen, false);
}

static void
show_try(struct view_repeat *vr, size_t at)
{
	struct flow *f = try_at(vr, at);

	vr->at = at;
	if (f == NULL)
		return;
	if (vr->shown.flow == NULL)
		flow_page_init(&vr->shown, f);
	else
		flow_page_show(&vr->shown, f);
	vr->shown.tab = TAB_RESPONSE;
	vr->shown.mode = vr->draft.mode;
	vr->shown.wrap = vr->draft.wrap;
	screen_dirty(&vr->view.ui->screen, true);
}

/* "1:200 2:409 3:-", the shown one bright, as many of the last as fit. */
static void
draw_tries(struct view_repeat *vr, const struct pane *p, int x)
{
	size_t fit = p->cols > x + 8 ? (size_t)(p->cols - x) / 8 : 1;

	if (vr->count == 0)
		pane_put(p, 0, x, ROLE_DIM, STR("not sent yet"));
	for (size_t i = vr->count > fit ? vr->count - fit : 0;
	    i < vr->count; i++) {
		const struct flow *f = try_at(vr, i);
		enum role role = i == vr->at ? ROLE_TAB_ON : ROLE_TAB;

		x = pane_printf(p, 0, x, role, "%zu:", i + 1);
		if (f == NULL)
			x = pane_put(p, 0, x, role, STR("gone"));
		else if (flow_has_response(f))
			x = pane_printf(p, 0, x, role, "%u",
			    f->response.status);
		else if (f->state == FLOW_FAILED)
			x = pane_put(p, 0, x, role, STR("ERR"));
		else
			x = pane_put(p, 0, x, role, pane_glyph(GLYPH_DASH));
		x++;
	}
}

static void
draw_title(struct view_repeat *vr, const struct pane *p)
{
	const struct flow *f = vr->draft.flow;
	struct buf url;
	int x, room = p->cols / 2;

	x = pane_printf(p, 0, 0, ROLE_TITLE, "R #%" PRIu64 " ", f->id);
	x = pane_put(p, 0, x, ROLE_TITLE, str_sub(message_word(&f->request,
	    f->request.method), 0, 24)) + 1;
	buf_init(&url, 1024 * 1024);
	flow_put_url(f, &url);
	if (room > x)
		x = pane_cell(p, 0, x, room - x, ROLE_TEXT, buf_str(&url),
		    false);
	buf_fini(&url);
	draw_tries(vr, p, x + 2);
}

static void
draw_half(struct view_repeat *vr, const struct pane *p, enum half half)
{
	struct flow_page *g = half == HALF_REQUEST ? &vr->draft : &vr->shown;
	bool on = vr->half == half;
	struct scroll *s = on ? &vr->view.scroll : &vr->kept;
	struct pane sub = pane_sub(p, 1, 0, p->rows - 1, p->cols);

	if (sub.rows < 1)
		return;
	pane_rule(p, 0, ROLE_DIM);
	pane_put(p, 0, 1, on ? ROLE_TAB_ON : ROLE_TAB, half == HALF_REQUEST ?
	    STR(" Request ") : STR(" Response "));
	if (g->flow == NULL)
		return;
	g->rows = sub.rows;
	flow_page_make(g, vr->view.ui->keymap, sub.cols);
	if (flow_page_is_busy(g))
		ev_idle_start(vr->view.ui->setup.loop, &vr->indexing);
	scroll_fit(s, page_rows(&g->page), (size_t)sub.rows);
	page_draw(&g->page, &sub, s, on ? s->cursor : SIZE_MAX,
	    &vr->view.ui->search);
}

static void
draw(struct view *v, const struct pane *p)
{
	struct view_repeat *vr = repeat_of(v);
	bool side = p->cols >= SIDE_COLS;
	int half = side ? p->cols / 2 : (p->rows - 1) / 2;
	struct pane one = side ? pane_sub(p, 1, 0, p->rows - 1, half) :
	    pane_sub(p, 1, 0, half, p->cols);
	struct pane two = side ? pane_sub(p, 1, half + 1, p->rows - 1,
	    p->cols - half - 1) : pane_sub(p, 1 + half, 0, p->rows - 1 - half,
	    p->cols);

	view_place(v, p, p->rows);
	pane_clear(p);
	draw_title(vr, p);
	draw_half(vr, &one, HALF_REQUEST);
	draw_half(vr, &two, HALF_RESPONSE);
	for (int y = 1; side && y < p->rows; y++)
		pane_put(p, y, half, ROLE_DIM, pane_glyph(GLYPH_BAR));
}

static struct flow *
focus(struct view *v)
{
	struct flow *f = repeat_of(v)->draft.flow;

	return flow_list_find(v->ui->setup.list, f->id) == f ? f : NULL;
}

static bool
mode(struct view *v, struct str name)
{
	struct view_repeat *vr = repeat_of(v);
	enum body_mode next = body_mode_next(vr->draft.mode);

	if (name.n > 0 && !body_mode_parse(name, &next))
		return false;
	vr->draft.mode = vr->shown.mode = next;
	return true;
}

static void
wrap(struct view *v)
{
	struct view_repeat *vr = repeat_of(v);

	vr->draft.wrap = vr->shown.wrap = !vr->draft.wrap;
}

static void
show_row(struct view *v, size_t row, size_t x)
{
	(void)x;
	scroll_to(&v->scroll, row);
	ui_dirty(v->ui);
}

static bool
find(struct view *v, const struct search *search, int direction, bool here)
{
	struct view_repeat *vr = repeat_of(v);
	struct flow_page *g = vr->half == HALF_REQUEST ? &vr->draft :
	    &vr->shown;

	if (g->flow == NULL || g->page.count == 0)
		return false;
	return page_search(v, &g->page, search, v->scroll.cursor +
	    (here ? 0 : (size_t)direction), direction, show_row);
}

static void
status(struct view *v, struct buf *out)
{
	struct view_repeat *vr = repeat_of(v);

	if (vr->count > 0)
		buf_printf(out, "try %zu/%zu", vr->at + 1, vr->count);
	else
		buf_printf(out, "draft");
	if (focus(v) == NULL)
		buf_printf(out, "  the draft was deleted");
}

static void
changed(struct view *v, struct flow *f, unsigned parts)
{
	struct view_repeat *vr = repeat_of(v);

	if (f == vr->draft.flow && (parts & FLOW_PART_REQUEST))
		view_body_reset(&vr->draft.bodies[GATE_REQUEST]);
}

static void
close_repeat(struct view *v)
{
	struct view_repeat *vr = repeat_of(v);

	ev_idle_stop(v->ui->setup.loop, &vr->indexing);
	flow_page_fini(&vr->draft);
	if (vr->shown.flow != NULL)
		flow_page_fini(&vr->shown);
	free(vr->tries);
	free(vr);
}

static const struct view_ops ops = {
	.name = "REPEAT",
	.context = KEY_REPEAT,
	.draw = draw,
	.focus = focus,
	.mode = mode,
	.wrap = wrap,
	.find = find,
	.status = status,
	.changed = changed,
	.hints = "repeat.send flow.edit repeat.next repeat.prev repeat.diff "
	    "repeat.other body.mode back",
	.close = close_repeat,
};

struct view *
view_repeat_new(struct ui *ui, struct flow *draft)
{
	struct view_repeat *vr = NEW(struct view_repeat);

	vr->view = (struct view){ .ops = &ops, .ui = ui };
	vr->view.scroll.page = vr->kept.page = 1;
	flow_page_init(&vr->draft, draft);
	vr->draft.tab = TAB_REQUEST;
	ev_idle_init(&vr->indexing, indexing_cb);
	return &vr->view;
}

bool
view_is_repeat(const struct view *v)
{
	return v->ops == &ops;
}

bool
view_repeat_send(struct view *v, struct err *err)
{
	struct view_repeat *vr = repeat_of(v);
	struct flow *sent;

	assert(view_is_repeat(v));
	sent = proxy_replay(v->ui->setup.proxy, vr->draft.flow, err);
	if (sent == NULL)
		return false;
	if (vr->count == vr->cap) {
		vr->cap = vr->cap > 0 ? vr->cap * 2 : 8;
		vr->tries = mem_array(vr->tries, vr->cap, sizeof(*vr->tries));
	}
	vr->tries[vr->count++] = sent->id;
	show_try(vr, vr->count - 1);
	return true;
}

bool
view_repeat_go(struct view *v, int direction)
{
	struct view_repeat *vr = repeat_of(v);

	assert(view_is_repeat(v));
	if (direction > 0 ? vr->at + 1 >= vr->count : vr->at == 0)
		return false;
	show_try(vr, vr->at + (size_t)direction);
	return true;
}

bool
view_repeat_pair(struct view *v, struct flow **before, struct flow **now)
{
	struct view_repeat *vr = repeat_of(v);

	assert(view_is_repeat(v));
	if (vr->count < 2 || vr->at == 0)
		return false;
	*before = try_at(vr, vr->at - 1);
	*now = try_at(vr, vr->at);
	return *before != NULL && *now != NULL;
}

void
view_repeat_other(struct view *v)
{
	struct view_repeat *vr = repeat_of(v);
	struct scroll other = vr->kept;

	assert(view_is_repeat(v));
	vr->kept = v->scroll;
	v->scroll = other;
	vr->half = vr->half == HALF_REQUEST ? HALF_RESPONSE : HALF_REQUEST;
}
