/* SPDX-License-Identifier: MIT */
/* Bind and accept; out of descriptors, wait a moment instead of spinning. */
#include "sluice/net/listen.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sluice/base/clock.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"

#define BACKLOG		1024
#define ACCEPT_TURN	64		/* connections in one callback */
#define BREATH_S	0.1		/* pause when out of descriptors */
#define SAY_EVERY_US	(60 * 1000000)

struct listener {
	struct ev_loop *loop;
	ev_io io;
	ev_timer breath;
	int fd;
	struct addr addr;
	bool paused;
	int64_t said;			/* when the log last heard of it */
	const struct listener_ops *ops;
	void *owner;
};

/* -- who holds the port -------------------------------------------------- */

/* The inode of the socket that listens on a port, from /proc/net/tcp. */
static unsigned long
find_inode(const char *table, unsigned port)
{
	FILE *in = fopen(table, "re");
	unsigned long inode = 0;
	char line[512];

	if (!in)
		return 0;
	while (inode == 0 && fgets(line, sizeof line, in)) {
		unsigned local, state;
		unsigned long found;

		/* NOLINTNEXTLINE(cert-err34-c): the kernel's own numbers */
		if (sscanf(line, "%*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x "
		    "%*x:%*x %*x:%*x %*x %*u %*u %lu", &local, &state,
		    &found) == 3 && local == port && state == 0x0a)
			inode = found;
	}
	fclose(in);
	return inode;
}

static bool
holds_socket(const char *pid, unsigned long inode)
{
	char path[300], link[64], want[64];
	const struct dirent *e;
	bool found = false;
	DIR *dir;

	snprintf(want, sizeof want, "socket:[%lu]", inode);
	snprintf(path, sizeof path, "/proc/%.20s/fd", pid);
	dir = opendir(path);
	while (dir && !found && (e = readdir(dir)) != NULL) {
		ssize_t n;

		snprintf(path, sizeof path, "/proc/%.20s/fd/%.200s", pid,
		    e->d_name);
		n = readlink(path, link, sizeof link - 1);
		if (n <= 0)
			continue;
		link[n] = '\0';
		found = strcmp(link, want) == 0;
	}
	if (dir)
		closedir(dir);
	return found;
}

/* " (pid 4711 mitmdump)", or nothing. */
static void
name_holder(unsigned port, char *out, size_t size)
{
	unsigned long inode = find_inode("/proc/net/tcp", port);
	const struct dirent *e;
	DIR *dir;

	out[0] = '\0';
	if (inode == 0)
		inode = find_inode("/proc/net/tcp6", port);
	dir = inode ? opendir("/proc") : NULL;
	while (dir && !out[0] && (e = readdir(dir)) != NULL) {
		char path[300], name[32] = "";
		FILE *comm;

		if (!isdigit((unsigned char)e->d_name[0]) ||
		    !holds_socket(e->d_name, inode))
			continue;
		snprintf(path, sizeof path, "/proc/%.20s/comm", e->d_name);
		comm = fopen(path, "re");
		if (comm) {
			if (fgets(name, sizeof name, comm))
				name[strcspn(name, "\n")] = '\0';
			fclose(comm);
		}
		snprintf(out, size, " (pid %.20s %s)", e->d_name, name);
	}
	if (dir)
		closedir(dir);
}

static bool
refuse(const struct addr *at, int code, struct err *err)
{
	char text[ADDR_TEXT_MAX], holder[80] = "";

	addr_format(at, text);
	if (code == EADDRINUSE) {
		name_holder(addr_port(at), holder, sizeof holder);
		return err_set(err, "cannot listen on %s: address in use%s; "
		    "try -p 0 or another port", text, holder);
	}
	return err_set(err, "cannot listen on %s: %s%s", text, strerror(code),
	    code == EACCES ? "; ports below 1024 need root" : "");
}

/* -- accepting ----------------------------------------------------------- */

static void
catch_breath(struct listener *l, int code)
{
	int64_t now = clock_mono();

	ev_io_stop(l->loop, &l->io);
	/* A timer that has fired forgets how long it was to wait. */
	ev_timer_set(&l->breath, BREATH_S, 0);
	ev_timer_start(l->loop, &l->breath);
	if (l->said && now - l->said < SAY_EVERY_US)
		return;
	l->said = now;
	log_write(LOG_WARNING, "cannot accept: %s; waiting for connections "
	    "to end", strerror(code));
}

static void
accept_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	struct listener *l = container_of(w, struct listener, io);

	(void)loop;
	/* The loop gave the watcher up, as when the kernel is short of
	 * memory: without this nobody would be served any more. */
	if (revents & EV_ERROR) {
		catch_breath(l, ENOMEM);
		return;
	}
	for (int i = 0; i < ACCEPT_TURN && !l->paused; i++) {
		struct addr peer = { .len = sizeof peer.ss };
		int fd = accept4(l->fd, (struct sockaddr *)&peer.ss,
		    &peer.len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			l->ops->accepted(l->owner, l, fd, &peer);
			continue;
		}
		int code = errno;

		if (code == EMFILE || code == ENFILE || code == ENOBUFS ||
		    code == ENOMEM)
			catch_breath(l, code);
		/* ECONNABORTED and the like concern one client only. */
		if (code != ECONNABORTED && code != EINTR && code != EPROTO)
			return;
	}
}

static void
breath_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct listener *l = container_of(w, struct listener, breath);

	(void)revents;
	if (!l->paused)
		ev_io_start(loop, &l->io);
}

static int
open_socket(const struct addr *at, int *code)
{
	int fd = socket(at->ss.ss_family, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0) {
		*code = errno;
		return -1;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (at->ss.ss_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on,
		    sizeof on);
	if (bind(fd, (const struct sockaddr *)&at->ss, at->len) != 0 ||
	    listen(fd, BACKLOG) != 0) {
		*code = errno;
		close(fd);
		return -1;
	}
	return fd;
}

static struct listener *
make_listener(struct ev_loop *loop, int fd, const struct listener_ops *ops,
    void *owner)
{
	struct listener *l = NEW(struct listener);

	l->loop = loop;
	l->fd = fd;
	l->ops = ops;
	l->owner = owner;
	ev_io_init(&l->io, accept_cb, fd, EV_READ);
	ev_timer_init(&l->breath, breath_cb, BREATH_S, 0);
	ev_io_start(loop, &l->io);
	return l;
}

struct listener *
listener_new(struct ev_loop *loop, const struct addr *at,
    const struct listener_ops *ops, void *owner, struct err *err)
{
	struct listener *l;
	struct addr addr;
	int code = 0, fd = open_socket(at, &code);

	/* With port 0 there would be no telling where it listens. */
	if (fd >= 0 && !addr_of_socket(fd, &addr)) {
		code = errno;
		close(fd);
		fd = -1;
	}
	if (fd < 0) {
		refuse(at, code, err);
		return NULL;
	}
	l = make_listener(loop, fd, ops, owner);
	l->addr = addr;
	return l;
}

struct listener *
listener_adopt(struct ev_loop *loop, int fd, const struct listener_ops *ops,
    void *owner, struct err *err)
{
	struct listener *l;
	struct addr own;
	int on = 0;
	socklen_t len = sizeof on;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) != 0 || !on ||
	    !addr_of_socket(fd, &own) ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0) {
		err_set(err, "not a listening socket");
		close(fd);
		return NULL;
	}
	l = make_listener(loop, fd, ops, owner);
	l->addr = own;
	return l;
}

void
listener_free(struct listener *l)
{
	if (!l)
		return;
	ev_io_stop(l->loop, &l->io);
	ev_timer_stop(l->loop, &l->breath);
	close(l->fd);
	free(l);
}

const struct addr *
listener_addr(const struct listener *l)
{
	return &l->addr;
}

int
listener_fd(const struct listener *l)
{
	return l->fd;
}

void
listener_pause(struct listener *l, bool paused)
{
	if (l->paused == paused)
		return;
	l->paused = paused;
	if (paused)
		ev_io_stop(l->loop, &l->io);
	else if (!ev_is_active(&l->breath))
		ev_io_start(l->loop, &l->io);
}
