/* SPDX-License-Identifier: MIT */
/*
 * Commands on the list as a whole: marks, the range, deleting and clearing,
 * undo, and showing only some flows.
 */
#include "command.h"

#include <inttypes.h>

#include "console.h"
#include "sluice/base/mem.h"
#include "sweep.h"
#include "targets.h"
#include "view_list.h"

/* -- marks and the range --------------------------------------------------- */

static void
set_mark(struct ui *ui, struct sweep *s, struct flow *f)
{
	s->done += undo_mark(ui->setup.undo, f, !s->flag);
}

static void
range_marked(struct ui *ui, struct sweep *s)
{
	view_list_end_range(ui_list(ui));
	ui_message(ui, ROLE_MESSAGE, "%zu %s", s->ids.count,
	    s->flag ? "unmarked" : "marked");
}

static void
look_at_mark(struct ui *ui, struct sweep *s, struct flow *f)
{
	(void)ui;
	s->flag = s->flag && f->marked;
}

/* If all are marked they are unmarked. */
static void
turn_range(struct ui *ui, struct sweep *s)
{
	static const struct sweep_ops ops = { set_mark, range_marked };
	struct sweep next = {
		.ops = &ops, .undo = "mark", .at = s->ids.p[0], .ids = s->ids,
		.flag = s->flag
	};

	s->ids = (struct flow_ids){ .p = NULL };
	sweep_ids(ui, &next);
}

void
command_mark(struct ui *ui, struct str args)
{
	static const struct sweep_ops ops = { look_at_mark, turn_range };
	struct sweep range = { .ops = &ops, .flag = true };
	struct flow *f;

	(void)args;
	/* Never the marks themselves. */
	if (targets_range(ui, &range.ids)) {
		sweep_ids(ui, &range);
		return;
	}
	f = ui_focus(ui);
	if (f == NULL)
		return;
	undo_begin(ui->setup.undo, "mark", f->id);
	undo_mark(ui->setup.undo, f, !f->marked);
	undo_end(ui->setup.undo);
	if (screen_top(&ui->screen) == ui_list(ui))
		command_move_down(ui, STR("1"));
	ui_dirty(ui);
}

static uint64_t
focused(struct ui *ui)
{
	const struct flow *f = ui_list(ui)->ops->focus(ui_list(ui));

	return f != NULL ? f->id : 0;
}

static void
mark_shown(struct ui *ui, struct sweep *s, struct flow *f)
{
	if (flow_view_row(ui->view, f) != SIZE_MAX)
		set_mark(ui, s, f);
}

static void
all_marked(struct ui *ui, struct sweep *s)
{
	if (s->flag)
		ui_message(ui, ROLE_MESSAGE, "%zu unmarked", s->done);
	else
		ui_message(ui, ROLE_MESSAGE, "%zu marked",
		    ui->setup.list->marked);
}

void
command_mark_all(struct ui *ui, struct str args)
{
	static const struct sweep_ops ops = { mark_shown, all_marked };

	(void)args;
	sweep_all(ui, &(struct sweep){
		.ops = &ops, .undo = "mark", .at = focused(ui)
	});
}

void
command_unmark_all(struct ui *ui, struct str args)
{
	static const struct sweep_ops ops = { set_mark, all_marked };

	(void)args;
	sweep_all(ui, &(struct sweep){
		.ops = &ops, .undo = "mark", .at = focused(ui), .flag = true
	});
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

/* Finished, unmarked flows: all, or (flag) those that are not shown. */
static void
clear_one(struct ui *ui, struct sweep *s, struct flow *f)
{
	if (!f->marked && (!s->flag ||
	    flow_view_row(ui->view, f) == SIZE_MAX))
		s->done += undo_remove(ui->setup.undo, f);
}

static void
cleared(struct ui *ui, struct sweep *s)
{
	ui_message(ui, ROLE_MESSAGE, "%zu %s %s deleted%s", s->done,
	    s->flag ? "hidden" : "finished, unmarked",
	    s->done == 1 ? "flow" : "flows", s->done > 0 ? "; u undoes" : "");
}

static void
clear(struct ui *ui, bool hidden)
{
	static const struct sweep_ops ops = { clear_one, cleared };

	sweep_all(ui, &(struct sweep){
		.ops = &ops, .undo = "clear", .at = focused(ui), .flag = hidden
	});
}

void
command_clear(struct ui *ui, struct str args)
{
	(void)args;
	clear(ui, false);
}

void
command_clear_hidden(struct ui *ui, struct str args)
{
	(void)args;
	if (flow_view_is_busy(ui->view))
		ui_message(ui, ROLE_WARNING, "still filtering; once more");
	else
		clear(ui, true);
}

/* -- undo ------------------------------------------------------------------ */

struct turning {
	struct errand errand;
	struct undo_news news;
	bool back;
};

static bool
turn_some(struct ui *ui, struct errand *e, int64_t until)
{
	return undo_work(ui->setup.undo, until,
	    &container_of(e, struct turning, errand)->news);
}

static void
tell_turned(struct ui *ui, const struct undo_news *news, bool back)
{
	const struct flow *f = flow_list_find(ui->setup.list, news->id);

	if (f != NULL)
		ui_select(ui, f);
	if (news->done == 0)
		ui_message(ui, ROLE_WARNING, "the %s of #%" PRIu64
		    " stays: it has gone on since", news->what, news->id);
	else if (news->refused > 0)
		ui_message(ui, ROLE_WARNING, "%s %s: %zu flows, %zu have "
		    "gone on since", news->what, back ? "undone" :
		    "done again", news->done, news->refused);
	else
		ui_message(ui, ROLE_MESSAGE, "%s %s: %zu %s%s", news->what,
		    back ? "undone" : "done again", news->done,
		    news->done == 1 ? "flow" : "flows",
		    back ? "; C-r does it again" : "");
}

static void
turned(struct ui *ui, struct errand *e, bool done)
{
	struct turning *t = container_of(e, struct turning, errand);

	if (done)
		tell_turned(ui, &t->news, t->back);
	free(t);
}

static void
turn(struct ui *ui, bool back)
{
	struct turning *t;

	if (!undo_start(ui->setup.undo, back)) {
		ui_message(ui, ROLE_MESSAGE, "nothing to %s",
		    back ? "undo" : "do again");
		return;
	}
	t = NEW(struct turning);
	*t = (struct turning){
		.errand = { turn_some, turned }, .back = back
	};
	errand_run(ui, &t->errand);
}

void
command_undo(struct ui *ui, struct str args)
{
	(void)args;
	turn(ui, true);
}

void
command_redo(struct ui *ui, struct str args)
{
	(void)args;
	turn(ui, false);
}

/* -- only some ------------------------------------------------------------- */

void
ui_limit(struct ui *ui, enum flow_limit limit)
{
	flow_view_set_limit(ui->view, limit);
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
