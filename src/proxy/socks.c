/* SPDX-License-Identifier: MIT */
/*
 * The greeting of a SOCKS5 client's session.  Success is told before the
 * server is reached: what the client says first decides how it is reached.
 */
#include "socks.h"

#include "private.h"
#include "socks_read.h"
#include "tunnel.h"

/* Nothing whole: wait for it, or it was the end. */
static bool
wait_for_more(struct session *s, bool begun)
{
	struct err err;

	wire_rearm(&s->client);
	if (!s->client.eof)
		return false;
	if (begun) {
		err_set(&err, "the client left within the SOCKS greeting");
		session_refuse(s, &err);
	} else {
		session_close(s);
	}
	return true;
}

bool
socks_feed(struct session *s)
{
	struct buf *in = wire_in(&s->client);
	struct socks_reader r = {
		.access = s->proxy->access, .to = &s->tunnel,
		.out = wire_out(&s->client), .step = s->socks_step,
	};
	enum socks_verdict verdict;
	struct err err;
	size_t n = 0;

	verdict = socks_read(&r, buf_str(in), &n, &err);
	s->socks_step = r.step;
	switch (verdict) {
	case SOCKS_MORE:
		return wait_for_more(s, buf_len(in) > 0 ||
		    socks_has_begun(&r));
	case SOCKS_WRONG:
		session_refuse(s, &err);
		return true;
	case SOCKS_TAKEN:
		buf_consume(in, n);
		return true;
	case SOCKS_DONE:
		buf_consume(in, n);
		tunnel_begin(s);
		return true;
	}
	return true;
}
