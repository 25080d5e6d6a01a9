/* SPDX-License-Identifier: MIT */
/* A request as a curl command for a POSIX shell. */
#include "sluice/format/curl.h"

#include <string.h>

#include "sluice/base/escape.h"

#define STEP 4096

static void
put_word(struct buf *out, struct str s)
{
	buf_put(out, STR(" "));
	escape_shell(out, s);
}

/* Fields that curl writes itself, from the URL and the data. */
static bool
is_curls_own(const struct message *m, struct str name, struct str value)
{
	struct buf authority;
	bool same;

	if (str_eq_nocase(name, STR("Content-Length")) ||
	    str_eq_nocase(name, STR("Transfer-Encoding")))
		return true;
	if (!str_eq_nocase(name, STR("Host")))
		return false;
	buf_init(&authority, 1024);
	message_put_url(m, &authority);
	same = str_find(buf_str(&authority), value) != SIZE_MAX;
	buf_fini(&authority);
	return same;
}

/* curl reads "Name;" as a field without a value and "@x" as a file. */
static void
put_field(struct buf *out, struct str name, struct str value)
{
	struct buf line;

	buf_init(&line, name.n + value.n + 8);
	buf_put(&line, name);
	if (value.n == 0) {
		buf_put(&line, STR(";"));
	} else {
		buf_put(&line, STR(": "));
		buf_put(&line, value);
	}
	buf_put(out, STR(" \\\n  -H"));
	put_word(out, buf_str(&line));
	buf_fini(&line);
}

static bool
has_nul(struct str s)
{
	return s.n > 0 && memchr(s.p, '\0', s.n);
}

/* Every byte in octal: survives any shell and locale. */
static void
put_printf(struct buf *out, struct str bytes)
{
	buf_put(out, STR("printf '"));
	for (size_t i = 0; i < bytes.n; i++)
		buf_printf(out, "\\%03o", (unsigned char)bytes.p[i]);
	buf_put(out, STR("' | "));
}

static bool
read_body(const struct message *m, struct buf *bytes, struct err *err)
{
	char step[STEP];
	uint64_t at = 0;
	ssize_t n;

	if (m->body.len > bytes->max)
		return err_set(err, "the body is too large for a command line");
	while ((n = body_read(&m->body, at, step, sizeof step, err)) > 0) {
		buf_put(bytes, str_make(step, (size_t)n));
		at += (uint64_t)n;
	}
	return n == 0;
}

bool
curl_command(const struct flow *f, struct buf *out, struct err *err)
{
	const struct message *m = &f->request;
	struct str method = message_word(m, m->method);
	struct buf bytes, url;
	bool piped, ok;

	if (f->kind != FLOW_HTTP || m->kind != MESSAGE_REQUEST)
		return err_set(err, "this flow has no request");
	/* Room for the quoted form of everything. */
	buf_init(&bytes, out->max / 8);
	buf_init(&url, 2 * (size_t)m->headers.len + 1024);
	ok = read_body(m, &bytes, err);
	if (ok && 8 * ((size_t)m->headers.len + buf_len(&bytes)) + 4096 >
	    buf_room(out))
		ok = err_set(err, "the request is too large for a command line");
	if (!ok)
		goto out;
	piped = has_nul(buf_str(&bytes));
	if (piped)
		put_printf(out, buf_str(&bytes));
	buf_put(out, STR("curl"));
	if (str_eq(method, STR("HEAD"))) {
		buf_put(out, STR(" --head"));
	} else if (!str_eq(method, buf_len(&bytes) ? STR("POST") :
	    STR("GET"))) {
		buf_put(out, STR(" -X"));
		put_word(out, method);
	}
	message_put_url(m, &url);
	buf_put(out, STR(" --globoff --url"));
	put_word(out, buf_str(&url));
	for (size_t i = 0; i < m->headers.count; i++) {
		struct str name = headers_name(&m->headers, i);
		struct str value = headers_value(&m->headers, i);

		if (!is_curls_own(m, name, value))
			put_field(out, name, value);
	}
	if (piped)
		buf_put(out, STR(" \\\n  --data-binary @-"));
	else if (buf_len(&bytes) > 0) {
		buf_put(out, STR(" \\\n  --data-raw"));
		put_word(out, buf_str(&bytes));
	}
out:
	buf_fini(&url);
	buf_fini(&bytes);
	return ok;
}
