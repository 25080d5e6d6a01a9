/* SPDX-License-Identifier: MIT */
/* Strings are written by escape_literal alone. */
#include "program.h"

#include "sluice/base/escape.h"

void
program_string(struct buf *out, struct str bytes)
{
	buf_putc(out, '"');
	escape_literal(out, bytes);
	buf_putc(out, '"');
}

bool
program_url(struct buf *out, const struct message *m, const char *tool,
    struct err *err)
{
	struct str path = message_word(m, m->path);
	struct buf url;
	struct str s;

	if (!str_starts(path, STR("/")) || str_chr(path, '#', 0) != SIZE_MAX)
		return err_set(err, "%s has no URL for \"%.*s\"", tool,
		    STR_ARG(str_sub(path, 0, 60)));

	buf_init(&url, (size_t)m->headers.len + 1024);
	message_put_url(m, &url);
	s = buf_str(&url);
	buf_putc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c >= 0x7f)
			buf_printf(out, "%%%02X", c);
		else
			escape_literal(out, str_make(s.p + i, 1));
	}
	buf_putc(out, '"');
	buf_fini(&url);
	return true;
}

/* Is there a field of this name before the one at end? */
static bool
is_repeated(const struct headers *h, size_t end)
{
	for (size_t i = 0; i < end; i++)
		if (str_eq_nocase(headers_name(h, i), headers_name(h, end)))
			return true;
	return false;
}

/* RFC 9110, 5.3; but RFC 6265, 5.4 for cookies. */
static void
put_values(struct buf *out, const struct headers *h, size_t first)
{
	struct str name = headers_name(h, first);
	bool cookie = str_eq_nocase(name, STR("Cookie"));

	for (size_t i = first; i < h->count; i++) {
		if (!str_eq_nocase(headers_name(h, i), name))
			continue;
		if (i > first)
			buf_put(out, cookie ? STR("; ") : STR(", "));
		escape_literal(out, headers_value(h, i));
	}
}

static bool
is_sendable(struct str name, struct str value)
{
	static const char bad[] = "\r\n";

	for (size_t i = 0; i < sizeof bad; i++)
		if (str_chr(name, bad[i], 0) != SIZE_MAX ||
		    str_chr(value, bad[i], 0) != SIZE_MAX)
			return false;
	return name.n > 0;
}

bool
program_fields(struct buf *out, const struct message *m, const char *indent,
    const char *tool, struct err *err)
{
	const struct headers *h = &m->headers;

	for (size_t i = 0; i < h->count; i++) {
		struct str name = headers_name(h, i);
		struct str value = headers_value(h, i);

		if (resend_is_own(m, name, value))
			continue;
		if (!is_sendable(name, value))
			return err_set(err, "%s cannot send a field \"%.*s\"",
			    tool, STR_ARG(str_sub(name, 0, 60)));
		if (is_repeated(h, i))
			continue;
		buf_put(out, str_from(indent));
		program_string(out, name);
		buf_put(out, STR(": \""));
		put_values(out, h, i);
		buf_put(out, STR("\",\n"));
	}
	return true;
}

void
program_js_body(struct buf *out, struct str body)
{
	if (escape_is_text(body)) {
		buf_putc(out, '"');
		escape_literal_text(out, body);
		buf_putc(out, '"');
		return;
	}
	buf_put(out, STR("Uint8Array.from("));
	program_string(out, body);
	buf_put(out, STR(", c => c.charCodeAt(0)).buffer"));
}
