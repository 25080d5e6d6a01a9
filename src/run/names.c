/* SPDX-License-Identifier: MIT */
/*
 * Each question has a socket of its own to the name server, for as long as
 * the answer takes; the oldest goes when there are too many.
 */
#include "names.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sluice/base/list.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"
#include "sluice/net/addr.h"

#define QUESTIONS_MAX	256
#define PATIENCE_S	10.0
#define DATAGRAM_MAX	65536
#define CONF		"/etc/resolv.conf"

union control {
	char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	struct cmsghdr align;
};

struct names {
	struct ev_loop *loop;
	int fd;
	ev_io io;
	struct addr server;
	struct list questions;
	size_t count;
};

struct question {
	struct list link;
	struct names *names;
	int fd;				/* to the name server */
	ev_io io;
	ev_timer patience;
	struct addr asker;
	size_t asked_len;
	union control asked;		/* the address that was asked; last,
					 * as its header has no size */
};

static char datagram[DATAGRAM_MAX];	/* one at a time */

static void
drop(struct question *q)
{
	ev_io_stop(q->names->loop, &q->io);
	ev_timer_stop(q->names->loop, &q->patience);
	close(q->fd);
	list_remove(&q->link);
	q->names->count--;
	free(q);
}

static void
patience_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)revents;
	drop(container_of(w, struct question, patience));
}

static void
answer_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	struct question *q = container_of(w, struct question, io);
	ssize_t n = recv(q->fd, datagram, sizeof datagram, 0);
	struct iovec iov = { .iov_base = datagram };
	struct msghdr m = { .msg_name = &q->asker.ss,
	    .msg_namelen = q->asker.len, .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = q->asked.bytes, .msg_controllen = q->asked_len };

	(void)loop;
	(void)revents;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		iov.iov_len = (size_t)n;
		(void)sendmsg(q->names->fd, &m, MSG_DONTWAIT);
	}
	drop(q);
}

/* The address that was asked is what the answer comes from. */
static void
keep_asked(struct question *q, struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);

	if (!c || m->msg_controllen > sizeof q->asked)
		return;
	memcpy(q->asked.bytes, m->msg_control, m->msg_controllen);
	q->asked_len = m->msg_controllen;
	c = (struct cmsghdr *)(void *)q->asked.bytes;
	/* ipi_spec_dst is the source to use; both may name an interface. */
	if (c->cmsg_level == IPPROTO_IP) {
		struct in_pktinfo *i = (void *)CMSG_DATA(c);

		i->ipi_spec_dst = i->ipi_addr;
		i->ipi_ifindex = 0;
	} else {
		((struct in6_pktinfo *)(void *)CMSG_DATA(c))->ipi6_ifindex =
		    0;
	}
}

static void
ask(struct names *n, struct msghdr *m, size_t len)
{
	struct question *q;
	int fd = socket(n->server.ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);

	if (fd < 0)
		return;
	if (connect(fd, (struct sockaddr *)&n->server.ss, n->server.len) != 0 ||
	    send(fd, datagram, len, 0) < 0) {
		close(fd);
		return;
	}
	if (n->count >= QUESTIONS_MAX)
		drop(list_entry(n->questions.next, struct question, link));
	q = NEW(struct question);
	q->names = n;
	q->fd = fd;
	memcpy(&q->asker.ss, m->msg_name, m->msg_namelen);
	q->asker.len = m->msg_namelen;
	keep_asked(q, m);
	list_append(&n->questions, &q->link);
	n->count++;
	ev_io_init(&q->io, answer_cb, fd, EV_READ);
	ev_io_start(n->loop, &q->io);
	ev_timer_init(&q->patience, patience_cb, PATIENCE_S, 0);
	ev_timer_start(n->loop, &q->patience);
}

static void
question_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	struct names *n = container_of(w, struct names, io);
	struct sockaddr_storage from;
	union control control;
	struct iovec iov = { .iov_base = datagram,
	    .iov_len = sizeof datagram };
	struct msghdr m = { .msg_name = &from, .msg_namelen = sizeof from,
	    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes,
	    .msg_controllen = sizeof control };
	ssize_t len = recvmsg(n->fd, &m, MSG_DONTWAIT);

	(void)loop;
	(void)revents;
	if (len > 0)
		ask(n, &m, (size_t)len);
}

/* The first one of resolv.conf(5), or this machine. */
static void
find_server(struct addr *a)
{
	size_t n = 0;
	char *text = path_read(CONF, 64 * 1024, &n, NULL);
	struct str rest = text ? str_make(text, n) : STR_NONE, line;
	bool found = false;

	while (!found && str_split(&rest, '\n', &line)) {
		line = str_trim(line);
		if (str_starts(line, STR("nameserver")))
			found = addr_parse_host(str_trim(str_skip(line, 10)),
			    53, a);
	}
	if (!found && !addr_parse_host(STR("127.0.0.1"), 53, a))
		log_write(LOG_WARNING, "no name server");
	free(text);
}

struct names *
names_new(struct ev_loop *loop, int fd)
{
	struct names *n = NEW(struct names);

	n->loop = loop;
	n->fd = fd;
	list_init(&n->questions);
	find_server(&n->server);
	ev_io_init(&n->io, question_cb, fd, EV_READ);
	ev_io_start(loop, &n->io);
	return n;
}

void
names_free(struct names *n)
{
	struct question *q, *tmp;

	if (!n)
		return;
	list_for_each_safe(q, tmp, &n->questions, struct question, link)
		drop(q);
	ev_io_stop(n->loop, &n->io);
	close(n->fd);
	free(n);
}
