/* SPDX-License-Identifier: MIT */
/*
 * Commands on the list's columns and its order.  The choice is an option,
 * and a file in the state directory remembers it from run to run.
 */
#include "command.h"

#include <assert.h>
#include <stdlib.h>

#include "console.h"
#include "sluice/base/log.h"
#include "sluice/base/path.h"
#include "view_columns.h"
#include "view_list.h"

#define FILE_NAME	"columns"
#define FILE_MAX	4096u

/* -- the choice ------------------------------------------------------------ */

void
ui_load_columns(struct ui *ui)
{
	char *path = path_join(ui->setup.state_dir, FILE_NAME);
	struct column_choice choice;
	struct err err;
	size_t len;
	char *text = path_read(path, FILE_MAX, &len, &err);
	struct str rest = str_from(text != NULL ? text : ""), line = rest;

	(void)str_split(&rest, '\n', &line);
	/* Not there the first time; from another version: not of use. */
	if (option_str(ui->setup.options, OPTION_COLUMNS)[0] == '\0' &&
	    column_choice_parse(&choice, line, &err) && choice.count > 0 &&
	    !option_set(ui->setup.options, OPTION_COLUMNS, line, &err))
		log_write(LOG_WARNING, "%s: %s", path, err.text);
	free(text);
	free(path);
}

static void
save(struct ui *ui)
{
	char *path = path_join(ui->setup.state_dir, FILE_NAME);
	struct buf text;
	struct err err;

	buf_init(&text, FILE_MAX);
	buf_printf(&text, "%s\n",
	    option_str(ui->setup.options, OPTION_COLUMNS));
	if (!path_make_dir(ui->setup.state_dir, &err) ||
	    !path_write_atomic(path, buf_str(&text), 0600, &err))
		ui_message(ui, ROLE_WARNING, "not kept: %s", err.text);
	buf_fini(&text);
	free(path);
}

void
ui_apply_columns(struct ui *ui)
{
	struct str text = str_from(option_str(ui->setup.options,
	    OPTION_COLUMNS));
	struct column_choice choice;
	struct err err;

	if (column_choice_parse(&choice, text, &err))
		ui->columns = choice;
	else
		ui_message(ui, ROLE_ERROR, "%s", err.text);
}

static struct view *
sheet(struct ui *ui)
{
	struct view *v = screen_top(&ui->screen);

	if (view_is_columns(v))
		return v;
	ui_message(ui, ROLE_MESSAGE, "C shows the columns");
	return NULL;
}

static void
open_sheet(struct ui *ui, bool sorting)
{
	if (view_is_columns(screen_top(&ui->screen)))
		return;
	screen_push(&ui->screen, view_columns_new(ui, sorting));
}

void
command_columns(struct ui *ui, struct str args)
{
	struct column_choice choice;
	struct err err;

	if (args.n == 0) {
		open_sheet(ui, false);
		return;
	}
	if (!column_choice_parse(&choice, args, &err) ||
	    !option_set(ui->setup.options, OPTION_COLUMNS, args, &err))
		ui_message(ui, ROLE_ERROR, "%s", err.text);
	else
		save(ui);
}

void
command_column_show(struct ui *ui, struct str args)
{
	struct view *v = sheet(ui);

	(void)args;
	if (v == NULL)
		return;
	view_columns_toggle(v);
	save(ui);
}

static void
move(struct ui *ui, int direction)
{
	struct view *v = sheet(ui);

	if (v == NULL)
		return;
	view_columns_move(v, direction);
	save(ui);
}

void
command_column_down(struct ui *ui, struct str args)
{
	(void)args;
	move(ui, 1);
}

void
command_column_up(struct ui *ui, struct str args)
{
	(void)args;
	move(ui, -1);
}

void
command_column_reset(struct ui *ui, struct str args)
{
	struct view *v = sheet(ui);

	(void)args;
	if (v == NULL)
		return;
	view_columns_reset(v);
	save(ui);
	ui_message(ui, ROLE_MESSAGE, "as many columns as fit");
}

/* -- the order ------------------------------------------------------------- */

/* The same column again turns it round. */
void
ui_sort(struct ui *ui, enum column_id id)
{
	struct view *list = ui_list(ui);

	assert(id < COLUMN_COUNT);
	if (column_name(id)[0] == '\0')
		return;
	ui->sort.reverse = ui->sort.id == id && !ui->sort.reverse;
	ui->sort.id = id;
	flow_view_set_order(ui->view, column_key(id), column_is_late(id),
	    ui->sort.reverse);
	/* The newest is somewhere now: one would follow it up and down. */
	if (column_key(id) != NULL || ui->sort.reverse)
		view_list_follow(list, false);
	ui_message(ui, ROLE_MESSAGE, "sorted by %s%s", column_name(id),
	    ui->sort.reverse ? ", the other way round" : "");
}

void
command_sort(struct ui *ui, struct str args)
{
	enum column_id id;

	if (args.n == 0)
		open_sheet(ui, true);
	else if (column_find(args, &id))
		ui_sort(ui, id);
	else
		ui_message(ui, ROLE_ERROR, "there is no such column; "
		    "o shows them");
}

void
command_column_sort(struct ui *ui, struct str args)
{
	struct view *v = sheet(ui);

	(void)args;
	if (v != NULL)
		ui_sort(ui, view_columns_at(v));
}

void
command_column_choose(struct ui *ui, struct str args)
{
	struct view *v = sheet(ui);

	if (v == NULL)
		return;
	if (!view_columns_is_sorting(v)) {
		command_column_show(ui, args);
		return;
	}
	ui_sort(ui, view_columns_at(v));
	screen_pop(&ui->screen);
}
