/* SPDX-License-Identifier: MIT */
/*
 * Commands that move and look: motion, tabs, body modes, search.  They act
 * on the top view through its ops; a view without a slot says so.
 */
#include "command.h"

#include <assert.h>

#include "console.h"
#include "sluice/base/str.h"
#include "view.h"
#include "view_flow.h"
#include "view_list.h"

#define COUNT_MAX	10000000u
#define COLUMN_STEP	8u

static struct view *
top(struct ui *ui)
{
	struct view *v = screen_top(&ui->screen);

	assert(v != NULL);
	return v;
}

/* The view whose cursor is about to move. */
static struct view *
moving(struct ui *ui)
{
	struct view *v = top(ui);

	if (v->ops->settle != NULL)
		v->ops->settle(v);
	return v;
}

static void
moved(struct view *v)
{
	if (v->ops->moved != NULL)
		v->ops->moved(v);
	ui_dirty(v->ui);
}

static long
count_of(struct ui *ui, struct str args)
{
	uint64_t n;

	if (args.n == 0)
		return ui->count > 0 ? (long)ui->count : 1;
	if (!str_to_u64(args, &n) || n > COUNT_MAX) {
		ui_message(ui, ROLE_ERROR, "a number is wanted here");
		return 0;
	}
	return (long)n;
}

void
command_move_down(struct ui *ui, struct str args)
{
	struct view *v = moving(ui);

	scroll_move(&v->scroll, count_of(ui, args));
	moved(v);
}

void
command_move_up(struct ui *ui, struct str args)
{
	struct view *v = moving(ui);

	scroll_move(&v->scroll, -count_of(ui, args));
	moved(v);
}

/* A page many times; more often than this changes nothing on any list. */
static void
jump(struct ui *ui, void (*by)(struct scroll *, int), int direction)
{
	struct view *v = moving(ui);
	unsigned times = ui->count > 0 ? ui->count : 1;

	for (unsigned i = 0; i < times && i < 10000; i++)
		by(&v->scroll, direction);
	moved(v);
}

void
command_half_down(struct ui *ui, struct str args)
{
	(void)args;
	jump(ui, scroll_half, 1);
}

void
command_half_up(struct ui *ui, struct str args)
{
	(void)args;
	jump(ui, scroll_half, -1);
}

void
command_page_down(struct ui *ui, struct str args)
{
	(void)args;
	jump(ui, scroll_page, 1);
}

void
command_page_up(struct ui *ui, struct str args)
{
	(void)args;
	jump(ui, scroll_page, -1);
}

static void
go(struct ui *ui, size_t n)
{
	struct view *v = moving(ui);

	if (v->ops->go != NULL) {
		if (!v->ops->go(v, n))
			ui_message(ui, ROLE_WARNING, "there is no %zu here", n);
		ui_dirty(ui);
		return;
	}
	scroll_to(&v->scroll, n > 0 ? n - 1 : 0);
	moved(v);
}

void
command_top(struct ui *ui, struct str args)
{
	struct view *v = moving(ui);

	(void)args;
	if (ui->count > 0) {
		go(ui, ui->count);
		return;
	}
	scroll_top(&v->scroll);
	moved(v);
}

void
command_bottom(struct ui *ui, struct str args)
{
	struct view *v = moving(ui);

	if (ui->count > 0 || args.n > 0) {
		long n = count_of(ui, args);

		if (n > 0)
			go(ui, (size_t)n);
		return;
	}
	scroll_bottom(&v->scroll);
	moved(v);
	/* In another order the newest is not at the end. */
	if (v->ops->context == KEY_LIST && v->scroll.cursor ==
	    flow_view_near(ui->view, UINT64_MAX))
		view_list_follow(v, true);
}

void
command_goto(struct ui *ui, struct str args)
{
	long n;

	if (args.n == 0) {
		ui_message(ui, ROLE_ERROR, "goto needs a number");
		return;
	}
	n = count_of(ui, args);
	if (n > 0)
		go(ui, (size_t)n);
}

/* The list scrolls by columns, text by cells. */
static size_t
column_step(const struct view *v)
{
	return v->ops->context == KEY_LIST ? 1 : COLUMN_STEP;
}

void
command_right(struct ui *ui, struct str args)
{
	struct view *v = top(ui);

	(void)args;
	if (v->scroll.column < COUNT_MAX)
		v->scroll.column += column_step(v);
	ui_dirty(ui);
}

void
command_left(struct ui *ui, struct str args)
{
	struct view *v = top(ui);

	(void)args;
	v->scroll.column -= v->scroll.column < column_step(v) ?
	    v->scroll.column : column_step(v);
	ui_dirty(ui);
}

static void
step(struct ui *ui, int direction)
{
	struct view *v = moving(ui);

	if (v->ops->step != NULL)
		v->ops->step(v, direction);
	else
		ui_message(ui, ROLE_MESSAGE, "open a flow first");
	ui_dirty(ui);
}

void
command_flow_next(struct ui *ui, struct str args)
{
	(void)args;
	step(ui, 1);
}

void
command_flow_prev(struct ui *ui, struct str args)
{
	(void)args;
	step(ui, -1);
}

static void
tab(struct ui *ui, int direction)
{
	struct view *v = top(ui);

	if (v->ops->tab != NULL)
		v->ops->tab(v, direction);
	else
		ui_message(ui, ROLE_MESSAGE, "there are no tabs here");
	ui_dirty(ui);
}

void
command_tab_next(struct ui *ui, struct str args)
{
	(void)args;
	tab(ui, 1);
}

void
command_tab_prev(struct ui *ui, struct str args)
{
	(void)args;
	tab(ui, -1);
}

void
command_body_mode(struct ui *ui, struct str args)
{
	struct view *v = top(ui);

	if (v->ops->mode == NULL)
		ui_message(ui, ROLE_MESSAGE, "there is no body here");
	else if (!v->ops->mode(v, args))
		ui_message(ui, ROLE_ERROR, "a body is pretty, raw, hex, text, "
		    "json, xml, html, form, multipart, jwt or image");
	ui_dirty(ui);
}

void
command_body_choose(struct ui *ui, struct str args)
{
	(void)args;
	prompt_open(ui, PROMPT_COMMAND, STR("body.mode "));
}

void
command_body_wrap(struct ui *ui, struct str args)
{
	struct view *v = top(ui);

	(void)args;
	if (v->ops->wrap != NULL)
		v->ops->wrap(v);
	else
		ui_message(ui, ROLE_MESSAGE, "there is nothing to wrap here");
	ui_dirty(ui);
}

static void
fold(struct ui *ui, bool all)
{
	struct view *v = top(ui);

	if (v->ops->fold == NULL || !v->ops->fold(v, all))
		ui_message(ui, ROLE_MESSAGE, "there is nothing to fold here");
	ui_dirty(ui);
}

void
command_body_fold(struct ui *ui, struct str args)
{
	(void)args;
	fold(ui, false);
}

void
command_body_fold_all(struct ui *ui, struct str args)
{
	(void)args;
	fold(ui, true);
}

void
command_open(struct ui *ui, struct str args)
{
	struct view *v = top(ui);
	struct flow *f;

	(void)args;
	if (v->ops->context != KEY_LIST)
		return;
	f = ui_focus(ui);
	if (f == NULL)
		return;
	/* What is looked at stays where it is in the list. */
	view_list_follow(v, false);
	if (split_is_on(&ui->screen.split)) {
		split_enter(&ui->screen.split, true);
		return;
	}
	screen_push(&ui->screen, view_flow_new(ui, f));
}

void
ui_no_match(struct ui *ui)
{
	if (prompt_is_open(&ui->prompt))
		prompt_no_match(&ui->prompt);
	else
		ui_message(ui, ROLE_WARNING, "\"%s\" does not occur",
		    ui->search.text);
}

void
command_search(struct ui *ui, struct str args)
{
	struct view *v = moving(ui);

	if (v->ops->find == NULL) {
		ui_message(ui, ROLE_MESSAGE, "there is nothing to search here");
		return;
	}
	if (args.n == 0) {
		prompt_open(ui, PROMPT_SEARCH, STR(""));
		return;
	}
	search_set(&ui->search, args);
	if (!v->ops->find(v, &ui->search, 1, true))
		ui_no_match(ui);
	ui_dirty(ui);
}

static void
search_again(struct ui *ui, int direction)
{
	struct view *v = moving(ui);

	if (v->ops->find == NULL || ui->search.text[0] == '\0')
		ui_message(ui, ROLE_MESSAGE, "nothing was searched yet");
	else if (!v->ops->find(v, &ui->search, direction, false))
		ui_no_match(ui);
	ui_dirty(ui);
}

void
command_search_next(struct ui *ui, struct str args)
{
	(void)args;
	search_again(ui, 1);
}

void
command_search_prev(struct ui *ui, struct str args)
{
	(void)args;
	search_again(ui, -1);
}
