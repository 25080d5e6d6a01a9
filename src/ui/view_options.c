/* SPDX-License-Identifier: MIT */
/* A row an option; what the one under the cursor is for stands below. */
#include "view_options.h"

#include <assert.h>

#include "console.h"
#include "sluice/base/mem.h"
#include "sluice/base/utf8.h"

#define NAME_AT		2
#define VALUE_AT	26
#define VALUE_CELLS	30		/* where help stands behind it */
#define HELP_AT		(VALUE_AT + VALUE_CELLS + 2)
#define FOOT_ROWS	3
#define VALUE_MAX	(64u * 1024)

struct view_options {
	struct view view;
};

static struct view_options *
options_of(const struct view *v)
{
	return container_of(v, struct view_options, view);
}

static void
put_row(const struct ui *ui, const struct pane *p, int y, enum option_id id)
{
	const struct option_row *row = option_row(id);
	bool given = option_is_set(ui->setup.options, id);
	enum role role = row->flags & OPT_START ? ROLE_DIM : ROLE_TEXT;
	bool wide = p->cols > HELP_AT + 24;
	struct buf value;

	buf_init(&value, VALUE_MAX);
	option_format(ui->setup.options, id, &value);
	pane_fill(p, y, ROLE_TEXT);
	pane_put(p, y, NAME_AT, given ? ROLE_TITLE : role,
	    str_from(row->name));
	pane_cell(p, y, VALUE_AT, (wide ? HELP_AT : p->cols) - VALUE_AT - 1,
	    given ? ROLE_TITLE : role, buf_str(&value), false);
	if (wide)
		pane_cell(p, y, HELP_AT, p->cols - HELP_AT, ROLE_DIM,
		    str_from(row->help), false);
	buf_fini(&value);
}

static void
put_foot(const struct pane *p, int y, enum option_id id)
{
	const struct option_row *row = option_row(id);
	struct str rest = str_from(row->help), piece;

	pane_fill(p, y, ROLE_HEADER);
	pane_printf(p, y++, NAME_AT, ROLE_HEADER, "%s%s%s%s", row->name,
	    row->argument[0] != '\0' ? "=" : "", row->argument,
	    row->flags & OPT_START ?
	    "   given when the program starts" : "");
	while (rest.n > 0 && y < p->rows) {
		piece = utf8_fit(rest, (size_t)(p->cols - NAME_AT));
		/* Between two words, if it goes on. */
		if (piece.n < rest.n && str_rchr(piece, ' ') != SIZE_MAX)
			piece = str_sub(piece, 0, str_rchr(piece, ' ') + 1);
		if (piece.n == 0)
			break;
		pane_put(p, y++, NAME_AT, ROLE_TEXT, piece);
		rest = str_skip(rest, piece.n);
	}
}

static void
draw(struct view *v, const struct pane *p)
{
	bool foot = p->rows >= FOOT_ROWS * 3;
	int rows = p->rows - (foot ? FOOT_ROWS : 0), y = 0;

	scroll_fit(&v->scroll, OPTION_COUNT, (size_t)(rows > 0 ? rows : 1));
	view_place(v, p, 0);
	for (size_t row = v->scroll.offset; row < OPTION_COUNT && y < rows;
	    row++, y++) {
		put_row(v->ui, p, y, (enum option_id)row);
		if (row != v->scroll.cursor)
			continue;
		pane_reverse(p, y);
		pane_put(p, y, 0, ROLE_MARK, pane_glyph(GLYPH_CURSOR));
	}
	if (foot)
		put_foot(p, rows, view_options_at(v));
}

static bool
has(enum option_id id, const struct ui *ui, const struct search *search)
{
	const struct option_row *row = option_row(id);
	struct buf value;
	bool found;

	buf_init(&value, VALUE_MAX);
	option_format(ui->setup.options, id, &value);
	found = search_find(search, str_from(row->name), 0) != SIZE_MAX ||
	    search_find(search, str_from(row->help), 0) != SIZE_MAX ||
	    search_find(search, buf_str(&value), 0) != SIZE_MAX;
	buf_fini(&value);
	return found;
}

static bool
find(struct view *v, const struct search *search, int direction, bool here)
{
	size_t n = OPTION_COUNT, row = v->scroll.cursor;

	for (size_t i = here ? 0 : 1; i <= n; i++) {
		size_t at = direction > 0 ? (row + i) % n :
		    (row + n - i % n) % n;

		if (!has((enum option_id)at, v->ui, search))
			continue;
		scroll_to(&v->scroll, at);
		return true;
	}
	return false;
}

static void
status(struct view *v, struct buf *out)
{
	enum option_id id = view_options_at(v);
	const char *initial = option_row(id)->initial;

	buf_printf(out, "%zu/%u  ", v->scroll.cursor + 1, OPTION_COUNT);
	if (!option_is_set(v->ui->setup.options, id))
		buf_put(out, STR("the default"));
	else
		buf_printf(out, "default: %s", initial[0] != '\0' ? initial :
		    "empty");
}

static void
close_options(struct view *v)
{
	free(options_of(v));
}

static const struct view_ops ops = {
	.name = "OPTIONS",
	.context = KEY_OPTIONS,
	.draw = draw,
	.find = find,
	.status = status,
	.hints = "option.change option.reset option.save search back",
	.close = close_options,
};

struct view *
view_options_new(struct ui *ui)
{
	struct view_options *o = NEW(struct view_options);

	o->view = (struct view){ .ops = &ops, .ui = ui };
	o->view.scroll.page = 1;
	return &o->view;
}

bool
view_is_options(const struct view *v)
{
	return v->ops == &ops;
}

enum option_id
view_options_at(const struct view *v)
{
	assert(v->ops == &ops && v->scroll.cursor < OPTION_COUNT);
	return (enum option_id)v->scroll.cursor;
}
