/* SPDX-License-Identifier: MIT */
/* Which two flows are compared, and the keys of the comparison. */
#include "command.h"

#include <inttypes.h>

#include "console.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"
#include "view_diff.h"

#define TEXT_MAX	(16u * 1024 * 1024)

/* The marked flows, at most two of them; returns how many there are. */
static size_t
marked(struct ui *ui, struct flow *two[2])
{
	size_t n = 0;

	if (ui->setup.list->marked == 0)
		return 0;
	for (struct flow *f = flow_list_next(ui->setup.list, NULL); f != NULL;
	    f = flow_list_next(ui->setup.list, f))
		if (f->marked && n++ < 2)
			two[n - 1] = f;
	return n;
}

static bool
is_alike(const struct flow *a, const struct flow *b)
{
	const struct message *m = &a->request, *o = &b->request;
	struct str path = message_word(m, m->path);
	struct str other = message_word(o, o->path);

	return o->kind == MESSAGE_REQUEST && m->port == o->port &&
	    str_eq(message_word(m, m->method), message_word(o, o->method)) &&
	    str_eq(message_word(m, m->host), message_word(o, o->host)) &&
	    str_eq(str_sub(path, 0, str_chr(path, '?', 0)),
	    str_sub(other, 0, str_chr(other, '?', 0)));
}

/* What f is compared with when nothing is marked, or NULL. */
static struct flow *
counterpart(struct ui *ui, const struct flow *f)
{
	struct flow_list *l = ui->setup.list;
	struct flow *other = flow_list_find(l, f->parent);

	if (other != NULL)
		return other;
	/* The newest replay of it. */
	for (other = flow_list_prev(l, NULL); other != NULL && other != f;
	    other = flow_list_prev(l, other))
		if (other->parent == f->id)
			return other;
	for (other = flow_list_prev(l, f); other != NULL;
	    other = flow_list_prev(l, other))
		if (is_alike(f, other))
			return other;
	return NULL;
}

void
command_diff(struct ui *ui, struct str args)
{
	struct flow *two[2] = { NULL, NULL }, *f, *other;
	size_t n = marked(ui, two);
	uint64_t id;

	if (args.n > 0 || n != 2) {
		f = ui_focus(ui);
		if (f == NULL)
			return;
		other = n == 1 && two[0] != f ? two[0] : counterpart(ui, f);
		if (args.n > 0)
			other = str_to_u64(args, &id) ?
			    flow_list_find(ui->setup.list, id) : NULL;
		if (other == NULL) {
			ui_message(ui, ROLE_WARNING, "#%" PRIu64 " has nothing "
			    "to be compared with; mark two flows with m", f->id);
			return;
		}
		two[0] = other->id < f->id ? other : f;
		two[1] = other->id < f->id ? f : other;
	}
	screen_push(&ui->screen, view_diff_new(ui, two[0], two[1]));
}

/* The diff on top, or NULL and a message. */
static struct view *
top(struct ui *ui)
{
	struct view *v = screen_top(&ui->screen);

	if (view_is_diff(v))
		return v;
	ui_message(ui, ROLE_MESSAGE, "= compares two flows first");
	return NULL;
}

static void
go(struct ui *ui, int direction)
{
	struct view *v = top(ui);

	if (v != NULL && !view_diff_go(v, direction))
		ui_message(ui, ROLE_MESSAGE, "there are no differences");
	ui_dirty(ui);
}

void
command_diff_next(struct ui *ui, struct str args)
{
	(void)args;
	go(ui, 1);
}

void
command_diff_prev(struct ui *ui, struct str args)
{
	(void)args;
	go(ui, -1);
}

static void
with_top(struct ui *ui, void (*act)(struct view *))
{
	struct view *v = top(ui);

	if (v != NULL)
		act(v);
}

void
command_diff_fold(struct ui *ui, struct str args)
{
	(void)args;
	with_top(ui, view_diff_fold);
}

void
command_diff_swap(struct ui *ui, struct str args)
{
	(void)args;
	with_top(ui, view_diff_swap);
}

void
command_diff_side(struct ui *ui, struct str args)
{
	(void)args;
	with_top(ui, view_diff_side);
}

void
command_diff_bytes(struct ui *ui, struct str args)
{
	(void)args;
	with_top(ui, view_diff_bytes);
}

void
command_diff_blanks(struct ui *ui, struct str args)
{
	(void)args;
	with_top(ui, view_diff_blanks);
}

void
command_diff_ignore(struct ui *ui, struct str args)
{
	(void)args;
	with_top(ui, view_diff_ignore);
}

void
command_diff_save(struct ui *ui, struct str args)
{
	struct view *v = top(ui);
	struct err err = { "" };
	struct buf text;
	char *path;

	if (v == NULL)
		return;
	buf_init(&text, TEXT_MAX);
	if (args.n == 0) {
		buf_put(&text, STR("diff.save ~/"));
		view_diff_name(v, &text);
		prompt_open(ui, PROMPT_COMMAND, buf_str(&text));
		buf_fini(&text);
		return;
	}
	view_diff_text(v, &text);
	path = saver_path(args);
	if (path_write_atomic(path, buf_str(&text), 0600, &err))
		ui_message(ui, ROLE_MESSAGE, "saved to %.*s",
		    args.n < 80 ? (int)args.n : 80, args.p);
	else
		ui_message(ui, ROLE_ERROR, "not saved: %s", err.text);
	free(path);
	buf_fini(&text);
}
