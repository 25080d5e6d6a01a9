/* SPDX-License-Identifier: MIT */
/* Frames are collected in a file in memory, and written as the terminal takes
 * them. */
#include "tty_out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "sluice/base/clock.h"
#include "sluice/base/tty.h"

#define WAITING_MAX	(16u * 1024 * 1024)	/* a frame is far below */
#define FINISH		200			/* ms */

void
tty_out_open(struct tty_out *o, int curses)
{
	*o = (struct tty_out){ .tty = -1, .curses = curses, .frame = -1 };
	buf_init(&o->waiting, WAITING_MAX);
#ifdef MFD_CLOEXEC
	o->tty = tty_reopen(curses);
	if (o->tty >= 0)
		o->frame = memfd_create("frame", MFD_CLOEXEC);
	if (o->frame < 0 && o->tty >= 0) {
		close(o->tty);
		o->tty = -1;
	}
#endif
}

void
tty_out_close(struct tty_out *o)
{
	tty_out_finish(o);
	if (o->tty >= 0)
		close(o->tty);
	if (o->frame >= 0)
		close(o->frame);
	buf_fini(&o->waiting);
	*o = (struct tty_out){ .tty = -1, .curses = -1, .frame = -1 };
}

/* As much as goes at once; how much that was. */
static size_t
write_now(const struct tty_out *o, struct str bytes)
{
	size_t done = 0;

	while (done < bytes.n) {
		ssize_t n = write(o->tty >= 0 ? o->tty : o->curses,
		    bytes.p + done, bytes.n - done);

		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno == EAGAIN)
			break;
		else if (errno != EINTR)
			return bytes.n;		/* it is gone: input tells */
	}
	return done;
}

void
tty_out_put(struct tty_out *o, struct str bytes)
{
	size_t done = buf_len(&o->waiting) > 0 ? 0 : write_now(o, bytes);

	buf_put(&o->waiting, str_skip(bytes, done));
}

void
tty_out_begin(struct tty_out *o)
{
	o->drawing = o->frame >= 0 &&
	    dup3(o->frame, o->curses, O_CLOEXEC) >= 0;
}

void
tty_out_end(struct tty_out *o)
{
	off_t n;
	char *room;

	if (!o->drawing)
		return;
	o->drawing = false;
	/* What it writes besides frames may wait. */
	while (dup3(STDOUT_FILENO, o->curses, O_CLOEXEC) < 0 &&
	    errno == EINTR)
		continue;
	n = lseek(o->frame, 0, SEEK_CUR);
	if (n <= 0)
		return;
	room = buf_reserve(&o->waiting, (size_t)n);
	if (room != NULL && pread(o->frame, room, (size_t)n, 0) == n)
		buf_commit(&o->waiting, (size_t)n);
	(void)lseek(o->frame, 0, SEEK_SET);
	tty_out_go_on(o);
}

bool
tty_out_is_behind(const struct tty_out *o)
{
	return buf_len(&o->waiting) > 0;
}

void
tty_out_go_on(struct tty_out *o)
{
	buf_consume(&o->waiting, write_now(o, buf_str(&o->waiting)));
	if (buf_len(&o->waiting) == 0)
		buf_shrink(&o->waiting, 0);
}

void
tty_out_finish(struct tty_out *o)
{
	int64_t end = clock_mono() + FINISH * 1000;
	struct pollfd p = { .fd = o->tty, .events = POLLOUT };
	int64_t left;

	while (tty_out_is_behind(o) && (left = end - clock_mono()) > 0) {
		(void)poll(&p, 1, (int)(left / 1000) + 1);
		tty_out_go_on(o);
	}
	if (!tty_out_is_behind(o))
		return;
	/* What follows would wait behind it. */
	buf_clear(&o->waiting);
	(void)tcflush(o->tty, TCOFLUSH);
}
