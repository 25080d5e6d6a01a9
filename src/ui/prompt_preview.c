/* SPDX-License-Identifier: MIT */
/* What a line does while it is typed, and taking that back on Escape. */
#include "prompt_private.h"

#include "console.h"
#include "view_list.h"

#define PREVIEW_FLOWS	1000u		/* looked at for "would hold" */

/* The list's filter as a preview: the option keeps the old one. */
static void
show_filter(struct ui *ui, struct filter *filter, bool on)
{
	flow_view_set_filter(ui->view, filter);
	flow_view_enable(ui->view, on);
}

static void
preview_hold(struct prompt *p, const struct filter *filter)
{
	const struct flow_list *l = p->ui->setup.list;
	const struct flow *f = NULL;

	p->matches = p->of = 0;
	/* Bodies may be long: no preview then. */
	if (filter_needs_body(filter))
		return;
	while (p->of < PREVIEW_FLOWS) {
		f = flow_list_prev(l, f);
		if (f == NULL)
			break;
		p->of++;
		p->matches += filter_match(filter, f);
	}
}

static void
preview_filter(struct prompt *p)
{
	struct str text = str_trim(line_edit_text(&p->line));
	struct filter *filter = filter_parse_named(p->ui->setup.names,
	    line_edit_text(&p->line), &p->err, &p->bad_at);

	p->bad = filter == NULL;
	if (p->bad)
		return;
	if (p->kind == PROMPT_INTERCEPT) {
		preview_hold(p, filter);
		filter_free(filter);
		return;
	}
	if (text.n == 0) {
		filter_free(filter);
		filter = NULL;
	}
	show_filter(p->ui, filter, true);
}

void
prompt_no_match(struct prompt *p)
{
	p->bad = true;
	p->bad_at = 0;
	err_set(&p->err, "no match");
	ui_dirty(p->ui);
}

static void
preview_search(struct prompt *p)
{
	struct view *v = screen_top(&p->ui->screen);

	if (v->ops->find == NULL)
		return;
	search_set(&p->ui->search, line_edit_text(&p->line));
	scroll_to(&v->scroll, p->scroll_before.cursor);
	if (v->ops->moved != NULL)
		v->ops->moved(v);
	p->bad = false;
	if (p->ui->search.text[0] != '\0' &&
	    !v->ops->find(v, &p->ui->search, 1, true))
		prompt_no_match(p);
}

void
prompt_changed(struct prompt *p)
{
	if (p->kind == PROMPT_FILTER || p->kind == PROMPT_INTERCEPT)
		preview_filter(p);
	else if (p->kind == PROMPT_SEARCH)
		preview_search(p);
	else
		p->bad = false;
	ui_dirty(p->ui);
}

static void
restore_filter(struct prompt *p)
{
	struct filter *filter = NULL;
	struct err err;
	size_t at;

	if (p->before != NULL)
		filter = filter_parse_named(p->ui->setup.names,
		    str_from(p->before), &err, &at);
	show_filter(p->ui, filter, p->before_on);
}

static void
restore_search(struct prompt *p)
{
	struct view *v = screen_top(&p->ui->screen);

	search_set(&p->ui->search, STR(""));
	scroll_to(&v->scroll, p->scroll_before.cursor);
	if (v->scroll.text)
		v->scroll.offset = p->scroll_before.offset;
	if (v->ops->moved != NULL)
		v->ops->moved(v);
	if (p->followed)
		view_list_follow(v, true);
}

void
prompt_restore(struct prompt *p)
{
	if (p->kind == PROMPT_FILTER)
		restore_filter(p);
	else if (p->kind == PROMPT_SEARCH)
		restore_search(p);
}
