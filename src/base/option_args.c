/* SPDX-License-Identifier: MIT */
/* The command line to options, and the option table as text. */
#include <assert.h>
#include <stdio.h>

#include "sluice/base/option.h"

/* A walk over argv. */
struct walk {
	struct options *options;
	char **argv;
	int count, at;
	bool *help, *version;
	struct err *err;
};

static bool
take_value(struct walk *w, const char *name, struct str *value)
{
	if (w->at + 1 >= w->count)
		return err_set(w->err, "%s needs a value (try --help)", name);
	*value = str_from(w->argv[++w->at]);
	return true;
}

static bool
unknown(struct walk *w, const char *name)
{
	return err_set(w->err, "unknown option %s (try --help)", name);
}

static bool
set_option(struct walk *w, enum option_id id, struct str value)
{
	return option_set(w->options, id, value, w->err) ||
	    err_wrap(w->err, "--%s", option_row(id)->name);
}

static bool
read_long(struct walk *w, const char *arg)
{
	struct str name = str_from(arg + 2), value = STR_NONE;
	size_t eq = str_chr(name, '=', 0);
	enum option_id id;

	if (eq != SIZE_MAX) {
		value = str_skip(name, eq + 1);
		name = str_sub(name, 0, eq);
	} else if (str_eq(name, STR("help"))) {
		*w->help = true;
		return true;
	} else if (str_eq(name, STR("version"))) {
		*w->version = true;
		return true;
	}
	if (str_eq(name, STR("set")))
		return (value.p || take_value(w, "--set", &value)) &&
		    option_assign(w->options, value, w->err);
	/* On the command line names are written exactly as in the table. */
	if (!option_find(name, &id) ||
	    !str_eq(name, str_from(option_row(id)->name)) ||
	    option_row(id)->flags & OPT_SET_ONLY)
		return unknown(w, arg);
	if (!value.p && option_row(id)->type == OPTION_TYPE_BOOL)
		value = STR("on");
	if (!value.p && !take_value(w, arg, &value))
		return false;
	return set_option(w, id, value);
}

static bool
find_letter(char letter, enum option_id *id)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (option_row((enum option_id)i)->letter == letter) {
			*id = (enum option_id)i;
			return true;
		}
	}
	return false;
}

/* "-k", "-kn", "-p8080", "-p 8080", "-kp 8080". */
static bool
read_short(struct walk *w, const char *arg)
{
	for (const char *p = arg + 1; *p; p++) {
		char name[3] = { '-', *p, '\0' };
		struct str value = str_from(p + 1);
		enum option_id id = OPTION_COUNT;

		if (*p == 'h' || *p == 'V') {
			*(*p == 'h' ? w->help : w->version) = true;
			continue;
		}
		if (*p != 'o' && !find_letter(*p, &id))
			return unknown(w, name);
		if (*p != 'o' && option_row(id)->type == OPTION_TYPE_BOOL) {
			if (!set_option(w, id, STR("on")))
				return false;
			continue;
		}
		if (value.n == 0 && !take_value(w, name, &value))
			return false;
		return *p == 'o' ? option_assign(w->options, value, w->err) :
		    set_option(w, id, value);
	}
	return true;
}

bool
option_parse_args(struct options *o, int *argc, char **argv, bool *help,
    bool *version, struct err *err)
{
	struct walk w = { .options = o, .argv = argv, .count = *argc,
	    .at = 1, .help = help, .version = version, .err = err };
	int words = 1;
	bool rest = false;

	for (; w.at < w.count; w.at++) {
		char *arg = argv[w.at];

		if (rest || arg[0] != '-' || arg[1] == '\0') {
			argv[words++] = arg;
			continue;
		}
		if (strcmp(arg, "--") == 0) {
			rest = true;
			argv[words++] = arg;
			continue;
		}
		if (!(arg[1] == '-' ? read_long(&w, arg) :
		    read_short(&w, arg)))
			return false;
	}
	*argc = words;
	return true;
}

static void
put_row(struct buf *out, const struct option_row *row)
{
	char left[80], letter[8] = "    ";

	if (row->letter)
		snprintf(letter, sizeof letter, "-%c, ", row->letter);
	if (row->flags & OPT_SET_ONLY)
		snprintf(left, sizeof left, "  -o %s=%s", row->name,
		    row->type == OPTION_TYPE_BOOL ? "on|off" : row->argument);
	else
		snprintf(left, sizeof left, "  %s--%s%s%s", letter, row->name,
		    *row->argument ? " " : "", row->argument);
	buf_printf(out, "%-34s %s%s", left, strlen(left) > 34 ?
	    "\n                                   " : "", row->help);
	if (*row->initial && strcmp(row->initial, "off") != 0)
		buf_printf(out, " [%s]", row->initial);
	buf_putc(out, '\n');
}

void
option_usage(struct buf *out)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (!(option_row((enum option_id)i)->flags & OPT_SET_ONLY))
			put_row(out, option_row((enum option_id)i));
	}
	buf_put(out, STR("  -o, --set NAME=VALUE               "
	    "Any option, also those below.\n"
	    "  -V, --version                      Print the version.\n"
	    "  -h, --help                         Print this.\n\n"
	    "with --set or in the console with :set\n"));
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (option_row((enum option_id)i)->flags & OPT_SET_ONLY)
			put_row(out, option_row((enum option_id)i));
	}
}
