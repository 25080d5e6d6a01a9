/* SPDX-License-Identifier: MIT */
/*
 * A request as a curl command for a POSIX shell: the same bytes on the wire,
 * as far as curl can be made to send them.  Words are quoted by escape_shell
 * alone; a body that had better not be pasted comes out of a printf.
 */
#include "sluice/format/curl.h"

#include "sluice/base/escape.h"
#include "sluice/base/utf8.h"

/* The longest word that Linux lets a program have is 128 KiB. */
#define WORD_MAX	(96u * 1024)
/* Quoting makes four bytes of one at most, and so does printf. */
#define QUOTED		4u
#define OPTIONS_ROOM	4096u

static void
put_option(struct buf *out, const char *option, struct str value)
{
	buf_printf(out, " \\\n  %s ", option);
	escape_shell(out, value);
}

static bool
has_any(struct str s, const char *bytes)
{
	for (; *bytes; bytes++)
		if (str_chr(s, *bytes, 0) != SIZE_MAX)
			return true;
	return false;
}

/* -- body ------------------------------------------------------------------ */

/*
 * Can it stand in quotes?  NUL cannot at all; other control bytes do things
 * to a terminal they are pasted into.
 */
static bool
is_pasteable(struct str s)
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

/* Every byte in octal means the same to any printf, in any locale. */
static void
put_printf(struct buf *out, struct str bytes)
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

static bool
read_body(const struct message *m, struct buf *bytes, struct err *err)
{
	char *room;
	ssize_t n;

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

/* -- start line ------------------------------------------------------------ */

static void
put_method(struct buf *out, const struct message *m)
{
	struct str method = message_word(m, m->method);
	bool body = m->body.len > 0;

	if (str_eq(method, STR("HEAD")) && !body)
		buf_put(out, STR(" \\\n  --head"));
	else if (!str_eq(method, body ? STR("POST") : STR("GET")))
		put_option(out, "-X", method);
}

/* curl reads [] and {} as patterns, /../ as a way up, '#' as an end. */
static void
put_url(struct buf *out, const struct message *m)
{
	struct str path = message_word(m, m->path);
	struct buf url;

	buf_init(&url, (size_t)m->headers.len + 1024);
	message_put_url(m, &url);
	buf_putc(out, ' ');
	escape_shell(out, buf_str(&url));
	if (has_any(buf_str(&url), "[]{}"))
		buf_put(out, STR(" \\\n  --globoff"));
	if (str_find(path, STR("/.")) != SIZE_MAX)
		buf_put(out, STR(" \\\n  --path-as-is"));
	if (has_any(path, "#") || str_eq(path, STR("*")))
		put_option(out, "--request-target", path);
	if (m->version_minor == 0)
		buf_put(out, STR(" \\\n  --http1.0"));
	buf_fini(&url);
}

/* -- fields ---------------------------------------------------------------- */

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

/* What curl writes itself, or what was meant for the proxy alone. */
static bool
is_curls_own(const struct message *m, struct str name, struct str value)
{
	if (str_eq_nocase(name, STR("Host")))
		return is_plain_host(m, value);
	return str_eq_nocase(name, STR("Content-Length")) ||
	    headers_is_hop_by_hop(&m->headers, name);
}

/*
 * "Name:" takes a field away from curl, "Name;" sends it empty, "@" at the
 * start names a file.
 */
static bool
put_field(struct buf *out, struct str name, struct str value, struct err *err)
{
	struct buf line;

	if (name.n == 0 || name.p[0] == '@' || has_any(name, ":;\r\n"))
		return err_set(err, "curl cannot send a field \"%.*s\"",
		    STR_ARG(str_sub(name, 0, 60)));
	if (has_any(value, "\r\n") || (value.n > 0 && memchr(value.p, '\0',
	    value.n)))
		return err_set(err, "curl cannot send the value of %.*s",
		    STR_ARG(str_sub(name, 0, 60)));
	buf_init(&line, name.n + value.n + 2);
	buf_put(&line, name);
	buf_put(&line, value.n > 0 ? STR(": ") : STR(";"));
	buf_put(&line, value);
	put_option(out, "-H", buf_str(&line));
	buf_fini(&line);
	return true;
}

/* Fields that curl adds unasked must not come when there were none. */
static void
put_absent(struct buf *out, const struct message *m, struct str name)
{
	if (headers_get(&m->headers, name).p)
		return;
	buf_put(out, STR(" \\\n  -H '"));
	buf_put(out, name);
	buf_put(out, STR(":'"));
}

static bool
put_fields(struct buf *out, const struct message *m, struct err *err)
{
	const struct headers *h = &m->headers;

	for (size_t i = 0; i < h->count; i++) {
		struct str name = headers_name(h, i);
		struct str value = headers_value(h, i);

		if (!is_curls_own(m, name, value) &&
		    !put_field(out, name, value, err))
			return false;
	}
	put_absent(out, m, STR("User-Agent"));
	put_absent(out, m, STR("Accept"));
	if (m->body.len > 0) {
		put_absent(out, m, STR("Content-Type"));
		put_absent(out, m, STR("Expect"));
	}
	if (headers_get(h, STR("Accept-Encoding")).p)
		buf_put(out, STR(" \\\n  --compressed"));
	return true;
}

/* -- the whole ------------------------------------------------------------- */

static bool
has_room(const struct buf *out, const struct message *m, size_t body)
{
	size_t head = (size_t)m->headers.len + 16 * (size_t)m->headers.count;

	/* The URL may stand there twice. */
	return head <= SIZE_MAX / 64 && body <= SIZE_MAX / 64 &&
	    QUOTED * (3 * head + body) + OPTIONS_ROOM <= buf_room(out);
}

static bool
put_command(struct buf *out, const struct message *m, struct str body,
    struct err *err)
{
	bool pasteable = is_pasteable(body);

	if (!has_room(out, m, body.n))
		return err_set(err, "the request is too large for a command "
		    "line");
	if (!pasteable)
		put_printf(out, body);
	buf_put(out, STR("curl"));
	put_url(out, m);
	put_method(out, m);
	if (!put_fields(out, m, err))
		return false;
	if (!pasteable)
		buf_put(out, STR(" \\\n  --data-binary @-"));
	else if (body.n > 0)
		put_option(out, "--data-raw", body);
	return true;
}

bool
curl_command(const struct flow *f, struct buf *out, struct err *err)
{
	const struct message *m = &f->request;
	size_t before = buf_len(out);
	struct buf body;
	bool ok;

	if (f->kind != FLOW_HTTP || m->kind != MESSAGE_REQUEST ||
	    message_word(m, m->host).n == 0)
		return err_set(err, "this flow has no request that curl could "
		    "send");
	buf_init(&body, buf_room(out) / QUOTED);
	ok = read_body(m, &body, err) &&
	    put_command(out, m, buf_str(&body), err);
	buf_fini(&body);
	if (!ok)
		buf_truncate(out, before);
	return ok;
}
