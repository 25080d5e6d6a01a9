/* SPDX-License-Identifier: MIT */
/*
 * A request as a curl command for a POSIX shell: the same bytes on the wire,
 * as far as curl can be made to send them.
 */
#include "sluice/format/curl.h"

#include "shell.h"
#include "sluice/base/escape.h"

/* -- start line ------------------------------------------------------------ */

static void
put_method(struct buf *out, const struct message *m)
{
	struct str method = message_word(m, m->method);
	bool body = m->body.len > 0;

	if (str_eq(method, STR("HEAD")) && !body)
		buf_put(out, STR(" \\\n  --head"));
	else if (!str_eq(method, body ? STR("POST") : STR("GET")))
		shell_option(out, "-X", method);
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
	if (shell_has_any(buf_str(&url), "[]{}"))
		buf_put(out, STR(" \\\n  --globoff"));
	if (str_find(path, STR("/.")) != SIZE_MAX)
		buf_put(out, STR(" \\\n  --path-as-is"));
	if (shell_has_any(path, "#") || str_eq(path, STR("*")))
		shell_option(out, "--request-target", path);
	if (m->version_minor == 0)
		buf_put(out, STR(" \\\n  --http1.0"));
	buf_fini(&url);
}

/* -- fields ---------------------------------------------------------------- */

/*
 * "Name:" takes a field away from curl, "Name;" sends it empty, "@" at the
 * start names a file.
 */
static bool
put_field(struct buf *out, struct str name, struct str value, struct err *err)
{
	struct buf line;

	if (name.n == 0 || name.p[0] == '@' || shell_has_any(name, ":;\r\n"))
		return err_set(err, "curl cannot send a field \"%.*s\"",
		    STR_ARG(str_sub(name, 0, 60)));
	if (shell_has_any(value, "\r\n") || (value.n > 0 && memchr(value.p, '\0',
	    value.n)))
		return err_set(err, "curl cannot send the value of %.*s",
		    STR_ARG(str_sub(name, 0, 60)));
	buf_init(&line, name.n + value.n + 2);
	buf_put(&line, name);
	buf_put(&line, value.n > 0 ? STR(": ") : STR(";"));
	buf_put(&line, value);
	shell_option(out, "-H", buf_str(&line));
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

		if (!resend_is_own(m, name, value) &&
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
put_command(struct buf *out, const struct message *m, struct str body,
    struct err *err)
{
	bool pasteable = shell_is_pasteable(body);

	if (!resend_has_room(out, m, body.n))
		return err_set(err, "the request is too large for a command "
		    "line");
	if (!pasteable)
		shell_printf(out, body);
	buf_put(out, STR("curl"));
	put_url(out, m);
	put_method(out, m);
	if (!put_fields(out, m, err))
		return false;
	if (!pasteable)
		buf_put(out, STR(" \\\n  --data-binary @-"));
	else if (body.n > 0)
		shell_option(out, "--data-raw", body);
	return true;
}

bool
curl_command(const struct flow *f, struct buf *out, struct err *err)
{
	return resend_text(f, "curl", put_command, out, err);
}
