/* SPDX-License-Identifier: MIT */
/*
 * Help for one screen: its keys by group, the commands that have no key, the
 * filter atoms.  Made from the tables, so it cannot be wrong.
 */
#include "view_help.h"

#include <assert.h>

#include "command.h"
#include "console.h"
#include "sluice/base/mem.h"
#include "sluice/flow/filter.h"

#define KEYS_AT		1
#define TEXT_AT		20
#define NAME_AT		68
#define LINES_MAX	512

struct line {
	enum role role;
	char *left;			/* heap, or NULL */
	char *name;			/* heap, or NULL */
	const char *text;
	const struct command_row *row;	/* what Enter runs, or NULL .. */
	const char *filter;		/* .. or begins to filter by */
};

struct view_help {
	struct view view;
	size_t count;
	struct line lines[LINES_MAX];
};

static const char *const titles[GROUP_COUNT] = {
	[GROUP_MOVE] = "MOVE", [GROUP_VIEW] = "VIEW",
	[GROUP_INTERCEPT] = "INTERCEPT", [GROUP_FLOW] = "FLOW",
	[GROUP_OUT] = "COPY AND SAVE", [GROUP_APP] = "PROGRAM",
};

/* Only what no table knows. */
static const struct {
	const char *keys, *text;
} prompt_keys[] = {
	{ "5j  42G  :42", "A count before a motion; G and : go to flow 42" },
	{ "Tab  S-Tab", "In a prompt: complete, next and previous" },
	{ "Up  Down", "In a prompt: lines before that begin like this" },
	{ "C-r", "In a prompt: lines before that contain this" },
	{ "C-a C-e A-b A-f", "In a prompt: start, end, word back, word on" },
	{ "C-w C-u C-k C-y", "In a prompt: delete word, to start, to end; "
	    "put back" },
	{ "Escape  C-g", "In a prompt: leave it, all as before" },
};

static struct view_help *
help_of(const struct view *v)
{
	return container_of(v, struct view_help, view);
}

static void
add(struct view_help *h, enum role role, char *left, const char *text,
    char *name)
{
	assert(h->count < LINES_MAX);
	h->lines[h->count++] = (struct line){
		.role = role, .left = left, .name = name, .text = text
	};
}

static void
add_command(struct view_help *h, char *left, char *name,
    const struct command_row *row)
{
	add(h, ROLE_TEXT, left, row->help, name);
	h->lines[h->count - 1].row = row;
}

static void
add_title(struct view_help *h, const char *text)
{
	if (h->count > 0)
		add(h, ROLE_TEXT, NULL, "", NULL);
	add(h, ROLE_TITLE, mem_strdup(text), "", NULL);
}

/* Rows of a group that have a key here, or those that have none. */
static void
add_group(struct view_help *h, const struct keymap *map,
    enum key_context context, enum command_group group)
{
	bool titled = false;

	for (int id = 0; id < COMMAND_COUNT; id++) {
		const struct command_row *row = command_row(id);
		struct buf keys;

		if (row->group != group)
			continue;
		buf_init(&keys, 256);
		keymap_keys(map, context, row->name, pane_is_unicode(), 4,
		    &keys);
		if (buf_len(&keys) > 0) {
			if (!titled)
				add_title(h, titles[group]);
			titled = true;
			add_command(h, buf_take(&keys), mem_printf(":%s%s%s",
			    row->name, row->args[0] != '\0' ? " " : "",
			    row->args), row);
		}
		buf_fini(&keys);
	}
}

static void
add_keyless(struct view_help *h, const struct keymap *map,
    enum key_context context)
{
	add_title(h, "COMMANDS WITHOUT A KEY HERE");
	for (int id = 0; id < COMMAND_COUNT; id++) {
		const struct command_row *row = command_row(id);
		struct buf keys;

		buf_init(&keys, 256);
		keymap_keys(map, context, row->name, false, 1, &keys);
		if (buf_len(&keys) == 0)
			add_command(h, mem_printf(":%s", row->name), NULL,
			    row);
		buf_fini(&keys);
	}
}

static void
add_filters(struct view_help *h)
{
	add_title(h, "FILTERS   a word: URL   ! not   & and   | or   ( )");
	for (size_t i = 0; i < filter_atom_count(); i++) {
		const struct filter_atom_row *row = filter_atom_at(i);

		add(h, ROLE_TEXT, mem_strdup(row->example), row->help, NULL);
		h->lines[h->count - 1].filter = row->example;
	}
	for (size_t i = 0; i < filter_field_count(); i++) {
		const struct filter_atom_row *row = filter_field_at(i);

		add(h, ROLE_TEXT, mem_strdup(row->example), row->help, NULL);
		h->lines[h->count - 1].filter = row->example;
	}
}

static void
draw(struct view *v, const struct pane *p)
{
	struct view_help *h = help_of(v);

	view_place(v, p, 0);
	scroll_fit(&v->scroll, h->count, (size_t)(p->rows > 0 ? p->rows : 1));
	for (int y = 0; y < p->rows; y++) {
		size_t i = v->scroll.offset + (size_t)y;
		const struct line *line = &h->lines[i];
		int x;

		if (i >= h->count)
			break;
		x = pane_put(p, y, KEYS_AT, line->role == ROLE_TITLE ?
		    ROLE_TITLE : ROLE_HINT_KEY,
		    str_from(line->left != NULL ? line->left : ""));
		x = pane_put(p, y, x + 1 > TEXT_AT ? x + 1 : TEXT_AT,
		    ROLE_TEXT, str_from(line->text));
		x = x + 2 > NAME_AT ? x + 2 : NAME_AT;
		if (line->name != NULL &&
		    x + (int)strlen(line->name) <= p->cols)
			pane_put(p, y, x, ROLE_DIM, str_from(line->name));
		if (i == v->scroll.cursor)
			pane_reverse(p, y);
	}
}

static bool
line_has(const struct line *line, const struct search *search)
{
	return search_find(search, str_from(line->text), 0) != SIZE_MAX ||
	    (line->left != NULL &&
	    search_find(search, str_from(line->left), 0) != SIZE_MAX) ||
	    (line->name != NULL &&
	    search_find(search, str_from(line->name), 0) != SIZE_MAX);
}

static bool
find(struct view *v, const struct search *search, int direction, bool here)
{
	struct view_help *h = help_of(v);
	size_t n = h->count, row = v->scroll.cursor;

	for (size_t i = here ? 0 : 1; i <= n; i++) {
		size_t at = direction > 0 ? (row + i) % n : (row + n - i) % n;

		if (!line_has(&h->lines[at], search))
			continue;
		scroll_to(&v->scroll, at);
		return true;
	}
	return false;
}

static void
status(struct view *v, struct buf *out)
{
	buf_printf(out, "%zu/%zu", v->scroll.cursor + 1, v->scroll.rows);
}

static void
close_help(struct view *v)
{
	struct view_help *h = help_of(v);

	for (size_t i = 0; i < h->count; i++) {
		free(h->lines[i].left);
		free(h->lines[i].name);
	}
	free(h);
}

static const struct view_ops ops = {
	.name = "HELP",
	.context = KEY_HELP,
	.draw = draw,
	.find = find,
	.status = status,
	.hints = "help.run search search.next move.page-down back",
	.close = close_help,
};

struct view *
view_help_new(struct ui *ui, enum key_context context)
{
	struct view_help *h = NEW(struct view_help);

	h->view = (struct view){ .ops = &ops, .ui = ui };
	h->view.scroll.page = 1;
	for (int group = 0; group < GROUP_COUNT; group++)
		add_group(h, ui->keymap, context, group);
	add_title(h, "PROMPTS AND NUMBERS");
	for (size_t i = 0; i < ARRAY_LEN(prompt_keys); i++)
		add(h, ROLE_TEXT, mem_strdup(prompt_keys[i].keys),
		    prompt_keys[i].text, NULL);
	add_keyless(h, ui->keymap, context);
	add_filters(h);
	return &h->view;
}

bool
view_is_help(const struct view *v)
{
	return v->ops == &ops;
}

const struct command_row *
view_help_command(const struct view *v)
{
	assert(v->ops == &ops);
	return help_of(v)->lines[v->scroll.cursor].row;
}

const char *
view_help_filter(const struct view *v)
{
	assert(v->ops == &ops);
	return help_of(v)->lines[v->scroll.cursor].filter;
}
