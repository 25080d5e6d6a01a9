/* SPDX-License-Identifier: MIT */
/*
 * Commands on flows: let go, drop, revert, edit, replay, duplicate; and going
 * from held flow to held flow.
 */
#include "command.h"

#include <assert.h>
#include <inttypes.h>

#include "console.h"
#include "sluice/flow/edit.h"
#include "targets.h"
#include "view_list.h"

/* To the next row in that state; false: there is none. */
static bool
go_state(struct ui *ui, enum flow_state state, bool forward)
{
	struct view *v = ui_list(ui);
	size_t count = flow_view_count(ui->view), row;

	if (v->ops->settle != NULL)
		v->ops->settle(v);
	row = v->scroll.cursor;
	for (size_t i = 0; i < count; i++) {
		struct flow *f;

		row = (row + (forward ? 1 : count - 1)) % count;
		f = flow_view_at(ui->view, row);
		if (f != NULL && f->state == state) {
			ui_select(ui, f);
			return true;
		}
	}
	return false;
}

static void
go_held(struct ui *ui, bool forward)
{
	bool held = ui->setup.gate->held > 0;

	if (go_state(ui, held ? FLOW_HELD : FLOW_FAILED, forward))
		return;
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

void
command_error_next(struct ui *ui, struct str args)
{
	(void)args;
	if (!go_state(ui, FLOW_FAILED, true))
		ui_message(ui, ROLE_MESSAGE, "no flow that is shown failed");
}

/* Else a message. */
static bool
is_held(struct ui *ui, const struct flow *f)
{
	if (f->state == FLOW_HELD)
		return true;
	if (ui->setup.gate->held > 0)
		ui_message(ui, ROLE_WARNING, "#%" PRIu64
		    " is not held; ] in the list goes to one that is", f->id);
	else
		ui_message(ui, ROLE_WARNING, "#%" PRIu64 " is not held", f->id);
	return false;
}

static void
release_now(struct ui *ui, struct flow *f, enum verdict verdict,
    const char *what)
{
	struct flow *next = gate_next(ui->setup.gate, f);
	uint64_t id = f->id, next_id = next != NULL && next != f ? next->id : 0;

	if (!gate_release(ui->setup.gate, f, verdict)) {
		ui_message(ui, ROLE_WARNING,
		    "#%" PRIu64 " is not held any more", id);
		return;
	}
	ui_message(ui, ROLE_MESSAGE, "#%" PRIu64 " %s", id, what);
	next = flow_list_find(ui->setup.list, next_id);
	if (next != NULL && next->state == FLOW_HELD &&
	    screen_top(&ui->screen) == ui_list(ui))
		ui_select(ui, next);
	ui_dirty(ui);
}

static void
sent_all_the_same(struct ui *ui, bool yes)
{
	struct flow *f = flow_list_find(ui->setup.list, ui->prompt.flow);

	if (f == NULL || f->state != FLOW_HELD)
		return;
	if (yes)
		release_now(ui, f, VERDICT_FORWARD,
		    "goes on without its client");
	else
		ui_message(ui, ROLE_MESSAGE, "#%" PRIu64 " was not sent; r "
		    "sends it as a replay, X drops it", f->id);
}

/*
 * A FIN may be half a close (RFC 9112 9.6), but mostly nobody is there any
 * more, and a request may do something: only when it is wanted.
 */
static void
release(struct ui *ui, struct flow *f, enum verdict verdict, const char *what)
{
	if (verdict != VERDICT_FORWARD || !f->client_gone) {
		release_now(ui, f, verdict, what);
		return;
	}
	ui->prompt.flow = f->id;
	prompt_ask(ui, sent_all_the_same, "The client of #%" PRIu64 " closed "
	    "the connection. Send it all the same?", f->id);
}

static bool
resume_one(struct ui *ui, struct flow *f, bool alone)
{
	if (!alone)
		return !f->client_gone &&
		    gate_release(ui->setup.gate, f, VERDICT_FORWARD);
	if (!is_held(ui, f))
		return false;
	release(ui, f, VERDICT_FORWARD, "goes on");
	return true;
}

void
command_resume(struct ui *ui, struct str args)
{
	static const struct deed deed = {
		.verb = "let go", .done = "let go", .one = resume_one
	};

	(void)args;
	targets_act(ui, &deed);
}

void
command_resume_all(struct ui *ui, struct str args)
{
	struct gate *g = ui->setup.gate;
	struct gate_hold *h, *tmp;
	size_t n = 0, gone = 0;

	(void)args;
	list_for_each_safe(h, tmp, &g->holds, struct gate_hold, link) {
		if (h->flow->client_gone)
			gone++;
		else
			n += gate_release(g, h->flow, VERDICT_FORWARD);
	}
	if (gone > 0)
		ui_message(ui, ROLE_WARNING, "%zu %s on; %zu stay held, their "
		    "clients closed: a sends one all the same, X drops it", n,
		    n == 1 ? "flow goes" : "flows go", gone);
	else if (n == 0)
		ui_message(ui, ROLE_MESSAGE, "nothing is held");
	else
		ui_message(ui, ROLE_MESSAGE, "%zu %s on", n,
		    n == 1 ? "flow goes" : "flows go");
	ui_dirty(ui);
}

static bool
step_one(struct ui *ui, struct flow *f, bool alone)
{
	if (f->state == FLOW_HELD && f->held_at == GATE_REQUEST) {
		f->hold_response = true;
		if (!alone)
			return !f->client_gone && gate_release(ui->setup.gate,
			    f, VERDICT_FORWARD);
		release(ui, f, VERDICT_FORWARD,
		    "goes on, its response will be held");
		return true;
	}
	if (alone && is_held(ui, f))
		ui_message(ui, ROLE_WARNING,
		    "its response is held already; a lets it go");
	return false;
}

void
command_step(struct ui *ui, struct str args)
{
	static const struct deed deed = {
		.verb = "let go and hold the responses",
		.done = "go on, their responses will be held",
		.one = step_one
	};

	(void)args;
	targets_act(ui, &deed);
}

/* A finished flow leaves the list, which undo takes back. */
static bool
drop_one(struct ui *ui, struct flow *f, bool alone)
{
	const char *over = f->draft ? "a draft" : "over";
	uint64_t id = f->id;

	if (f->state == FLOW_HELD) {
		if (!alone)
			return gate_release(ui->setup.gate, f, VERDICT_DROP);
		release(ui, f, VERDICT_DROP, "dropped");
		return true;
	}
	if (flow_is_live(f)) {
		if (!proxy_drop(ui->setup.proxy, f))
			return false;
		if (alone)
			ui_message(ui, ROLE_MESSAGE, "#%" PRIu64 " dropped",
			    id);
		return true;
	}
	/* Elsewhere the view would lose what it shows. */
	if (screen_top(&ui->screen) != ui_list(ui)) {
		ui_message(ui, ROLE_WARNING,
		    "#%" PRIu64 " is over already", id);
		return false;
	}
	if (undo_remove(ui->setup.undo, f) && alone)
		ui_message(ui, ROLE_MESSAGE, "#%" PRIu64
		    " was %s: it left the list; u undoes", id, over);
	return true;
}

void
command_drop(struct ui *ui, struct str args)
{
	static const struct deed deed = {
		.verb = "drop", .done = "dropped", .undo = "drop",
		.one = drop_one
	};

	(void)args;
	targets_act(ui, &deed);
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

static bool
revert_one(struct ui *ui, struct flow *f, bool alone)
{
	struct flow *before;

	if (f->state != FLOW_HELD && flow_is_live(f)) {
		if (alone)
			(void)may_change(ui, f);
		return false;
	}
	before = edit_snapshot(f);
	if (!edit_revert(ui->setup.list, f)) {
		flow_unref(before);
		if (alone)
			ui_message(ui, ROLE_MESSAGE,
			    "#%" PRIu64 " was not edited", f->id);
		return false;
	}
	undo_edit(ui->setup.undo, f, before);
	if (alone)
		ui_message(ui, ROLE_MESSAGE, "#%" PRIu64 " is as it came",
		    f->id);
	return true;
}

void
command_revert(struct ui *ui, struct str args)
{
	static const struct deed deed = {
		.verb = "undo all edits", .done = "are as they came",
		.one = revert_one
	};

	(void)args;
	targets_act(ui, &deed);
}

static bool
replay_one(struct ui *ui, struct flow *f, bool alone)
{
	uint64_t id = f->id;
	struct err err;
	struct flow *sent = proxy_replay(ui->setup.proxy, f, &err);

	if (sent == NULL)
		ui_message(ui, ROLE_ERROR, "#%" PRIu64 " cannot be sent: %s",
		    id, err.text);
	else if (alone)
		ui_message(ui, ROLE_MESSAGE,
		    "sent again: #%" PRIu64 " -> #%" PRIu64, id, sent->id);
	return sent != NULL;
}

void
command_replay(struct ui *ui, struct str args)
{
	static const struct deed deed = {
		.verb = "send again", .done = "sent again", .asks = true,
		.one = replay_one
	};

	(void)args;
	targets_act(ui, &deed);
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
	if (screen_top(&ui->screen) == ui_list(ui))
		ui_select(ui, draft);
}
