/* SPDX-License-Identifier: MIT */
/*
 * Settings, the filter of the list and what is held.  Both filters live in
 * options, so the command line, :set and the keys are one way.
 */
#include "command.h"

#include <stdlib.h>

#include "console.h"
#include "sluice/base/option.h"
#include "sluice/base/path.h"

static struct filter *
filter_of(struct ui *ui, enum option_id id)
{
	struct str text = str_from(option_str(ui->setup.options, id));
	struct filter *filter;
	struct err err;
	size_t at;

	if (str_trim(text).n == 0)
		return NULL;
	/* :set has not looked at it. */
	filter = filter_parse_named(ui->setup.names, text, &err, &at);
	if (filter == NULL)
		ui_message(ui, ROLE_ERROR, "%s", err.text);
	return filter;
}

void
ui_apply_option(struct ui *ui, enum option_id id)
{
	struct filter *filter;

	switch (id) {
	case OPTION_FILTER:
		flow_view_set_filter(ui->view, filter_of(ui, id));
		flow_view_enable(ui->view, true);
		break;
	case OPTION_INTERCEPT:
		filter = filter_of(ui, id);
		gate_set_on(ui->setup.gate, filter != NULL);
		gate_set_filter(ui->setup.gate, filter);
		break;
	case OPTION_COLUMNS:
		ui_apply_columns(ui);
		break;
	case OPTION_ESCDELAY:
		input_set_patience(ui->input, (double)option_duration(
		    ui->setup.options, id) / 1e6);
		break;
	case OPTION_READER:
		if (ui->term != NULL)
			pane_open(term_is_unicode(ui->term) &&
			    !option_bool(ui->setup.options, id));
		break;
	case OPTION_TITLE:
		if (ui->term != NULL)
			attention_title(ui);
		break;
	case OPTION_MOUSE:
		if (ui->term != NULL)
			term_mouse(ui->term,
			    option_bool(ui->setup.options, OPTION_MOUSE));
		break;
	default:
		break;
	}
	ui_dirty(ui);
}

/* Keeps the text as the option's value, which applies it. */
static bool
keep(struct ui *ui, enum option_id id, struct str text, struct err *err,
    size_t *at)
{
	struct filter *filter = filter_parse_named(ui->setup.names, text, err, at);

	if (filter == NULL)
		return false;
	filter_free(filter);
	*at = 0;
	if (!option_set(ui->setup.options, id, text, err))
		return false;
	/* The value may be the same as before, yet a preview be shown. */
	ui_apply_option(ui, id);
	return true;
}

bool
ui_set_filter(struct ui *ui, struct str text, struct err *err, size_t *at)
{
	return keep(ui, OPTION_FILTER, str_trim(text), err, at);
}

bool
ui_set_intercept(struct ui *ui, struct str text, struct err *err, size_t *at)
{
	return keep(ui, OPTION_INTERCEPT, str_trim(text), err, at);
}

void
command_filter(struct ui *ui, struct str args)
{
	struct err err;
	size_t at;

	if (args.n == 0) {
		const struct filter *filter = flow_view_filter(ui->view);

		prompt_open(ui, PROMPT_FILTER,
		    str_from(filter != NULL ? filter_text(filter) : ""));
		return;
	}
	if (!ui_set_filter(ui, args, &err, &at))
		ui_message(ui, ROLE_ERROR, "filter: %s", err.text);
}

static void
save_names(struct ui *ui)
{
	char *path = path_join(ui->setup.state_dir, FILTER_NAMES_FILE);
	struct err err;

	if (!path_make_dir(ui->setup.state_dir, &err) ||
	    !filter_names_save(ui->setup.names, path, &err))
		ui_message(ui, ROLE_WARNING, "not kept: %s", err.text);
	free(path);
}

void
command_filter_save(struct ui *ui, struct str args)
{
	const struct filter *filter = flow_view_filter(ui->view);
	struct str name = str_sub(args, 0, str_chr(args, ' ', 0));
	struct str text = str_trim(str_skip(args, name.n));
	struct err err;

	if (str_starts(name, STR("@")))
		name = str_skip(name, 1);
	if (text.n == 0 && filter != NULL)
		text = str_from(filter_text(filter));
	if (!filter_names_set(ui->setup.names, name, text, &err)) {
		ui_message(ui, ROLE_ERROR, "%s", err.text);
		return;
	}
	save_names(ui);
	ui_message(ui, ROLE_MESSAGE, "@%.*s is %s", STR_ARG(name),
	    filter_names_text(ui->setup.names, name));
}

void
command_filter_forget(struct ui *ui, struct str args)
{
	if (str_starts(args, STR("@")))
		args = str_skip(args, 1);
	if (filter_names_remove(ui->setup.names, args))
		save_names(ui);
	else
		ui_message(ui, ROLE_ERROR, "no filter has the name @%.*s",
		    STR_ARG(str_sub(args, 0, 40)));
}

void
command_filter_toggle(struct ui *ui, struct str args)
{
	bool on = flow_view_is_enabled(ui->view);

	(void)args;
	if (flow_view_filter(ui->view) == NULL) {
		ui_message(ui, ROLE_MESSAGE, "there is no filter; f sets one");
		return;
	}
	flow_view_enable(ui->view, !on);
	ui_message(ui, ROLE_MESSAGE, "filter %s", on ? "off" : "on");
	ui_dirty(ui);
}

void
command_intercept(struct ui *ui, struct str args)
{
	const struct filter *filter = ui->setup.gate->filter;
	struct err err;
	size_t at;

	if (args.n == 0) {
		prompt_open(ui, PROMPT_INTERCEPT,
		    str_from(filter != NULL ? filter_text(filter) : ""));
		return;
	}
	if (!ui_set_intercept(ui, args, &err, &at))
		ui_message(ui, ROLE_ERROR, "intercept: %s", err.text);
}

static void
intercept_ends(struct ui *ui, char key)
{
	struct gate *g = ui->setup.gate;
	size_t n = g->held;

	if (key == 0)
		return;
	gate_set_on(g, false);
	if (key == 'k') {
		ui_message(ui, ROLE_WARNING, "nothing more is held, but %zu "
		    "still %s; A lets all go on", n, n == 1 ? "is" : "are");
		return;
	}
	n = gate_release_all(g, key == 'd' ? VERDICT_DROP : VERDICT_FORWARD);
	ui_message(ui, ROLE_MESSAGE, "nothing is held any more: %zu %s", n,
	    key == 'd' ? "dropped" : "let go");
	ui_dirty(ui);
}

void
command_intercept_toggle(struct ui *ui, struct str args)
{
	struct gate *g = ui->setup.gate;

	(void)args;
	if (g->on && g->held > 0) {
		prompt_choose(ui, intercept_ends, "rkd", "%zu held:  r "
		    "resumes all, k keeps them held, d drops all", g->held);
		return;
	}
	gate_set_on(g, !g->on);
	if (g->on && g->filter == NULL)
		ui_message(ui, ROLE_MESSAGE,
		    "every request is held from now on; i holds fewer");
	else if (g->on)
		ui_message(ui, ROLE_MESSAGE, "held from now on: %s",
		    filter_text(g->filter));
	else
		ui_message(ui, ROLE_MESSAGE, "nothing is held any more");
	ui_dirty(ui);
}
