/* SPDX-License-Identifier: MIT */
/*
 * Commands on the list as a whole: marks, the range, deleting and clearing,
 * undo, and showing only some flows.
 */
#include "command.h"

#include <inttypes.h>

#include "console.h"
#include "targets.h"
#include "view_list.h"

/* -- marks and the range --------------------------------------------------- */

/* What m acts on: never the marks themselves. */
static void
mark_range(struct ui *ui, size_t first, size_t last)
{
	bool all = true;

	for (size_t row = first; row <= last && all; row++)
		all = flow_view_at(ui->view, row)->marked;
	undo_begin(ui->setup.undo, "mark", flow_view_at(ui->view, first)->id);
	/* Only marked ones shown: rows go while they are unmarked. */
	for (size_t row = last + 1; row-- > first;)
		undo_mark(ui->setup.undo, flow_view_at(ui->view, row), !all);
	undo_end(ui->setup.undo);
	view_list_end_range(ui_list(ui));
	ui_message(ui, ROLE_MESSAGE, "%zu %s", last - first + 1,
	    all ? "unmarked" : "marked");
}

void
command_mark(struct ui *ui, struct str args)
{
	struct view *list = ui_list(ui);
	bool in_list = screen_top(&ui->screen) == list;
	size_t first, last;
	struct flow *f;

	(void)args;
	if (in_list && view_list_range(list, &first, &last)) {
		mark_range(ui, first, last);
		return;
	}
	f = ui_focus(ui);
	if (f == NULL)
		return;
	undo_begin(ui->setup.undo, "mark", f->id);
	undo_mark(ui->setup.undo, f, !f->marked);
	undo_end(ui->setup.undo);
	if (in_list)
		command_move_down(ui, STR("1"));
	ui_dirty(ui);
}

/* The change may take a flow out of the rows: by the list, not by row. */
static size_t
mark_all(struct ui *ui, bool marked)
{
	struct flow_list *l = ui->setup.list;
	const struct flow *at = ui_list(ui)->ops->focus(ui_list(ui));
	size_t n = 0;

	undo_begin(ui->setup.undo, "mark", at != NULL ? at->id : 0);
	for (struct flow *f = flow_list_next(l, NULL); f != NULL;
	    f = flow_list_next(l, f))
		if (!marked || flow_view_row(ui->view, f) != SIZE_MAX)
			n += undo_mark(ui->setup.undo, f, marked);
	undo_end(ui->setup.undo);
	ui_dirty(ui);
	return n;
}

void
command_mark_all(struct ui *ui, struct str args)
{
	(void)args;
	mark_all(ui, true);
	ui_message(ui, ROLE_MESSAGE, "%zu marked", ui_marks(ui));
}

void
command_unmark_all(struct ui *ui, struct str args)
{
	(void)args;
	ui_message(ui, ROLE_MESSAGE, "%zu unmarked", mark_all(ui, false));
}

void
command_range(struct ui *ui, struct str args)
{
	struct view *list = ui_list(ui);
	size_t first, last;

	(void)args;
	if (screen_top(&ui->screen) != list) {
		ui_message(ui, ROLE_MESSAGE, "ranges are chosen in the list");
		return;
	}
	if (view_list_range(list, &first, &last))
		view_list_end_range(list);
	else if (view_list_begin_range(list))
		ui_message(ui, ROLE_MESSAGE,
		    "move to the other end, then act: m marks, d deletes ..");
	ui_dirty(ui);
}

/* -- deleting -------------------------------------------------------------- */

static bool
delete_one(struct ui *ui, struct flow *f, bool alone)
{
	uint64_t id = f->id;

	if (undo_remove(ui->setup.undo, f)) {
		if (alone)
			ui_message(ui, ROLE_MESSAGE,
			    "#%" PRIu64 " deleted; u undoes", id);
		return true;
	}
	if (alone)
		ui_message(ui, ROLE_WARNING,
		    "#%" PRIu64 " is not over yet; X drops it", id);
	return false;
}

void
command_delete(struct ui *ui, struct str args)
{
	static const struct deed deed = {
		.verb = "delete", .done = "deleted", .undo = "delete",
		.one = delete_one
	};

	(void)args;
	targets_act(ui, &deed);
}

/* Finished, unmarked flows: all, or those that are not shown. */
static size_t
clear(struct ui *ui, bool hidden)
{
	struct flow_list *l = ui->setup.list;
	const struct flow *at = ui_list(ui)->ops->focus(ui_list(ui));
	struct flow *f = flow_list_next(l, NULL), *next;
	size_t n = 0;

	undo_begin(ui->setup.undo, "clear", at != NULL ? at->id : 0);
	for (; f != NULL; f = next) {
		next = flow_list_next(l, f);
		if (f->marked || (hidden &&
		    flow_view_row(ui->view, f) != SIZE_MAX))
			continue;
		n += undo_remove(ui->setup.undo, f);
	}
	undo_end(ui->setup.undo);
	ui_dirty(ui);
	return n;
}

void
command_clear(struct ui *ui, struct str args)
{
	size_t n = clear(ui, false);

	(void)args;
	ui_message(ui, ROLE_MESSAGE, "%zu finished, unmarked %s deleted%s", n,
	    n == 1 ? "flow" : "flows", n > 0 ? "; u undoes" : "");
}

void
command_clear_hidden(struct ui *ui, struct str args)
{
	size_t n;

	(void)args;
	if (flow_view_is_busy(ui->view)) {
		ui_message(ui, ROLE_WARNING, "still filtering; once more");
		return;
	}
	n = clear(ui, true);
	ui_message(ui, ROLE_MESSAGE, "%zu hidden %s deleted%s", n,
	    n == 1 ? "flow" : "flows", n > 0 ? "; u undoes" : "");
}

/* -- undo ------------------------------------------------------------------ */

static void
turn(struct ui *ui, bool (*by)(struct undo *, struct undo_news *), bool back)
{
	struct undo_news news;
	const struct flow *f;

	if (!by(ui->setup.undo, &news)) {
		ui_message(ui, ROLE_MESSAGE, "nothing to %s",
		    back ? "undo" : "do again");
		return;
	}
	f = flow_list_find(ui->setup.list, news.id);
	if (f != NULL)
		ui_select(ui, f);
	if (news.done == 0)
		ui_message(ui, ROLE_WARNING, "the %s of #%" PRIu64
		    " stays: it has gone on since", news.what, news.id);
	else if (news.refused > 0)
		ui_message(ui, ROLE_WARNING, "%s %s: %zu flows, %zu have "
		    "gone on since", news.what, back ? "undone" :
		    "done again", news.done, news.refused);
	else
		ui_message(ui, ROLE_MESSAGE, "%s %s: %zu %s%s", news.what,
		    back ? "undone" : "done again", news.done,
		    news.done == 1 ? "flow" : "flows",
		    back ? "; C-r does it again" : "");
}

void
command_undo(struct ui *ui, struct str args)
{
	(void)args;
	turn(ui, undo_back, true);
}

void
command_redo(struct ui *ui, struct str args)
{
	(void)args;
	turn(ui, undo_again, false);
}

/* -- only some ------------------------------------------------------------- */

void
ui_limit(struct ui *ui, enum flow_limit limit)
{
	flow_view_set_limit(ui->view, limit);
	if (flow_view_is_busy(ui->view))
		ev_idle_start(ui->setup.loop, &ui->filtering);
	view_list_end_range(ui_list(ui));
	ui_dirty(ui);
}

static void
toggle_limit(struct ui *ui, enum flow_limit limit)
{
	bool on = flow_view_limit(ui->view) != limit;
	struct view *list = ui_list(ui);
	struct flow *f;

	if (screen_top(&ui->screen) != list) {
		ui_message(ui, ROLE_MESSAGE, "that is for the list");
		return;
	}
	ui_limit(ui, on ? limit : FLOW_LIMIT_NONE);
	/* The queue begins with what waits for longest. */
	f = gate_next(ui->setup.gate, NULL);
	if (on && limit == FLOW_LIMIT_HELD && f != NULL) {
		view_list_follow(list, false);
		(void)view_list_select(list, f);
	}
}

void
command_only_marked(struct ui *ui, struct str args)
{
	(void)args;
	toggle_limit(ui, FLOW_LIMIT_MARKED);
}

void
command_only_held(struct ui *ui, struct str args)
{
	(void)args;
	toggle_limit(ui, FLOW_LIMIT_HELD);
}
