/* SPDX-License-Identifier: MIT */
/* Some milliseconds of writing per turn of the loop, then a rename. */
#include "body_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "sluice/http/coding.h"

#define SLICE_US	3000
#define BLOCK		(64u * 1024)
#define DECODED_MAX	(64u * 1024 * 1024)

static void
stop(struct body_file *w)
{
	ev_idle_stop(w->loop, &w->idle);
	if (w->fd >= 0) {
		close(w->fd);
		unlink(w->part);
	}
	w->fd = -1;
	free(w->path);
	free(w->part);
	w->path = w->part = NULL;
	body_fini(&w->body);
	body_init(&w->body, NULL);
	buf_fini(&w->decoded);
	buf_init(&w->decoded, DECODED_MAX);
}

static void
end(struct body_file *w, const struct err *err)
{
	char *path = w->path;
	uint64_t bytes = w->at;

	w->path = NULL;
	stop(w);
	w->done(w, path, bytes, err);
	free(path);
}

static void
finish(struct body_file *w)
{
	struct err err = { "" };

	if (close(w->fd) < 0 || rename(w->part, w->path) < 0) {
		(void)err_set(&err, "%s: %s", w->path, strerror(errno));
		unlink(w->part);
	}
	w->fd = -1;
	end(w, &err);
}

/* The next bytes; 0 at the end, -1 and err. */
static ssize_t
next_block(struct body_file *w, char *block, struct err *err)
{
	struct str s;

	if (!w->is_decoded)
		return body_read(&w->body, w->at, block, BLOCK, err);
	s = str_sub(buf_str(&w->decoded), (size_t)w->at,
	    (size_t)w->at + BLOCK);
	memcpy(block, s.p, s.n);
	return (ssize_t)s.n;
}

static void
idle_cb(struct ev_loop *loop, ev_idle *idle, int revents)
{
	struct body_file *w = container_of(idle, struct body_file, idle);
	int64_t until = clock_mono() + SLICE_US;
	char *block = mem_alloc(BLOCK);
	struct err err = { "" };
	ssize_t n, put = 0;

	(void)loop;
	(void)revents;
	do {
		n = next_block(w, block, &err);
		if (n <= 0)
			break;
		put = write(w->fd, block, (size_t)n);
		if (put < 0 && errno != EINTR) {
			(void)err_set(&err, "%s: %s", w->path,
			    strerror(errno));
			n = -1;
			break;
		}
		w->at += put > 0 ? (uint64_t)put : 0;
	} while (clock_mono() < until);
	free(block);
	if (n == 0)
		finish(w);
	else if (n < 0)
		end(w, &err);
}

void
body_file_init(struct body_file *w, struct ev_loop *loop)
{
	*w = (struct body_file){ .loop = loop, .fd = -1 };
	body_init(&w->body, NULL);
	buf_init(&w->decoded, DECODED_MAX);
	ev_idle_init(&w->idle, idle_cb);
	/* Among other events, or traffic would put it off for ever. */
	ev_set_priority(&w->idle, 1);
}

void
body_file_fini(struct body_file *w)
{
	if (w->loop == NULL)
		return;
	stop(w);
	buf_fini(&w->decoded);
}

bool
body_file_is_busy(const struct body_file *w)
{
	return w->fd >= 0;
}

static bool
open_part(struct body_file *w, const char *path, body_file_fn *done,
    struct err *err)
{
	assert(!body_file_is_busy(w));
	w->path = mem_strdup(path);
	w->part = mem_printf("%s.part", path);
	w->fd = open(w->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (w->fd < 0) {
		(void)err_set(err, "%s: %s", w->part, strerror(errno));
		stop(w);
		return false;
	}
	w->at = 0;
	w->done = done;
	ev_idle_start(w->loop, &w->idle);
	return true;
}

bool
body_file_start(struct body_file *w, const struct message *m, bool plain,
    const char *path, body_file_fn *done, struct err *err)
{
	if (!open_part(w, path, done, err))
		return false;
	w->is_decoded = plain && coding_is_coded(m) &&
	    coding_decode(m, &w->decoded, NULL) == CODING_DONE;
	/* No more than what has come so far. */
	if (!w->is_decoded)
		body_copy(&w->body, &m->body);
	return true;
}

bool
body_file_start_text(struct body_file *w, struct buf *text, const char *path,
    body_file_fn *done, struct err *err)
{
	struct buf empty = w->decoded;

	if (!open_part(w, path, done, err))
		return false;
	w->is_decoded = true;
	w->decoded = *text;
	*text = empty;
	return true;
}
