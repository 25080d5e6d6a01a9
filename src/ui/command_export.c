/* SPDX-License-Identifier: MIT */
/*
 * Commands of the export menu: flows as text to a file, to the clipboard or
 * to a command.  Where to is the argument, else what the menu says.
 */
#include "command.h"

#include "console.h"

static const char *const places[EXPORT_PLACES] = {
	[EXPORT_FILE] = "file", [EXPORT_CLIPBOARD] = "clipboard",
	[EXPORT_PIPE] = "pipe",
};

/* Takes the place off *args; a blank one is the menu's. */
static bool
take_place(const struct ui *ui, struct str *args, enum export_place *place)
{
	struct str word = str_sub(*args, 0, str_chr(*args, ' ', 0));

	*place = ui->export_place;
	if (word.n == 0)
		return true;
	for (size_t i = 0; i < EXPORT_PLACES; i++) {
		if (!str_eq(str_from(places[i]), word))
			continue;
		*place = (enum export_place)i;
		*args = str_trim(str_skip(*args, word.n));
		return true;
	}
	return false;
}

/* The command line so far: what is missing is typed behind it. */
static void
ask(struct ui *ui, enum flow_text kind, const struct flow *first, size_t n,
    enum export_place place)
{
	struct buf line;

	buf_init(&line, 1024);
	buf_printf(&line, "export.%s %s ", flow_text_word(kind),
	    places[place]);
	if (place == EXPORT_FILE) {
		buf_put(&line, STR("~/"));
		flow_text_file_name(kind, first, n, &line);
	}
	prompt_open(ui, PROMPT_COMMAND, buf_str(&line));
	buf_fini(&line);
}

static void
send(struct ui *ui, enum flow_text kind, const struct body_source *what,
    enum export_place place, struct str where)
{
	struct body_source from = *what;
	struct err err = { "" };
	struct buf text;

	buf_init(&text, FLOW_TEXT_MAX);
	if (from.message == NULL) {
		if (!flow_text_put(ui, kind, &text, &err) ||
		    (flow_text_is_line(kind) && !buf_add(&text, "\n", 1))) {
			ui_message(ui, ROLE_ERROR, "%s not exported: %s",
			    flow_text_name(kind), err.text);
			buf_fini(&text);
			return;
		}
		from.text = &text;
	}
	if (place == EXPORT_FILE)
		body_out_save(&ui->out, &from, where);
	else
		body_out_pipe(&ui->out, &from, where);
	buf_fini(&text);
}

static void
export_as(struct ui *ui, enum flow_text kind, struct str args)
{
	struct body_source from = { .plain = true };
	enum export_place place;
	size_t n;

	if (!take_place(ui, &args, &place)) {
		ui_message(ui, ROLE_ERROR, "export.%s takes file FILE, "
		    "clipboard or pipe COMMAND", flow_text_word(kind));
		return;
	}
	if (place == EXPORT_CLIPBOARD) {
		command_copy_text(ui, kind);
		return;
	}
	n = flow_text_chosen(ui, &from.flow);
	if (n == 0)
		return;
	if (args.n == 0) {
		ask(ui, kind, from.flow, n, place);
		return;
	}
	if (kind == FLOW_TEXT_HAR && place == EXPORT_FILE) {
		saver_start_chosen(&ui->saver, args, flow_text_ids(ui, n),
		    n);
		return;
	}
	/* One body may be of any size: it is not put together first. */
	if ((kind == FLOW_TEXT_BODY || kind == FLOW_TEXT_RECEIVED) && n == 1) {
		from.message = flow_text_message(from.flow);
		from.plain = kind == FLOW_TEXT_BODY;
	}
	send(ui, kind, &from, place, args);
}

void
command_export_status(const struct ui *ui, struct buf *out)
{
	bool redact = option_bool(ui->setup.options, OPTION_REDACT);

	buf_printf(out, "EXPORT to %s%s   secrets %s   Escape goes back",
	    ui->export_place == EXPORT_FILE ? "a " : ui->export_place ==
	    EXPORT_PIPE ? "a command, a " : "the ", places[ui->export_place],
	    redact ? "left out" : "kept");
}

void
command_export_menu(struct ui *ui, struct str args)
{
	(void)args;
	if (ui_focus(ui) != NULL)
		prompt_menu(ui, KEY_EXPORT);
}

void
command_export_to(struct ui *ui, struct str args)
{
	enum export_place place;

	if (args.n == 0)
		place = (ui->export_place + 1) % EXPORT_PLACES;
	else if (!take_place(ui, &args, &place) || args.n > 0) {
		ui_message(ui, ROLE_ERROR, "one of file, clipboard, pipe");
		return;
	}
	ui->export_place = place;
	command_export_menu(ui, STR(""));
}

void
command_export_redact(struct ui *ui, struct str args)
{
	struct err err;

	(void)args;
	if (!option_next(ui->setup.options, OPTION_REDACT, &err))
		ui_message(ui, ROLE_ERROR, "%s", err.text);
	command_export_menu(ui, STR(""));
}

void
command_export_curl(struct ui *ui, struct str args)
{
	export_as(ui, FLOW_TEXT_CURL, args);
}

void
command_export_httpie(struct ui *ui, struct str args)
{
	export_as(ui, FLOW_TEXT_HTTPIE, args);
}

void
command_export_url(struct ui *ui, struct str args)
{
	export_as(ui, FLOW_TEXT_URL, args);
}

void
command_export_body(struct ui *ui, struct str args)
{
	export_as(ui, FLOW_TEXT_BODY, args);
}

void
command_export_headers(struct ui *ui, struct str args)
{
	export_as(ui, FLOW_TEXT_HEADERS, args);
}

void
command_export_request(struct ui *ui, struct str args)
{
	export_as(ui, FLOW_TEXT_REQUEST, args);
}

void
command_export_response(struct ui *ui, struct str args)
{
	export_as(ui, FLOW_TEXT_RESPONSE, args);
}

void
command_export_har(struct ui *ui, struct str args)
{
	export_as(ui, FLOW_TEXT_HAR, args);
}

void
command_export_fetch(struct ui *ui, struct str args)
{
	export_as(ui, FLOW_TEXT_FETCH, args);
}

void
command_export_python(struct ui *ui, struct str args)
{
	export_as(ui, FLOW_TEXT_PYTHON, args);
}

void
command_export_k6(struct ui *ui, struct str args)
{
	export_as(ui, FLOW_TEXT_K6, args);
}

void
command_export_received(struct ui *ui, struct str args)
{
	export_as(ui, FLOW_TEXT_RECEIVED, args);
}
