/* SPDX-License-Identifier: MIT */
/*
 * Commands of the edit menu: what of the message under the cursor; a request
 * from nothing; and the note on a flow.
 */
#include "command.h"

#include <inttypes.h>

#include "console.h"
#include "view_diff.h"
#include "sluice/base/mem.h"

#define START_MAX	(1024u * 1024)

/* Nobody may change a message while it is being sent. */
static struct flow *
editable_focus(struct ui *ui)
{
	struct flow *f = ui_focus(ui);

	if (f == NULL || f->state == FLOW_HELD || !flow_is_live(f))
		return f;
	ui_message(ui, ROLE_WARNING,
	    "#%" PRIu64 " is under way; hold it first (i, I)", f->id);
	return NULL;
}

/* In place where there are names and values. */
static void
edit_rows(struct ui *ui, enum edit_part part)
{
	struct flow *f = editable_focus(ui);

	if (f != NULL)
		command_open_grid(ui, f, part);
}

static void
edit(struct ui *ui, enum edit_part part)
{
	struct flow *f = editable_focus(ui);

	if (f != NULL)
		editor_start(&ui->editor, f, editor_half(f), part);
}

void
command_edit_menu(struct ui *ui, struct str args)
{
	(void)args;
	if (editor_is_stopped(&ui->editor))
		editor_resume(&ui->editor);
	else if (editable_focus(ui) != NULL)
		prompt_menu(ui, KEY_EDIT);
}

void
command_edit(struct ui *ui, struct str args)
{
	(void)args;
	edit(ui, EDIT_ALL);
}

void
command_edit_head(struct ui *ui, struct str args)
{
	(void)args;
	edit(ui, EDIT_HEAD);
}

void
command_edit_fields(struct ui *ui, struct str args)
{
	(void)args;
	edit_rows(ui, EDIT_HEAD);
}

void
command_edit_body(struct ui *ui, struct str args)
{
	(void)args;
	edit(ui, EDIT_BODY);
}

void
command_edit_query(struct ui *ui, struct str args)
{
	(void)args;
	edit_rows(ui, EDIT_QUERY);
}

void
command_edit_cookies(struct ui *ui, struct str args)
{
	(void)args;
	edit_rows(ui, EDIT_COOKIES);
}

void
command_edit_form(struct ui *ui, struct str args)
{
	(void)args;
	edit_rows(ui, EDIT_FORM);
}

void
command_edit_raw(struct ui *ui, struct str args)
{
	(void)args;
	edit(ui, EDIT_RAW);
}

void
command_changes_send(struct ui *ui, struct str args)
{
	struct flow *f = ui_focus(ui);

	if (f == NULL)
		return;
	if (f->state == FLOW_HELD) {
		command_resume(ui, args);
		return;
	}
	if (view_is_changes(screen_top(&ui->screen)))
		screen_pop(&ui->screen);
	command_replay(ui, args);
}

bool
command_start_put(struct ui *ui, uint64_t flow, struct str text,
    struct err *err)
{
	struct flow *f = flow_list_find(ui->setup.list, flow);

	if (f != NULL)
		return editor_put(ui, f, editor_half(f), EDIT_START, text,
		    err);
	ui_message(ui, ROLE_WARNING, "#%" PRIu64 " is gone", flow);
	return true;
}

static void
ask_start(struct ui *ui, const struct flow *f)
{
	struct err err = { "" };
	struct buf line;

	buf_init(&line, START_MAX);
	if (!edit_part_format(f, editor_half(f), EDIT_START, &line, &err)) {
		ui_message(ui, ROLE_ERROR, "cannot edit it: %s", err.text);
	} else if (buf_len(&line) > LINE_EDIT_MAX) {
		ui_message(ui, ROLE_WARNING, "the line is too long for here; "
		    "edit the head instead");
	} else {
		ui->prompt.flow = f->id;
		prompt_open(ui, PROMPT_START, buf_str(&line));
	}
	buf_fini(&line);
}

void
command_edit_start(struct ui *ui, struct str args)
{
	struct flow *f = editable_focus(ui);
	struct err err = { "" };

	if (f == NULL)
		return;
	if (args.n == 0)
		ask_start(ui, f);
	else if (!command_start_put(ui, f->id, args, &err))
		ui_message(ui, ROLE_ERROR, "nothing changed: %s", err.text);
}

/*
 * The request is not listed: what comes back from the editor is a draft, and
 * nothing is left when nothing was written.
 */
void
command_compose(struct ui *ui, struct str args)
{
	struct flow *f;
	struct message *m;

	(void)args;
	if (editor_is_stopped(&ui->editor)) {
		editor_resume(&ui->editor);
		return;
	}
	f = flow_new(NULL);
	m = &f->request;
	message_fini(m);
	message_init(m, MESSAGE_REQUEST, NULL);
	message_set(m, &m->method, STR("GET"));
	message_set(m, &m->target, STR("/"));
	message_set(m, &m->scheme, STR("http"));
	message_set(m, &m->host, STR("example.org"));
	message_set(m, &m->path, STR("/"));
	m->port = 80;
	m->complete = true;
	headers_add(&m->headers, STR("Host"), STR("example.org"));
	headers_add(&m->headers, STR("Accept"), STR("*/*"));
	f->draft = true;
	editor_start(&ui->editor, f, GATE_REQUEST, EDIT_ALL);
	flow_unref(f);
}

void
command_note_set(struct ui *ui, uint64_t flow, struct str text)
{
	struct flow *f = flow_list_find(ui->setup.list, flow);

	if (f == NULL) {
		ui_message(ui, ROLE_WARNING, "#%" PRIu64 " is gone", flow);
		return;
	}
	text = str_trim(text);
	free(f->note);
	f->note = text.n > 0 ? str_dup(text) : NULL;
	flow_list_touch(ui->setup.list, f, FLOW_PART_NOTE);
	ui_message(ui, ROLE_MESSAGE, text.n > 0 ? "note on #%" PRIu64
	    : "no note on #%" PRIu64, f->id);
}

void
command_note(struct ui *ui, struct str args)
{
	struct flow *f = ui_focus(ui);

	if (f == NULL)
		return;
	if (args.n > 0) {
		command_note_set(ui, f->id, args);
		return;
	}
	ui->prompt.flow = f->id;
	prompt_open(ui, PROMPT_NOTE, str_from(f->note));
}
