/* SPDX-License-Identifier: MIT */
/* Commands about the console itself: views, prompts, the terminal, the end. */
#include "command.h"

#include "console.h"
#include "guide.h"
#include "view_ca.h"
#include "view_help.h"
#include "view_list.h"
#include "view_log.h"

#define QUIT_WITHIN	1.0		/* between two C-c */

static bool
in_list(const struct ui *ui)
{
	return screen_top(&ui->screen) == ui->screen.split.list;
}

/* Out of the marked or held flows only; false: all are shown. */
static bool
leave_limit(struct ui *ui)
{
	if (!in_list(ui) || flow_view_limit(ui->view) == FLOW_LIMIT_NONE)
		return false;
	ui_limit(ui, FLOW_LIMIT_NONE);
	return true;
}

void
command_back(struct ui *ui, struct str args)
{
	(void)args;
	if (leave_limit(ui))
		return;
	if (!in_list(ui)) {
		screen_pop(&ui->screen);
	} else if (split_is_on(&ui->screen.split)) {
		split_set(&ui->screen.split, LAYOUT_LIST);
		ui_dirty(ui);
	} else {
		ui_quit(ui, true);
	}
}

static void
cancel_in_list(struct ui *ui)
{
	double now = ev_now(ui->setup.loop);

	if (ui->key != (KEY_CTRL | 'c'))
		return;
	if (now - ui->quit_asked <= QUIT_WITHIN) {
		ui_quit(ui, true);
		return;
	}
	ui->quit_asked = now;
	ui_message(ui, ROLE_MESSAGE, "C-c again quits; so do q and Q");
}

void
command_cancel(struct ui *ui, struct str args)
{
	size_t first, last;

	(void)args;
	if (in_list(ui) && view_list_range(ui_list(ui), &first, &last))
		view_list_end_range(ui_list(ui));
	else if (ui->search.text[0] != '\0')
		search_set(&ui->search, STR(""));
	else if (!in_list(ui))
		screen_pop(&ui->screen);
	else if (!leave_limit(ui))
		cancel_in_list(ui);
	ui_dirty(ui);
}

void
command_follow(struct ui *ui, struct str args)
{
	struct view *v = ui_list(ui);
	bool on = !view_list_follows(v);

	(void)args;
	view_list_follow(v, on);
	ui_message(ui, ROLE_MESSAGE, "follow %s", on ? "on" : "off");
	ui_dirty(ui);
}

void
command_log(struct ui *ui, struct str args)
{
	(void)args;
	if (view_is_log(screen_top(&ui->screen)))
		return;
	screen_push(&ui->screen, view_log_new(ui));
}

void
command_ca(struct ui *ui, struct str args)
{
	(void)args;
	if (!view_is_ca(screen_top(&ui->screen)))
		screen_push(&ui->screen, view_ca_new(ui));
}

void
command_welcome(struct ui *ui, struct str args)
{
	(void)args;
	screen_push(&ui->screen, guide_new(ui));
}

void
command_help(struct ui *ui, struct str args)
{
	struct view *v = screen_top(&ui->screen);

	(void)args;
	if (view_is_help(v))
		return;
	screen_push(&ui->screen, view_help_new(ui, view_context(v)));
}

/* On the screen that help was opened on. */
void
command_help_run(struct ui *ui, struct str args)
{
	struct view *v = screen_top(&ui->screen);
	const struct command_row *row;
	const char *filter;

	(void)args;
	if (!view_is_help(v))
		return;
	row = view_help_command(v);
	filter = view_help_filter(v);
	if (row == NULL && filter == NULL)
		return;
	screen_pop(&ui->screen);
	if (row != NULL)
		command_offer(ui, row);
	else
		prompt_open(ui, PROMPT_FILTER, str_from(filter));
}

void
command_command(struct ui *ui, struct str args)
{
	prompt_open(ui, PROMPT_COMMAND, args);
}

void
command_redraw(struct ui *ui, struct str args)
{
	(void)args;
	term_resize(ui->term);
	term_redraw(ui->term);
	ui_dirty(ui);
}

void
command_suspend(struct ui *ui, struct str args)
{
	(void)args;
	input_pause(ui->input);
	term_suspend(ui->term);
	input_resume(ui->input);
	ui_dirty(ui);
}

void
command_quit_ask(struct ui *ui, struct str args)
{
	(void)args;
	ui_quit(ui, true);
}

void
command_quit(struct ui *ui, struct str args)
{
	(void)args;
	ui_quit(ui, false);
}
