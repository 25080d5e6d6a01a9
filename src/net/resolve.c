/* SPDX-License-Identifier: MIT */
/*
 * Names to addresses: c-ares driven by the loop.  Its sockets are watchers
 * of this loop, its timeouts one timer; nothing blocks and no thread exists.
 */
#include "sluice/net/resolve.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <ares.h>

#include "sluice/base/list.h"
#include "sluice/base/mem.h"

#define ADDRS_MAX	16
#define NAME_MAX_LEN	255

struct watched {			/* one of c-ares' sockets */
	struct list link;
	struct resolver *resolver;
	ev_io io;
};

struct resolver {
	struct ev_loop *loop;
	ares_channel channel;
	struct list sockets;
	ev_timer timer;			/* c-ares' next timeout */
	size_t open;			/* questions to be answered */
};

struct resolve {
	struct resolver *resolver;
	resolve_done_fn *done;		/* NULL: cancelled */
	void *owner;
	ev_timer tell;			/* answers come from the loop */
	bool asking;			/* c-ares holds a pointer to us */
	struct addr addrs[ADDRS_MAX];
	size_t count;
	struct err err;
};

/* -- driving c-ares ------------------------------------------------------ */

static void
arm(struct resolver *r)
{
	struct timeval tv;

	ev_timer_stop(r->loop, &r->timer);
	if (!ares_timeout(r->channel, NULL, &tv))
		return;
	ev_timer_set(&r->timer, (double)tv.tv_sec + (double)tv.tv_usec / 1e6 +
	    0.001, 0);
	ev_timer_start(r->loop, &r->timer);
}

static void
io_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	struct resolver *r = container_of(w, struct watched, io)->resolver;
	int fd = w->fd;

	(void)loop;
	/* This may end the watcher. */
	ares_process_fd(r->channel, revents & EV_READ ? fd : ARES_SOCKET_BAD,
	    revents & EV_WRITE ? fd : ARES_SOCKET_BAD);
	arm(r);
}

static void
timer_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct resolver *r = container_of(w, struct resolver, timer);

	(void)loop;
	(void)revents;
	ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(r);
}

static struct watched *
find_socket(struct resolver *r, int fd)
{
	struct watched *s;

	list_for_each(s, &r->sockets, struct watched, link) {
		if (s->io.fd == fd)
			return s;
	}
	s = NEW(struct watched);
	s->resolver = r;
	ev_io_init(&s->io, io_cb, fd, 0);
	list_append(&r->sockets, &s->link);
	return s;
}

static void
socket_state(void *data, ares_socket_t fd, int readable, int writable)
{
	struct resolver *r = data;
	struct watched *s = find_socket(r, fd);
	int want = (readable ? EV_READ : 0) | (writable ? EV_WRITE : 0);

	ev_io_stop(r->loop, &s->io);
	if (!want) {
		list_remove(&s->link);
		free(s);
		return;
	}
	ev_io_set(&s->io, fd, want);
	ev_io_start(r->loop, &s->io);
}

struct resolver *
resolver_new(struct ev_loop *loop, struct err *err)
{
	struct resolver *r = NEW(struct resolver);
	struct ares_options options = {
		.sock_state_cb = socket_state,
		.sock_state_cb_data = r,
		.timeout = 2000,
		.tries = 3,
	};
	int code;

	r->loop = loop;
	list_init(&r->sockets);
	ev_init(&r->timer, timer_cb);
	code = ares_library_init(ARES_LIB_INIT_ALL);
	if (code == ARES_SUCCESS)
		code = ares_init_options(&r->channel, &options,
		    ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS |
		    ARES_OPT_TRIES);
	if (code != ARES_SUCCESS) {
		err_set(err, "cannot start the resolver: %s",
		    ares_strerror(code));
		free(r);
		return NULL;
	}
	return r;
}

void
resolver_free(struct resolver *r)
{
	if (!r)
		return;
	assert(r->open == 0);
	ares_destroy(r->channel);
	ev_timer_stop(r->loop, &r->timer);
	assert(list_is_empty(&r->sockets));
	ares_library_cleanup();
	free(r);
}

/* -- questions ----------------------------------------------------------- */

static void
free_question(struct resolve *q)
{
	ev_timer_stop(q->resolver->loop, &q->tell);
	free(q);
}

static void
tell_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct resolve *q = container_of(w, struct resolve, tell);
	resolve_done_fn *done = q->done;

	(void)loop;
	(void)revents;
	q->done = NULL;
	q->resolver->open--;
	if (q->count > 0)
		done(q->owner, q->addrs, q->count, NULL);
	else
		done(q->owner, NULL, 0, &q->err);
	free_question(q);
}

static void
tell_soon(struct resolve *q)
{
	ev_feed_event(q->resolver->loop, &q->tell, EV_TIMER);
}

/* The text so far says what could not be done. */
static void
refuse(struct resolve *q, const char *why)
{
	struct err what = q->err;

	err_set(&q->err, "%s: %s", what.text, why);
	tell_soon(q);
}

static void
add_addr(struct resolve *q, const struct sockaddr *sa, size_t len)
{
	struct addr *a = &q->addrs[q->count];

	if (q->count == ADDRS_MAX || len > sizeof a->ss)
		return;
	memset(a, 0, sizeof *a);
	memcpy(&a->ss, sa, len);
	a->len = (socklen_t)len;
	q->count++;
}

static void
answered(void *arg, int status, int timeouts, struct ares_addrinfo *info)
{
	struct resolve *q = arg;
	const struct ares_addrinfo_node *n;

	(void)timeouts;
	q->asking = false;
	for (n = info ? info->nodes : NULL; n; n = n->ai_next) {
		if (n->ai_family == AF_INET || n->ai_family == AF_INET6)
			add_addr(q, n->ai_addr, (size_t)n->ai_addrlen);
	}
	if (info)
		ares_freeaddrinfo(info);
	if (!q->done) {
		free_question(q);	/* was cancelled meanwhile */
		return;
	}
	if (q->count > 0)
		tell_soon(q);
	else
		refuse(q, status == ARES_ENOTFOUND || status == ARES_ENODATA ?
		    "no such name" : ares_strerror(status));
}

/* RFC 6761 6.3: localhost and what ends in it is this machine, unasked. */
static bool
is_localhost(struct str host)
{
	if (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	return str_eq_nocase(host, STR("localhost")) ||
	    (host.n > 10 && str_eq_nocase(str_skip(host, host.n - 10),
	    STR(".localhost")));
}

static bool
answer_at_once(struct resolve *q, struct str host, unsigned port)
{
	if (addr_parse_host(host, port, &q->addrs[0])) {
		q->count = 1;
		return true;
	}
	if (!is_localhost(host))
		return false;
	q->count = addr_parse_host(STR("127.0.0.1"), port, &q->addrs[0]) +
	    addr_parse_host(STR("::1"), port, &q->addrs[1]);
	return true;
}

struct resolve *
resolve_start(struct resolver *r, struct str host, unsigned port,
    resolve_done_fn *done, void *owner)
{
	struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC,
	    .ai_socktype = SOCK_STREAM, .ai_flags = ARES_AI_NUMERICSERV };
	struct resolve *q = NEW(struct resolve);
	char name[NAME_MAX_LEN + 1], service[8];

	r->open++;
	q->resolver = r;
	q->done = done;
	q->owner = owner;
	ev_init(&q->tell, tell_cb);
	err_set(&q->err, "cannot resolve %.*s", (int)(host.n > 100 ? 100 :
	    host.n), host.p);
	if (answer_at_once(q, host, port)) {
		tell_soon(q);
		return q;
	}
	if (host.n == 0 || host.n > NAME_MAX_LEN ||
	    memchr(host.p, '\0', host.n)) {
		refuse(q, "not a host name");
		return q;
	}
	memcpy(name, host.p, host.n);
	name[host.n] = '\0';
	snprintf(service, sizeof service, "%u", port);
	q->asking = true;
	ares_getaddrinfo(r->channel, name, service, &hints, answered, q);
	arm(r);
	return q;
}

void
resolve_cancel(struct resolve *q)
{
	if (!q)
		return;
	q->resolver->open--;
	q->done = NULL;
	if (!q->asking)
		free_question(q);	/* else answered() frees it */
}
