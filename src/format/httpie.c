/* SPDX-License-Identifier: MIT */
/*
 * A request as an HTTPie command.  A header field is one word, "Name:value",
 * in which the first of : ; = @ and their pairs divides; what HTTPie would
 * read otherwise is escaped, or refused where it cannot be.
 */
#include "sluice/format/httpie.h"

#include "shell.h"
#include "sluice/base/escape.h"

static void
put_word(struct buf *out, struct str word)
{
	buf_put(out, STR(" \\\n  "));
	escape_shell(out, word);
}

/* A backslash before one of these would be taken away. */
static bool
has_lost_backslash(struct str value)
{
	for (size_t i = 0; i + 1 < value.n; i++)
		if (value.p[i] == '\\' &&
		    shell_has_any(str_sub(value, i + 1, i + 2), ":;=@"))
			return true;
	return false;
}

static bool
put_field(struct buf *out, struct str name, struct str value, struct err *err)
{
	struct buf word;

	if (name.n == 0 || name.p[0] == '-' ||
	    shell_has_any(name, ":;=@\\\r\n"))
		return err_set(err, "HTTPie cannot send a field \"%.*s\"",
		    STR_ARG(str_sub(name, 0, 60)));
	if (shell_has_any(value, "\r\n") || has_lost_backslash(value) ||
	    str_chr(value, '\0', 0) != SIZE_MAX)
		return err_set(err, "HTTPie cannot send the value of %.*s",
		    STR_ARG(str_sub(name, 0, 60)));
	buf_init(&word, name.n + value.n + 2);
	buf_put(&word, name);
	buf_put(&word, value.n > 0 ? STR(":") : STR(";"));
	/* ":=" and ":@" are JSON and a file. */
	if (value.n > 0 && shell_has_any(str_sub(value, 0, 1), "=@"))
		buf_putc(&word, '\\');
	buf_put(&word, value);
	put_word(out, buf_str(&word));
	buf_fini(&word);
	return true;
}

/* Fields that HTTPie adds unasked must not come when there were none. */
static void
put_absent(struct buf *out, const struct message *m)
{
	static const char *const names[] = {
		"User-Agent", "Accept", "Accept-Encoding", "Content-Type"
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (headers_get(&m->headers, str_from(names[i])).p == NULL)
			buf_printf(out, " \\\n  '%s:'", names[i]);
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
	put_absent(out, m);
	return true;
}

static void
put_target(struct buf *out, const struct message *m)
{
	struct buf url;

	buf_init(&url, (size_t)m->headers.len + 1024);
	message_put_url(m, &url);
	if (str_find(buf_str(&url), STR("/.")) != SIZE_MAX)
		buf_put(out, STR(" --path-as-is"));
	buf_putc(out, ' ');
	escape_shell(out, message_word(m, m->method));
	buf_putc(out, ' ');
	escape_shell(out, buf_str(&url));
	buf_fini(&url);
}

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
	buf_put(out, STR("http"));
	if (pasteable)
		buf_put(out, STR(" --ignore-stdin"));
	put_target(out, m);
	if (pasteable && body.n > 0) {
		/* One word: the body may begin with a dash. */
		buf_put(out, STR(" \\\n  --raw="));
		escape_shell(out, body);
	}
	return put_fields(out, m, err);
}

bool
httpie_command(const struct flow *f, struct buf *out, struct err *err)
{
	return resend_text(f, "HTTPie", put_command, out, err);
}
