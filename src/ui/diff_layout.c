/* SPDX-License-Identifier: MIT */
/* What is the same is hidden but for a few rows around each change. */
#include "diff_layout.h"

#include "sluice/base/mem.h"

#define CONTEXT		3u		/* same rows around a change */

static void
show(struct diff_layout *l, const struct diff_shown *what)
{
	if (l->count == l->cap) {
		l->cap = l->cap > 0 ? l->cap * 2 : 128;
		l->rows = mem_array(l->rows, l->cap, sizeof(*l->rows));
	}
	l->rows[l->count++] = *what;
}

/* Rows from..end differ. */
static void
show_change(struct diff_layout *l, const struct diff *d, size_t from,
    size_t end)
{
	size_t first = l->count;

	for (size_t i = from; i < end; i++)
		if (l->side || d->rows[i].kind != ROW_NEW)
			show(l, &(struct diff_shown){ .row = i });
	for (size_t i = from; i < end && !l->side; i++)
		if (d->rows[i].kind != ROW_GONE)
			show(l, &(struct diff_shown){ .row = i,
			    .right = true });
	l->rows[first].starts = true;
}

/* Rows from..end are the same; in heads none is shown around a change. */
static void
show_same(struct diff_layout *l, const struct diff *d, size_t from,
    size_t end, bool body)
{
	size_t n = end - from, context = body ? CONTEXT : 0;
	bool last = end == d->count || d->rows[end].kind == ROW_TITLE;
	bool first = from > 0 && d->rows[from - 1].kind == ROW_TITLE;
	size_t head = first ? 0 : context, tail = last ? 0 : context;

	if (l->all || n <= head + tail + body) {
		for (size_t i = from; i < end; i++)
			show(l, &(struct diff_shown){ .row = i });
		return;
	}
	for (size_t i = from; i < from + head; i++)
		show(l, &(struct diff_shown){ .row = i });
	show(l, &(struct diff_shown){ .row = from + head,
	    .hidden = n - head - tail });
	for (size_t i = end - tail; i < end; i++)
		show(l, &(struct diff_shown){ .row = i });
}

void
diff_layout_make(struct diff_layout *l, const struct diff *d)
{
	bool body = false;

	l->count = 0;
	for (size_t i = 0, end; i < d->count; i = end) {
		enum diff_kind kind = d->rows[i].kind;

		end = i + 1;
		if (kind == ROW_TITLE || kind == ROW_NOTE) {
			if (kind == ROW_TITLE)
				body = str_find(diff_a(d, &d->rows[i]),
				    STR(" body")) != SIZE_MAX;
			show(l, &(struct diff_shown){ .row = i });
			continue;
		}
		while (end < d->count && d->rows[end].kind < ROW_NOTE &&
		    d->rows[end].kind != ROW_TITLE &&
		    diff_is_change(&d->rows[end]) ==
		    diff_is_change(&d->rows[i]))
			end++;
		if (kind == ROW_SAME)
			show_same(l, d, i, end, body);
		else
			show_change(l, d, i, end);
	}
}

void
diff_layout_fini(struct diff_layout *l)
{
	free(l->rows);
	*l = (struct diff_layout){ .count = 0 };
}
