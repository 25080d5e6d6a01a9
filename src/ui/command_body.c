/* SPDX-License-Identifier: MIT */
/* Commands that take a body out of the program, and the shell. */
#include "command.h"

#include <inttypes.h>

#include "console.h"
#include "view_flow.h"

/* The body looked at; from the list, the response's or the request's. */
static bool
find_source(struct ui *ui, struct body_source *from)
{
	struct view *v = screen_top(&ui->screen);
	struct flow *f = ui_focus(ui);

	if (f == NULL)
		return false;
	*from = (struct body_source){
		.flow = f, .plain = true, .message = &f->response
	};
	if (f->response.body.len == 0)
		from->message = &f->request;
	if (view_is_flow(v))
		from->message = view_flow_message(v, &from->plain);
	if (from->message->body.len > 0)
		return true;
	ui_message(ui, ROLE_MESSAGE, "#%" PRIu64 " has no body here", f->id);
	return false;
}

void
command_body_save(struct ui *ui, struct str args)
{
	struct body_source from;
	struct buf text;

	if (!find_source(ui, &from))
		return;
	if (args.n > 0) {
		body_out_save(&ui->out, &from, args);
		return;
	}
	buf_init(&text, 1024);
	buf_put(&text, STR("body.save ~/"));
	body_out_name(&from, &text);
	prompt_open(ui, PROMPT_COMMAND, buf_str(&text));
	buf_fini(&text);
}

void
command_body_view(struct ui *ui, struct str args)
{
	struct body_source from;

	(void)args;
	if (find_source(ui, &from))
		body_out_view(&ui->out, &from);
}

void
command_body_pipe(struct ui *ui, struct str args)
{
	struct body_source from;

	if (!find_source(ui, &from))
		return;
	if (args.n > 0)
		body_out_pipe(&ui->out, &from, args);
	else
		prompt_open(ui, PROMPT_COMMAND, STR("body.pipe "));
}

void
command_shell(struct ui *ui, struct str args)
{
	body_out_shell(&ui->out, args);
}
