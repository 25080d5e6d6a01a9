/* SPDX-License-Identifier: MIT */
/* The commands that give keys other commands or none, and tell of them. */
#include "command.h"

#include "console.h"

/* Takes "CONTEXT KEY" off *args; a mistake is a message. */
static bool
take_key(struct ui *ui, struct str *args, enum key_context *context,
    uint32_t *k)
{
	struct str word = str_sub(*args, 0, str_chr(*args, ' ', 0));
	struct buf names;

	if (!keymap_context(word, context)) {
		buf_init(&names, 1024);
		keymap_put_contexts(&names);
		ui_message(ui, ROLE_ERROR, "a key needs a screen: one of %.*s",
		    STR_ARG(buf_str(&names)));
		buf_fini(&names);
		return false;
	}
	*args = str_trim(str_skip(*args, word.n));
	word = str_sub(*args, 0, str_chr(*args, ' ', 0));
	if (!key_parse(word, k)) {
		ui_message(ui, ROLE_ERROR, "\"%.*s\" is no key; r, C-r, "
		    "S-Tab, F5, Space are", word.n < 40 ? (int)word.n : 40,
		    word.p != NULL ? word.p : "");
		return false;
	}
	*args = str_trim(str_skip(*args, word.n));
	return true;
}

void
command_bind(struct ui *ui, struct str args)
{
	enum key_context context;
	struct str name;
	uint64_t number;
	uint32_t k;

	if (!take_key(ui, &args, &context, &k))
		return;
	name = str_sub(args, 0, str_chr(args, ' ', 0));
	if (name.n == 0)
		ui_message(ui, ROLE_ERROR,
		    "a command is missing: bind SCREEN KEY COMMAND");
	else if (command_find(name) == NULL && !str_to_u64(name, &number))
		ui_message(ui, ROLE_ERROR, "there is no command \"%.*s\"",
		    name.n < 60 ? (int)name.n : 60, name.p);
	else
		keymap_bind(ui->keymap, context, k, args);
	ui_dirty(ui);
}

void
command_unbind(struct ui *ui, struct str args)
{
	enum key_context context;
	uint32_t k;

	if (!take_key(ui, &args, &context, &k))
		return;
	if (args.n > 0)
		ui_message(ui, ROLE_ERROR, "unbind takes a screen and a key");
	else if (!keymap_unbind(ui->keymap, context, k))
		ui_message(ui, ROLE_ERROR, "that key has no command there");
	ui_dirty(ui);
}

void
command_describe_key(struct ui *ui, uint32_t k)
{
	const struct view *v = screen_top(&ui->screen);
	const char *line = keymap_find(ui->keymap, view_context(v), k);
	const struct command_row *row = NULL;
	char name[KEY_NAME_MAX];
	struct str s = str_from(line);

	key_format(k, name);
	if (line != NULL)
		row = command_find(str_sub(s, 0, str_chr(s, ' ', 0)));
	if (line == NULL)
		ui_message(ui, ROLE_MESSAGE, "%s does nothing here", name);
	else
		ui_message(ui, ROLE_MESSAGE, "%s: %s (:%s)", name,
		    row != NULL ? row->help : "go there", line);
}

void
command_describe(struct ui *ui, struct str args)
{
	uint32_t k;

	if (args.n == 0)
		prompt_describe(ui);
	else if (key_parse(args, &k))
		command_describe_key(ui, k);
	else
		ui_message(ui, ROLE_ERROR, "\"%.*s\" is no key",
		    args.n < 40 ? (int)args.n : 40, args.p);
}
