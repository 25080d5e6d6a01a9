/* SPDX-License-Identifier: MIT */
/* What of a request goes into such a text, and whether there is room. */
#include "resend.h"

#define OPTIONS_ROOM	4096u

static bool
read_body(const struct message *m, struct buf *bytes, struct err *err)
{
	char *room;
	ssize_t n;

	if (m->exact)
		return err_set(err, "its bytes are exact, and nothing else "
		    "would send them so; export the raw request");
	if (m->body.len == 0)
		return true;
	room = m->body.len <= bytes->max ?
	    buf_reserve(bytes, (size_t)m->body.len) : NULL;
	if (!room)
		return err_set(err, "the body is too large for such a text");
	n = body_read(&m->body, 0, room, (size_t)m->body.len, err);
	if (n < 0)
		return false;
	if ((uint64_t)n < m->body.len)
		return err_set(err, "the body is not stored as a whole");
	buf_commit(bytes, (size_t)n);
	return true;
}

static bool
is_plain_host(const struct message *m, struct str value)
{
	struct buf authority;
	struct str scheme = message_word(m, m->scheme), url;
	bool same;

	buf_init(&authority, (size_t)m->headers.len + 1024);
	message_put_url(m, &authority);
	url = str_skip(buf_str(&authority), scheme.n + 3);
	same = str_eq(str_sub(url, 0, str_chr(url, '/', 0)), value);
	buf_fini(&authority);
	return same;
}

bool
resend_is_own(const struct message *m, struct str name, struct str value)
{
	if (str_eq_nocase(name, STR("Host")))
		return is_plain_host(m, value);
	return str_eq_nocase(name, STR("Content-Length")) ||
	    headers_is_hop_by_hop(&m->headers, name);
}

bool
resend_has_room(const struct buf *out, const struct message *m, size_t body)
{
	size_t head = (size_t)m->headers.len + 16 * (size_t)m->headers.count;

	/* The URL may stand there twice. */
	return head <= SIZE_MAX / 64 && body <= SIZE_MAX / 64 &&
	    RESEND_GROWTH * (3 * head + body) + OPTIONS_ROOM <= buf_room(out);
}

bool
resend_text(const struct flow *f, const char *tool, resend_put_fn *put,
    struct buf *out, struct err *err)
{
	const struct message *m = &f->request;
	size_t before = buf_len(out);
	struct buf body;
	bool ok;

	if (f->kind != FLOW_HTTP || m->kind != MESSAGE_REQUEST ||
	    message_word(m, m->host).n == 0)
		return err_set(err, "this flow has no request that %s could "
		    "send", tool);
	buf_init(&body, buf_room(out) / RESEND_GROWTH);
	ok = read_body(m, &body, err) && put(out, m, buf_str(&body), err);
	buf_fini(&body);
	if (!ok)
		buf_truncate(out, before);
	return ok;
}
