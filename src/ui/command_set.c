/* SPDX-License-Identifier: MIT */
/* Options by name, and the screen that has them all. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "rcfile.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"
#include "view_options.h"

#define TEXT_MAX	(64u * 1024)

static void
show_value(struct ui *ui, enum option_id id)
{
	struct buf value;

	buf_init(&value, TEXT_MAX);
	option_format(ui->setup.options, id, &value);
	ui_message(ui, ROLE_MESSAGE, "%s = %.*s", option_row(id)->name,
	    STR_ARG(buf_str(&value)));
	buf_fini(&value);
}

/* True with a message. */
static bool
is_for_start(struct ui *ui, enum option_id id)
{
	if (!(option_row(id)->flags & OPT_START))
		return false;
	ui_message(ui, ROLE_ERROR,
	    "%s can only be given when the program starts",
	    option_row(id)->name);
	return true;
}

/* "name value", as many programs take it, becomes "name=value". */
static void
with_equals(struct str args, struct buf *out)
{
	size_t blank = str_chr(args, ' ', 0);

	if (blank == SIZE_MAX || str_chr(args, '=', 0) != SIZE_MAX) {
		buf_put(out, args);
		return;
	}
	buf_put(out, str_sub(args, 0, blank));
	buf_putc(out, '=');
	buf_put(out, str_skip(args, blank + 1));
}

static void
set(struct ui *ui, struct str args)
{
	size_t equals = str_chr(args, '=', 0);
	struct str name = str_trim(str_sub(args, 0, equals));
	struct err err;
	enum option_id id;

	if (!option_find(name, &id)) {
		if (option_assign(ui->setup.options, args, &err))
			ui_message(ui, ROLE_MESSAGE, "%.*s", STR_ARG(args));
		else
			ui_message(ui, ROLE_ERROR, "%s", err.text);
		return;
	}
	if (is_for_start(ui, id))
		return;
	if (equals == SIZE_MAX && option_row(id)->type != OPTION_TYPE_BOOL) {
		show_value(ui, id);
		return;
	}
	if (option_assign(ui->setup.options, args, &err))
		show_value(ui, id);
	else
		ui_message(ui, ROLE_ERROR, "%s", err.text);
}

void
command_set(struct ui *ui, struct str args)
{
	struct buf line;

	if (args.n == 0) {
		prompt_open(ui, PROMPT_COMMAND, STR("set "));
		return;
	}
	buf_init(&line, args.n);
	with_equals(args, &line);
	set(ui, buf_str(&line));
	buf_fini(&line);
}

/* -- the screen ------------------------------------------------------------ */

void
command_options(struct ui *ui, struct str args)
{
	(void)args;
	if (!view_is_options(screen_top(&ui->screen)))
		screen_push(&ui->screen, view_options_new(ui));
}

/* The option under the cursor, if it may be changed; else a message. */
static bool
chosen(struct ui *ui, enum option_id *id)
{
	struct view *v = screen_top(&ui->screen);

	if (!view_is_options(v)) {
		ui_message(ui, ROLE_MESSAGE, "that is for the options; O");
		return false;
	}
	*id = view_options_at(v);
	return !is_for_start(ui, *id);
}

static void
ask_value(struct ui *ui, enum option_id id)
{
	struct buf line;

	buf_init(&line, TEXT_MAX);
	buf_printf(&line, "set %s=", option_row(id)->name);
	option_format(ui->setup.options, id, &line);
	prompt_open(ui, PROMPT_COMMAND, buf_str(&line));
	buf_fini(&line);
}

void
command_option_change(struct ui *ui, struct str args)
{
	enum option_id id;
	struct err err;

	(void)args;
	if (!chosen(ui, &id))
		return;
	if (option_row(id)->type != OPTION_TYPE_BOOL &&
	    option_row(id)->type != OPTION_TYPE_CHOICE)
		ask_value(ui, id);
	else if (option_next(ui->setup.options, id, &err))
		show_value(ui, id);
	else
		ui_message(ui, ROLE_ERROR, "%s", err.text);
}

void
command_option_reset(struct ui *ui, struct str args)
{
	enum option_id id;

	(void)args;
	if (!chosen(ui, &id))
		return;
	option_reset(ui->setup.options, id);
	show_value(ui, id);
}

/* Lines for sluicerc: what was changed and may be set there. */
static size_t
put_changed(const struct options *o, struct buf *out)
{
	size_t n = 0;

	for (int id = 0; id < OPTION_COUNT; id++) {
		if (!option_is_set(o, id) || option_row(id)->flags & OPT_START)
			continue;
		buf_printf(out, "set %s=", option_row(id)->name);
		option_format(o, id, out);
		buf_putc(out, '\n');
		n++;
	}
	return n;
}

/* Never over a file that is there: people write theirs by hand. */
static bool
write_new(const char *path, struct str text, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok;

	if (fd < 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	ok = write(fd, text.p, text.n) == (ssize_t)text.n;
	if (close(fd) != 0 || !ok)
		return err_set(err, "%s: %s", path, strerror(errno));
	return true;
}

static void
save(struct ui *ui, const char *path)
{
	struct err err = { "" };
	struct buf text;
	size_t n;

	buf_init(&text, TEXT_MAX * OPTION_COUNT);
	n = put_changed(ui->setup.options, &text);
	if (n == 0)
		ui_message(ui, ROLE_MESSAGE, "every option is as it was");
	else if (write_new(path, buf_str(&text), &err))
		ui_message(ui, ROLE_MESSAGE,
		    "%zu options saved; :source reads them", n);
	else
		ui_message(ui, ROLE_ERROR, "not saved: %s", err.text);
	buf_fini(&text);
}

void
command_option_save(struct ui *ui, struct str args)
{
	char *path;

	if (args.n == 0) {
		prompt_open(ui, PROMPT_COMMAND,
		    STR("option.save ~/sluice-options"));
		return;
	}
	path = saver_path(args);
	save(ui, path);
	free(path);
}

void
command_source(struct ui *ui, struct str args)
{
	char *path;

	if (args.n == 0) {
		prompt_open(ui, PROMPT_COMMAND, STR("source ~/"));
		return;
	}
	path = saver_path(args);
	rcfile_source(ui, path);
	free(path);
}
