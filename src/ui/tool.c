/* SPDX-License-Identifier: MIT */
/* Lends the terminal, waits in the loop, takes it back. */
#include "tool.h"

#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "console.h"
#include "editor_child.h"
#include "sluice/base/mem.h"

#define VARIABLES	5
#define VALUE_MAX	(64u * 1024)

extern char **environ;

static void
forget(struct tool *t)
{
	if (t->path != NULL)
		unlink(t->path);
	free(t->path);
	t->path = NULL;
}

static void
child_cb(struct ev_loop *loop, ev_child *w, int revents)
{
	struct tool *t = container_of(w, struct tool, child);
	int status = w->rstatus;

	(void)revents;
	assert(t->running);
	if (WIFCONTINUED(status))
		return;
	if (!t->stopped) {
		editor_child_foreground(term_fd(t->ui->term), getpgrp());
		ui_take(t->ui);
	}
	if (WIFSTOPPED(status)) {
		t->stopped = true;
		ui_message(t->ui, ROLE_WARNING,
		    "it is stopped; the same key goes back to it");
		return;
	}
	ev_child_stop(loop, w);
	t->running = t->stopped = false;
	forget(t);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		ui_message(t->ui, ROLE_WARNING, "there is no such command");
	else if (WIFSIGNALED(status))
		ui_message(t->ui, ROLE_WARNING, "it was ended by signal %d",
		    WTERMSIG(status));
	ui_dirty(t->ui);
}

void
tool_init(struct tool *t, struct ui *ui)
{
	*t = (struct tool){ .ui = ui };
	ev_init(&t->child, child_cb);
}

void
tool_fini(struct tool *t)
{
	if (t->ui == NULL)
		return;
	if (t->running) {
		ev_child_stop(t->ui->setup.loop, &t->child);
		kill(-t->child.pid, SIGHUP);
		kill(-t->child.pid, SIGCONT);
		if (!t->stopped) {
			editor_child_foreground(term_fd(t->ui->term),
			    getpgrp());
			ui_take(t->ui);
		}
		t->running = false;
	}
	forget(t);
}

bool
tool_is_busy(struct tool *t)
{
	if (t->running && t->stopped) {
		ui_lend(t->ui);
		t->stopped = false;
		editor_child_foreground(term_fd(t->ui->term), t->child.pid);
		kill(-t->child.pid, SIGCONT);
	}
	return t->running;
}

/* "NAME=value", without the bytes an environment cannot hold; heap. */
static char *
variable(const char *name, struct str value)
{
	struct buf out;

	buf_init(&out, VALUE_MAX + 64);
	buf_printf(&out, "%s=", name);
	value = str_sub(value, 0, VALUE_MAX);
	buf_put(&out, str_sub(value, 0, str_chr(value, '\0', 0)));
	return buf_take(&out);
}

static char **
make_environment(const struct flow *f, char *own[VARIABLES])
{
	char text[32], **all;
	size_t n = 0;
	struct buf url;

	buf_init(&url, 1024 * 1024);
	flow_put_url(f, &url);
	own[0] = variable("SLUICE_URL", buf_str(&url));
	buf_fini(&url);
	own[1] = variable("SLUICE_METHOD", message_word(&f->request,
	    f->request.method));
	(void)snprintf(text, sizeof(text), "%u", f->response.status);
	own[2] = variable("SLUICE_STATUS", str_from(flow_has_response(f) ?
	    text : ""));
	(void)snprintf(text, sizeof(text), "%" PRIu64, f->id);
	own[3] = variable("SLUICE_ID", str_from(text));
	own[4] = variable("SLUICE_CONTENT_TYPE",
	    message_media_type(&f->response));
	while (environ[n] != NULL)
		n++;
	all = mem_array(NULL, n + VARIABLES + 1, sizeof(*all));
	memcpy(all, environ, n * sizeof(*all));
	memcpy(all + n, own, VARIABLES * sizeof(*all));
	all[n + VARIABLES] = NULL;
	return all;
}

void
tool_start(struct tool *t, const struct tool_run *run)
{
	char *own[VARIABLES] = { NULL }, **all = NULL;
	struct editor_child child = {
		.line = run->line, .path = run->path,
		.input = run->from_path ? run->path : NULL
	};
	struct err err = { "" };
	pid_t pid;

	assert(!t->running);
	if (run->flow != NULL)
		all = make_environment(run->flow, own);
	child.environment = all;
	t->path = run->path != NULL ? mem_strdup(run->path) : NULL;
	ui_lend(t->ui);
	pid = editor_child_run(term_fd(t->ui->term), &child, &err);
	free(all);
	for (size_t i = 0; i < VARIABLES; i++)
		free(own[i]);
	if (pid < 0) {
		ui_take(t->ui);
		ui_message(t->ui, ROLE_ERROR, "%s", err.text);
		forget(t);
		return;
	}
	ev_child_set(&t->child, pid, 1);
	ev_child_start(t->ui->setup.loop, &t->child);
	t->running = true;
}
