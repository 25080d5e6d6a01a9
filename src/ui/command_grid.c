/* SPDX-License-Identifier: MIT */
/* Commands of the grid, and what the prompt does with a cell. */
#include "command.h"

#include <limits.h>

#include "console.h"
#include "sluice/base/mem.h"
#include "sluice/base/utf8.h"
#include "view_grid.h"

#define TEXT_MAX	(16u * 1024 * 1024)

/* NULL with a message when another screen is in front. */
static struct view *
front(struct ui *ui)
{
	struct view *v = screen_top(&ui->screen);

	if (view_is_grid(v))
		return v;
	ui_message(ui, ROLE_MESSAGE, "that is for the grid; e h opens it");
	return NULL;
}

void
command_open_grid(struct ui *ui, struct flow *f, enum edit_part part)
{
	struct err err = { "" };
	struct view *v = view_grid_new(ui, f, editor_half(f), part, &err);

	if (v != NULL)
		screen_push(&ui->screen, v);
	else
		ui_message(ui, ROLE_ERROR, "cannot edit it: %s", err.text);
}

/* The line of the prompt keeps text only: other bytes would be lost. */
static bool
is_typable(struct str s)
{
	for (size_t i = 0, n; i < s.n; i += n) {
		uint32_t code;
		unsigned char c = (unsigned char)s.p[i];

		n = utf8_decode(str_skip(s, i), &code);
		if (c < 0x20 || c == 0x7f || n == 0 || code == 0xfffd)
			return false;
	}
	return s.n <= LINE_EDIT_MAX;
}

static void
ask(struct view *v)
{
	struct grid *g = view_grid_rows(v);
	enum grid_cell cell;
	struct str text;
	size_t row;

	if (!view_grid_at(v, &row, &cell))
		return;
	text = str_from(cell == GRID_NAME ? g->rows.p[row].name :
	    g->rows.p[row].value);
	if (!is_typable(text)) {
		ui_message(v->ui, ROLE_WARNING, "it is too long for a line, "
		    "or not all text: e opens the editor");
		return;
	}
	prompt_open(v->ui, cell == GRID_NAME ? PROMPT_NAME : PROMPT_VALUE,
	    text);
}

void
command_grid_edit(struct ui *ui, struct str args)
{
	struct view *v = front(ui);

	(void)args;
	if (v != NULL)
		ask(v);
}

/* In what order cells are gone through. */
static void
go_to_next(struct view *v, int direction)
{
	size_t row, n = view_grid_rows(v)->rows.count;
	enum grid_cell cell;

	if (!view_grid_at(v, &row, &cell))
		return;
	if (direction > 0 && cell == GRID_VALUE)
		row = row + 1 < n ? row + 1 : 0;
	else if (direction < 0 && cell == GRID_NAME)
		row = row > 0 ? row - 1 : n - 1;
	view_grid_go(v, row, cell == GRID_NAME ? GRID_VALUE : GRID_NAME);
}

void
command_grid_cell(struct ui *ui, struct str args)
{
	struct view *v = front(ui);

	(void)args;
	if (v != NULL)
		go_to_next(v, 1);
}

void
command_grid_cell_back(struct ui *ui, struct str args)
{
	struct view *v = front(ui);

	(void)args;
	if (v != NULL)
		go_to_next(v, -1);
}

void
command_grid_put(struct ui *ui, struct str text, bool next)
{
	struct view *v = front(ui);
	enum grid_cell cell;
	struct grid *g;
	bool is_new;
	size_t row;

	if (v == NULL || !view_grid_at(v, &row, &cell))
		return;
	g = view_grid_rows(v);
	is_new = g->rows.p[row].was_name == NULL &&
	    g->rows.p[row].value[0] == '\0';
	grid_set(g, row, cell, text);
	ui_dirty(ui);
	/* A new row wants its value too. */
	if (!next && !(is_new && cell == GRID_NAME && text.n > 0))
		return;
	go_to_next(v, 1);
	ask(v);
}

/* A row that was never filled goes again. */
void
command_grid_leave(struct ui *ui)
{
	struct view *v = screen_top(&ui->screen);
	const struct grid_row *r;
	enum grid_cell cell;
	size_t row;

	if (!view_is_grid(v) || !view_grid_at(v, &row, &cell))
		return;
	r = &view_grid_rows(v)->rows.p[row];
	if (r->was_name == NULL && r->name[0] == '\0' &&
	    r->value[0] == '\0' && grid_turn(view_grid_rows(v), true, &row))
		view_grid_go(v, row, GRID_VALUE);
}

void
command_grid_add(struct ui *ui, struct str args)
{
	struct view *v = front(ui);
	enum grid_cell cell;
	size_t row;

	(void)args;
	if (v == NULL)
		return;
	if (!view_grid_at(v, &row, &cell))
		row = SIZE_MAX;
	view_grid_go(v, grid_add(view_grid_rows(v), row), GRID_NAME);
	ask(v);
}

void
command_grid_delete(struct ui *ui, struct str args)
{
	struct view *v = front(ui);
	enum grid_cell cell;
	size_t row;

	(void)args;
	if (v == NULL || !view_grid_at(v, &row, &cell))
		return;
	if (grid_delete(view_grid_rows(v), row))
		view_grid_go(v, row, cell);
	else
		ui_message(ui, ROLE_WARNING, "it follows from the rest and "
		    "would come back; Enter sets it to what you want");
}

void
command_grid_duplicate(struct ui *ui, struct str args)
{
	struct view *v = front(ui);
	enum grid_cell cell;
	size_t row;

	(void)args;
	if (v != NULL && view_grid_at(v, &row, &cell))
		view_grid_go(v, grid_duplicate(view_grid_rows(v), row), cell);
}

static void
move(struct ui *ui, int direction)
{
	struct view *v = front(ui);
	enum grid_cell cell;
	size_t row;

	if (v != NULL && view_grid_at(v, &row, &cell) &&
	    grid_move(view_grid_rows(v), row, direction))
		view_grid_go(v, row + (size_t)direction, cell);
}

void
command_grid_down(struct ui *ui, struct str args)
{
	(void)args;
	move(ui, 1);
}

void
command_grid_up(struct ui *ui, struct str args)
{
	(void)args;
	move(ui, -1);
}

static void
turn(struct ui *ui, bool back)
{
	struct view *v = front(ui);
	enum grid_cell cell;
	size_t row, at;

	if (v == NULL)
		return;
	(void)view_grid_at(v, &row, &cell);
	if (grid_turn(view_grid_rows(v), back, &at))
		view_grid_go(v, at, cell);
	else
		ui_message(ui, ROLE_MESSAGE, "nothing to %s here", back ?
		    "undo" : "do again");
}

void
command_grid_undo(struct ui *ui, struct str args)
{
	(void)args;
	turn(ui, true);
}

void
command_grid_redo(struct ui *ui, struct str args)
{
	(void)args;
	turn(ui, false);
}

/* A mistake: the cursor goes to the row that "line N: .." means. */
static void
show_mistake(struct view *v, const struct err *err)
{
	struct str text = str_from(err->text), number;
	uint64_t line;
	size_t row;

	ui_message(v->ui, ROLE_ERROR, "not saved: %s", err->text);
	if (!str_starts(text, STR("line ")))
		return;
	number = str_skip(text, 5);
	number = str_sub(number, 0, str_chr(number, ':', 0));
	if (!str_to_u64(number, &line) || line > UINT_MAX)
		return;
	row = grid_row_of_line(view_grid_rows(v), (unsigned)line);
	if (row != SIZE_MAX)
		view_grid_go(v, row, GRID_NAME);
}

static void
save(struct view *v)
{
	struct ui *ui = v->ui;
	enum gate_point which;
	struct flow *f = flow_ref(view_grid_flow(v, &which));
	struct grid *g = view_grid_rows(v);
	struct err err = { "" };
	struct buf text;

	buf_init(&text, TEXT_MAX);
	grid_put(g, &text);
	if (editor_put(ui, f, which, g->part, buf_str(&text), &err))
		screen_pop(&ui->screen);
	else
		show_mistake(v, &err);
	buf_fini(&text);
	flow_unref(f);
}

void
command_grid_save(struct ui *ui, struct str args)
{
	struct view *v = front(ui);

	(void)args;
	if (v == NULL)
		return;
	if (grid_changes(view_grid_rows(v)) > 0) {
		save(v);
		return;
	}
	screen_pop(&ui->screen);
	ui_message(ui, ROLE_MESSAGE, "nothing changed");
}

static void
close_answer(struct ui *ui, char key)
{
	if (key == 's')
		command_grid_save(ui, STR(""));
	else if (key == 'd' && front(ui) != NULL)
		screen_pop(&ui->screen);
}

void
command_grid_close(struct ui *ui, struct str args)
{
	struct view *v = front(ui);

	(void)args;
	if (v == NULL)
		return;
	if (grid_changes(view_grid_rows(v)) == 0)
		screen_pop(&ui->screen);
	else
		prompt_choose(ui, close_answer, "sd", "%zu changed:  s saves, "
		    "d throws it away, Esc stays",
		    grid_changes(view_grid_rows(v)));
}

void
command_grid_editor(struct ui *ui, struct str args)
{
	struct view *v = front(ui);
	enum gate_point which;
	enum edit_part part;
	struct flow *f;

	(void)args;
	if (v == NULL)
		return;
	if (grid_changes(view_grid_rows(v)) > 0) {
		ui_message(ui, ROLE_WARNING, "save first (w), or undo (u): "
		    "the editor begins with what is there");
		return;
	}
	f = flow_ref(view_grid_flow(v, &which));
	part = view_grid_rows(v)->part;
	screen_pop(&ui->screen);
	editor_start(&ui->editor, f, which, part);
	flow_unref(f);
}
