/* SPDX-License-Identifier: MIT */
/* From a protocol's name to its codec; the calls go through a table. */
#include "sluice/http/codec.h"

#include <assert.h>

#include "h1.h"

struct codec *
codec_open(struct str alpn, enum codec_role role,
    const struct codec_limits *limits, struct buf *out)
{
	if (alpn.n == 0 || str_eq(alpn, STR("http/1.1")))
		return h1_open(role, limits, out);
	return NULL;
}

void
codec_free(struct codec *c)
{
	if (c)
		c->ops->free(c);
}

bool
codec_feed(struct codec *c, struct str in, size_t *used, struct list *events,
    struct codec_error *error)
{
	bool ok = c->ops->feed(c, in, used, events, error);

	assert(*used <= in.n);
	assert(ok || error->status >= 400);
	return ok;
}

bool
codec_eof(struct codec *c, struct list *events, struct codec_error *error)
{
	return c->ops->eof(c, events, error);
}

void
codec_head(struct codec *c, uint32_t stream, const struct message *m)
{
	assert(m->kind != MESSAGE_NONE);
	c->ops->head(c, stream, m);
}

void
codec_body(struct codec *c, uint32_t stream, struct str bytes)
{
	if (bytes.n > 0)
		c->ops->body(c, stream, bytes);
}

void
codec_end(struct codec *c, uint32_t stream, const struct headers *trailers)
{
	c->ops->end(c, stream, trailers);
}

void
codec_reset(struct codec *c, uint32_t stream)
{
	c->ops->reset(c, stream);
}

bool
codec_reusable(const struct codec *c)
{
	return c->ops->reusable(c);
}

bool
codec_hungry(const struct codec *c)
{
	return c->ops->hungry(c);
}

void
codec_via_proxy(struct codec *c, struct str credentials)
{
	c->ops->via_proxy(c, credentials);
}
