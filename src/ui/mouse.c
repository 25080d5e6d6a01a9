/* SPDX-License-Identifier: MIT */
/* Clicks and the wheel; called by input.c through ui.c's table. */
#include "mouse.h"

#include "command.h"
#include "console.h"
#include "view_list.h"

#define TWICE_WITHIN	0.4		/* s */
#define WHEEL_ROWS	3

void
mouse_clear(struct mouse *m)
{
	m->count = 0;
}

void
mouse_spot(struct mouse *m, const struct pane *p, int y, int x, int end,
    const char *line)
{
	if (m->count == MOUSE_SPOTS)
		return;
	m->spots[m->count++] = (struct mouse_spot){
		.row = p->y + y, .begin = p->x + x, .end = p->x + end,
		.line = line
	};
}

static bool
run_spot(struct ui *ui, int row, int column)
{
	for (size_t i = 0; i < ui->mouse.count; i++) {
		const struct mouse_spot *s = &ui->mouse.spots[i];

		if (row != s->row || column < s->begin || column >= s->end)
			continue;
		command_run(ui, str_from(s->line));
		return true;
	}
	return false;
}

static bool
is_twice(struct mouse *m, double now, int row)
{
	bool twice = m->row == row && now - m->clicked <= TWICE_WITHIN;

	m->row = row;
	m->clicked = twice ? 0 : now;
	return twice;
}

/* A click in the other pane gives it the keys. */
static struct view *
enter_pane(struct ui *ui, int row, int column)
{
	struct split *split = &ui->screen.split;
	struct view *v = screen_top(&ui->screen);

	if (v != split_focus(split) || split_at(split, row, column) == NULL)
		return v;
	v = split_at(split, row, column);
	split_enter(split, v == split->detail);
	return v;
}

void
mouse_clicked(struct ui *ui, int row, int column)
{
	struct view *v;
	size_t at;
	bool again;

	if (prompt_is_open(&ui->prompt))
		return;
	if (run_spot(ui, row, column)) {
		ui_dirty(ui);
		return;
	}
	v = enter_pane(ui, row, column);
	if (v->ops->press != NULL && v->ops->press(v, row, column)) {
		ui_dirty(ui);
		return;
	}
	if (v->scroll.text || row < v->top)
		return;
	at = v->scroll.offset + (size_t)(row - v->top);
	if (at >= v->scroll.rows || at >= v->scroll.offset + v->scroll.page)
		return;
	if (v->ops->settle != NULL)
		v->ops->settle(v);
	/* A row that moved in between is not the one clicked first. */
	again = v->scroll.cursor == at;
	scroll_to(&v->scroll, at);
	if (v->ops->moved != NULL)
		v->ops->moved(v);
	again = is_twice(&ui->mouse, ev_now(ui->setup.loop), row) && again;
	if (again && v->ops->context == KEY_LIST)
		command_open(ui, STR(""));
	ui_dirty(ui);
}

void
mouse_wheel(struct ui *ui, int direction, int row, int column)
{
	const struct split *split = &ui->screen.split;
	struct view *v = screen_top(&ui->screen);
	long rows = (long)direction * WHEEL_ROWS;

	if (prompt_is_open(&ui->prompt))
		return;
	if (v == split_focus(split) && split_at(split, row, column) != NULL)
		v = split_at(split, row, column);
	if (v->ops->settle != NULL)
		v->ops->settle(v);
	scroll_wheel(&v->scroll, rows);
	if (v->ops->context == KEY_LIST && direction < 0)
		view_list_follow(v, false);
	/* Of a text, where one reads is where one is. */
	else if (v->scroll.text && v->ops->moved != NULL)
		v->ops->moved(v);
	ui_dirty(ui);
}
