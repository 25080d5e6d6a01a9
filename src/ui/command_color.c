/* SPDX-License-Identifier: MIT */
/* The command that gives roles other colours. */
#include "command.h"

#include "console.h"

static void
say_roles(struct ui *ui)
{
	struct buf names;

	buf_init(&names, 1024);
	for (int i = 0; i < ROLE_COUNT; i++)
		buf_printf(&names, " %s", theme_role_name((enum role)i));
	ui_message(ui, ROLE_ERROR, "a colour needs a role:%.*s",
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
