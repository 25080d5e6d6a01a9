/* SPDX-License-Identifier: MIT */
/*
 * Paints once per turn of the loop, before it sleeps, when something has
 * changed; a paint that would come too soon after the last one waits in a
 * timer, so an idle program never wakes up.
 */
#include "screen.h"

#include <assert.h>

#include "console.h"
#include "status.h"
#include "view_list.h"

#define BETWEEN_KEYS	0.002	/* else a pasted flood paints each byte */
#define BETWEEN_NEWS	0.100
#define MIN_ROWS	5
#define MIN_COLS	20

static struct view *
first_view(const struct screen *s)
{
	assert(!list_is_empty(&s->views));
	return list_entry(s->views.next, struct view, link);
}

static struct view *
last_view(const struct screen *s)
{
	assert(!list_is_empty(&s->views));
	return list_entry(s->views.prev, struct view, link);
}

static void
draw_too_small(const struct pane *all)
{
	pane_printf(all, 0, 0, ROLE_TEXT, "sluice %dx%d", all->cols, all->rows);
	pane_put(all, 1, 0, ROLE_TEXT, STR("too small"));
	pane_put(all, 2, 0, ROLE_TEXT, STR("Q quits"));
}

/* The hardware cursor: screen readers and tmux's copy mode follow it. */
static void
point_at_row(const struct view *v, const struct pane *all)
{
	const struct scroll *s = &v->scroll;
	size_t row = s->cursor - s->offset;
	bool shown = !s->text && s->cursor >= s->offset && row < s->page;

	pane_cursor(all, v->top + (shown ? (int)row : 0), v->left);
}

static void
draw_all(struct ui *ui, const struct pane *all)
{
	struct view *v = last_view(&ui->screen);
	bool prompting = prompt_is_open(&ui->prompt);
	int top = status_has_banner(ui) && all->rows > 5;
	int last = prompting || ui->message[0] != '\0' ||
	    option_bool(ui->setup.options, OPTION_HINTS);
	int toast = toast_is_shown(&ui->toast) && all->rows > 6;
	struct pane middle = pane_sub(all, top, 0,
	    all->rows - top - toast - 1 - last, all->cols);

	if (top)
		status_banner(ui, all, 0);
	if (v == first_view(&ui->screen))
		split_draw(&ui->screen.split, v, &middle);
	else
		v->ops->draw(v, &middle);
	if (prompting)
		prompt_draw_menu(&ui->prompt, &middle);
	if (toast)
		toast_draw(ui, all, all->rows - 2 - last);
	status_bar(ui, all, all->rows - 1 - last);
	if (prompting)
		prompt_draw(&ui->prompt, all, all->rows - 1);
	else if (last)
		status_hints(ui, all, all->rows - 1);
	if (!prompting)
		point_at_row(screen_top(&ui->screen), all);
}

static void
paint(struct screen *s)
{
	struct ui *ui = s->ui;
	struct pane all = {
		.rows = term_rows(ui->term), .cols = term_cols(ui->term)
	};
	bool small = all.rows < MIN_ROWS || all.cols < MIN_COLS;

	pane_clear(&all);
	mouse_clear(&ui->mouse);
	if (small)
		draw_too_small(&all);
	else
		draw_all(ui, &all);
	term_flush(ui->term, !small && (prompt_is_open(&ui->prompt) ||
	    option_bool(ui->setup.options, OPTION_READER)));
	ui_tick(ui);
}

static void
drain_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	struct screen *s = container_of(w, struct screen, drain);

	(void)revents;
	term_go_on(s->ui->term);
	if (!term_is_behind(s->ui->term))
		ev_io_stop(loop, w);
}

/* Is a frame still on its way?  The next is drawn when it has arrived. */
static bool
has_to_wait(struct ev_loop *loop, struct screen *s)
{
	if (!term_is_behind(s->ui->term)) {
		ev_io_stop(loop, &s->drain);
		return false;
	}
	if (!ev_is_active(&s->drain)) {
		ev_io_set(&s->drain, term_out_fd(s->ui->term), EV_WRITE);
		ev_io_start(loop, &s->drain);
	}
	return true;
}

static void
paint_cb(struct ev_loop *loop, ev_prepare *w, int revents)
{
	struct screen *s = container_of(w, struct screen, paint);
	double wait = s->urgent ? BETWEEN_KEYS : BETWEEN_NEWS;
	double since = ev_now(loop) - s->last;

	(void)revents;
	if (has_to_wait(loop, s) || !s->dirty || s->off)
		return;
	/* The clock may have been set back. */
	if (since >= 0 && since < wait) {
		ev_timer_stop(loop, &s->later);
		ev_timer_set(&s->later, wait - since, 0.0);
		ev_timer_start(loop, &s->later);
		return;
	}
	ev_timer_stop(loop, &s->later);
	s->dirty = s->urgent = false;
	s->last = ev_now(loop);
	paint(s);
	(void)has_to_wait(loop, s);
}

static void
later_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	/* Only wakes the loop up; paint_cb comes next. */
	(void)loop;
	(void)w;
	(void)revents;
}

void
screen_init(struct screen *s, struct ui *ui)
{
	*s = (struct screen){ .ui = ui };
	list_init(&s->views);
	split_init(&s->split, ui);
	ev_prepare_init(&s->paint, paint_cb);
	ev_timer_init(&s->later, later_cb, 0.0, 0.0);
	ev_init(&s->drain, drain_cb);
	ev_prepare_start(ui->setup.loop, &s->paint);
}

static void
close_top(struct screen *s)
{
	struct view *v = last_view(s);

	list_remove(&v->link);
	if (v->ops->close != NULL)
		v->ops->close(v);
}

void
screen_fini(struct screen *s)
{
	split_fini(&s->split);
	while (!list_is_empty(&s->views))
		close_top(s);
	ev_prepare_stop(s->ui->setup.loop, &s->paint);
	ev_timer_stop(s->ui->setup.loop, &s->later);
	ev_io_stop(s->ui->setup.loop, &s->drain);
}

void
screen_push(struct screen *s, struct view *v)
{
	list_insert(s->views.prev, &v->link);
	if (v == first_view(s))
		s->split.list = v;
	screen_dirty(s, true);
}

void
screen_pop(struct screen *s)
{
	struct view *v = last_view(s), *first = first_view(s);
	struct flow *f = v->ops->focus != NULL ? v->ops->focus(v) : NULL;

	if (v == first) {
		split_enter(&s->split, false);
		return;
	}
	/* The list comes back with the cursor on what was looked at last. */
	if (f != NULL)
		(void)view_list_select(first, f);
	close_top(s);
	screen_dirty(s, true);
}

struct view *
screen_top(const struct screen *s)
{
	struct view *v = last_view(s);

	return v == first_view(s) ? split_focus(&s->split) : v;
}

void
screen_flow_changed(struct screen *s, struct flow *f, unsigned parts)
{
	struct view *v;

	list_for_each(v, &s->views, struct view, link)
		if (v->ops->changed != NULL)
			v->ops->changed(v, f, parts);
	v = s->split.detail;
	if (v != NULL)
		v->ops->changed(v, f, parts);
	screen_dirty(s, false);
}

void
screen_flow_removed(struct screen *s, struct flow *f)
{
	struct view *v;

	list_for_each(v, &s->views, struct view, link)
		if (v->ops->removed != NULL)
			v->ops->removed(v, f);
	screen_dirty(s, false);
}

void
screen_dirty(struct screen *s, bool urgent)
{
	s->dirty = true;
	s->urgent = s->urgent || urgent;
}
