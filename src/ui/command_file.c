/* SPDX-License-Identifier: MIT */
/* Commands that bring something out of the program: a file, the clipboard. */
#include "command.h"

#include <stdio.h>
#include <time.h>

#include "clipboard.h"
#include "console.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"
#include "sluice/format/curl.h"

#define CURL_MAX	(8u * 1024 * 1024)
#define URL_MAX		(1024u * 1024)

void
command_save_har(struct ui *ui, struct str args)
{
	char name[64];
	time_t now = time(NULL);
	struct tm tm;
	char *path;

	if (args.n > 0) {
		path = str_dup(args);
		saver_start(&ui->saver, path);
		free(path);
		return;
	}
	localtime_r(&now, &tm);
	if (strftime(name, sizeof(name), "~/sluice-%Y%m%d-%H%M%S.har", &tm) ==
	    0)
		name[0] = '\0';
	prompt_open(ui, PROMPT_SAVE, str_from(name));
}

/* To the clipboard, and says so. */
static void
copy(struct ui *ui, const char *what, struct str text)
{
	struct err err = { "" };

	if (clipboard_set(ui->term, text, &err))
		ui_message(ui, ROLE_MESSAGE, "copied %s, %zu bytes", what,
		    text.n);
	else
		ui_message(ui, ROLE_ERROR, "not copied: %s", err.text);
}

void
command_copy_curl(struct ui *ui, struct str args)
{
	struct flow *f = ui_focus(ui);
	struct err err = { "" };
	struct buf out;

	(void)args;
	if (f == NULL)
		return;
	buf_init(&out, CURL_MAX);
	if (curl_command(f, &out, &err))
		copy(ui, "a curl command", buf_str(&out));
	else
		ui_message(ui, ROLE_ERROR, "not copied: %s", err.text);
	buf_fini(&out);
}

void
command_copy_url(struct ui *ui, struct str args)
{
	struct flow *f = ui_focus(ui);
	struct buf out;

	(void)args;
	if (f == NULL)
		return;
	buf_init(&out, URL_MAX);
	flow_put_url(f, &out);
	copy(ui, "the URL", buf_str(&out));
	buf_fini(&out);
}

void
command_copy_ca(struct ui *ui, struct str args)
{
	struct err err = { "" };
	size_t len = 0;
	char *pem = path_read(ui->setup.ca_cert_path, CURL_MAX, &len, &err);

	(void)args;
	if (pem != NULL)
		copy(ui, "the CA certificate", str_make(pem, len));
	else
		ui_message(ui, ROLE_ERROR, "not copied: %s", err.text);
	free(pem);
}
