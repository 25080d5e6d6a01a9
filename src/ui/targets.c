/* SPDX-License-Identifier: MIT */
/* Which flows a command acts on, and doing it to all of them. */
#include "targets.h"

#include <assert.h>
#include <stdio.h>

#include "console.h"
#include "sluice/base/mem.h"
#include "view_list.h"

static void
add(struct targets *t, const struct flow *f)
{
	if (t->count == t->cap) {
		t->cap = t->cap > 0 ? t->cap * 2 : 8;
		t->ids = mem_array(t->ids, t->cap, sizeof(*t->ids));
	}
	t->ids[t->count++] = f->id;
}

static void
add_range(struct targets *t, struct ui *ui, struct view *list)
{
	size_t first, last;

	if (!view_list_range(list, &first, &last))
		return;
	t->is_range = true;
	for (size_t row = first; row <= last; row++)
		add(t, flow_view_at(ui->view, row));
}

static void
add_marked(struct targets *t, struct ui *ui)
{
	struct flow_list *l = ui->setup.list;

	if (ui_marks(ui) == 0)
		return;
	for (struct flow *f = flow_list_next(l, NULL); f != NULL;
	    f = flow_list_next(l, f)) {
		if (!f->marked)
			continue;
		add(t, f);
		t->hidden += flow_view_row(ui->view, f) == SIZE_MAX;
	}
}

bool
targets_init(struct targets *t, struct ui *ui)
{
	struct view *list = ui_list(ui);
	struct flow *f;

	*t = (struct targets){ .count = 0 };
	if (screen_top(&ui->screen) == list) {
		add_range(t, ui, list);
		if (t->count == 0)
			add_marked(t, ui);
	}
	if (t->count == 0) {
		f = ui_focus(ui);
		if (f != NULL)
			add(t, f);
	}
	return t->count > 0;
}

void
targets_fini(struct targets *t)
{
	free(t->ids);
	*t = (struct targets){ .count = 0 };
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

static void
run(struct ui *ui, const struct deed *deed, struct targets *t)
{
	struct flow_list *l = ui->setup.list;
	bool alone = t->count == 1;
	size_t done = 0;

	if (deed->undo != NULL)
		undo_begin(ui->setup.undo, deed->undo, t->ids[0]);
	for (size_t i = 0; i < t->count; i++) {
		struct flow *f = flow_list_find(l, t->ids[i]);

		if (f != NULL)
			done += deed->one(ui, f, alone);
	}
	if (deed->undo != NULL)
		undo_end(ui->setup.undo);
	if (!alone)
		report(ui, deed, done, t->count);
	view_list_end_range(ui_list(ui));
	ui_dirty(ui);
}

static void
answered(struct ui *ui, bool yes)
{
	struct targets t;

	assert(ui->deed != NULL);
	if (yes && targets_init(&t, ui)) {
		run(ui, ui->deed, &t);
		targets_fini(&t);
	}
	ui->deed = NULL;
}

void
targets_act(struct ui *ui, const struct deed *deed)
{
	struct targets t;
	char hidden[40] = "";

	if (!targets_init(&t, ui))
		return;
	if (t.hidden > 0)
		snprintf(hidden, sizeof(hidden), " (%zu hidden)", t.hidden);
	if (t.count > 1 && (deed->asks || t.hidden > 0)) {
		ui->deed = deed;
		prompt_ask(ui, answered, "%zu flows%s: %s?", t.count, hidden,
		    deed->verb);
	} else if (t.hidden > 0) {
		ui->deed = deed;
		prompt_ask(ui, answered, "1 flow, hidden: %s?", deed->verb);
	} else {
		run(ui, deed, &t);
	}
	targets_fini(&t);
}
