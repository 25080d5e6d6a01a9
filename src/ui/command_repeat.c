/* SPDX-License-Identifier: MIT */
/* Commands of the repeater: a draft, its tries, and how they differ. */
#include "command.h"

#include <inttypes.h>

#include "console.h"
#include "sluice/flow/edit.h"
#include "view_diff.h"
#include "view_list.h"
#include "view_repeat.h"

void
command_repeat(struct ui *ui, struct str args)
{
	struct flow *f = ui_focus(ui);
	struct view *list = list_entry(ui->screen.views.next, struct view,
	    link);

	(void)args;
	if (f == NULL)
		return;
	if (f->kind != FLOW_HTTP || f->request.kind != MESSAGE_REQUEST ||
	    !f->request.complete) {
		ui_message(ui, ROLE_WARNING, "#%" PRIu64
		    " has no whole request to send again", f->id);
		return;
	}
	if (!f->draft)
		f = edit_duplicate(ui->setup.list, f);
	view_list_follow(list, false);
	screen_push(&ui->screen, view_repeat_new(ui, f));
	editor_start(&ui->editor, f, GATE_REQUEST, EDIT_ALL);
}

static struct view *
top(struct ui *ui)
{
	struct view *v = screen_top(&ui->screen);

	if (view_is_repeat(v))
		return v;
	ui_message(ui, ROLE_MESSAGE, "R opens a repeater first");
	return NULL;
}

void
command_repeat_send(struct ui *ui, struct str args)
{
	struct view *v = top(ui);
	struct err err = { "" };

	(void)args;
	if (v != NULL && !view_repeat_send(v, &err))
		ui_message(ui, ROLE_ERROR, "it cannot be sent: %s", err.text);
	ui_dirty(ui);
}

static void
go(struct ui *ui, int direction)
{
	struct view *v = top(ui);

	if (v != NULL && !view_repeat_go(v, direction))
		ui_message(ui, ROLE_MESSAGE, direction > 0 ?
		    "this is the last try" : "this is the first try");
	ui_dirty(ui);
}

void
command_repeat_next(struct ui *ui, struct str args)
{
	(void)args;
	go(ui, 1);
}

void
command_repeat_prev(struct ui *ui, struct str args)
{
	(void)args;
	go(ui, -1);
}

void
command_repeat_diff(struct ui *ui, struct str args)
{
	struct view *v = top(ui);
	struct flow *before, *now;

	(void)args;
	if (v == NULL)
		return;
	if (view_repeat_pair(v, &before, &now))
		screen_push(&ui->screen, view_diff_new(ui, before, now));
	else
		ui_message(ui, ROLE_MESSAGE,
		    "there is no try before it to compare with");
}

void
command_repeat_other(struct ui *ui, struct str args)
{
	struct view *v = top(ui);

	(void)args;
	if (v != NULL)
		view_repeat_other(v);
	ui_dirty(ui);
}
