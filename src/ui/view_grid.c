/* SPDX-License-Identifier: MIT */
/* The grid's rows: a mark, the name, the value, and what the value was. */
#include "view_grid.h"

#include <assert.h>
#include <inttypes.h>

#include "console.h"
#include "sluice/base/mem.h"

#define TEXT_MAX	(16u * 1024 * 1024)
#define NAME_AT		4
#define NAME_CELLS	24		/* at most */
#define WAS_CELLS	24
#define HEAD_ROWS	2

struct view_grid {
	struct view view;
	struct flow *f;			/* a reference */
	enum gate_point which;
	struct grid grid;
	enum grid_cell cell;
};

static struct view_grid *
grid_of(const struct view *v)
{
	return container_of(v, struct view_grid, view);
}

static const char *
title(enum edit_part part)
{
	switch (part) {
	case EDIT_QUERY:
		return "query";
	case EDIT_COOKIES:
		return "cookies";
	case EDIT_FORM:
		return "form";
	default:
		return "headers";
	}
}

static int
name_cells(const struct grid *g, int cols)
{
	int most = 4, limit = cols / 3 < NAME_CELLS ? cols / 3 : NAME_CELLS;

	for (size_t i = 0; i < g->rows.count; i++) {
		int n = pane_width(str_from(g->rows.p[i].name), limit);

		most = n > most ? n : most;
	}
	return most < limit ? most : limit;
}

static enum role
row_role(char mark)
{
	return mark == '+' ? ROLE_DIFF_NEW : mark == '-' ? ROLE_DIFF_GONE :
	    mark == '~' ? ROLE_EDITED : mark == '=' ? ROLE_DIM : ROLE_TEXT;
}

/* What is to be said of a row, behind its value. */
static void
put_remark(const struct pane *p, int y, int x, const struct grid_row *row,
    char mark)
{
	if (x + WAS_CELLS > p->cols)
		return;
	if (mark == '=')
		pane_put(p, y, x, ROLE_DIM, STR("follows from the rest"));
	else if (mark == '-')
		pane_put(p, y, x, ROLE_DIM, STR("deleted"));
	else if (mark == '~') {
		x = pane_put(p, y, x, ROLE_DIM, STR("was "));
		pane_cell(p, y, x, p->cols - x, ROLE_DIM,
		    str_from(strcmp(row->value, row->was_value) != 0 ?
		    row->was_value : row->was_name), false);
	}
}

static void
put_row(const struct view_grid *v, const struct pane *p, int y, size_t i,
    int cells)
{
	const struct grid_row *row = &v->grid.rows.p[i];
	bool here = i == v->view.scroll.cursor;
	char mark = grid_mark(row);
	int value_at = NAME_AT + cells + 2, x;
	struct pane cell;

	pane_fill(p, y, ROLE_TEXT);
	pane_put(p, y, 2, row_role(mark), str_make(&mark, 1));
	pane_cell(p, y, NAME_AT, cells, row_role(mark),
	    str_from(row->name), false);
	x = value_at + pane_width(str_from(row->value), p->cols);
	pane_cell(p, y, value_at, p->cols - value_at, row_role(mark),
	    str_from(row->value), false);
	put_remark(p, y, x + 2, row, mark);
	if (!here)
		return;
	pane_put(p, y, 0, ROLE_MARK, pane_glyph(GLYPH_CURSOR));
	cell = v->cell == GRID_NAME ? pane_sub(p, y, NAME_AT, 1, cells) :
	    pane_sub(p, y, value_at, 1, p->cols - value_at);
	pane_reverse(&cell, 0);
}

static void
put_head(struct view_grid *v, const struct pane *p, int cells)
{
	size_t n = grid_changes(&v->grid);
	int x;

	x = pane_printf(p, 0, 0, ROLE_TITLE, "Edit #%" PRIu64 " %s %s",
	    v->f->id, v->which == GATE_REQUEST ? "request" : "response",
	    title(v->grid.part));
	if (n > 0)
		pane_printf(p, 0, x + 4, ROLE_EDITED, "%zu changed, not saved",
		    n);
	pane_fill(p, 1, ROLE_HEADER);
	pane_put(p, 1, NAME_AT, ROLE_HEADER, STR("NAME"));
	pane_put(p, 1, NAME_AT + cells + 2, ROLE_HEADER, STR("VALUE"));
}

static void
draw(struct view *v, const struct pane *p)
{
	struct view_grid *g = grid_of(v);
	int cells = name_cells(&g->grid, p->cols);
	int head = p->rows > HEAD_ROWS ? HEAD_ROWS : 0;
	int rows = p->rows - head;

	pane_clear(p);
	if (head > 0)
		put_head(g, p, cells);
	view_place(v, p, head);
	scroll_fit(&v->scroll, g->grid.rows.count, (size_t)(rows > 0 ? rows :
	    1));
	for (int y = 0; y < rows; y++) {
		size_t i = v->scroll.offset + (size_t)y;

		if (i < g->grid.rows.count)
			put_row(g, p, head + y, i, cells);
	}
	if (g->grid.rows.count == 0)
		pane_put(p, head, NAME_AT, ROLE_DIM,
		    STR("there is none; o adds one"));
}

static void
settle(struct view *v)
{
	scroll_fit(&v->scroll, grid_of(v)->grid.rows.count, v->scroll.page);
}

static void
status(struct view *v, struct buf *out)
{
	size_t n = grid_of(v)->grid.rows.count;

	buf_printf(out, "%zu/%zu", n > 0 ? v->scroll.cursor + 1 : 0, n);
}

static bool
find(struct view *v, const struct search *search, int direction, bool here)
{
	const struct grid_rows *rows = &grid_of(v)->grid.rows;
	size_t row = v->scroll.cursor, n = rows->count;

	for (size_t i = here ? 0 : 1; i <= n && n > 0; i++) {
		size_t at = direction > 0 ? (row + i) % n :
		    (row + n - i % n) % n;

		if (search_find(search, str_from(rows->p[at].name), 0) ==
		    SIZE_MAX && search_find(search,
		    str_from(rows->p[at].value), 0) == SIZE_MAX)
			continue;
		scroll_to(&v->scroll, at);
		return true;
	}
	return false;
}

static void
close_grid(struct view *v)
{
	struct view_grid *g = grid_of(v);

	grid_fini(&g->grid);
	flow_unref(g->f);
	free(g);
}

static const struct view_ops ops = {
	.name = "GRID",
	.context = KEY_GRID,
	.draw = draw,
	.settle = settle,
	.find = find,
	.status = status,
	.hints = "grid.edit grid.cell grid.add grid.delete grid.undo "
	    "grid.editor grid.save grid.close",
	.close = close_grid,
};

struct view *
view_grid_new(struct ui *ui, struct flow *f, enum gate_point which,
    enum edit_part part, struct err *err)
{
	struct view_grid *g;
	struct buf text;

	buf_init(&text, TEXT_MAX);
	if (!edit_part_format(f, which, part, &text, err)) {
		buf_fini(&text);
		return NULL;
	}
	g = NEW(struct view_grid);
	g->view = (struct view){ .ops = &ops, .ui = ui };
	g->view.scroll.page = 1;
	g->f = flow_ref(f);
	g->which = which;
	g->cell = GRID_VALUE;
	grid_init(&g->grid, part, which == GATE_REQUEST ? &f->request :
	    &f->response, buf_str(&text));
	scroll_fit(&g->view.scroll, g->grid.rows.count, 1);
	buf_fini(&text);
	return &g->view;
}

bool
view_is_grid(const struct view *v)
{
	return v->ops == &ops;
}

struct grid *
view_grid_rows(struct view *v)
{
	assert(v->ops == &ops);
	return &grid_of(v)->grid;
}

bool
view_grid_at(const struct view *v, size_t *row, enum grid_cell *cell)
{
	assert(v->ops == &ops);
	*row = v->scroll.cursor;
	*cell = grid_of(v)->cell;
	return *row < grid_of(v)->grid.rows.count;
}

void
view_grid_go(struct view *v, size_t row, enum grid_cell cell)
{
	assert(v->ops == &ops);
	grid_of(v)->cell = cell;
	scroll_fit(&v->scroll, grid_of(v)->grid.rows.count, v->scroll.page);
	scroll_to(&v->scroll, row);
	ui_dirty(v->ui);
}

struct flow *
view_grid_flow(const struct view *v, enum gate_point *which)
{
	assert(v->ops == &ops);
	*which = grid_of(v)->which;
	return grid_of(v)->f;
}
