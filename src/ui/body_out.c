/* SPDX-License-Identifier: MIT */
/* First the file, then what is done with it. */
#include "body_out.h"

#include <inttypes.h>

#include "body_kind.h"
#include "console.h"
#include "mailcap.h"
#include "sluice/base/escape.h"
#include "sluice/base/human.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"

#define SCRIPT_MAX	(1024u * 1024)
#define MAILCAP_MAX	(256u * 1024)
#define WAIT_FOR_ENTER	"\nprintf '\\n[Enter goes back] '; read _ </dev/tty\n"

static const char pager[] =
    "if [ -n \"$PAGER\" ]; then eval \"exec $PAGER \\\"\\$1\\\"\"; fi\n"
    "if command -v less >/dev/null 2>&1; then exec less \"$1\"; fi\n"
    "exec more \"$1\"\n";

static void
forget(struct body_out *o)
{
	free(o->line);
	o->line = NULL;
	flow_unref(o->flow);
	o->flow = NULL;
}

static void
written(struct body_file *file, const char *path, uint64_t bytes,
    const struct err *err)
{
	struct body_out *o = container_of(file, struct body_out, file);
	char size[HUMAN_MAX], *shown = path_short(path);

	human_size(bytes, size);
	if (err_is_set(err))
		ui_message(o->ui, ROLE_ERROR, "not written: %s", err->text);
	else if (o->use == BODY_SAVE)
		ui_message(o->ui, ROLE_MESSAGE, "saved %s bytes to %s", size,
		    shown);
	else
		tool_start(&o->tool, &(struct tool_run){
			.line = o->line, .path = path, .flow = o->flow,
			.from_path = o->use == BODY_PIPE
		});
	free(shown);
	forget(o);
	ui_dirty(o->ui);
}

void
body_out_init(struct body_out *o, struct ui *ui)
{
	*o = (struct body_out){ .ui = ui };
	body_file_init(&o->file, ui->setup.loop);
	tool_init(&o->tool, ui);
}

void
body_out_fini(struct body_out *o)
{
	if (o->ui == NULL)
		return;
	body_file_fini(&o->file);
	tool_fini(&o->tool);
	forget(o);
}

/* May another one begin?  Brings back a tool that was stopped. */
static bool
is_free(struct body_out *o)
{
	if (tool_is_busy(&o->tool))
		return false;
	if (!body_file_is_busy(&o->file))
		return true;
	ui_message(o->ui, ROLE_WARNING, "a body is being written still");
	return false;
}

static void
start(struct body_out *o, const struct body_source *from, enum body_use use,
    const char *path)
{
	struct err err = { "" };

	o->use = use;
	o->flow = flow_ref(from->flow);
	if (from->text != NULL ? body_file_start_text(&o->file, from->text,
	    path, written, &err) : body_file_start(&o->file, from->message,
	    from->plain, path, written, &err))
		return;
	ui_message(o->ui, ROLE_ERROR, "not written: %s", err.text);
	forget(o);
}

/* To a file of our own, for a tool. */
static void
start_temporary(struct body_out *o, const struct body_source *from,
    enum body_use use)
{
	const char *dir = o->ui->setup.runtime_dir;
	struct err err = { "" };
	struct buf name;
	char *path;

	if (!path_make_dir(dir, &err)) {
		ui_message(o->ui, ROLE_ERROR, "%s", err.text);
		forget(o);
		return;
	}
	buf_init(&name, 512);
	body_out_name(from, &name);
	buf_putc(&name, '\0');
	path = path_join(dir, buf_str(&name).p);
	start(o, from, use, path);
	free(path);
	buf_fini(&name);
}

void
body_out_name(const struct body_source *from, struct buf *out)
{
	const struct message *m = &from->flow->request;
	struct str path = message_word(m, m->path);
	size_t slash;

	buf_printf(out, "%" PRIu64 "-%s-", from->flow->id,
	    from->text != NULL ? "export" :
	    from->message == m ? "request" : "response");
	path = str_sub(path, 0, str_chr(path, '?', 0));
	slash = str_rchr(path, '/');
	if (slash != SIZE_MAX)
		path = str_skip(path, slash + 1);
	escape_file_name(out, path);
}

void
body_out_save(struct body_out *o, const struct body_source *from,
    struct str path)
{
	char *text;

	if (!is_free(o))
		return;
	text = saver_path(path);
	start(o, from, BODY_SAVE, text);
	free(text);
}

static void
put_mailcap(struct buf *script, const char *dir, const char *name,
    struct str type)
{
	char *path = path_join(dir, name);
	size_t len = 0;
	char *text = path_read(path, MAILCAP_MAX, &len, NULL);

	if (text != NULL)
		mailcap_put(script, str_make(text, len), type);
	free(text);
	free(path);
}

void
body_out_view(struct body_out *o, const struct body_source *from)
{
	const struct message *m = from->message;
	const char *home = getenv("HOME");
	char bytes[BODY_SNIFF];
	enum body_kind kind;
	struct buf script;
	ssize_t n;
	bool sure;

	if (!is_free(o))
		return;
	n = body_read(&m->body, 0, bytes, sizeof(bytes), NULL);
	kind = body_kind_guess(m, str_make(bytes, n > 0 ? (size_t)n : 0),
	    &sure);
	buf_init(&script, SCRIPT_MAX);
	if (kind == KIND_IMAGE || kind == KIND_BINARY) {
		if (home != NULL)
			put_mailcap(&script, home, ".mailcap",
			    message_media_type(m));
		put_mailcap(&script, "/etc", "mailcap", message_media_type(m));
	}
	if (buf_room(&script) > sizeof(pager))
		buf_put(&script, str_from(pager));
	o->line = buf_take(&script);
	start_temporary(o, from, BODY_VIEW);
}

void
body_out_pipe(struct body_out *o, const struct body_source *from,
    struct str command)
{
	if (!is_free(o))
		return;
	o->line = mem_printf("%.*s%s", STR_ARG(command), WAIT_FOR_ENTER);
	start_temporary(o, from, BODY_PIPE);
}

void
body_out_shell(struct body_out *o, struct str command)
{
	char *line;

	if (!is_free(o))
		return;
	line = command.n > 0 ? mem_printf("%.*s%s", STR_ARG(command),
	    WAIT_FOR_ENTER) : mem_strdup("exec \"${SHELL:-/bin/sh}\"");
	tool_start(&o->tool, &(struct tool_run){ .line = line });
	free(line);
}
