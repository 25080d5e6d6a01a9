/* SPDX-License-Identifier: MIT */
/*
 * Words are quoted by escape_shell alone; a body that had better not be
 * pasted comes out of a printf.
 */
#include "shell.h"

#include "sluice/base/escape.h"
#include "sluice/base/utf8.h"

/* The longest word that Linux lets a program have is 128 KiB. */
#define WORD_MAX	(96u * 1024)
#define OPTIONS_ROOM	4096u

void
shell_option(struct buf *out, const char *option, struct str value)
{
	buf_printf(out, " \\\n  %s ", option);
	escape_shell(out, value);
}

bool
shell_has_any(struct str s, const char *bytes)
{
	for (; *bytes; bytes++)
		if (str_chr(s, *bytes, 0) != SIZE_MAX)
			return true;
	return false;
}

bool
shell_is_pasteable(struct str s)
{
	uint32_t code;

	if (s.n > WORD_MAX)
		return false;
	while (s.n > 0) {
		size_t n = utf8_decode(s, &code);

		if (n == 0 || code == 0x7f || (code >= 0x80 && code < 0xa0) ||
		    (code < 0x20 && code != '\n' && code != '\t'))
			return false;
		s = str_skip(s, n);
	}
	return true;
}

/* In octal, which means the same to any printf, in any locale. */
void
shell_printf(struct buf *out, struct str bytes)
{
	buf_put(out, STR("printf '"));
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		const char octal[4] = { '\\', (char)('0' + (c >> 6)),
		    (char)('0' + (c >> 3 & 7)), (char)('0' + (c & 7)) };

		buf_put(out, str_make(octal, sizeof octal));
	}
	buf_put(out, STR("' | "));
}

bool
shell_body(const struct message *m, struct buf *bytes, struct err *err)
{
	char *room;
	ssize_t n;

	if (m->exact)
		return err_set(err, "its bytes are exact, and no command "
		    "would send them so; export the raw request");
	if (m->body.len == 0)
		return true;
	room = m->body.len <= bytes->max ?
	    buf_reserve(bytes, (size_t)m->body.len) : NULL;
	if (!room)
		return err_set(err, "the body is too large for a command "
		    "line");
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
shell_is_own(const struct message *m, struct str name, struct str value)
{
	if (str_eq_nocase(name, STR("Host")))
		return is_plain_host(m, value);
	return str_eq_nocase(name, STR("Content-Length")) ||
	    headers_is_hop_by_hop(&m->headers, name);
}

bool
shell_has_room(const struct buf *out, const struct message *m, size_t body)
{
	size_t head = (size_t)m->headers.len + 16 * (size_t)m->headers.count;

	/* The URL may stand there twice. */
	return head <= SIZE_MAX / 64 && body <= SIZE_MAX / 64 &&
	    SHELL_QUOTED * (3 * head + body) + OPTIONS_ROOM <= buf_room(out);
}

bool
shell_command(const struct flow *f, const char *tool, shell_put_fn *put,
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
	buf_init(&body, buf_room(out) / SHELL_QUOTED);
	ok = shell_body(m, &body, err) && put(out, m, buf_str(&body), err);
	buf_fini(&body);
	if (!ok)
		buf_truncate(out, before);
	return ok;
}
