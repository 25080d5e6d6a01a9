/* SPDX-License-Identifier: MIT */
/*
 * What a SOCKS5 client says, and what it is answered: bytes to bytes and a
 * target, without any connection.
 */
#ifndef SLUICE_SRC_PROXY_SOCKS_READ_H
#define SLUICE_SRC_PROXY_SOCKS_READ_H

#include "access.h"
#include "sluice/base/buf.h"
#include "target.h"

struct socks_reader {
	const struct access *access;	/* the password, if there is one */
	struct target *to;		/* set when done */
	struct buf *out;		/* answers are added here */
	unsigned step;			/* zero at first */
};

enum socks_verdict {
	SOCKS_MORE,			/* a message is not whole */
	SOCKS_TAKEN,			/* one was; go on */
	SOCKS_DONE,			/* the last: *to is known */
	SOCKS_WRONG			/* err says why; the answer too */
};

/* Reads one message; *taken bytes of in are done with. */
enum socks_verdict socks_read(struct socks_reader *r, struct str in,
    size_t *taken, struct err *err) NODISCARD;
bool socks_has_begun(const struct socks_reader *r);

#endif
