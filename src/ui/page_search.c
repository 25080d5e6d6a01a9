/* SPDX-License-Identifier: MIT */
/* Each step is as long as one call of page_find or page_line lasts. */
#include "page_search.h"

#include "console.h"
#include "errand.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"

struct page_seek {
	struct errand errand;
	struct view *view;
	struct page *page;
	page_show_fn *show;
	struct search search;
	size_t from, row, x;
	int direction;
	bool wrapped;			/* the second time, from the end */
	bool found;
	bool later;			/* whoever asked has gone on */
	bool *told;			/* until then: where to say so */
};

static void
wrap(struct page_seek *s)
{
	size_t rows = page_rows(s->page);

	s->wrapped = true;
	s->from = s->direction > 0 || rows == 0 ? 0 : rows - 1;
}

/* True when that was all. */
static bool
seek_once(struct page_seek *s)
{
	enum body_found found = page_find(s->page, &s->search, s->from,
	    s->direction, &s->row, &s->x);

	switch (found) {
	case BODY_FOUND:
		s->found = true;
		return true;
	case BODY_NOT_YET:
		/* What begins in the row before may end in this one. */
		if (s->direction > 0)
			s->from = s->row > s->from + 1 ? s->row - 1 : s->row;
		else
			s->from = s->row;
		return false;
	case BODY_NOT_FOUND:
		break;
	}
	if (s->wrapped)
		return true;
	wrap(s);
	return false;
}

static bool
seek(struct ui *ui, struct errand *e, int64_t until)
{
	struct page_seek *s = container_of(e, struct page_seek, errand);

	(void)ui;
	while (!seek_once(s))
		if (clock_mono() >= until) {
			s->later = true;
			return false;
		}
	return true;
}

static void
seek_end(struct ui *ui, struct errand *e, bool done)
{
	struct page_seek *s = container_of(e, struct page_seek, errand);

	if (done && s->found)
		s->show(s->view, s->row, s->x);
	else if (done && s->later)
		ui_no_match(ui);
	else if (done)
		*s->told = false;
	free(s);
}

bool
page_search(struct view *v, struct page *page, const struct search *search,
    size_t from, int direction, page_show_fn *show)
{
	struct page_seek *s = NEW(struct page_seek);
	bool found = true;

	*s = (struct page_seek){
		.errand = { seek, seek_end }, .view = v, .page = page,
		.show = show, .search = *search, .from = from,
		.direction = direction, .told = &found
	};
	if (from == SIZE_MAX)
		wrap(s);
	errand_run(v->ui, &s->errand);
	return found;
}

/* -- a line ---------------------------------------------------------------- */

static bool
go(struct ui *ui, struct errand *e, int64_t until)
{
	struct page_seek *s = container_of(e, struct page_seek, errand);

	(void)ui;
	do
		s->row = page_line(s->page, s->from, &s->found);
	while (!s->found && clock_mono() < until);
	return s->found;
}

static void
go_end(struct ui *ui, struct errand *e, bool done)
{
	struct page_seek *s = container_of(e, struct page_seek, errand);
	size_t rows = page_rows(s->page);

	(void)ui;
	if (s->row >= rows)
		s->row = rows > 0 ? rows - 1 : 0;
	if (done)
		s->show(s->view, s->row, 0);
	free(s);
}

void
page_go(struct view *v, struct page *page, size_t n, page_show_fn *show)
{
	struct page_seek *s = NEW(struct page_seek);

	*s = (struct page_seek){
		.errand = { go, go_end }, .view = v, .page = page,
		.show = show, .from = n
	};
	errand_run(v->ui, &s->errand);
}
