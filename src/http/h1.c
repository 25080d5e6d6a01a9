/* SPDX-License-Identifier: MIT */
/*
 * The HTTP/1 codec as a whole: what a reader and a writer must know of each
 * other.  Made by codec_open, freed through its ops.
 *
 *   server   HEAD -> body -> DONE, IDLE -> SENDING -> SENT; both at their
 *            end: HEAD and IDLE again, or STOPPED
 *   client   DONE at rest; h1_head starts HEAD -> body -> DONE
 */
#include "h1.h"

#include <assert.h>

#include "sluice/base/mem.h"

bool
h1_wants_upgrade(const struct message *m)
{
	struct str upgrade = STR("Upgrade");

	if (m->kind == MESSAGE_RESPONSE)
		return m->status == 101;
	return m->version_minor > 0 && headers_count(&m->headers, upgrade) &&
	    headers_has_token(&m->headers, STR("Connection"), upgrade) &&
	    !headers_has_token(&m->headers, upgrade, STR("h2c"));
}

void
h1_remember(struct h1 *c, const struct message *request)
{
	struct str method = message_word(request, request->method);

	assert(request->kind == MESSAGE_REQUEST);
	c->request = (struct h1_request){
		.head = str_eq(method, STR("HEAD")),
		.connect = str_eq(method, STR("CONNECT")),
		.upgrade = h1_wants_upgrade(request),
		.expect = request->expect_continue,
		.old = request->version_minor == 0,
	};
}

void
h1_turn(struct h1 *c)
{
	if (c->role == CODEC_CLIENT || c->reader.state != H1_DONE ||
	    c->writer.state != H1_SENT)
		return;
	if (!c->persistent) {
		c->reader.state = H1_STOPPED;
		return;
	}
	c->reader = (struct h1_reader){ .state = H1_HEAD };
	c->writer = (struct h1_writer){ .state = H1_IDLE };
	c->request = (struct h1_request){ 0 };
}

static bool
h1_reusable(const struct codec *codec)
{
	const struct h1 *c = container_of(codec, struct h1, codec);

	if (!c->persistent || c->writer.state == H1_DEAD)
		return false;
	if (c->role == CODEC_SERVER)
		return c->reader.state != H1_STOPPED;
	return c->reader.state == H1_DONE && c->writer.state != H1_SENDING;
}

static bool
h1_hungry(const struct codec *codec)
{
	const struct h1 *c = container_of(codec, struct h1, codec);

	return c->reader.state != H1_DONE && c->reader.state != H1_STOPPED;
}

static void
h1_via_proxy(struct codec *codec, struct str credentials)
{
	struct h1 *c = h1_of(codec);

	assert(c->role == CODEC_CLIENT);
	c->via_proxy = true;
	c->credentials = credentials;
}

static void
h1_free(struct codec *codec)
{
	free(h1_of(codec));
}

static const struct codec_ops h1_ops = {
	.alpn = "http/1.1",
	.feed = h1_feed,
	.eof = h1_eof,
	.head = h1_head,
	.body = h1_body,
	.end = h1_end,
	.reset = h1_reset,
	.reusable = h1_reusable,
	.hungry = h1_hungry,
	.via_proxy = h1_via_proxy,
	.free = h1_free,
};

struct codec *
h1_open(enum codec_role role, const struct codec_limits *limits,
    struct buf *out)
{
	struct h1 *c = NEW(struct h1);

	c->codec.ops = &h1_ops;
	c->role = role;
	c->limits = *limits;
	c->out = out;
	c->persistent = true;
	c->reader.state = role == CODEC_SERVER ? H1_HEAD : H1_DONE;
	return &c->codec;
}
