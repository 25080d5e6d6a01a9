/* SPDX-License-Identifier: MIT */
/*
 * Two views on one screen.  The detail is made when there is a flow to show;
 * while the cursor moves it shows another flow at most every FOLLOW seconds,
 * so that a held key stays fast and still shows what it passes.
 */
#include "split.h"

#include <assert.h>

#include "console.h"
#include "sluice/base/str.h"
#include "view_flow.h"

#define FOLLOW		0.03
#define RIGHT_COLS	100		/* less: below */
#define BELOW_ROWS	11		/* less: one of the two */
#define SHARE_MIN	20u		/* percent */
#define SHARE_MAX	80u
#define LIST_ROWS	4		/* of the list at least */

static const char *const names[LAYOUTS] = {
	[LAYOUT_LIST] = "list", [LAYOUT_BELOW] = "below",
	[LAYOUT_RIGHT] = "right", [LAYOUT_DETAIL] = "detail"
};

const char *
split_layout_name(enum split_layout layout)
{
	assert(layout < LAYOUTS);
	return names[layout];
}

bool
split_layout_parse(struct str text, enum split_layout *layout)
{
	for (unsigned i = 0; i < LAYOUTS; i++)
		if (str_eq(text, str_from(names[i]))) {
			*layout = i;
			return true;
		}
	return false;
}

static struct flow *
wanted(const struct split *s)
{
	return s->list->ops->focus(s->list);
}

static void
following_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct split *s = container_of(w, struct split, following);
	struct flow *f;

	(void)loop;
	(void)revents;
	if (!split_is_on(s))
		return;
	f = wanted(s);
	if (f != NULL && f != view_flow_peek(s->detail))
		view_flow_show(s->detail, f);
}

void
split_init(struct split *s, struct ui *ui)
{
	*s = (struct split){ .ui = ui };
	ev_timer_init(&s->following, following_cb, FOLLOW, 0.0);
}

struct view *
split_take(struct split *s)
{
	struct view *v = s->detail;

	ev_timer_stop(s->ui->setup.loop, &s->following);
	s->detail = NULL;
	s->layout = LAYOUT_LIST;
	s->in_detail = s->zoomed = false;
	if (v != NULL)
		view_flow_both(v, false);
	return v;
}

void
split_fini(struct split *s)
{
	struct view *v = split_take(s);

	if (v != NULL)
		v->ops->close(v);
}

void
split_set(struct split *s, enum split_layout layout)
{
	assert(layout != LAYOUT_DETAIL);
	if (layout == LAYOUT_LIST)
		split_fini(s);
	s->layout = layout;
	s->zoomed = false;
	screen_dirty(&s->ui->screen, true);
}

bool
split_is_on(const struct split *s)
{
	return s->layout != LAYOUT_LIST && s->detail != NULL;
}

struct view *
split_focus(const struct split *s)
{
	return split_is_on(s) && s->in_detail ? s->detail : s->list;
}

void
split_enter(struct split *s, bool detail)
{
	s->in_detail = detail && split_is_on(s);
	screen_dirty(&s->ui->screen, true);
}

/* Makes the detail, or removes it, as there is something to show. */
static void
provide(struct split *s)
{
	struct flow *f = wanted(s);

	if (f == NULL) {
		if (s->detail != NULL)
			s->detail->ops->close(s->detail);
		s->detail = NULL;
		s->in_detail = s->zoomed = false;
		return;
	}
	if (s->detail == NULL) {
		s->detail = view_flow_new(s->ui, f);
		list_init(&s->detail->link);
	} else if (view_flow_peek(s->detail) != f &&
	    !ev_is_active(&s->following)) {
		ev_timer_set(&s->following, FOLLOW, 0.0);
		ev_timer_start(s->ui->setup.loop, &s->following);
	}
}

/* The layout that fits, as panes. */
static enum split_layout
lay_out(struct split *s, const struct pane *p)
{
	uint64_t share = option_number(s->ui->setup.options, OPTION_SPLIT);
	int rows, cols;

	share = share < SHARE_MIN ? SHARE_MIN : share > SHARE_MAX ? SHARE_MAX :
	    share;
	if (s->zoomed || p->rows < BELOW_ROWS)
		return s->in_detail ? LAYOUT_DETAIL : LAYOUT_LIST;
	if (s->layout == LAYOUT_RIGHT && p->cols >= RIGHT_COLS) {
		cols = p->cols * (int)share / 100;
		s->list_pane = pane_sub(p, 0, 0, p->rows, cols);
		s->detail_pane = pane_sub(p, 0, cols + 1, p->rows,
		    p->cols - cols - 1);
		return LAYOUT_RIGHT;
	}
	rows = p->rows * (int)share / 100;
	if (rows < LIST_ROWS)
		rows = LIST_ROWS;
	s->list_pane = pane_sub(p, 0, 0, rows, p->cols);
	s->detail_pane = pane_sub(p, rows + 1, 0, p->rows - rows - 1, p->cols);
	return LAYOUT_BELOW;
}

void
split_draw(struct split *s, struct view *list, const struct pane *p)
{
	struct pane line;
	enum split_layout shown = LAYOUT_LIST;
	enum role role;

	s->list = list;
	s->list_pane = s->detail_pane = *p;
	if (s->layout != LAYOUT_LIST) {
		provide(s);
		if (split_is_on(s))
			shown = lay_out(s, p);
	}
	if (s->detail != NULL)
		view_flow_both(s->detail, shown == LAYOUT_RIGHT);
	if (shown != LAYOUT_DETAIL)
		list->ops->draw(list, &s->list_pane);
	else
		s->list_pane.rows = 0;
	if (shown != LAYOUT_LIST)
		s->detail->ops->draw(s->detail, &s->detail_pane);
	else
		s->detail_pane.rows = 0;
	/* The line between them is bright when the detail has the keys. */
	role = s->in_detail ? ROLE_TITLE : ROLE_DIM;
	if (shown == LAYOUT_BELOW) {
		line = pane_sub(p, s->list_pane.rows, 0, 1, p->cols);
		pane_rule(&line, 0, role);
	} else if (shown == LAYOUT_RIGHT) {
		for (int y = 0; y < p->rows; y++)
			pane_put(p, y, s->list_pane.cols, role,
			    pane_glyph(GLYPH_BAR));
	}
}

static bool
has(const struct pane *p, int row, int column)
{
	return row >= p->y && row < p->y + p->rows && column >= p->x &&
	    column < p->x + p->cols;
}

struct view *
split_at(const struct split *s, int row, int column)
{
	if (split_is_on(s) && has(&s->detail_pane, row, column))
		return s->detail;
	return has(&s->list_pane, row, column) ? s->list : NULL;
}
