/* SPDX-License-Identifier: MIT */
/* The fork, what the two processes say to each other, and the exec. */
#include "space.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sluice/base/mem.h"

#define MESSAGE_MAX	(64u * 1024)
#define CANNOT_RUN	126
#define NOT_FOUND	127
#define SIGNALS		65

/* What the process tells once it is where it shall be. */
struct report {
	bool apart, all_ports;
	size_t listener_count, name_count;
	struct err why_not;
};

#define FDS (SPACE_LISTENERS + SPACE_NAMES)

union rights {
	char bytes[CMSG_SPACE(FDS * sizeof(int))];
	struct cmsghdr align;
};

static size_t
gather(const struct space *s, int fds[FDS])
{
	size_t n = 0;

	for (size_t i = 0; i < s->listener_count; i++)
		fds[n++] = s->listeners[i];
	for (size_t i = 0; i < s->name_count; i++)
		fds[n++] = s->names[i];
	return n;
}

/* unix(7), SCM_RIGHTS */
static bool
send_report(const struct space *s)
{
	struct report r = { .apart = s->apart, .all_ports = s->all_ports,
	    .listener_count = s->listener_count, .name_count = s->name_count,
	    .why_not = s->why_not };
	struct iovec iov = { .iov_base = &r, .iov_len = sizeof r };
	union rights rights = { { 0 } };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fds[FDS];
	size_t n = gather(s, fds);

	if (n > 0) {
		m.msg_control = rights.bytes;
		m.msg_controllen = CMSG_SPACE(n * sizeof(int));
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);

		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(c), fds, n * sizeof(int));
	}
	return sendmsg(s->control, &m, MSG_NOSIGNAL) == (ssize_t)sizeof r;
}

static bool
take_report(struct space *s)
{
	struct report r = { .name_count = 0 };
	struct iovec iov = { .iov_base = &r, .iov_len = sizeof r };
	union rights rights;
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = rights.bytes, .msg_controllen = sizeof rights };
	ssize_t n;

	do
		n = recvmsg(s->control, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof r)
		return false;
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int fds[FDS];
	size_t count = c ? (c->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;

	if (count != r.listener_count + r.name_count)
		return false;
	if (c)
		memcpy(fds, CMSG_DATA(c), count * sizeof(int));
	s->apart = r.apart;
	s->all_ports = r.all_ports;
	s->why_not = r.why_not;
	s->listener_count = r.listener_count;
	s->name_count = r.name_count;
	for (size_t i = 0; i < count; i++) {
		if (i < r.listener_count)
			s->listeners[i] = fds[i];
		else
			s->names[i - r.listener_count] = fds[i];
	}
	return true;
}

static void
close_all(struct space *s)
{
	int fds[FDS];
	size_t n = gather(s, fds);

	for (size_t i = 0; i < n; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	s->listener_count = s->name_count = 0;
}

/* Variables until an empty message; a dead parent ends us. */
static void
take_environment(int control)
{
	static char text[MESSAGE_MAX + 1];
	ssize_t n;

	for (;;) {
		n = recv(control, text, MESSAGE_MAX, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(1);
		text[n] = '\0';
		if (n == 1 && text[0] == '\n')
			return;
		putenv(mem_strdup(text));
	}
}

static _Noreturn void
become(char *const *command)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t none;

	sigemptyset(&plain.sa_mask);
	for (int i = 1; i < SIGNALS; i++)
		(void)sigaction(i, &plain, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(command[0], command);
	fprintf(stderr, "sluice: run: %s: %s\n", command[0],
	    strerror(errno));
	_exit(errno == ENOENT ? NOT_FOUND : CANNOT_RUN);
}

static _Noreturn void
live(struct space *s, char *const *command, bool wanted)
{
	if (wanted)
		s->apart = space_enter(s, &s->why_not);
	else
		err_set(&s->why_not, "not wanted");
	if (!s->apart)
		close_all(s);
	if (!send_report(s))
		_exit(1);
	close_all(s);
	take_environment(s->control);
	become(command);
}

bool
space_open(struct space *s, char *const *command, bool wanted,
    struct err *err)
{
	int pair[2];

	*s = (struct space){ .pid = -1, .control = -1 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return err_set(err, "socketpair: %s", strerror(errno));
	s->pid = fork();
	if (s->pid == 0) {
		close(pair[0]);
		s->control = pair[1];
		live(s, command, wanted);
	}
	close(pair[1]);
	s->control = pair[0];
	if (s->pid > 0 && take_report(s))
		return true;
	err_set(err, "cannot start a process: %s", s->pid < 0 ?
	    strerror(errno) : "it died");
	space_close(s);
	return false;
}

void
space_set(struct space *s, const char *assignment)
{
	size_t n = strlen(assignment);

	if (n > 0 && n < MESSAGE_MAX)
		(void)send(s->control, assignment, n, MSG_NOSIGNAL);
}

void
space_go(struct space *s)
{
	(void)send(s->control, "\n", 1, MSG_NOSIGNAL);
	close(s->control);
	s->control = -1;
}

void
space_close(struct space *s)
{
	close_all(s);
	if (s->control >= 0)
		close(s->control);
	s->control = -1;
}
