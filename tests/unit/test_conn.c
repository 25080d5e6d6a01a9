/* SPDX-License-Identifier: MIT */
/* Connections, listeners, dialling, names and addresses on loopback. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sluice/net/conn.h"
#include "sluice/net/dial.h"
#include "sluice/net/listen.h"

static const struct {
	const char *text, *want;	/* NULL: refused */
} listens[] = {
	{ "8080", "127.0.0.1:8080" },
	{ "127.0.0.1:0", "127.0.0.1:0" },
	{ "*:80", "0.0.0.0:80" },
	{ "[::1]:443", "[::1]:443" },
	{ "localhost:1", "127.0.0.1:1" },
	{ "", NULL }, { ":", NULL }, { "a:80", NULL }, { "80:", NULL },
	{ "127.0.0.1:65536", NULL }, { "127.0.0.1:-1", NULL },
};

static void
addresses(void **state)
{
	char text[ADDR_TEXT_MAX];
	struct addr a, b;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof listens / sizeof *listens; i++) {
		bool ok = addr_parse_listen(str_from(listens[i].text), &a,
		    &err);

		if (ok != (listens[i].want != NULL))
			fail_msg("%s", listens[i].text);
		if (!ok)
			continue;
		addr_format(&a, text);
		assert_string_equal(text, listens[i].want);
	}
	assert_true(addr_parse_host(STR("::ffff:127.0.0.1"), 80, &a));
	assert_true(addr_parse_host(STR("127.0.0.1"), 80, &b));
	assert_true(addr_eq(&a, &b) && addr_is_loopback(&a));
	assert_true(addr_is_own(&b));
	assert_true(addr_parse_host(STR("192.0.2.1"), 80, &b));
	assert_false(addr_is_own(&b) || addr_eq(&a, &b));
	assert_false(addr_parse_host(STR("a.test"), 80, &a));
}

/* -- a conn and the other end of a socket pair --------------------------- */

struct pair {
	struct ev_loop *loop;
	struct conn c;
	int other;
	unsigned datas, drains, failures;
	ev_timer limit;
};

static void
on_data(struct conn *c)
{
	struct pair *p = container_of(c, struct pair, c);

	p->datas++;
	ev_break(p->loop, EVBREAK_ALL);
}

static void
on_drained(struct conn *c)
{
	struct pair *p = container_of(c, struct pair, c);

	p->drains++;
	ev_break(p->loop, EVBREAK_ALL);
}

static void
on_failed(struct conn *c, const struct err *err)
{
	struct pair *p = container_of(c, struct pair, c);

	assert_true(err->text[0] != '\0');
	p->failures++;
	ev_break(p->loop, EVBREAK_ALL);
}

static const struct conn_ops ops = {
	.data = on_data,
	.drained = on_drained,
	.failed = on_failed,
};

static void
on_limit(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)w;
	(void)revents;
	ev_break(loop, EVBREAK_ALL);
}

static void
begin(struct pair *p)
{
	int fds[2];

	memset(p, 0, sizeof *p);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    fds), 0);
	p->loop = ev_loop_new(EVFLAG_AUTO);
	p->other = fds[1];
	conn_init(&p->c, p->loop, fds[0], &ops);
	conn_rearm(&p->c);
}

/* Until something is told, or for a moment. */
static void
run(struct pair *p)
{
	ev_now_update(p->loop);
	ev_timer_init(&p->limit, on_limit, 0.01, 0);
	ev_timer_start(p->loop, &p->limit);
	ev_run(p->loop, 0);
	ev_timer_stop(p->loop, &p->limit);
}

static void
end(struct pair *p)
{
	conn_fini(&p->c);
	close(p->other);
	ev_loop_destroy(p->loop);
}

static void
pause_stops_delivery_not_reading(void **state)
{
	struct pair p;

	(void)state;
	begin(&p);
	conn_pause(&p.c, PAUSE_GATE);
	conn_pause(&p.c, PAUSE_FULL);
	assert_int_equal(write(p.other, "abc", 3), 3);
	run(&p);
	assert_int_equal(p.datas, 0);
	assert_int_equal(buf_len(&p.c.in), 3);
	conn_unpause(&p.c, PAUSE_GATE);
	run(&p);
	assert_int_equal(p.datas, 0);
	conn_unpause(&p.c, PAUSE_FULL);
	assert_int_equal(p.datas, 0);	/* never from the call itself */
	run(&p);
	assert_int_equal(p.datas, 1);
	end(&p);
}

static void
end_is_told_while_paused(void **state)
{
	struct pair p;

	(void)state;
	begin(&p);
	conn_pause(&p.c, PAUSE_GATE);
	shutdown(p.other, SHUT_WR);
	run(&p);
	assert_int_equal(p.datas, 1);
	assert_true(p.c.eof);
	run(&p);
	assert_int_equal(p.datas, 1);	/* once */
	end(&p);
}

static void
full_buffer_stops_reading(void **state)
{
	static char big[CONN_IN_MAX];
	struct pair p;
	ssize_t sent = 0, n;

	(void)state;
	begin(&p);
	conn_pause(&p.c, PAUSE_FULL);
	for (int i = 0; i < 40; i++) {
		n = write(p.other, big, sizeof big);
		sent += n > 0 ? n : 0;
		run(&p);
	}
	assert_true(sent > CONN_IN_MAX);
	assert_int_equal(buf_len(&p.c.in), CONN_IN_MAX);
	assert_false(p.c.io.events & EV_READ && ev_is_active(&p.c.io));
	buf_consume(&p.c.in, 1000);
	conn_rearm(&p.c);
	run(&p);
	assert_int_equal(buf_len(&p.c.in), CONN_IN_MAX);
	end(&p);
}

static void
drained_is_told_once_below_the_mark(void **state)
{
	static char big[300 * 1024];
	struct pair p;
	char sink[65536];
	size_t got = 0;

	(void)state;
	begin(&p);
	assert_true(buf_add(&p.c.out, big, sizeof big));
	conn_flush(&p.c);
	assert_true(buf_len(&p.c.out) > CONN_LOW);
	while (got < sizeof big) {
		ssize_t n = read(p.other, sink, sizeof sink);

		got += n > 0 ? (size_t)n : 0;
		run(&p);
	}
	assert_int_equal(p.drains, 1);
	conn_shut(&p.c);
	assert_true(p.c.shut);
	assert_int_equal(read(p.other, sink, 1), 0);
	end(&p);
}

static void
failure_is_told_from_the_loop(void **state)
{
	struct pair p;

	(void)state;
	begin(&p);
	close(p.other);
	p.other = dup(1);
	assert_true(buf_add(&p.c.out, "x", 1));
	conn_flush(&p.c);
	assert_int_equal(p.failures, 0);
	run(&p);
	run(&p);
	assert_int_equal(p.failures, 1);
	end(&p);
}

/* A TCP connection, for what socket pairs cannot do. */
static void
begin_tcp(struct pair *p)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr *sa = (struct sockaddr *)&at;
	socklen_t len = sizeof at;
	int door = socket(AF_INET, SOCK_STREAM, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(p, 0, sizeof *p);
	assert_int_equal(bind(door, sa, len), 0);
	assert_int_equal(listen(door, 1), 0);
	assert_int_equal(getsockname(door, sa, &len), 0);
	assert_int_equal(connect(fd, sa, len), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	p->other = accept(door, NULL, NULL);
	assert_true(p->other >= 0);
	close(door);
	p->loop = ev_loop_new(EVFLAG_AUTO);
	conn_init(&p->c, p->loop, fd, &ops);
	conn_rearm(&p->c);
}

/* As a server does that refuses a body: answer, close, hence a reset. */
static void
answer_before_a_reset_is_delivered(void **state)
{
	struct pair p;
	char byte;

	(void)state;
	begin_tcp(&p);
	assert_true(buf_add(&p.c.out, "body", 4));
	conn_flush(&p.c);
	assert_int_equal(recv(p.other, &byte, 1, 0), 1);
	assert_int_equal(write(p.other, "no", 2), 2);
	close(p.other);		/* three bytes unread */
	p.other = dup(1);
	assert_true(buf_add(&p.c.out, "more", 4));
	conn_flush(&p.c);
	assert_true(p.c.failed);
	assert_int_equal(p.datas + p.failures, 0);
	run(&p);
	assert_int_equal(p.datas, 1);
	assert_int_equal(buf_len(&p.c.in), 2);
	assert_false(p.c.eof);
	assert_int_equal(p.failures, 1);
	end(&p);
}

/* -- dialling ------------------------------------------------------------ */

struct caller {
	struct ev_loop *loop;
	struct dial_result result;
	unsigned calls, accepts;
	bool deny;
};

static void
on_dialled(void *owner, const struct dial_result *r)
{
	struct caller *c = owner;

	c->calls++;
	c->result = *r;
	ev_break(c->loop, EVBREAK_ALL);
}

static void
on_accepted(void *owner, struct listener *l, int fd, const struct addr *peer)
{
	(void)l;
	assert_true(addr_is_loopback(peer));
	((struct caller *)owner)->accepts++;
	close(fd);
}

static bool
on_allow(void *owner, const struct addr *a, struct err *err)
{
	(void)a;
	return !((struct caller *)owner)->deny || err_set(err, "not there");
}

static void
call(struct caller *c, struct resolver *r, const char *host, unsigned port)
{
	c->calls = 0;
	struct dial *d = dial_start(c->loop, r, str_from(host), port, 2000000,
	    on_allow, on_dialled, c);

	assert_non_null(d);
	assert_int_equal(c->calls, 0);
	ev_run(c->loop, 0);
	assert_int_equal(c->calls, 1);
}

static void
dialling(void **state)
{
	static const struct listener_ops listen_ops = {
		.accepted = on_accepted };
	struct caller c = { .loop = ev_loop_new(EVFLAG_AUTO) };
	struct err err;
	struct addr at;
	struct resolver *r = resolver_new(c.loop, &err);

	(void)state;
	assert_non_null(r);
	assert_true(addr_parse_listen(STR("127.0.0.1:0"), &at, &err));
	struct listener *l = listener_new(c.loop, &at, &listen_ops, &c, &err);
	unsigned port = addr_port(listener_addr(l));

	assert_null(listener_new(c.loop, listener_addr(l), &listen_ops, &c,
	    &err));
	assert_non_null(strstr(err.text, "in use"));
	/* ::1 may be refused: the other address is tried. */
	call(&c, r, "x.localhost", port);
	assert_true(c.result.fd >= 0);
	close(c.result.fd);
	c.deny = true;
	call(&c, r, "127.0.0.1", port);
	assert_true(c.result.fd < 0);
	assert_string_equal(c.result.err.text, "not there");
	c.deny = false;
	listener_free(l);
	call(&c, r, "127.0.0.1", port);
	assert_true(c.result.fd < 0);
	assert_non_null(strstr(c.result.err.text, "refused"));
	dial_cancel(dial_start(c.loop, r, STR("localhost"), port, 1000000,
	    NULL, on_dialled, &c));
	call(&c, r, "", port);
	assert_string_equal(c.result.err.text,
	    "cannot resolve : not a host name");
	resolver_free(r);
	ev_loop_destroy(c.loop);
}

/* -- a loop that gives up ------------------------------------------------ */

/* Turns of the loop until that many were accepted, for two seconds at most. */
static unsigned
accepts_within(struct caller *c, unsigned most)
{
	for (int i = 0; i < 200 && c->accepts < most; i++) {
		ev_run(c->loop, EVRUN_NOWAIT);
		usleep(10000);
	}
	return c->accepts;
}

static int
dial_in(const struct listener *l)
{
	const struct addr *at = listener_addr(l);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (const struct sockaddr *)&at->ss,
	    at->len), 0);
	return fd;
}

static bool short_of_memory;

/* In place of the system's, for libev too. */
int
epoll_ctl(int fd, int op, int at, struct epoll_event *e)
{
	if (short_of_memory) {
		errno = ENOMEM;
		return -1;
	}
	return (int)syscall(SYS_epoll_ctl, fd, op, at, e);
}

/*
 * libev stops what the kernel will not watch and tells so once.  Who does
 * not begin anew is deaf for ever.
 */
static void
listener_is_taken_up_again(void **state)
{
	static const struct listener_ops listen_ops = {
		.accepted = on_accepted };
	struct caller c = { .loop = ev_loop_new(EVFLAG_AUTO) };
	struct err err;
	struct addr at;

	(void)state;
	assert_true(addr_parse_listen(STR("127.0.0.1:0"), &at, &err));
	struct listener *l = listener_new(c.loop, &at, &listen_ops, &c, &err);

	assert_non_null(l);
	int first = dial_in(l);
	assert_int_equal(accepts_within(&c, 1), 1);
	listener_pause(l, true);
	ev_run(c.loop, EVRUN_NOWAIT);
	short_of_memory = true;
	listener_pause(l, false);
	ev_run(c.loop, EVRUN_NOWAIT);		/* given up */
	short_of_memory = false;
	int second = dial_in(l);
	assert_int_equal(accepts_within(&c, 2), 2);
	close(first);
	close(second);
	listener_free(l);
	ev_loop_destroy(c.loop);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(pause_stops_delivery_not_reading),
		cmocka_unit_test(end_is_told_while_paused),
		cmocka_unit_test(full_buffer_stops_reading),
		cmocka_unit_test(drained_is_told_once_below_the_mark),
		cmocka_unit_test(failure_is_told_from_the_loop),
		cmocka_unit_test(answer_before_a_reset_is_delivered),
		cmocka_unit_test(dialling),
		cmocka_unit_test(listener_is_taken_up_again),
	};

	return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}
