/* SPDX-License-Identifier: MIT */
/* Commands that divide the screen: layout, zoom, and going between panes. */
#include "command.h"

#include "console.h"
#include "view_flow.h"
#include "view_list.h"

static struct split *
split_of(struct ui *ui)
{
	return &ui->screen.split;
}

static struct view *
first_view(struct ui *ui)
{
	return list_entry(ui->screen.views.next, struct view, link);
}

/* The layout as it is, or LAYOUTS where there is none to choose. */
static enum split_layout
layout_now(struct ui *ui)
{
	struct view *last = list_entry(ui->screen.views.prev, struct view,
	    link);

	if (last == first_view(ui))
		return split_of(ui)->layout;
	return view_is_flow(last) ? LAYOUT_DETAIL : LAYOUTS;
}

static void
open_detail(struct ui *ui)
{
	struct view *v = split_take(split_of(ui));
	struct flow *f;

	if (v == NULL) {
		f = ui_focus(ui);
		if (f == NULL)
			return;
		v = view_flow_new(ui, f);
	}
	/* What is looked at stays where it is in the list. */
	view_list_follow(first_view(ui), false);
	screen_push(&ui->screen, v);
}

static void
set_layout(struct ui *ui, enum split_layout to)
{
	enum split_layout now = layout_now(ui);

	if (now == LAYOUTS) {
		ui_message(ui, ROLE_MESSAGE, "this screen has no panes; q "
		    "leaves it");
		return;
	}
	if (to == now)
		return;
	if (to == LAYOUT_DETAIL) {
		open_detail(ui);
		return;
	}
	if (now == LAYOUT_DETAIL)
		screen_pop(&ui->screen);
	if (to != LAYOUT_LIST)
		view_list_follow(first_view(ui), false);
	split_set(split_of(ui), to);
}

void
command_layout(struct ui *ui, struct str args)
{
	enum split_layout now = layout_now(ui), to = LAYOUT_LIST;

	if (args.n > 0 && !split_layout_parse(args, &to)) {
		ui_message(ui, ROLE_ERROR,
		    "a layout is list, below, right or detail");
		return;
	}
	if (args.n == 0 && now != LAYOUTS)
		to = (now + 1) % LAYOUTS;
	set_layout(ui, to);
}

void
command_layout_flip(struct ui *ui, struct str args)
{
	(void)args;
	set_layout(ui, layout_now(ui) == LAYOUT_RIGHT ? LAYOUT_BELOW :
	    LAYOUT_RIGHT);
}

void
command_zoom(struct ui *ui, struct str args)
{
	struct split *s = split_of(ui);

	(void)args;
	if (!split_is_on(s) || layout_now(ui) == LAYOUT_DETAIL)
		ui_message(ui, ROLE_MESSAGE, "there is one pane; - divides "
		    "the screen");
	else
		s->zoomed = !s->zoomed;
	ui_dirty(ui);
}

/* Between two panes; where there is one, between its tabs. */
static void
go_pane(struct ui *ui, int direction)
{
	struct view *v = screen_top(&ui->screen);
	struct split *s = split_of(ui);

	if (split_is_on(s) && (v == s->list || v == s->detail))
		split_enter(s, v == s->list);
	else if (v->ops->tab != NULL)
		v->ops->tab(v, direction);
	else
		ui_message(ui, ROLE_MESSAGE, "there is one pane; - divides "
		    "the screen");
	ui_dirty(ui);
}

void
command_pane_next(struct ui *ui, struct str args)
{
	(void)args;
	go_pane(ui, 1);
}

void
command_pane_prev(struct ui *ui, struct str args)
{
	(void)args;
	go_pane(ui, -1);
}
