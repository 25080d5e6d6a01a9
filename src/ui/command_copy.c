/* SPDX-License-Identifier: MIT */
/* Commands of the copy menu, and how anything gets to the clipboard. */
#include "command.h"

#include "clipboard.h"
#include "console.h"
#include "guide.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"

#define PEM_MAX		(64u * 1024)

void
command_copy_text(struct ui *ui, enum flow_text kind)
{
	const char *without = option_bool(ui->setup.options, OPTION_REDACT) ?
	    ", without secrets" : "", *what = flow_text_name(kind);
	struct err err = { "" };
	struct flow *first;
	struct buf out;
	size_t n = flow_text_chosen(ui, &first);

	ui->copied = kind;
	if (n == 0)
		return;
	buf_init(&out, FLOW_TEXT_MAX);
	if (!flow_text_put(ui, kind, &out, &err) ||
	    !clipboard_set(&ui->clipboard, buf_str(&out), &err))
		ui_message(ui, ROLE_ERROR, "%s not copied: %s", what,
		    err.text);
	else if (n > 1)
		ui_message(ui, ROLE_MESSAGE, "copied %s of %zu flows, %zu "
		    "bytes%s", what, n, buf_len(&out), without);
	else
		ui_message(ui, ROLE_MESSAGE, "copied %s, %zu bytes%s", what,
		    buf_len(&out), without);
	buf_fini(&out);
}

void
command_copy_menu(struct ui *ui, struct str args)
{
	(void)args;
	if (ui_focus(ui) != NULL)
		prompt_menu(ui, KEY_COPY);
}

void
command_copy_curl(struct ui *ui, struct str args)
{
	(void)args;
	command_copy_text(ui, FLOW_TEXT_CURL);
}

void
command_copy_url(struct ui *ui, struct str args)
{
	(void)args;
	command_copy_text(ui, FLOW_TEXT_URL);
}

void
command_copy_body(struct ui *ui, struct str args)
{
	(void)args;
	command_copy_text(ui, FLOW_TEXT_BODY);
}

void
command_copy_received(struct ui *ui, struct str args)
{
	(void)args;
	command_copy_text(ui, FLOW_TEXT_RECEIVED);
}

void
command_copy_headers(struct ui *ui, struct str args)
{
	(void)args;
	command_copy_text(ui, FLOW_TEXT_HEADERS);
}

void
command_copy_request(struct ui *ui, struct str args)
{
	(void)args;
	command_copy_text(ui, FLOW_TEXT_REQUEST);
}

void
command_copy_response(struct ui *ui, struct str args)
{
	(void)args;
	command_copy_text(ui, FLOW_TEXT_RESPONSE);
}

/* To the clipboard: a line that sends something through this sluice. */
static void
copy_line(struct ui *ui, const char *what,
    void (*put)(const struct ui *, struct buf *))
{
	struct err err = { "" };
	struct buf out;

	if (proxy_listeners(ui->setup.proxy) == 0) {
		ui_message(ui, ROLE_WARNING, "sluice is not listening");
		return;
	}
	buf_init(&out, FLOW_TEXT_MAX);
	put(ui, &out);
	if (clipboard_set(&ui->clipboard, buf_str(&out), &err))
		ui_message(ui, ROLE_MESSAGE, "copied %s", what);
	else
		ui_message(ui, ROLE_ERROR, "not copied: %s", err.text);
	buf_fini(&out);
}

void
command_copy_try(struct ui *ui, struct str args)
{
	(void)args;
	copy_line(ui, "the curl line", guide_curl);
}

void
command_copy_env(struct ui *ui, struct str args)
{
	(void)args;
	copy_line(ui, "the line for a shell", guide_env);
}

void
command_copy_again(struct ui *ui, struct str args)
{
	(void)args;
	command_copy_text(ui, ui->copied);
}

void
command_copy_ca(struct ui *ui, struct str args)
{
	struct err err = { "" };
	size_t len = 0;
	char *pem = path_read(ui->setup.ca_cert_path, PEM_MAX, &len, &err);

	(void)args;
	if (pem != NULL && clipboard_set(&ui->clipboard, str_make(pem, len), &err))
		ui_message(ui, ROLE_MESSAGE,
		    "copied the CA certificate, %zu bytes", len);
	else
		ui_message(ui, ROLE_ERROR, "not copied: %s", err.text);
	free(pem);
}
