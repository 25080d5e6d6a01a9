/* SPDX-License-Identifier: MIT */
/*
 * SSLKEYLOGFILE: the secrets of both sides' connections, one line each, for
 * a packet analyser.  The context owns the descriptor.
 */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "sluice/base/log.h"

static void
line_cb(const SSL *ssl, const char *line)
{
	const struct tls_context *c = SSL_CTX_get_app_data(
	    SSL_get_SSL_CTX(ssl));
	struct iovec parts[2] = {
		{ .iov_base = (void *)(uintptr_t)line,
		    .iov_len = strlen(line) },
		{ .iov_base = (char[]){ '\n' }, .iov_len = 1 },
	};

	/* One call, so that lines of several programs do not mix. */
	if (c->keylog >= 0 && writev(c->keylog, parts, 2) < 0)
		log_write(LOG_WARNING, "cannot write SSLKEYLOGFILE: %s",
		    strerror(errno));
}

/* Non-blocking, else a fifo that nobody reads would stop the program. */
int
keylog_open(void)
{
	const char *path = getenv("SSLKEYLOGFILE");
	int fd;

	if (!path || !*path)
		return -1;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK,
	    0600);
	if (fd < 0)
		log_write(LOG_WARNING, "cannot open SSLKEYLOGFILE %s: %s",
		    path, strerror(errno));
	return fd;
}

void
keylog_attach(struct tls_context *c)
{
	if (c->keylog < 0)
		return;
	SSL_CTX_set_keylog_callback(c->server, line_cb);
	SSL_CTX_set_keylog_callback(c->client, line_cb);
}

void
keylog_close(struct tls_context *c)
{
	if (c->keylog >= 0)
		close(c->keylog);
	c->keylog = -1;
}
