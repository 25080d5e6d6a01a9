/* SPDX-License-Identifier: MIT */
/*
 * The command table, looking up, running, matching.  What the commands do is
 * in the command_*.c files.
 */
#include "command.h"

#include <assert.h>
#include <stdlib.h>

#include "console.h"
#include "sluice/base/mem.h"
#include "view.h"

static const struct command_row rows[COMMAND_COUNT] = {
#define COMMAND(id, name_, args_, function, group_, help_)		\
	[COMMAND_##id] = {						\
		.name = name_, .args = args_, .run = function,		\
		.group = GROUP_##group_, .help = help_			\
	},
#include "sluice/ui/command.def"
#undef COMMAND
};

const struct command_row *
command_row(enum command_id id)
{
	assert(id < COMMAND_COUNT);
	return &rows[id];
}

/* Is word all that stands behind the name's last '.'? */
static bool
is_last_word(struct str name, struct str word)
{
	return word.n > 0 && name.n > word.n && str_ends(name, word) &&
	    name.p[name.n - word.n - 1] == '.';
}

const struct command_row *
command_find(struct str name)
{
	const struct command_row *begun = NULL, *ended = NULL;
	size_t begins = 0, ends = 0;

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		struct str full = str_from(rows[i].name);

		if (str_eq(full, name))
			return &rows[i];
		if (name.n > 0 && str_starts(full, name)) {
			begun = &rows[i];
			begins++;
		}
		if (is_last_word(full, name)) {
			ended = &rows[i];
			ends++;
		}
	}
	if (begins == 1)
		return begun;
	return ends == 1 ? ended : NULL;
}

void
ui_close_over(struct ui *ui)
{
	struct view *v = screen_top(&ui->screen);

	if (v->ops->over != NULL && v->ops->over(v))
		screen_pop(&ui->screen);
}

static void
run_row(struct ui *ui, const struct command_row *row, struct str args)
{
	if (row->args[0] == '\0' && args.n > 0) {
		ui_message(ui, ROLE_ERROR, "%s takes no argument", row->name);
		return;
	}
	errand_finish(ui);
	row->run(ui, args);
	ui_close_over(ui);
}

void
command_used(struct ui *ui, struct str line)
{
	const struct command_row *row = command_find(str_sub(line, 0,
	    str_chr(line, ' ', 0)));

	if (row != NULL)
		ui->used[row - rows] = ++ui->uses;
}

void
command_run(struct ui *ui, struct str line)
{
	const struct command_row *row;
	struct str name, args;
	size_t blank;
	uint64_t number;

	line = str_trim(line);
	if (line.n > 0 && line.p[0] == ':')
		line = str_trim(str_skip(line, 1));
	if (line.n == 0)
		return;
	blank = str_chr(line, ' ', 0);
	name = str_sub(line, 0, blank);
	args = str_trim(str_skip(line, name.n));
	if (str_to_u64(name, &number) && args.n == 0) {
		command_goto(ui, name);
		return;
	}
	row = command_find(name);
	if (row == NULL) {
		ui_message(ui, ROLE_ERROR,
		    "there is no command \"%.*s\"; Tab completes, ? lists them",
		    name.n < 60 ? (int)name.n : 60, name.p);
		return;
	}
	run_row(ui, row, args);
}

void
command_offer(struct ui *ui, const struct command_row *row)
{
	char *line;

	if (row->args[0] == '\0' || row->args[0] == '[') {
		run_row(ui, row, STR(""));
		return;
	}
	line = mem_printf("%s ", row->name);
	prompt_open(ui, PROMPT_COMMAND, str_from(line));
	free(line);
}

/* Do the letters of typed occur in name in this order? */
static bool
is_scattered(struct str name, struct str typed)
{
	size_t at = 0;

	for (size_t i = 0; i < typed.n; i++) {
		at = str_chr(name, typed.p[i], at);
		if (at == SIZE_MAX)
			return false;
		at++;
	}
	return true;
}

/* 0 is best; -1: no match. */
static int
rank(const struct command_row *row, struct str typed)
{
	struct str name = str_from(row->name);
	size_t at = str_find_nocase(name, typed);

	if (at == 0)
		return 0;
	if (at != SIZE_MAX)
		return name.p[at - 1] == '.' || name.p[at - 1] == '-' ? 1 : 2;
	if (is_scattered(name, typed))
		return 3;
	return str_find_nocase(str_from(row->help), typed) != SIZE_MAX ?
	    4 : -1;
}

struct match {
	const struct command_row *row;
	int rank;
	unsigned used;
};

static int
compare_matches(const void *left, const void *right)
{
	const struct match *a = left, *b = right;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->used != b->used)
		return a->used > b->used ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

size_t
command_match(struct str typed, const unsigned used[COMMAND_COUNT],
    const struct command_row **out, size_t most)
{
	struct match matches[COMMAND_COUNT] = { { NULL, 0, 0 } };
	size_t n = 0;

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		int how = rank(&rows[i], typed);

		if (how >= 0)
			matches[n++] = (struct match){
				&rows[i], how, used[i]
			};
	}
	qsort(matches, n, sizeof(*matches), compare_matches);
	n = n < most ? n : most;
	for (size_t i = 0; i < n; i++)
		out[i] = matches[i].row;
	return n;
}
