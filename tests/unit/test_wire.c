/* SPDX-License-Identifier: MIT */
/* A wire without TLS and a reader that takes its time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "sluice/base/list.h"
#include "sluice/wire/wire.h"

struct rig {
	struct wire wire;
	unsigned drains;
};

static void
on_drained(struct wire *w)
{
	container_of(w, struct rig, wire)->drains++;
}

static const struct wire_ops ops = { .drained = on_drained };

/*
 * A producer that was told to stop must be told to go on, in whatever steps
 * the bytes leave.
 */
static void
drains_at_every_pace(void **state)
{
	static const int paces[] = { 1000, 4096, 9000, 30000, 65536 };
	static char bytes[64 * 1024];

	(void)state;
	for (size_t i = 0; i < sizeof paces / sizeof *paces; i++) {
		struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
		struct rig rig = { .drains = 0 };
		ssize_t n = 1;
		int fds[2], small = 8192;

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM |
		    SOCK_NONBLOCK, 0, fds), 0);
		assert_int_equal(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF,
		    &small, sizeof small), 0);
		wire_init(&rig.wire, loop, fds[0], &ops);
		while (!wire_is_full(&rig.wire)) {
			buf_put(wire_out(&rig.wire),
			    str_make(bytes, sizeof bytes));
			wire_flush(&rig.wire);
		}
		while (n > 0) {
			n = recv(fds[1], bytes, (size_t)paces[i], 0);
			ev_run(loop, EVRUN_NOWAIT);
		}
		assert_int_equal(rig.drains, 1);
		assert_true(wire_is_flushed(&rig.wire));
		wire_fini(&rig.wire);
		close(fds[1]);
		ev_loop_destroy(loop);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drains_at_every_pace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
