/* SPDX-License-Identifier: MIT */
/* Which flows a command acts on, and doing it to all of them. */
#include "targets.h"

#include <assert.h>
#include <stdio.h>

#include "console.h"
#include "sweep.h"
#include "view_list.h"

static bool
in_list(struct ui *ui)
{
	return screen_top(&ui->screen) == ui_list(ui);
}

bool
targets_range(struct ui *ui, struct flow_ids *ids)
{
	size_t first, last;

	if (!in_list(ui) || !view_list_range(ui_list(ui), &first, &last))
		return false;
	for (size_t row = first; row <= last; row++)
		flow_ids_add(ids, flow_view_at(ui->view, row)->id);
	return true;
}

static void
report(struct ui *ui, const struct deed *deed, size_t done, size_t all)
{
	if (done == all)
		ui_message(ui, ROLE_MESSAGE, "%zu flows %s%s", done,
		    deed->done, deed->undo != NULL ? "; u undoes" : "");
	else
		ui_message(ui, ROLE_WARNING, "%zu flows %s, %zu could not be",
		    done, deed->done, all - done);
}

/* -- doing it -------------------------------------------------------------- */

static void
act_one(struct ui *ui, struct sweep *s, struct flow *f)
{
	s->done += s->deed->one(ui, f, s->ids.count == 1);
}

static void
act_over(struct ui *ui, struct sweep *s)
{
	if (s->ids.count != 1)
		report(ui, s->deed, s->done, s->ids.count);
	view_list_end_range(ui_list(ui));
}

static void
act(struct ui *ui, const struct deed *deed, struct flow_ids ids)
{
	static const struct sweep_ops ops = { act_one, act_over };

	if (ids.count > 0)
		sweep_ids(ui, &(struct sweep){
			.ops = &ops, .deed = deed, .ids = ids,
			.undo = deed->undo, .at = ids.p[0]
		});
}

/* -- choosing -------------------------------------------------------------- */

static void
answered(struct ui *ui, bool yes)
{
	assert(ui->deed != NULL);
	if (yes)
		targets_act(ui, ui->deed);
	ui->deed = NULL;
}

/* Takes ids.  Asks before what cannot be seen is touched. */
static void
decide(struct ui *ui, const struct deed *deed, struct flow_ids ids,
    size_t unseen, bool asked)
{
	char hidden[40] = "";

	if (asked || (unseen == 0 && (ids.count < 2 || !deed->asks))) {
		act(ui, deed, ids);
		return;
	}
	ui->deed = deed;
	if (ids.count == 1) {
		prompt_ask(ui, answered, "1 flow, hidden: %s?", deed->verb);
	} else {
		if (unseen > 0)
			snprintf(hidden, sizeof(hidden), " (%zu hidden)",
			    unseen);
		prompt_ask(ui, answered, "%zu flows%s: %s?", ids.count, hidden,
		    deed->verb);
	}
	flow_ids_fini(&ids);
}

static void
find_one(struct ui *ui, struct sweep *s, struct flow *f)
{
	if (!f->marked)
		return;
	flow_ids_add(&s->found, f->id);
	s->hidden += flow_view_row(ui->view, f) == SIZE_MAX;
}

static void
find_over(struct ui *ui, struct sweep *s)
{
	struct flow_ids found = s->found;

	s->found = (struct flow_ids){ .p = NULL };
	decide(ui, s->deed, found, s->hidden, s->flag);
}

void
targets_act(struct ui *ui, const struct deed *deed)
{
	static const struct sweep_ops marked = { find_one, find_over };
	bool asked = ui->deed == deed;
	struct flow_ids ids = { .p = NULL };
	struct flow *f;

	if (targets_range(ui, &ids)) {
		decide(ui, deed, ids, 0, asked);
	} else if (in_list(ui) && ui->setup.list->marked > 0) {
		sweep_all(ui, &(struct sweep){
			.ops = &marked, .deed = deed, .flag = asked
		});
	} else {
		f = ui_focus(ui);
		if (f != NULL)
			flow_ids_add(&ids, f->id);
		act(ui, deed, ids);
	}
}
