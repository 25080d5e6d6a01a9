/* SPDX-License-Identifier: MIT */
/*
 * Three stretches one behind the other: held, waiting, receiving.  Held time
 * is drawn where it began as far as that is known: behind the request.
 */
#include "waterfall.h"

#include "sluice/base/clock.h"

struct bar {
	const struct pane *p;
	int y, x, width;
	const struct column_span *span;
};

/* The cell of a moment; before and behind the bar: its ends. */
static int
cell_of(const struct bar *b, int64_t at)
{
	int64_t all = b->span->until - b->span->from;

	if (at <= b->span->from || all <= 0)
		return 0;
	if (at >= b->span->until)
		return b->width;
	return (int)((at - b->span->from) * b->width / all);
}

/* At least a cell for what lies inside, however short it was. */
static void
stretch(const struct bar *b, int64_t from, int64_t until, enum glyph glyph,
    enum role role)
{
	int begin, end;

	if (from >= until || until <= b->span->from || from > b->span->until)
		return;
	begin = cell_of(b, from);
	end = cell_of(b, until);
	if (begin == b->width)
		begin--;
	if (end == begin)
		end++;
	for (int i = begin; i < end; i++)
		pane_put(b->p, b->y, b->x + i, role, pane_glyph(glyph));
}

void
waterfall_draw(const struct pane *p, int y, int x, int width,
    const struct flow *f, const struct column_span *span)
{
	const struct flow_times *t = &f->times;
	struct bar bar = { p, y, x, width, span };
	int64_t now = clock_mono(), held = t->held, hold, first, end;

	if (t->begin == 0)
		return;
	end = t->end > 0 ? t->end : flow_is_live(f) ? now : t->begin;
	if (end == t->begin)
		end++;
	if (t->held_since > 0)
		held += now - t->held_since;
	hold = t->request_done > 0 ? t->request_done : t->begin;
	first = t->first > 0 ? t->first : end;
	stretch(&bar, t->begin, first, GLYPH_WAITING, ROLE_DIM);
	stretch(&bar, hold, hold + held, GLYPH_BLOCKED, ROLE_HELD);
	if (t->first > 0)
		stretch(&bar, first, end, GLYPH_RECEIVING, ROLE_OK);
}
