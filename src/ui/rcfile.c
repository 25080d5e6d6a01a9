/* SPDX-License-Identifier: MIT */
/*
 * The file of commands that are run when the console starts.  Called once by
 * ui_new; a mistake in it is told with its line and stops nothing.  What was
 * given on the command line stays.
 */
#include "rcfile.h"

#include <unistd.h>

#include "command.h"
#include "console.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"

#define RC_MAX	(1024u * 1024)

struct rcfile {
	struct ui *ui;
	char *shown;			/* its path, for people */
	bool given[OPTION_COUNT];	/* on the command line */
	size_t mistakes;
	char *first;			/* .. the first one, for people */
};

/* The option that a line sets, if it does. */
static bool
option_of(struct str line, enum option_id *id)
{
	struct str name = str_sub(line, 0, str_chr(line, ' ', 0));
	struct str rest = str_trim(str_skip(line, name.n));
	const struct command_row *row = command_find(name);

	if (row == command_row(COMMAND_FILTER))
		*id = OPTION_FILTER;
	else if (row == command_row(COMMAND_INTERCEPT))
		*id = OPTION_INTERCEPT;
	else
		return row == command_row(COMMAND_SET) && option_find(
		    str_trim(str_sub(rest, 0, str_chr(rest, '=', 0))), id);
	return true;
}

static void
mistake(struct rcfile *rc, unsigned number)
{
	const char *why = rc->ui->message;

	if (rc->mistakes++ == 0)
		rc->first = mem_printf("%s line %u: %s", rc->shown, number,
		    why);
	log_write(LOG_WARNING, "%s line %u: %s", rc->shown, number, why);
}

static void
run_line(struct rcfile *rc, struct str line, unsigned number)
{
	struct ui *ui = rc->ui;
	enum option_id id;

	line = str_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return;
	if (line.p[0] == ':')
		line = str_trim(str_skip(line, 1));
	if (option_of(line, &id) && rc->given[id])
		return;
	ui->message[0] = '\0';
	command_run(ui, line);
	if (prompt_is_open(&ui->prompt)) {
		prompt_cancel(&ui->prompt);
		ui_message(ui, ROLE_ERROR, "it asks for more; write it out");
	}
	if (ui->message[0] != '\0' && ui->message_role == ROLE_ERROR)
		mistake(rc, number);
	ui->message[0] = '\0';
}

static void
run_text(struct rcfile *rc, struct str text)
{
	struct str line;

	for (unsigned n = 1; str_split(&text, '\n', &line); n++) {
		if (str_ends(line, STR("\r")))
			line.n--;
		run_line(rc, line, n);
	}
	if (rc->mistakes == 1)
		ui_message(rc->ui, ROLE_ERROR, "%s", rc->first);
	else if (rc->mistakes > 1)
		ui_message(rc->ui, ROLE_ERROR, "%s  (E: %zu more)", rc->first,
		    rc->mistakes - 1);
}

static void
run(struct ui *ui, const char *path, bool keep_given)
{
	struct rcfile rc = { .ui = ui };
	struct err err = { "" };
	size_t len = 0;
	char *text = path_read(path, RC_MAX, &len, &err);

	if (text == NULL) {
		ui_message(ui, ROLE_ERROR, "%s", err.text);
		return;
	}
	rc.shown = path_short(path);
	for (int id = 0; id < OPTION_COUNT && keep_given; id++)
		rc.given[id] = option_is_set(ui->setup.options, id);
	run_text(&rc, str_make(text, len));
	free(rc.first);
	free(rc.shown);
	free(text);
}

void
rcfile_run(struct ui *ui, const char *path)
{
	/* Most people have none. */
	if (access(path, F_OK) == 0)
		run(ui, path, true);
}

void
rcfile_source(struct ui *ui, const char *path)
{
	if (ui->sourcing) {
		ui_message(ui, ROLE_ERROR, "one file cannot read another");
		return;
	}
	ui->sourcing = true;
	run(ui, path, false);
	ui->sourcing = false;
}
