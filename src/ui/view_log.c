/* SPDX-License-Identifier: MIT */
/* The event log as a text view; long records take several rows. */
#include "view_log.h"

#include "console.h"
#include "sluice/base/clock.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"
#include "sluice/base/utf8.h"

#define TEXT_AT		11		/* behind the time and the letter */

struct view_log {
	struct view view;
	bool follow;			/* stays at the newest */
	int cols;			/* of the last draw */
};

static struct view_log *
log_of(const struct view *v)
{
	return container_of(v, struct view_log, view);
}

static enum role
level_role(enum log_level level)
{
	return level == LOG_ERROR ? ROLE_ERROR :
	    level == LOG_WARNING ? ROLE_WARNING :
	    level == LOG_DEBUG ? ROLE_DIM : ROLE_TEXT;
}

/* Cuts the next row's text off; false at the end. */
static bool
next_piece(struct str *rest, int width, struct str *piece)
{
	if (rest->n == 0)
		return false;
	*piece = utf8_fit(*rest, width > 4 ? (size_t)width : 4);
	if (piece->n == 0)
		*piece = *rest;
	*rest = str_skip(*rest, piece->n);
	return true;
}

static size_t
rows_of(const struct log_record *r, int width)
{
	struct str rest = str_from(r->text), piece;
	size_t n = 0;

	while (next_piece(&rest, width, &piece))
		n++;
	return n > 0 ? n : 1;
}

static void
draw_record(const struct pane *p, int y, const struct log_record *r)
{
	struct str rest = str_from(r->text), piece;
	char time[CLOCK_TEXT_MAX];
	char letter = log_level_name(r->level)[0];

	clock_format_time(r->wall, 0, time);
	pane_put(p, y, 0, ROLE_DIM, str_from(time));
	if (letter >= 'a' && letter <= 'z')
		letter = (char)(letter - 'a' + 'A');
	pane_put(p, y, TEXT_AT - 2, level_role(r->level), str_make(&letter, 1));
	while (next_piece(&rest, p->cols - TEXT_AT, &piece))
		pane_put(p, y++, TEXT_AT, level_role(r->level), piece);
}

static void
draw(struct view *v, const struct pane *p)
{
	struct view_log *l = log_of(v);
	size_t rows = 0, at = 0;
	int width = p->cols - TEXT_AT;

	l->cols = p->cols;
	view_place(v, p, 0);
	for (size_t i = 0; i < log_count(); i++)
		rows += rows_of(log_at(i), width);
	scroll_fit(&v->scroll, rows, (size_t)(p->rows > 0 ? p->rows : 1));
	if (l->follow)
		scroll_bottom(&v->scroll);
	for (size_t i = 0; i < log_count(); i++) {
		size_t n = rows_of(log_at(i), width);

		if (at + n > v->scroll.offset &&
		    at < v->scroll.offset + v->scroll.page)
			draw_record(p, (int)((long)at - (long)v->scroll.offset),
			    log_at(i));
		at += n;
	}
	if (rows == 0)
		pane_put(p, 1, 3, ROLE_DIM, STR("No messages yet; failed flows are in the list."));
}

static void
moved(struct view *v)
{
	struct scroll *s = &v->scroll;

	log_of(v)->follow = s->offset + s->page >= s->rows;
}

static bool
find(struct view *v, const struct search *search, int direction, bool here)
{
	int width = log_of(v)->cols - TEXT_AT;
	size_t count = log_count(), row = 0;
	size_t best = SIZE_MAX, wrapped = SIZE_MAX;

	for (size_t i = 0; i < count; i++) {
		struct str text = str_from(log_at(i)->text);
		size_t at = row;
		bool beyond = direction > 0 ? at > v->scroll.cursor :
		    at < v->scroll.cursor;

		row += rows_of(log_at(i), width);
		if (search_find(search, text, 0) == SIZE_MAX)
			continue;
		beyond = beyond || (here && at == v->scroll.cursor);
		/* Forward: the first; backward: the last. */
		if (beyond && (best == SIZE_MAX || direction < 0))
			best = at;
		if (wrapped == SIZE_MAX || direction < 0)
			wrapped = at;
	}
	best = best != SIZE_MAX ? best : wrapped;
	if (best == SIZE_MAX)
		return false;
	scroll_to(&v->scroll, best);
	log_of(v)->follow = false;
	return true;
}

static void
status(struct view *v, struct buf *out)
{
	buf_printf(out, "%zu", log_count());
	if (log_of(v)->follow) {
		buf_putc(out, ' ');
		buf_put(out, pane_glyph(GLYPH_FOLLOW));
	}
}

static void
close_log(struct view *v)
{
	free(log_of(v));
}

static const struct view_ops ops = {
	.name = "LOG",
	.context = KEY_ANY,
	.draw = draw,
	.moved = moved,
	.find = find,
	.status = status,
	.hints = "move.down move.up search move.bottom back",
	.close = close_log,
};

struct view *
view_log_new(struct ui *ui)
{
	struct view_log *l = NEW(struct view_log);

	l->view = (struct view){ .ops = &ops, .ui = ui };
	l->view.scroll.text = true;
	l->view.scroll.page = 1;
	l->follow = true;
	return &l->view;
}

bool
view_is_log(const struct view *v)
{
	return v->ops == &ops;
}
