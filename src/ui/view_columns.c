/* SPDX-License-Identifier: MIT */
/*
 * All columns below each other: the chosen ones in their order, then the
 * rest.  Every change is made at once and kept in the option.
 */
#include "view_columns.h"

#include <assert.h>

#include "console.h"
#include "sluice/base/mem.h"

#define NAME_AT		6
#define HELP_AT		18

struct view_columns {
	struct view view;
	enum column_id ids[COLUMN_COUNT];
	size_t shown;			/* so many of them, from the first */
	bool sorting;
};

static struct view_columns *
columns_of(const struct view *v)
{
	return container_of(v, struct view_columns, view);
}

/* The choice, then what it left out. */
static void
load(struct view_columns *c)
{
	struct column_choice choice = c->view.ui->columns;
	size_t n;

	if (choice.count == 0)
		column_choice_all(&choice);
	c->shown = n = choice.count;
	for (size_t i = 0; i < n; i++)
		c->ids[i] = choice.ids[i];
	for (size_t id = 0; id < COLUMN_CHOICES; id++) {
		bool chosen = false;

		for (size_t i = 0; i < choice.count; i++)
			chosen |= choice.ids[i] == (enum column_id)id;
		if (!chosen)
			c->ids[n++] = (enum column_id)id;
	}
	assert(n == COLUMN_CHOICES);
}

static void
keep(struct view_columns *c)
{
	struct ui *ui = c->view.ui;
	struct column_choice choice = { .count = c->shown };
	struct buf text;
	struct err err;

	for (size_t i = 0; i < c->shown; i++)
		choice.ids[i] = c->ids[i];
	buf_init(&text, 1024);
	column_choice_format(&choice, &text);
	if (!option_set(ui->setup.options, OPTION_COLUMNS, buf_str(&text),
	    &err))
		ui_message(ui, ROLE_ERROR, "%s", err.text);
	buf_fini(&text);
	ui_dirty(ui);
}

static void
put_row(const struct view_columns *c, const struct pane *p, int y, size_t row)
{
	const struct column_sort *sort = &c->view.ui->sort;
	enum column_id id = c->ids[row];
	enum role role = row < c->shown ? ROLE_TEXT : ROLE_DIM;

	pane_fill(p, y, ROLE_TEXT);
	pane_put(p, y, 2, role, row < c->shown ? STR("[x]") : STR("[ ]"));
	pane_put(p, y, NAME_AT, role, str_from(column_name(id)));
	if (sort->id == id)
		pane_put(p, y, HELP_AT - 2, ROLE_TITLE, pane_glyph(
		    sort->reverse ? GLYPH_DOWN : GLYPH_UP));
	pane_put(p, y, HELP_AT, role, str_from(column_help(id)));
}

static void
draw(struct view *v, const struct pane *p)
{
	struct view_columns *c = columns_of(v);
	bool head = p->rows > 2;
	int y = head;

	if (head) {
		pane_fill(p, 0, ROLE_HEADER);
		pane_put(p, 0, 2, ROLE_HEADER, c->sorting ?
		    STR("Sort the list by") :
		    STR("Columns of the list, from left to right"));
	}
	scroll_fit(&v->scroll, COLUMN_CHOICES, (size_t)(p->rows - y));
	view_place(v, p, y);
	for (size_t row = v->scroll.offset; row < COLUMN_CHOICES &&
	    y < p->rows; row++, y++) {
		put_row(c, p, y, row);
		if (row != v->scroll.cursor)
			continue;
		pane_reverse(p, y);
		pane_put(p, y, 0, ROLE_MARK, pane_glyph(GLYPH_CURSOR));
	}
}

static void
status(struct view *v, struct buf *out)
{
	const struct view_columns *c = columns_of(v);

	buf_printf(out, "%zu/%zu  %s", v->scroll.cursor + 1, COLUMN_CHOICES,
	    c->view.ui->columns.count == 0 ? "as many as fit" : "chosen");
}

static void
settle(struct view *v)
{
	scroll_fit(&v->scroll, COLUMN_CHOICES, v->scroll.page);
}

static void
close_columns(struct view *v)
{
	free(columns_of(v));
}

static const struct view_ops ops = {
	.name = "COLUMNS",
	.context = KEY_COLUMNS,
	.draw = draw,
	.settle = settle,
	.status = status,
	.hints = "column.choose column.show column.sort column.down "
	    "column.up column.reset back",
	.close = close_columns,
};

struct view *
view_columns_new(struct ui *ui, bool sorting)
{
	struct view_columns *c = NEW(struct view_columns);

	c->view = (struct view){ .ops = &ops, .ui = ui };
	c->view.scroll.page = 1;
	c->sorting = sorting;
	load(c);
	for (size_t row = 0; row < COLUMN_CHOICES && sorting; row++)
		if (c->ids[row] == ui->sort.id)
			c->view.scroll.cursor = row;
	return &c->view;
}

bool
view_is_columns(const struct view *v)
{
	return v->ops == &ops;
}

bool
view_columns_is_sorting(const struct view *v)
{
	assert(v->ops == &ops);
	return columns_of(v)->sorting;
}

enum column_id
view_columns_at(const struct view *v)
{
	assert(v->ops == &ops && v->scroll.cursor < COLUMN_CHOICES);
	return columns_of(v)->ids[v->scroll.cursor];
}

/* To another row, the others close up. */
static void
shift(struct view_columns *c, size_t from, size_t to)
{
	enum column_id id = c->ids[from];

	for (; from < to; from++)
		c->ids[from] = c->ids[from + 1];
	for (; from > to; from--)
		c->ids[from] = c->ids[from - 1];
	c->ids[to] = id;
}

void
view_columns_toggle(struct view *v)
{
	struct view_columns *c = columns_of(v);
	size_t row = v->scroll.cursor;

	assert(v->ops == &ops);
	if (row >= c->shown) {
		shift(c, row, c->shown++);
	} else if (c->shown == 1) {
		ui_message(v->ui, ROLE_WARNING, "one column must stay");
		return;
	} else {
		shift(c, row, --c->shown);
	}
	keep(c);
}

void
view_columns_move(struct view *v, int direction)
{
	struct view_columns *c = columns_of(v);
	size_t row = v->scroll.cursor, to = row + (size_t)direction;

	assert(v->ops == &ops);
	if (row >= c->shown || to >= c->shown) {
		ui_message(v->ui, ROLE_MESSAGE,
		    "shown columns move among each other");
		return;
	}
	shift(c, row, to);
	scroll_to(&v->scroll, to);
	keep(c);
}

void
view_columns_reset(struct view *v)
{
	struct view_columns *c = columns_of(v);

	assert(v->ops == &ops);
	c->shown = 0;
	keep(c);
	load(c);
}
