/* SPDX-License-Identifier: MIT */
/*
 * The text goes to the terminal as base64, so none of its bytes reach it
 * raw, and to the tool through a pipe that the loop fills.
 */
#include "clipboard.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "console.h"
#include "sluice/base/base64.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"

#define SLICE	(64u * 1024)

extern char **environ;

/* The first that fits; tmux alone is useful over ssh as well. */
static const struct {
	const char *variable;		/* set where it works, or NULL */
	const char *program, *line;
	bool over_ssh;
} tools[] = {
	{ "TMUX", "tmux", "tmux load-buffer -w -", true },
	{ "WAYLAND_DISPLAY", "wl-copy", "wl-copy", false },
	{ "DISPLAY", "xclip", "xclip -selection clipboard", false },
	{ "DISPLAY", "xsel", "xsel --clipboard --input", false },
	{ NULL, "pbcopy", "pbcopy", false },
};

static bool
is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value != NULL && *value != '\0';
}

static bool
is_installed(const char *program)
{
	const char *value = getenv("PATH");
	struct str rest = str_from(value != NULL ? value : ""), dir;
	bool found = false;

	while (!found && str_split(&rest, ':', &dir)) {
		char *folder = str_dup(dir), *path = path_join(folder,
		    program);

		found = dir.n > 0 && access(path, X_OK) == 0;
		free(path);
		free(folder);
	}
	return found;
}

/* What sh runs, or NULL: the terminal alone. */
static const char *
tool_line(const struct clipboard *c)
{
	const char *wish = option_str(c->ui->setup.options, OPTION_CLIPBOARD);
	bool ssh = is_set("SSH_CONNECTION") || is_set("SSH_TTY");

	if (strcmp(wish, "osc52") == 0)
		return NULL;
	if (strcmp(wish, "auto") != 0)
		return *wish != '\0' ? wish : NULL;
	for (size_t i = 0; i < ARRAY_LEN(tools); i++)
		if ((tools[i].variable == NULL || is_set(tools[i].variable)) &&
		    (tools[i].over_ssh || !ssh) &&
		    is_installed(tools[i].program))
			return tools[i].line;
	return NULL;
}

/* The end of the text tells the tool that it has it all. */
static void
close_pipe(struct clipboard *c)
{
	if (c->writable.fd < 0)
		return;
	ev_io_stop(c->ui->setup.loop, &c->writable);
	close(c->writable.fd);
	c->writable.fd = -1;
	buf_clear(&c->text);
	buf_shrink(&c->text, 0);
}

static void
writable_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	struct clipboard *c = container_of(w, struct clipboard, writable);
	struct str next = str_sub(buf_str(&c->text), 0, SLICE);
	ssize_t n = write(w->fd, next.p, next.n);

	(void)loop;
	(void)revents;
	if (n > 0)
		buf_consume(&c->text, (size_t)n);
	else if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0 || buf_len(&c->text) == 0)
		close_pipe(c);
}

static void
child_cb(struct ev_loop *loop, ev_child *w, int revents)
{
	struct clipboard *c = container_of(w, struct clipboard, child);
	int status = w->rstatus;

	(void)revents;
	ev_child_stop(loop, w);
	close_pipe(c);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	if (WIFEXITED(status))
		ui_message(c->ui, ROLE_WARNING, "the clipboard's command "
		    "ended with status %d; :set clipboard=osc52 does without",
		    WEXITSTATUS(status));
	else
		ui_message(c->ui, ROLE_WARNING, "the clipboard's command was "
		    "ended by signal %d", WTERMSIG(status));
}

/* Killed before its pipe is closed, or it would take a part for the whole. */
static void
stop(struct clipboard *c)
{
	if (ev_is_active(&c->child)) {
		kill(-c->child.pid, SIGKILL);
		ev_child_stop(c->ui->setup.loop, &c->child);
	}
	close_pipe(c);
}

void
clipboard_init(struct clipboard *c, struct ui *ui)
{
	*c = (struct clipboard){ .ui = ui };
	buf_init(&c->text, FLOW_TEXT_MAX);
	ev_io_init(&c->writable, writable_cb, -1, EV_WRITE);
	ev_init(&c->child, child_cb);
}

void
clipboard_fini(struct clipboard *c)
{
	if (c->ui == NULL)
		return;
	stop(c);
	buf_fini(&c->text);
}

/*
 * In a session of its own: a tool that stays to hand out the text is not the
 * terminal's.  Returns 0 or an errno.
 */
static int
spawn(const char *line, int in, pid_t *pid)
{
	char *const args[] = { (char *)"sh", (char *)"-c", (char *)line, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t all, none;
	int error;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null",
	    O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO,
	    STDERR_FILENO);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID |
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setsigmask(&attr, &none);
	error = posix_spawn(pid, "/bin/sh", &files, &attr, args, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

static bool
start_tool(struct clipboard *c, const char *line, struct str text,
    struct err *err)
{
	int ends[2], error;
	pid_t pid;

	stop(c);
	if (!buf_add(&c->text, text.p, text.n))
		return err_set(err, "it is too long (%zu bytes)", text.n);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set(err, "no pipe: %s", strerror(errno));
	(void)fcntl(ends[1], F_SETFL, O_NONBLOCK);
	error = spawn(line, ends[0], &pid);
	close(ends[0]);
	if (error != 0) {
		close(ends[1]);
		return err_set(err, "%s", strerror(error));
	}
	ev_io_set(&c->writable, ends[1], EV_WRITE);
	ev_io_start(c->ui->setup.loop, &c->writable);
	ev_child_set(&c->child, pid, 0);
	ev_child_start(c->ui->setup.loop, &c->child);
	return true;
}

static void
tell_terminal(struct term *term, struct str text)
{
	struct buf out;

	buf_init(&out, CLIPBOARD_OSC_MAX * 2);
	buf_put(&out, STR("\033]52;c;"));
	base64_put(&out, text);
	buf_putc(&out, '\a');
	term_write(term, buf_str(&out));
	buf_fini(&out);
}

bool
clipboard_set(struct clipboard *c, struct str text, struct err *err)
{
	const char *line = tool_line(c);
	bool fits = text.n <= CLIPBOARD_OSC_MAX;

	assert(c->ui != NULL);
	/* tmux and most terminals take it as it is. */
	if (fits)
		tell_terminal(c->ui->term, text);
	if (line != NULL)
		return start_tool(c, line, text, err) || fits;
	return fits || err_set(err, "%zu bytes are too many for a terminal's "
	    "clipboard (%u); x exports to a file", text.n, CLIPBOARD_OSC_MAX);
}
