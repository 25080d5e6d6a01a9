/* SPDX-License-Identifier: MIT */
/*
 * One connected stream socket: fills `in`, flushes `out`, computes what to
 * wait for.  Owned by a wire.
 */
#include "sluice/net/conn.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sluice/base/clock.h"

#define READ_FIRST	(8u * 1024)	/* an idle connection stays small */
#define READ_STEP	(64u * 1024)
#define KEEP		(16u * 1024)	/* of an empty buffer */

static bool
again(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* Remembers the first error; it is told from the loop. */
static void
note_failure(struct conn *c)
{
	if (c->failed)
		return;
	c->failed = true;
	c->error = errno;
	ev_feed_event(c->loop, &c->io, EV_READ);
}

/* One place decides what to wait for (rule: computed, not toggled). */
void
conn_rearm(struct conn *c)
{
	int want = 0;

	if (c->fd < 0)
		return;
	if (!c->failed) {
		if (!c->eof && buf_room(&c->in) > 0)
			want |= EV_READ;
		if (buf_len(&c->out) > 0 && !c->shut)
			want |= EV_WRITE;
	}
	if (ev_is_active(&c->io) && (c->io.events & (EV_READ | EV_WRITE)) ==
	    want)
		return;
	/* Stopping clears what was fed by hand: feed it again. */
	int pending = ev_clear_pending(c->loop, &c->io);

	ev_io_stop(c->loop, &c->io);
	if (want) {
		ev_io_set(&c->io, c->fd, want);
		ev_io_start(c->loop, &c->io);
	}
	if (pending)
		ev_feed_event(c->loop, &c->io, pending);
	assert(c->failed || !want == !ev_is_active(&c->io));
}

/*
 * Reads until EAGAIN, full, or the turn's budget is used up.  Also after a
 * write failed: a peer that refuses what we send answers, closes, and has
 * its kernel reset us, but the answer came first (RFC 9112 9.6).
 */
static bool
fill(struct conn *c)
{
	size_t total = 0, step = READ_FIRST;

	while (!c->eof && total < CONN_TURN) {
		size_t room = buf_room(&c->in);
		ssize_t n;

		if (room == 0)
			break;
		if (step > room)
			step = room;
		n = recv(c->fd, buf_reserve(&c->in, step), step, 0);
		if (n < 0) {
			if (!again())
				note_failure(c);
			break;
		}
		if (n == 0) {
			c->eof = !c->failed;	/* a reset is no FIN */
			break;
		}
		buf_commit(&c->in, (size_t)n);
		c->bytes_in += (uint64_t)n;
		total += (size_t)n;
		if ((size_t)n < step)
			break;
		step = READ_STEP;
	}
	if (total > 0)
		c->last = clock_mono();
	return total > 0;
}

static void
write_out(struct conn *c)
{
	size_t total = 0;

	while (buf_len(&c->out) > 0 && total < 4 * CONN_TURN) {
		struct str s = buf_str(&c->out);
		ssize_t n = send(c->fd, s.p, s.n, MSG_NOSIGNAL);

		if (n < 0) {
			if (!again())
				note_failure(c);
			break;
		}
		buf_consume(&c->out, (size_t)n);
		c->bytes_out += (uint64_t)n;
		total += (size_t)n;
	}
	if (total > 0)
		c->last = clock_mono();
	if (buf_len(&c->out) > CONN_LOW)
		c->high = true;
	else if (c->high)
		ev_feed_event(c->loop, &c->io, EV_WRITE);
	buf_shrink(&c->out, KEEP);
}

void
conn_flush(struct conn *c)
{
	if (c->fd < 0 || c->failed || c->shut)
		return;
	write_out(c);
	if (buf_len(&c->out) == 0 && c->shut_wanted && !c->failed) {
		c->shut = true;
		shutdown(c->fd, SHUT_WR);
	}
	conn_rearm(c);
}

static void
tell_failure(struct conn *c)
{
	struct err err;

	c->told = true;
	conn_rearm(c);
	err_set(&err, "%s", strerror(c->error));
	if (c->ops->failed)
		c->ops->failed(c, &err);
}

static void
io_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	struct conn *c = container_of(w, struct conn, io);
	bool had_eof = c->eof, news = c->kicked;

	(void)loop;
	if (c->told)
		return;
	c->kicked = false;
	if (revents & EV_WRITE) {
		conn_flush(c);
		if (c->high && buf_len(&c->out) <= CONN_LOW && !c->failed) {
			c->high = false;
			if (c->ops->drained)
				c->ops->drained(c);
		}
	}
	if ((revents & EV_READ) || c->failed)
		news |= fill(c);
	/* What came before the end is delivered before the end is told. */
	if ((news && c->paused == 0) || (c->eof && !had_eof)) {
		if (c->ops->data)
			c->ops->data(c);
	}
	if (c->failed && !c->told)
		tell_failure(c);
	else
		conn_rearm(c);
	buf_shrink(&c->in, KEEP);
}

void
conn_init(struct conn *c, struct ev_loop *loop, int fd,
    const struct conn_ops *ops)
{
	int on = 1;

	*c = (struct conn){ .loop = loop, .fd = fd, .ops = ops };
	buf_init(&c->in, CONN_IN_MAX);
	buf_init(&c->out, CONN_HIGH + CONN_IN_MAX);
	c->last = clock_mono();
	ev_io_init(&c->io, io_cb, fd, EV_READ);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void
conn_fini(struct conn *c)
{
	struct linger reset = { .l_onoff = 1, .l_linger = 0 };

	ev_io_stop(c->loop, &c->io);
	if (c->fd >= 0) {
		if (c->aborted)
			(void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset,
			    sizeof reset);
		close(c->fd);
	}
	c->fd = -1;
	buf_fini(&c->in);
	buf_fini(&c->out);
}

void
conn_pause(struct conn *c, unsigned reason)
{
	c->paused |= reason;
}

void
conn_unpause(struct conn *c, unsigned reason)
{
	unsigned before = c->paused;

	c->paused &= ~reason;
	if (before && !c->paused)
		conn_kick(c);
}

void
conn_kick(struct conn *c)
{
	if (c->fd < 0)
		return;
	c->kicked = true;
	/* Not EV_READ: there need be nothing new on the socket. */
	ev_feed_event(c->loop, &c->io, EV_CUSTOM);
}

void
conn_shut(struct conn *c)
{
	/* A FIN would tell the peer that all is well. */
	if (!c->aborted)
		c->shut_wanted = true;
	conn_flush(c);
}

void
conn_abort(struct conn *c)
{
	c->aborted = true;
}
