/* SPDX-License-Identifier: MIT */
/* Rows come and go while it looks: it finds its place again by the flow. */
#include "list_search.h"

#include "console.h"
#include "errand.h"
#include "search.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "view_list.h"

#define TEXT_MAX	(1u << 30)	/* heads are bounded by head_max */
#define STRIDE		16u		/* rows between two looks at the clock */

struct seeking {
	struct errand errand;
	struct search search;
	struct buf text;
	int direction;
	uint64_t id;			/* the flow looked at last .. */
	size_t row;			/* .. and its row */
	size_t left;			/* rows to look at */
	bool found;
	bool later;			/* whoever asked has gone on */
	bool *told;			/* until then: where to say so */
};

static void
put_row(const struct flow *f, struct buf *out)
{
	const struct message *m = &f->request;
	struct str method = message_word(m, m->method);

	buf_clear(out);
	buf_put(out, str_sub(method, 0, 64));
	buf_putc(out, ' ');
	flow_put_url(f, out);
	if (flow_has_response(f))
		buf_printf(out, " %u %s", f->response.status,
		    message_type_name(&f->response));
	buf_printf(out, " %s", f->error.text);
	if (f->passed != NULL)
		buf_printf(out, " %s", f->passed);
}

static void
find_place(struct ui *ui, struct seeking *s)
{
	struct flow *f = flow_list_find(ui->setup.list, s->id);
	size_t row = f != NULL ? flow_view_row(ui->view, f) : SIZE_MAX;

	if (row == SIZE_MAX)
		row = flow_view_near(ui->view, s->id);
	if (row != SIZE_MAX)
		s->row = row;
}

static bool
look_at_next(struct ui *ui, struct seeking *s)
{
	size_t count = flow_view_count(ui->view);
	const struct flow *f;

	if (count == 0 || s->left == 0)
		return false;
	s->left--;
	if (s->direction > 0)
		s->row = s->row + 1 >= count ? 0 : s->row + 1;
	else
		s->row = s->row == 0 || s->row > count ? count - 1 :
		    s->row - 1;
	f = flow_view_at(ui->view, s->row);
	s->id = f->id;
	put_row(f, &s->text);
	s->found = search_find(&s->search, buf_str(&s->text), 0) != SIZE_MAX;
	return !s->found;
}

static bool
seek(struct ui *ui, struct errand *e, int64_t until)
{
	struct seeking *s = container_of(e, struct seeking, errand);

	if (s->later)
		find_place(ui, s);
	for (size_t i = 1; look_at_next(ui, s); i++)
		if (i % STRIDE == 0 && clock_mono() >= until) {
			s->later = true;
			return false;
		}
	return true;
}

static void
end(struct ui *ui, struct errand *e, bool done)
{
	struct seeking *s = container_of(e, struct seeking, errand);
	struct flow *f = flow_list_find(ui->setup.list, s->id);

	if (done && s->found && f != NULL &&
	    view_list_select(ui_list(ui), f))
		view_list_follow(ui_list(ui), false);
	else if (done && s->later)
		ui_no_match(ui);
	else if (done)
		*s->told = false;
	buf_fini(&s->text);
	free(s);
}

bool
list_search(struct ui *ui, const struct search *search, size_t row,
    int direction, bool here)
{
	struct seeking *s = NEW(struct seeking);
	bool found = true;

	*s = (struct seeking){
		.errand = { seek, end }, .search = *search,
		.direction = direction, .row = row, .told = &found,
		.left = flow_view_count(ui->view)
	};
	buf_init(&s->text, TEXT_MAX);
	if (here)
		s->row = direction > 0 ? row - 1 : row + 1;
	errand_run(ui, &s->errand);
	return found;
}
