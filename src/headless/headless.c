/* SPDX-License-Identifier: MIT */
/*
 * A line per finished flow.  Lines wait in a bounded buffer and leave when
 * the descriptor takes them: at most PIPE_BUF bytes after poll said so,
 * which a pipe takes without blocking (POSIX, write(2)), so that stdout need
 * not be made non-blocking for everyone who shares it.  A terminal is opened
 * anew.
 */
#include "sluice/headless/headless.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/base/clock.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"
#include "sluice/base/tty.h"
#include "sluice/format/line.h"

#define OUT_MAX		(16u * 1024 * 1024)
#define LINE_MAX_BYTES	(64u * 1024)
#define AGAIN		0.1		/* seconds */
#define FAREWELL_US	(2 * 1000000)

struct headless {
	struct headless_setup setup;
	struct flow_observer flows;
	struct log_observer log;
	struct filter *filter;
	int fd, err_fd;			/* where lines and warnings go, .. */
	int tty, err_tty;		/* .. if terminals: these; or -1 */
	struct buf out;
	ev_io ready;
	ev_timer again;			/* it said ready, and was not */
	ev_prepare turn;		/* lines of one turn go together */
	uint64_t lost;			/* lines that had no room */
	bool json;
	bool broken;			/* nobody reads any more */
};

/* False: it took nothing, whatever poll had said. */
static bool
write_some(struct headless *h)
{
	struct str bytes = buf_str(&h->out);
	ssize_t n = write(h->fd, bytes.p,
	    bytes.n < PIPE_BUF ? bytes.n : PIPE_BUF);

	if (n > 0) {
		buf_consume(&h->out, (size_t)n);
		return true;
	}
	if (errno == EAGAIN || errno == EINTR)
		return false;
	h->broken = true;
	buf_clear(&h->out);
	ev_break(h->setup.loop, EVBREAK_ALL);
	return false;
}

static bool
is_ready(const struct headless *h, int timeout_ms)
{
	struct pollfd p = { .fd = h->fd, .events = POLLOUT };

	return poll(&p, 1, timeout_ms) > 0;
}

static void
flush(struct headless *h)
{
	bool refused = false;

	while (buf_len(&h->out) > 0 && !h->broken && !refused &&
	    is_ready(h, 0))
		refused = !write_some(h);
	ev_io_stop(h->setup.loop, &h->ready);
	if (buf_len(&h->out) == 0 || h->broken)
		return;
	/* A terminal has room for one byte, and a line end needs two: asking
	 * it at once would go round and round. */
	if (refused)
		ev_timer_again(h->setup.loop, &h->again);
	else
		ev_io_start(h->setup.loop, &h->ready);
}

static void
again_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)revents;
	ev_timer_stop(loop, w);
	flush(container_of(w, struct headless, again));
}

/* Two calls of the kernel a line would cost more than the rest of it. */
static void
turn_cb(struct ev_loop *loop, ev_prepare *w, int revents)
{
	struct headless *h = container_of(w, struct headless, turn);

	(void)loop;
	(void)revents;
	if (buf_len(&h->out) > 0 && !ev_is_active(&h->ready) &&
	    !ev_is_active(&h->again))
		flush(h);
}

static void
ready_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)loop;
	(void)revents;
	flush(container_of(w, struct headless, ready));
}

static void
changed(struct flow_observer *o, struct flow *f, unsigned parts)
{
	struct headless *h = container_of(o, struct headless, flows);

	if (!(parts & FLOW_PART_STATE) || f->draft || h->broken ||
	    (f->state != FLOW_DONE && f->state != FLOW_FAILED))
		return;
	if (h->filter && !filter_match(h->filter, f))
		return;
	if (buf_room(&h->out) < LINE_MAX_BYTES) {
		h->lost++;
		return;
	}
	if (h->json)
		line_json(f, &h->out);
	else
		line_text(f, &h->out);
}

static const struct flow_observer_ops flow_ops = { .changed = changed };

/* Warnings go to stderr; who reads it too slowly misses some. */
static void
logged(struct log_observer *o, const struct log_record *r)
{
	struct headless *h = container_of(o, struct headless, log);
	struct pollfd p = { .fd = h->err_fd, .events = POLLOUT };

	if (r->level >= LOG_WARNING && poll(&p, 1, 0) > 0)
		dprintf(h->err_fd, "sluice: %s\n", r->text);
}

static void
open_outputs(struct headless *h)
{
	h->tty = tty_reopen(h->setup.fd);
	h->fd = h->tty >= 0 ? h->tty : h->setup.fd;
	h->err_tty = tty_reopen(STDERR_FILENO);
	h->err_fd = h->err_tty >= 0 ? h->err_tty : STDERR_FILENO;
}

static void
close_outputs(struct headless *h)
{
	if (h->tty >= 0)
		close(h->tty);
	if (h->err_tty >= 0)
		close(h->err_tty);
}

struct headless *
headless_new(const struct headless_setup *setup, struct err *err)
{
	struct headless *h = NEW(struct headless);
	size_t at;

	h->setup = *setup;
	h->json = strcmp(option_str(setup->options, OPTION_FORMAT),
	    "json") == 0;
	h->filter = filter_parse_named(setup->names,
	    str_from(option_str(setup->options, OPTION_FILTER)), err, &at);
	if (!h->filter) {
		free(h);
		return NULL;
	}
	buf_init(&h->out, OUT_MAX);
	open_outputs(h);
	ev_io_init(&h->ready, ready_cb, h->fd, EV_WRITE);
	ev_timer_init(&h->again, again_cb, AGAIN, AGAIN);
	ev_prepare_init(&h->turn, turn_cb);
	ev_prepare_start(setup->loop, &h->turn);
	ev_unref(setup->loop);
	h->flows.ops = &flow_ops;
	flow_list_observe(setup->list, &h->flows);
	h->log.logged = logged;
	for (size_t i = 0; i < log_count(); i++)
		logged(&h->log, log_at(i));
	log_observe(&h->log);
	return h;
}

void
headless_free(struct headless *h)
{
	int64_t end = clock_mono() + FAREWELL_US;

	if (!h)
		return;
	flow_list_unobserve(&h->flows);
	log_unobserve(&h->log);
	ev_io_stop(h->setup.loop, &h->ready);
	ev_timer_stop(h->setup.loop, &h->again);
	ev_ref(h->setup.loop);
	ev_prepare_stop(h->setup.loop, &h->turn);
	while (buf_len(&h->out) > 0 && !h->broken && clock_mono() < end) {
		if (is_ready(h, 100) && !write_some(h))
			(void)poll(NULL, 0, 10);
	}
	if (h->lost > 0)
		dprintf(h->err_fd, "sluice: %llu lines were lost: stdout was "
		    "read too slowly\n", (unsigned long long)h->lost);
	close_outputs(h);
	filter_free(h->filter);
	buf_fini(&h->out);
	free(h);
}
