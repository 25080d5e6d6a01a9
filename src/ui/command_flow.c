/* SPDX-License-Identifier: MIT */
/*
 * Commands on flows: let go, drop, revert, edit, replay, duplicate, mark,
 * delete; and going from held flow to held flow.
 */
#include "command.h"

#include <assert.h>
#include <inttypes.h>

#include "console.h"
#include "sluice/flow/edit.h"
#include "view_list.h"

static struct view *
list_view(struct ui *ui)
{
	return list_entry(ui->screen.views.next, struct view, link);
}

/* Puts the list's cursor on a flow that the filter may hide. */
static void
select_flow(struct ui *ui, const struct flow *f)
{
	struct view *v = list_view(ui);

	if (view_list_select(v, f) && v == screen_top(&ui->screen))
		view_list_follow(v, false);
	ui_dirty(ui);
}

static bool
is_wanted(const struct ui *ui, const struct flow *f)
{
	if (ui->setup.gate->held > 0)
		return f->state == FLOW_HELD;
	return f->state == FLOW_FAILED;
}

static void
go_held(struct ui *ui, bool forward)
{
	struct view *v = list_view(ui);
	size_t count = flow_view_count(ui->view), row;
	bool held = ui->setup.gate->held > 0;

	if (v->ops->settle != NULL)
		v->ops->settle(v);
	row = v->scroll.cursor;
	for (size_t i = 0; i < count; i++) {
		struct flow *f;

		row = (row + (forward ? 1 : count - 1)) % count;
		f = flow_view_at(ui->view, row);
		if (f != NULL && is_wanted(ui, f)) {
			select_flow(ui, f);
			return;
		}
	}
	if (held)
		ui_message(ui, ROLE_WARNING,
		    "the filter hides what is held; \\ turns it off");
	else
		ui_message(ui, ROLE_MESSAGE, "nothing is held, nothing failed");
}

void
command_held_next(struct ui *ui, struct str args)
{
	(void)args;
	go_held(ui, true);
}

void
command_held_prev(struct ui *ui, struct str args)
{
	(void)args;
	go_held(ui, false);
}

/* The focus flow when it is held; else a message. */
static struct flow *
held_focus(struct ui *ui)
{
	struct flow *f = ui_focus(ui);

	if (f == NULL || f->state == FLOW_HELD)
		return f;
	if (ui->setup.gate->held > 0)
		ui_message(ui, ROLE_WARNING, "#%" PRIu64
		    " is not held; ] in the list goes to one that is", f->id);
	else
		ui_message(ui, ROLE_WARNING, "#%" PRIu64 " is not held", f->id);
	return NULL;
}

static void
release(struct ui *ui, struct flow *f, enum verdict verdict, const char *what)
{
	struct flow *next = gate_next(ui->setup.gate, f);
	uint64_t id = f->id, next_id = next != NULL && next != f ? next->id : 0;
	bool gone = f->client_gone;

	if (!gate_release(ui->setup.gate, f, verdict)) {
		ui_message(ui, ROLE_WARNING,
		    "#%" PRIu64 " is not held any more", id);
		return;
	}
	if (gone)
		ui_message(ui, ROLE_WARNING, "#%" PRIu64 " %s; its client had "
		    "left, r sends it again", id, what);
	else
		ui_message(ui, ROLE_MESSAGE, "#%" PRIu64 " %s", id, what);
	next = flow_list_find(ui->setup.list, next_id);
	if (next != NULL && next->state == FLOW_HELD &&
	    screen_top(&ui->screen) == list_view(ui))
		select_flow(ui, next);
	ui_dirty(ui);
}

void
command_resume(struct ui *ui, struct str args)
{
	struct flow *f = held_focus(ui);

	(void)args;
	if (f != NULL)
		release(ui, f, VERDICT_FORWARD, "goes on");
}

void
command_resume_all(struct ui *ui, struct str args)
{
	size_t n = gate_release_all(ui->setup.gate, VERDICT_FORWARD);

	(void)args;
	if (n == 0)
		ui_message(ui, ROLE_MESSAGE, "nothing is held");
	else
		ui_message(ui, ROLE_MESSAGE, "%zu %s on", n,
		    n == 1 ? "flow goes" : "flows go");
	ui_dirty(ui);
}

void
command_step(struct ui *ui, struct str args)
{
	struct flow *f = held_focus(ui);

	(void)args;
	if (f == NULL)
		return;
	if (f->held_at != GATE_REQUEST) {
		ui_message(ui, ROLE_WARNING,
		    "its response is held already; a lets it go");
		return;
	}
	f->hold_response = true;
	release(ui, f, VERDICT_FORWARD, "goes on, its response will be held");
}

void
command_drop(struct ui *ui, struct str args)
{
	struct flow *f = ui_focus(ui);

	(void)args;
	if (f == NULL)
		return;
	if (f->state == FLOW_HELD) {
		release(ui, f, VERDICT_DROP, "dropped");
		return;
	}
	if (flow_is_live(f) && proxy_drop(ui->setup.proxy, f))
		ui_message(ui, ROLE_MESSAGE, "#%" PRIu64 " dropped", f->id);
	else
		ui_message(ui, ROLE_WARNING,
		    "#%" PRIu64 " is %s; d deletes it", f->id,
		    f->draft ? "a draft" : "over already");
	ui_dirty(ui);
}

/* Nobody may change a message while it is being sent. */
static bool
may_change(struct ui *ui, const struct flow *f)
{
	if (f->state == FLOW_HELD || !flow_is_live(f))
		return true;
	ui_message(ui, ROLE_WARNING,
	    "#%" PRIu64 " is under way; hold it first (i, I)", f->id);
	return false;
}

void
command_revert(struct ui *ui, struct str args)
{
	struct flow *f = ui_focus(ui);

	(void)args;
	if (f == NULL || !may_change(ui, f))
		return;
	if (edit_revert(ui->setup.list, f))
		ui_message(ui, ROLE_MESSAGE, "#%" PRIu64 " is as it came",
		    f->id);
	else
		ui_message(ui, ROLE_MESSAGE, "#%" PRIu64 " was not edited",
		    f->id);
	ui_dirty(ui);
}

static size_t
marked_count(const struct ui *ui)
{
	size_t n = 0;

	for (struct flow *f = flow_list_next(ui->setup.list, NULL); f != NULL;
	    f = flow_list_next(ui->setup.list, f))
		n += f->marked;
	return n;
}

static bool
replay(struct ui *ui, const struct flow *f)
{
	uint64_t id = f->id;
	struct err err;
	struct flow *sent = proxy_replay(ui->setup.proxy, f, &err);

	if (sent == NULL)
		ui_message(ui, ROLE_ERROR, "#%" PRIu64 " cannot be sent: %s",
		    id, err.text);
	else
		ui_message(ui, ROLE_MESSAGE,
		    "sent again: #%" PRIu64 " -> #%" PRIu64, id, sent->id);
	return sent != NULL;
}

static void
replay_marked(struct ui *ui, bool yes)
{
	struct flow_list *l = ui->setup.list;
	uint64_t last = l->next_id;
	size_t done = 0;

	if (!yes)
		return;
	/* By id: every replay adds a flow, and may push an old one out. */
	for (uint64_t id = 1; id < last; id++) {
		struct flow *f = flow_list_find(l, id);

		if (f == NULL || !f->marked)
			continue;
		if (!replay(ui, f))
			return;
		done++;
	}
	ui_message(ui, ROLE_MESSAGE, "%zu flows sent again", done);
}

void
command_replay(struct ui *ui, struct str args)
{
	bool in_list = screen_top(&ui->screen) == list_view(ui);
	size_t marked = in_list ? marked_count(ui) : 0;
	struct flow *f;

	(void)args;
	if (marked > 1) {
		prompt_ask(ui, replay_marked,
		    "Send the %zu marked flows again?", marked);
		return;
	}
	if (marked == 1) {
		replay_marked(ui, true);
		return;
	}
	f = ui_focus(ui);
	if (f != NULL)
		replay(ui, f);
}

void
command_duplicate(struct ui *ui, struct str args)
{
	struct flow *f = ui_focus(ui), *draft;
	uint64_t id;

	(void)args;
	if (f == NULL)
		return;
	if (f->kind != FLOW_HTTP) {
		ui_message(ui, ROLE_WARNING, "there is no request to copy");
		return;
	}
	id = f->id;
	draft = edit_duplicate(ui->setup.list, f);
	ui_message(ui, ROLE_MESSAGE, "#%" PRIu64 " is a draft of #%" PRIu64
	    "; e edits it, r sends it", draft->id, id);
	if (screen_top(&ui->screen) == list_view(ui))
		select_flow(ui, draft);
}

void
command_mark(struct ui *ui, struct str args)
{
	struct flow *f = ui_focus(ui);
	struct view *v = screen_top(&ui->screen);

	(void)args;
	if (f == NULL)
		return;
	f->marked = !f->marked;
	flow_list_touch(ui->setup.list, f, FLOW_PART_NOTE);
	if (v == list_view(ui))
		command_move_down(ui, STR("1"));
	ui_dirty(ui);
}

void
command_unmark_all(struct ui *ui, struct str args)
{
	size_t n = 0;

	(void)args;
	for (struct flow *f = flow_list_next(ui->setup.list, NULL); f != NULL;
	    f = flow_list_next(ui->setup.list, f)) {
		if (!f->marked)
			continue;
		f->marked = false;
		flow_list_touch(ui->setup.list, f, FLOW_PART_NOTE);
		n++;
	}
	ui_message(ui, ROLE_MESSAGE, "%zu unmarked", n);
}

void
command_delete(struct ui *ui, struct str args)
{
	struct flow *f = ui_focus(ui);

	(void)args;
	if (f == NULL)
		return;
	if (!flow_list_remove(ui->setup.list, f))
		ui_message(ui, ROLE_WARNING,
		    "#%" PRIu64 " is not over yet; X drops it", f->id);
	ui_dirty(ui);
}

void
command_clear(struct ui *ui, struct str args)
{
	size_t n = flow_list_clear(ui->setup.list);

	(void)args;
	ui_message(ui, ROLE_MESSAGE, "%zu finished, unmarked %s deleted", n,
	    n == 1 ? "flow" : "flows");
	ui_dirty(ui);
}
