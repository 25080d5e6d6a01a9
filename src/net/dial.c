/* SPDX-License-Identifier: MIT */
/*
 * Connect to the first of a host's addresses that answers.  The next address
 * is tried when one fails or has not answered for 250 ms (RFC 8305 section
 * 5); the first connection wins and the others are closed.
 */
#include "sluice/net/dial.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "sluice/base/clock.h"
#include "sluice/base/mem.h"

#define TRIES_MAX	8
#define STAGGER_S	0.25

struct try {
	struct dial *dial;
	ev_io io;
	int fd;				/* -1: over */
};

struct dial {
	struct ev_loop *loop;
	struct resolve *resolve;	/* while asking */
	ev_timer limit, next;
	struct addr addrs[TRIES_MAX];
	size_t count, started;
	struct try tries[TRIES_MAX];
	size_t open;			/* tries under way */
	bool refused;			/* by the owner, an address */
	struct dial_result result;
	dial_allow_fn *allow;
	dial_done_fn *done;
	void *owner;
};

static void
stop(struct dial *d)
{
	if (d->resolve)
		resolve_cancel(d->resolve);
	d->resolve = NULL;
	ev_timer_stop(d->loop, &d->limit);
	ev_timer_stop(d->loop, &d->next);
	for (size_t i = 0; i < d->started; i++) {
		struct try *t = &d->tries[i];

		if (t->fd < 0)
			continue;
		ev_io_stop(d->loop, &t->io);
		close(t->fd);
		t->fd = -1;
	}
}

static void
finish(struct dial *d)
{
	stop(d);
	d->done(d->owner, &d->result);
	free(d);
}

/* Short, because it stands in a list's row. */
static const char *
reason(int code)
{
	switch (code) {
	case ECONNREFUSED:
		return "refused";
	case ETIMEDOUT:
		return "timed out";
	case EHOSTUNREACH:
		return "host unreachable";
	case ENETUNREACH:
		return "network unreachable";
	default:
		return strerror(code);
	}
}

static void
note_error(struct dial *d, const struct addr *a, int code)
{
	char text[ADDR_TEXT_MAX];

	addr_format(a, text);
	/* That the owner refused another one tells more than this. */
	if (d->refused)
		return;
	d->result.peer = *a;
	err_set(&d->result.err, "connect: %s (%s)", reason(code), text);
}

static void start_next(struct dial *d);

static void
won(struct try *t)
{
	struct dial *d = t->dial;

	ev_io_stop(d->loop, &t->io);
	d->result.fd = t->fd;
	d->result.peer = d->addrs[t - d->tries];
	d->result.connected = clock_mono();
	t->fd = -1;
	finish(d);
}

static void
connected_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	struct try *t = container_of(w, struct try, io);
	struct dial *d = t->dial;
	socklen_t len = sizeof(int);
	int code = 0;

	(void)revents;
	if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &code, &len) != 0)
		code = errno;
	if (code == 0) {
		won(t);
		return;
	}
	ev_io_stop(loop, &t->io);
	close(t->fd);
	t->fd = -1;
	d->open--;
	note_error(d, &d->addrs[t - d->tries], code);
	start_next(d);
}

/* False when this address failed at once. */
static bool
start_try(struct dial *d, struct try *t, const struct addr *a)
{
	struct err err;

	t->dial = d;
	t->fd = -1;
	if (d->allow && !d->allow(d->owner, a, &err)) {
		d->result.err = err;
		d->result.peer = *a;
		d->refused = true;
		return false;
	}
	t->fd = socket(a->ss.ss_family, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);
	if (t->fd < 0) {
		note_error(d, a, errno);
		return false;
	}
	if (connect(t->fd, (const struct sockaddr *)&a->ss, a->len) != 0 &&
	    errno != EINPROGRESS) {
		note_error(d, a, errno);
		close(t->fd);
		t->fd = -1;
		return false;
	}
	/* Connected at once or not, the loop tells. */
	ev_io_init(&t->io, connected_cb, t->fd, EV_WRITE);
	ev_io_start(d->loop, &t->io);
	d->open++;
	return true;
}

static void
start_next(struct dial *d)
{
	ev_timer_stop(d->loop, &d->next);
	while (d->started < d->count) {
		size_t i = d->started++;

		if (start_try(d, &d->tries[i], &d->addrs[i]))
			break;
	}
	if (d->started < d->count) {
		ev_timer_set(&d->next, STAGGER_S, 0);
		ev_timer_start(d->loop, &d->next);
	} else if (d->open == 0) {
		finish(d);
	}
}

static void
next_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)revents;
	start_next(container_of(w, struct dial, next));
}

static void
limit_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct dial *d = container_of(w, struct dial, limit);

	(void)loop;
	(void)revents;
	d->result.timed_out = true;
	if (d->resolve)
		err_set(&d->result.err, "the name was not resolved in time");
	else if (d->count > 0)
		note_error(d, &d->addrs[0], ETIMEDOUT);
	finish(d);
}

static void
resolved(void *owner, const struct addr *addrs, size_t n,
    const struct err *err)
{
	struct dial *d = owner;

	d->resolve = NULL;
	if (n == 0) {
		d->result.err = *err;
		finish(d);
		return;
	}
	d->result.resolved = clock_mono();
	d->count = n < TRIES_MAX ? n : TRIES_MAX;
	memcpy(d->addrs, addrs, d->count * sizeof *addrs);
	start_next(d);
}

struct dial *
dial_start(struct ev_loop *loop, struct resolver *r, struct str host,
    unsigned port, int64_t timeout_us, dial_allow_fn *allow,
    dial_done_fn *done, void *owner)
{
	struct dial *d = NEW(struct dial);

	d->loop = loop;
	d->allow = allow;
	d->done = done;
	d->owner = owner;
	d->result.fd = -1;
	ev_init(&d->next, next_cb);
	ev_timer_init(&d->limit, limit_cb, (double)timeout_us / 1e6, 0);
	ev_timer_start(loop, &d->limit);
	d->resolve = resolve_start(r, host, port, resolved, d);
	return d;
}

void
dial_cancel(struct dial *d)
{
	if (!d)
		return;
	stop(d);
	free(d);
}
