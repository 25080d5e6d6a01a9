/* SPDX-License-Identifier: MIT */
/*
 * The pass-through list.  What was learned ends by itself, so the cursor is
 * on a host, not on a row: a key never acts on another one than was seen.
 */
#include "view_passes.h"

#include <stdio.h>
#include <stdlib.h>

#include "console.h"
#include "sluice/base/clock.h"
#include "sluice/base/human.h"
#include "sluice/base/mem.h"

#define HOST_AT		2
#define HOST_MIN	12
#define REASON_FROM	64		/* columns */

struct view_passes {
	struct view view;
	char *host;			/* under the cursor, or NULL */
};

static const char *const whys[] = {
	[PASS_OPTION] = "option", [PASS_USER] = "you",
	[PASS_LEARNED] = "learned", [PASS_SUGGESTED] = "suggested",
};

enum column { HOST, WHY, CONNS, LEFT, REASON, COLUMNS };

static const struct {
	const char *title;
	int width;			/* 0: what is left */
	bool right;
} columns[COLUMNS] = {
	[HOST] = { "HOST", 0, false },
	[WHY] = { "WHY", 10, false },
	[CONNS] = { "CONNS", 6, true },
	[LEFT] = { "LEFT", 8, true },
	[REASON] = { "REASON", 0, false },
};

struct layout {
	int x[COLUMNS], width[COLUMNS];
};

static struct view_passes *
passes_of(const struct view *v)
{
	return container_of(v, struct view_passes, view);
}

static void
lay_out(struct layout *l, int cols)
{
	int rest = cols - HOST_AT, x = HOST_AT;

	for (int i = 0; i < COLUMNS; i++)
		rest -= columns[i].width > 0 ? columns[i].width + 2 : 0;
	l->width[HOST] = cols >= REASON_FROM ? rest * 2 / 5 : rest - 2;
	if (l->width[HOST] < HOST_MIN)
		l->width[HOST] = HOST_MIN;
	l->width[REASON] = cols >= REASON_FROM ?
	    rest - l->width[HOST] - 2 : 0;
	for (int i = 0; i < COLUMNS; i++) {
		if (columns[i].width > 0)
			l->width[i] = columns[i].width;
		l->x[i] = x;
		x += l->width[i] + 2;
	}
}

static void
put(const struct pane *p, int y, const struct layout *l, enum column id,
    enum role role, const char *text)
{
	if (columns[id].right)
		pane_cell_right(p, y, l->x[id], l->width[id], role,
		    str_from(text));
	else
		pane_cell(p, y, l->x[id], l->width[id], role, str_from(text),
		    id == HOST);
}

static void
draw_row(const struct pane *p, int y, const struct layout *l,
    const struct pass *pass)
{
	enum role role = pass->why == PASS_SUGGESTED ? ROLE_WARNING :
	    ROLE_TEXT;
	char used[24], left[HUMAN_MAX] = "run";

	snprintf(used, sizeof(used), "%zu", pass->used);
	if (pass->until > 0)
		human_duration(pass->until - clock_wall(), left);
	pane_fill(p, y, ROLE_TEXT);
	put(p, y, l, HOST, role, pass->host);
	put(p, y, l, WHY, role, whys[pass->why]);
	put(p, y, l, CONNS, ROLE_TEXT, used);
	put(p, y, l, LEFT, ROLE_TEXT, left);
	put(p, y, l, REASON, ROLE_DIM, pass->reason);
}

static void
remember(struct view *v)
{
	struct view_passes *l = passes_of(v);
	struct proxy *proxy = v->ui->setup.proxy;
	struct pass pass;

	free(l->host);
	l->host = NULL;
	if (v->scroll.cursor >= proxy_passes(proxy))
		return;
	proxy_pass_at(proxy, v->scroll.cursor, &pass);
	l->host = mem_strdup(pass.host);
}

bool
view_passes_focus(struct view *v, size_t *i)
{
	const struct view_passes *l = passes_of(v);
	struct proxy *proxy = v->ui->setup.proxy;
	size_t count = proxy_passes(proxy);

	for (*i = 0; *i < count && l->host != NULL; ++*i) {
		struct pass pass;

		proxy_pass_at(proxy, *i, &pass);
		if (strcmp(pass.host, l->host) == 0)
			return true;
	}
	return false;
}

static void
settle(struct view *v)
{
	size_t row;

	if (view_passes_focus(v, &row))
		v->scroll.cursor = row;
	scroll_fit(&v->scroll, proxy_passes(v->ui->setup.proxy),
	    v->scroll.page);
}

static void
draw_empty(const struct pane *p)
{
	pane_put(p, 1, HOST_AT, ROLE_TEXT, STR("No host is passed through: "
	    "all TLS is opened and shown."));
	pane_put(p, 2, HOST_AT, ROLE_DIM, STR("p passes the host of a flow, "
	    ":flow.pass HOST one by name,"));
	pane_put(p, 3, HOST_AT, ROLE_DIM, STR("--pass REGEX some from the "
	    "start."));
}

static void
draw(struct view *v, const struct pane *p)
{
	size_t count = proxy_passes(v->ui->setup.proxy);
	struct layout l;

	pane_clear(p);
	view_place(v, p, 1);
	settle(v);
	scroll_fit(&v->scroll, count, (size_t)(p->rows > 1 ? p->rows - 1 : 1));
	remember(v);
	lay_out(&l, p->cols);
	pane_fill(p, 0, ROLE_HEADER);
	for (int i = 0; i < COLUMNS; i++)
		put(p, 0, &l, i, ROLE_HEADER, columns[i].title);
	if (count == 0)
		draw_empty(p);
	for (int y = 1; y < p->rows; y++) {
		size_t row = v->scroll.offset + (size_t)y - 1;
		struct pass pass;

		if (row >= count)
			break;
		proxy_pass_at(v->ui->setup.proxy, row, &pass);
		draw_row(p, y, &l, &pass);
		if (row != v->scroll.cursor)
			continue;
		pane_reverse(p, y);
		pane_put(p, y, 0, ROLE_MARK, pane_glyph(GLYPH_CURSOR));
	}
}

static bool
find(struct view *v, const struct search *search, int direction, bool here)
{
	struct proxy *proxy = v->ui->setup.proxy;
	size_t n = proxy_passes(proxy), row = v->scroll.cursor;

	for (size_t i = here ? 0 : 1; i <= n && n > 0; i++) {
		size_t at = direction > 0 ? (row + i) % n : (row + n - i) % n;
		struct pass pass;

		proxy_pass_at(proxy, at, &pass);
		if (search_find(search, str_from(pass.host), 0) == SIZE_MAX &&
		    search_find(search, str_from(pass.reason), 0) == SIZE_MAX)
			continue;
		scroll_to(&v->scroll, at);
		remember(v);
		return true;
	}
	return false;
}

static void
status(struct view *v, struct buf *out)
{
	size_t count = proxy_passes(v->ui->setup.proxy);

	buf_printf(out, "%zu/%zu", count > 0 ? v->scroll.cursor + 1 : 0,
	    count);
}

static void
close_passes(struct view *v)
{
	free(passes_of(v)->host);
	free(passes_of(v));
}

static const struct view_ops ops = {
	.name = "PASSED THROUGH",
	.context = KEY_PASSES,
	.draw = draw,
	.settle = settle,
	.moved = remember,
	.find = find,
	.status = status,
	.hints = "pass.undo pass.begin move.down search back",
	.close = close_passes,
};

struct view *
view_passes_new(struct ui *ui)
{
	struct view_passes *l = NEW(struct view_passes);

	l->view = (struct view){ .ops = &ops, .ui = ui };
	l->view.scroll.page = 1;
	return &l->view;
}

bool
view_is_passes(const struct view *v)
{
	return v->ops == &ops;
}
