/* SPDX-License-Identifier: MIT */
/* Completion for the prompt, from the tables. */
#include "complete.h"

#include <stdio.h>

#include "command.h"
#include "console.h"
#include "view_body.h"

static size_t
find_commands(const struct ui *ui, struct str typed,
    struct candidate out[COMPLETE_MAX])
{
	const struct view *v = screen_top(&ui->screen);
	const struct command_row *rows[COMPLETE_MAX];
	size_t n = command_match(typed, ui->used, rows, COMPLETE_MAX);

	for (size_t i = 0; i < n; i++) {
		struct buf keys;

		snprintf(out[i].text, sizeof(out[i].text), "%s", rows[i]->name);
		out[i].help = rows[i]->help;
		buf_init(&keys, 256);
		keymap_keys(ui->keymap, view_context(v), rows[i]->name,
		    pane_is_unicode(), 2, &keys);
		snprintf(out[i].aside, sizeof(out[i].aside), "%.*s",
		    STR_ARG(buf_str(&keys)));
		buf_fini(&keys);
	}
	return n;
}

/* Those that may be set; begins: with what was typed, or having it. */
static size_t
find_options(const struct ui *ui, struct str typed, bool begins,
    const char *before, struct candidate *out, size_t most)
{
	size_t n = 0;

	for (int id = 0; id < OPTION_COUNT && n < most; id++) {
		const struct option_row *row = option_row(id);
		size_t at = str_find_nocase(str_from(row->name), typed);
		struct buf value;

		if (row->flags & OPT_START || at == SIZE_MAX ||
		    (begins && at > 0))
			continue;
		snprintf(out[n].text, sizeof(out[n].text), "%s%s=", before,
		    row->name);
		out[n].help = row->help;
		buf_init(&value, 64u * 1024);
		option_format(ui->setup.options, id, &value);
		snprintf(out[n].aside, sizeof(out[n].aside), "now %.*s",
		    buf_len(&value) < 20 ? (int)buf_len(&value) : 20,
		    buf_str(&value).p);
		buf_fini(&value);
		n++;
	}
	return n;
}

/* All that : can do: commands, then options by their names. */
static size_t
find_all(const struct ui *ui, struct str typed,
    struct candidate out[COMPLETE_MAX])
{
	size_t n = find_commands(ui, typed, out);

	if (typed.n > 0)
		n += find_options(ui, typed, false, "set ", out + n,
		    COMPLETE_MAX - n);
	return n;
}

static size_t
find_modes(struct str typed, struct candidate out[COMPLETE_MAX])
{
	size_t n = 0;

	for (unsigned i = 0; i < BODY_AS + KIND_BINARY; i++) {
		const char *name = body_mode_name(i);

		if (n == COMPLETE_MAX || !str_starts(str_from(name), typed))
			continue;
		snprintf(out[n].text, sizeof(out[n].text), "%s", name);
		snprintf(out[n].aside, sizeof(out[n].aside), "%s", "");
		out[n++].help = "";
	}
	return n;
}

/* The word being typed at the end, behind a blank or a sign. */
static struct str
open_word(struct str line, size_t *from)
{
	size_t at = line.n;

	while (at > 0 && strchr(" \t()!&|", line.p[at - 1]) == NULL)
		at--;
	*from = at;
	return str_skip(line, at);
}

/* "du": dur> and what else begins so. */
static size_t
find_fields(struct str typed, struct candidate out[COMPLETE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < filter_field_count() && n < COMPLETE_MAX; i++) {
		const struct filter_atom_row *row = filter_field_at(i);
		struct str name = str_from(row->name);

		if (typed.n == 0 || !str_starts(name, typed))
			continue;
		snprintf(out[n].text, sizeof(out[n].text), "%s%.*s",
		    row->name, (int)strspn(row->example + name.n, "<>="),
		    row->example + name.n);
		out[n].help = row->help;
		snprintf(out[n].aside, sizeof(out[n].aside), "%s",
		    row->example);
		n++;
	}
	return n;
}

/* "@sl": the filters with such names, and what they stand for. */
static size_t
find_names(const struct filter_names *names, struct str typed,
    struct candidate out[COMPLETE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < filter_names_count(names) && n < COMPLETE_MAX; i++) {
		struct str name = str_from(filter_names_at(names, i));

		if (!str_starts(name, typed))
			continue;
		snprintf(out[n].text, sizeof(out[n].text), "@%s", name.p);
		snprintf(out[n].aside, sizeof(out[n].aside), "%s",
		    filter_names_text(names, name));
		out[n++].help = "a filter of yours";
	}
	return n;
}

/* The atom being typed at the end: "~h" in "~m GET & ~h". */
static bool
open_atom(struct str line, size_t *from)
{
	size_t at = str_rchr(line, '~');

	if (at == SIZE_MAX)
		return false;
	for (size_t i = at + 1; i < line.n; i++)
		if (line.p[i] < 'a' || line.p[i] > 'z')
			return false;
	*from = at;
	return true;
}

static size_t
find_atoms(const struct ui *ui, struct str line,
    struct candidate out[COMPLETE_MAX], size_t *from)
{
	size_t n;
	struct str typed;

	if (!open_atom(line, from)) {
		n = complete_seen(ui, line, out, from);
		if (n > 0)
			return n;
		typed = open_word(line, from);
		return str_starts(typed, STR("@")) ?
		    find_names(ui->setup.names, str_skip(typed, 1), out) :
		    find_fields(typed, out);
	}
	n = 0;
	typed = str_skip(line, *from + 1);
	for (size_t i = 0; i < filter_atom_count() && n < COMPLETE_MAX; i++) {
		const struct filter_atom_row *row = filter_atom_at(i);

		if (!str_starts(str_from(row->name), typed))
			continue;
		snprintf(out[n].text, sizeof(out[n].text), "~%s%s", row->name,
		    row->takes_argument ? " " : "");
		out[n].help = row->help;
		snprintf(out[n].aside, sizeof(out[n].aside), "%s",
		    row->takes_argument ? row->example : "");
		n++;
	}
	return n;
}

/* The keys of the menu that is open. */
static size_t
find_keys(const struct ui *ui, struct candidate out[COMPLETE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < keymap_count(ui->keymap); i++) {
		const struct keymap_row *key = keymap_at(ui->keymap, i);
		struct str line = str_from(key->line);
		const struct command_row *row;

		if (key->context != ui->prompt.menu || n == COMPLETE_MAX)
			continue;
		row = command_find(str_sub(line, 0, str_chr(line, ' ', 0)));
		key_show(key->key, out[n].text, pane_is_unicode());
		out[n].aside[0] = '\0';
		out[n].help = row != NULL ? row->help : key->line;
		n++;
	}
	return n;
}

static size_t
find_roles(struct str typed, struct candidate out[COMPLETE_MAX])
{
	size_t n = 0;

	for (int i = 0; i < ROLE_COUNT && n < COMPLETE_MAX; i++) {
		const char *name = theme_role_name((enum role)i);

		if (!str_starts(str_from(name), typed))
			continue;
		snprintf(out[n].text, sizeof(out[n].text), "%s ", name);
		out[n].aside[0] = '\0';
		out[n++].help = "";
	}
	return n;
}

size_t
complete_find(const struct ui *ui, enum prompt_kind kind, struct str line,
    struct candidate out[COMPLETE_MAX], size_t *from)
{
	*from = 0;
	if (kind == PROMPT_FILTER || kind == PROMPT_INTERCEPT)
		return find_atoms(ui, line, out, from);
	if (kind == PROMPT_MENU)
		return find_keys(ui, out);
	if (kind != PROMPT_COMMAND)
		return 0;
	if (str_starts(line, STR("set ")) &&
	    str_chr(line, '=', 0) == SIZE_MAX) {
		*from = 4;
		return find_options(ui, str_skip(line, 4), true, "", out,
		    COMPLETE_MAX);
	}
	if (str_starts(line, STR("body.mode "))) {
		*from = 10;
		return find_modes(str_skip(line, 10), out);
	}
	if (str_starts(line, STR("color ")) &&
	    str_chr(line, ' ', 6) == SIZE_MAX) {
		*from = 6;
		return find_roles(str_skip(line, 6), out);
	}
	if (str_starts(line, STR("filter.forget "))) {
		*from = 14;
		return find_names(ui->setup.names, str_skip(line, 14), out);
	}
	if (str_starts(line, STR("filter ")) ||
	    str_starts(line, STR("intercept ")))
		return find_atoms(ui, line, out, from);
	if (str_chr(line, ' ', 0) != SIZE_MAX)
		return 0;
	return find_all(ui, line, out);
}
