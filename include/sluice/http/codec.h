/* SPDX-License-Identifier: MIT */
/*
 * A codec turns bytes into messages and messages into bytes, for one
 * connection.  Feed bytes, collect events; call head, body, end to write.
 * No descriptor, no loop, no clock, no upward call.
 */
#ifndef SLUICE_HTTP_CODEC_H
#define SLUICE_HTTP_CODEC_H

#include "sluice/base/err.h"
#include "sluice/http/event.h"

enum codec_role {
	CODEC_SERVER,	/* reads requests, writes responses */
	CODEC_CLIENT,	/* writes requests, reads responses */
};

struct codec_limits {
	size_t head_max;	/* bytes of one head */
	size_t fields_max;
	struct store *store;	/* passed to body_init */
};

struct codec_error {
	unsigned status;	/* what to answer: 400, 431, 501, 505, .. */
	struct err err;
};

struct codec;

struct codec_ops {
	const char *alpn;
	bool (*feed)(struct codec *, struct str in, size_t *used,
	    struct list *events, struct codec_error *);
	bool (*eof)(struct codec *, struct list *events, struct codec_error *);
	void (*head)(struct codec *, uint32_t stream, const struct message *);
	void (*body)(struct codec *, uint32_t stream, struct str);
	void (*end)(struct codec *, uint32_t stream,
	    const struct headers *trailers);
	void (*reset)(struct codec *, uint32_t stream);
	bool (*reusable)(const struct codec *);
	bool (*hungry)(const struct codec *);
	void (*via_proxy)(struct codec *, struct str credentials);
	void (*free)(struct codec *);
};

struct codec {
	const struct codec_ops *ops;
};

/*
 * alpn "http/1.1" or "" (HTTP/1).  What it writes is appended to out
 * (borrowed; its owner flushes).  NULL for an unknown name.
 */
struct codec *codec_open(struct str alpn, enum codec_role role,
    const struct codec_limits *limits, struct buf *out) NODISCARD;
void codec_free(struct codec *c);
/*
 * CODEC_CLIENT: requests go out in absolute form, as proxies want them (RFC
 * 9112 3.2.2), with these credentials as Proxy-Authorization (borrowed; empty:
 * none).
 */
void codec_via_proxy(struct codec *c, struct str credentials);

/*
 * Reads messages: appends events, whose bodies lie in `in' still, sets *used (<= in.n; the rest must be
 * offered again).  A server codec stops behind a request until its response
 * has been ended (pipelined requests wait), and for good behind CONNECT or
 * once `Connection: close` was agreed.  A client codec stops behind 101 and
 * behind a 2xx answer to CONNECT: the rest is not HTTP.
 * False: the bytes are not acceptable HTTP; the connection can't be read any
 * more; error says what to answer and why.  Events before it stand.
 */
bool codec_feed(struct codec *c, struct str in, size_t *used,
    struct list *events, struct codec_error *error) NODISCARD;
/*
 * The peer sent its FIN: ends a FRAMING_CLOSE body, or gives HTTP_RESET for
 * a message cut short; false as above for a head cut short.
 */
bool codec_eof(struct codec *c, struct list *events, struct codec_error *error)
    NODISCARD;
/*
 * Writes a head from the model.  Hop-by-hop fields (headers_is_hop_by_hop)
 * and framing fields of m are left out and written anew from m->framing and
 * m->length; bodiless responses keep their Content-Length as sent.  Requests
 * go out in origin form (m->path), Host written from m->host and m->port when
 * m has none.  Towards an HTTP/1.0 client a chunked response is written
 * without framing and ends with the connection.  A response with status 1xx
 * other than 101 is interim: another head follows.
 * Connection: and Upgrade: are kept for a WebSocket handshake (a request
 * with Upgrade other than h2c; a 101 response).
 */
void codec_head(struct codec *c, uint32_t stream, const struct message *m);
void codec_body(struct codec *c, uint32_t stream, struct str bytes);
/* trailers may be NULL; they are written only with chunked framing. */
void codec_end(struct codec *c, uint32_t stream,
    const struct headers *trailers);
/* Gives the stream up; HTTP/1: nothing can follow on this connection. */
void codec_reset(struct codec *c, uint32_t stream);
/*
 * CODEC_CLIENT: may another request be sent on this connection?
 * CODEC_SERVER: may another request come (else close after flushing)?
 */
bool codec_reusable(const struct codec *c);
/* Is it waiting for (more of) a message, rather than for its owner? */
bool codec_hungry(const struct codec *c);

#endif
