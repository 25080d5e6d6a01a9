/* SPDX-License-Identifier: MIT */
/*
 * Cursor and offset arithmetic, shared by all views.  In a text view the
 * cursor is the row a search found last, or the first shown row.
 */
#include "scroll.h"

#include <assert.h>

static size_t
last_row(const struct scroll *s)
{
	return s->rows > 0 ? s->rows - 1 : 0;
}

static size_t
last_offset(const struct scroll *s)
{
	return s->rows > s->page ? s->rows - s->page : 0;
}

static size_t
moved(size_t at, long delta, size_t last)
{
	size_t by = delta < 0 ? 0 - (size_t)delta : (size_t)delta;

	if (delta < 0)
		return at > by ? at - by : 0;
	return at >= last || by > last - at ? last : at + by;
}

static void
clamp(struct scroll *s)
{
	if (s->cursor > last_row(s))
		s->cursor = last_row(s);
	if (s->offset > last_offset(s))
		s->offset = last_offset(s);
	if (s->text || s->away)
		return;
	if (s->offset > s->cursor)
		s->offset = s->cursor;
	if (s->cursor - s->offset >= s->page)
		s->offset = s->cursor - s->page + 1;
	assert(s->cursor - s->offset < s->page);
}

void
scroll_fit(struct scroll *s, size_t rows, size_t page)
{
	s->rows = rows;
	s->page = page > 0 ? page : 1;
	clamp(s);
}

void
scroll_move(struct scroll *s, long delta)
{
	s->away = false;
	if (s->text) {
		s->offset = moved(s->offset, delta, last_offset(s));
		s->cursor = s->offset;
	} else {
		s->cursor = moved(s->cursor, delta, last_row(s));
	}
	if (s->page > 0)
		clamp(s);
}

void
scroll_wheel(struct scroll *s, long delta)
{
	if (s->text) {
		scroll_move(s, delta);
		return;
	}
	s->offset = moved(s->offset, delta, last_offset(s));
	s->away = s->cursor < s->offset || s->cursor - s->offset >= s->page;
}

static void
jump(struct scroll *s, size_t by, int direction)
{
	long delta = direction < 0 ? -(long)by : (long)by;

	if (s->away) {
		s->away = false;
		clamp(s);
	}
	/* The window goes along, so that the cursor stays in its place. */
	if (!s->text)
		s->offset = moved(s->offset, delta, last_offset(s));
	scroll_move(s, delta);
}

void
scroll_half(struct scroll *s, int direction)
{
	jump(s, s->page > 1 ? s->page / 2 : 1, direction);
}

void
scroll_page(struct scroll *s, int direction)
{
	/* One row of the old page stays in sight. */
	jump(s, s->page > 2 ? s->page - 1 : 1, direction);
}

void
scroll_top(struct scroll *s)
{
	s->away = false;
	s->cursor = s->offset = 0;
}

void
scroll_bottom(struct scroll *s)
{
	s->away = false;
	s->cursor = last_row(s);
	s->offset = last_offset(s);
	if (s->text)
		s->cursor = s->offset;
	else if (s->page > 0)
		clamp(s);
}

void
scroll_to(struct scroll *s, size_t row)
{
	s->away = false;
	s->cursor = row < last_row(s) ? row : last_row(s);
	if (s->text && (s->cursor < s->offset ||
	    s->cursor - s->offset >= (s->page > 0 ? s->page : 1)))
		s->offset = s->cursor < last_offset(s) ? s->cursor :
		    last_offset(s);
	if (s->page > 0)
		clamp(s);
}
