/* SPDX-License-Identifier: MIT */
/* fork, the terminal, and exec; called by editor.c only. */
#include "editor_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sluice/base/mem.h"

extern char **environ;

#define SIGNALS		65
#define NOT_FOUND	127	/* sh: no such command */

void
editor_child_foreground(int tty, pid_t group)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;

	/* From the background the kernel would stop us for this. */
	sigemptyset(&ignore.sa_mask);
	sigaction(SIGTTOU, &ignore, &before);
	(void)tcsetpgrp(tty, group);
	sigaction(SIGTTOU, &before, NULL);
}

/* What sh runs with the file as $1. */
static char *
command_line(bool binary)
{
	static const char *const names[] = {
		"SLUICE_HEXEDITOR", "SLUICE_EDITOR", "VISUAL", "EDITOR"
	};

	for (size_t i = binary ? 0 : 1; i < ARRAY_LEN(names); i++) {
		const char *editor = getenv(names[i]);

		if (editor != NULL && *editor != '\0')
			return mem_printf("%s \"$1\"", editor);
	}
	return mem_strdup("for e in sensible-editor vi nano; do "
	    "if command -v $e >/dev/null 2>&1; then exec $e \"$1\"; fi; done; "
	    "exec vi \"$1\"");
}

/* In the child; all signals are blocked.  Only what is safe after fork. */
static _Noreturn void
become(int tty, const struct editor_child *c)
{
	char *const args[] = {
		(char *)"sh", (char *)"-c", (char *)c->line, (char *)"sh",
		(char *)c->path, NULL
	};
	struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t none;
	int fd;

	setpgid(0, 0);
	editor_child_foreground(tty, getpid());
	sigemptyset(&plain.sa_mask);
	for (int i = 1; i < SIGNALS; i++)
		(void)sigaction(i, &plain, NULL);
	/* A new description: ours may be non-blocking, or for reading only. */
	fd = open("/dev/tty", O_RDWR);
	if (fd < 0)
		fd = tty;
	if (c->input != NULL) {
		int in = open(c->input, O_RDONLY);

		if (in < 0 || dup2(in, STDIN_FILENO) < 0)
			_exit(NOT_FOUND);
		close(in);
	} else if (dup2(fd, STDIN_FILENO) < 0) {
		_exit(NOT_FOUND);
	}
	if (dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
		_exit(NOT_FOUND);
	if (fd > STDERR_FILENO)
		close(fd);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve("/bin/sh", args, c->environment != NULL ? c->environment :
	    environ);
	_exit(NOT_FOUND);
}

pid_t
editor_child_run(int tty, const struct editor_child *child, struct err *err)
{
	sigset_t all, before;
	pid_t pid;

	/* No handler of ours may run in the child. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		become(tty, child);
	if (pid < 0) {
		(void)err_set(err, "cannot start it: %s",
		    strerror(errno));
	} else {
		/* Both sides do it: whoever comes first. */
		setpgid(pid, pid);
		editor_child_foreground(tty, pid);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

pid_t
editor_child_start(int tty, const char *path, bool binary,
    struct err *err)
{
	char *line = command_line(binary);
	pid_t pid = editor_child_run(tty, &(struct editor_child){
	    .line = line, .path = path }, err);

	free(line);
	return pid;
}

void
editor_child_reason(int status, char *out, size_t size)
{
	if (WIFSIGNALED(status))
		(void)snprintf(out, size, "the editor was ended by signal %d: "
		    "nothing changed", WTERMSIG(status));
	else if (WEXITSTATUS(status) == NOT_FOUND)
		(void)snprintf(out, size, "there is no such editor: set "
		    "$VISUAL or $EDITOR");
	else
		(void)snprintf(out, size, "the editor ended with status %d: "
		    "nothing changed", WEXITSTATUS(status));
}
