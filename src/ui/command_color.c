/* SPDX-License-Identifier: MIT */
/* The commands that give roles other colours, and rows other roles. */
#include "command.h"

#include "console.h"

static void
say_roles(struct ui *ui)
{
	struct buf names;

	buf_init(&names, 1024);
	for (int i = 0; i < ROLE_COUNT; i++)
		buf_printf(&names, " %s", theme_role_name((enum role)i));
	ui_message(ui, ROLE_ERROR, "it needs a role:%.*s",
	    STR_ARG(buf_str(&names)));
	buf_fini(&names);
}

void
command_color(struct ui *ui, struct str args)
{
	struct str word = str_sub(args, 0, str_chr(args, ' ', 0));
	enum role role;
	struct err err;

	if (!theme_role(word, &role))
		say_roles(ui);
	else if (!theme_set(role, str_trim(str_skip(args, word.n)), &err))
		ui_message(ui, ROLE_ERROR, "%s", err.text);
	ui_dirty(ui);
}

/* "FILTER ROLE": the role is the last word. */
static void
set_rule(struct ui *ui, struct str args, size_t blank, enum role role)
{
	struct err err;
	size_t at;
	struct filter *filter = filter_parse_named(ui->setup.names,
	    str_trim(str_sub(args, 0, blank)), &err, &at);

	if (filter == NULL || !highlight_set(&ui->highlight, filter, role,
	    &err))
		ui_message(ui, ROLE_ERROR, "%s", err.text);
}

void
command_color_rule(struct ui *ui, struct str args)
{
	size_t blank = str_rchr(args, ' ');
	enum role role;

	if (args.n == 0)
		highlight_fini(&ui->highlight);
	else if (blank != SIZE_MAX &&
	    theme_role(str_skip(args, blank + 1), &role))
		set_rule(ui, args, blank, role);
	else
		say_roles(ui);
	ui_dirty(ui);
}
