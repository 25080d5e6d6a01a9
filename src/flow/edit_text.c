/* SPDX-License-Identifier: MIT */
/*
 * A message as text that a person edits, and back.  Remarks stand at the
 * end, behind the body, so that an editor opens on the request line.
 */
#include "edit_text.h"

#include "sluice/http/coding.h"
#include "sluice/http/url.h"

#define REMARK "\n# - sluice: lines that begin with \"# - \" are ignored. " \
	"Delete everything to cancel.\n" \
	"# - Content-Length and Host are filled in; write them to override.\n"

static bool
is_framing(struct str name)
{
	return str_eq_nocase(name, STR("Content-Length")) ||
	    str_eq_nocase(name, STR("Transfer-Encoding"));
}

/* Is Host just what the URL says? */
static bool
follows_url(const struct message *m, struct str value)
{
	struct buf authority;
	bool same;

	buf_init(&authority, 512);
	url_put_authority(&authority, message_word(m, m->scheme),
	    message_word(m, m->host), m->port);
	same = str_eq_nocase(buf_str(&authority), value);
	buf_fini(&authority);
	return same;
}

static void
put_start(const struct message *m, struct buf *out)
{
	if (m->kind == MESSAGE_REQUEST) {
		buf_put(out, message_word(m, m->method));
		buf_putc(out, ' ');
		message_put_url(m, out);
		buf_printf(out, " HTTP/1.%u\n", m->version_minor);
	} else {
		buf_printf(out, "HTTP/1.%u %u ", m->version_minor, m->status);
		buf_put(out, message_word(m, m->reason));
		buf_putc(out, '\n');
	}
}

bool
edit_text_put(const struct message *m, struct buf *out, struct err *err)
{
	put_start(m, out);
	for (size_t i = 0; i < m->headers.count; i++) {
		struct str name = headers_name(&m->headers, i);
		struct str value = headers_value(&m->headers, i);

		if (is_framing(name) || (m->kind == MESSAGE_REQUEST &&
		    str_eq_nocase(name, STR("Host")) && follows_url(m, value)))
			continue;
		buf_put(out, name);
		buf_put(out, STR(": "));
		buf_put(out, value);
		buf_putc(out, '\n');
	}
	buf_putc(out, '\n');
	switch (coding_decode(m, out, err)) {
	case CODING_DONE:
		break;
	case CODING_CUT:
		return err_set(err, "the body is too large to edit");
	case CODING_BROKEN:
		return err_wrap(err, "the body cannot be decoded");
	case CODING_UNKNOWN:
		return err_set(err, "the body has a coding that cannot be "
		    "undone");
	}
	buf_put(out, STR(REMARK));
	return true;
}

/* Are these only lines that begin with "# - ", or empty ones? */
static bool
is_remarks(struct str text)
{
	struct str line;

	while (str_split(&text, '\n', &line)) {
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n > 0 && !str_starts(line, STR("# - ")))
			return false;
	}
	return true;
}

struct str
edit_text_strip(struct str text)
{
	struct str rest = text;
	size_t at = 0;

	if (is_remarks(text))
		return STR_NONE;
	/* The first remark behind which there is nothing but remarks. */
	for (;;) {
		size_t found = str_find(rest, STR("\n# - sluice: "));

		if (found == SIZE_MAX)
			return text;
		at += found;
		if (is_remarks(str_skip(text, at + 1)))
			break;
		at++;
		rest = str_skip(text, at);
	}
	if (at > 0 && text.p[at - 1] == '\r')
		at--;
	return str_sub(text, 0, at);
}

/* -- parsing ------------------------------------------------------------- */

struct lines {
	struct str rest;
	unsigned number;
};

static bool
next_line(struct lines *l, struct str *line)
{
	if (!str_split(&l->rest, '\n', line))
		return false;
	l->number++;
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

static bool
is_token(struct str s)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') ||
		    (c != '\0' && strchr(others, c))))
			return false;
	}
	return s.n > 0;
}

/* No control characters: the line could become two. */
static bool
is_clean(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static bool
parse_version(struct str s, struct message *m)
{
	if (s.n != 8 || !str_starts(s, STR("HTTP/1.")) ||
	    (s.p[7] != '0' && s.p[7] != '1'))
		return false;
	m->version_minor = (uint8_t)(s.p[7] - '0');
	return true;
}

static bool
parse_request_line(struct str line, struct message *m, struct err *err)
{
	struct str method, target, version = STR("HTTP/1.1");
	struct url url;

	str_split(&line, ' ', &method);
	if (!str_split(&line, ' ', &target) || !is_token(method))
		return err_set(err, "line 1: write METHOD URL HTTP/1.1");
	if (line.p && !str_split(&line, ' ', &version))
		return false;
	if (line.p || !parse_version(str_trim(version), m))
		return err_set(err, "line 1: the version is HTTP/1.1 or "
		    "HTTP/1.0, and the URL has no blanks");
	if (!url_parse(target, &url, err))
		return err_wrap(err, "line 1");
	if (!str_eq_nocase(url.scheme, STR("http")) &&
	    !str_eq_nocase(url.scheme, STR("https")))
		return err_set(err, "line 1: the URL begins with http:// or "
		    "https://");
	message_set(m, &m->method, method);
	message_set(m, &m->target, target);
	message_set(m, &m->scheme, url.scheme);
	message_set(m, &m->host, url.host);
	m->port = (uint16_t)url.port;
	message_set(m, &m->path, url.path.n ? url.path : STR("/"));
	return true;
}

static bool
parse_status_line(struct str line, struct message *m, struct err *err)
{
	struct str version, status;
	uint64_t number;

	str_split(&line, ' ', &version);
	if (!parse_version(version, m) || !str_split(&line, ' ', &status) ||
	    !str_to_u64(status, &number) || number < 200 || number > 999)
		return err_set(err, "line 1: write HTTP/1.1 STATUS REASON");
	if (!is_clean(line))
		return err_set(err, "line 1: control characters in the reason");
	m->status = (uint16_t)number;
	message_set(m, &m->reason, line);
	return true;
}

static bool
parse_field(struct str line, unsigned number, struct message *m,
    struct err *err)
{
	size_t colon = str_chr(line, ':', 0);
	struct str name = str_sub(line, 0, colon), value;

	if (colon == SIZE_MAX)
		return err_set(err, "line %u: a header is written NAME: VALUE",
		    number);
	if (!is_token(name))
		return err_set(err, "line %u: not a header name", number);
	value = str_trim(str_skip(line, colon + 1));
	if (!is_clean(value))
		return err_set(err, "line %u: control characters in the value",
		    number);
	headers_add(&m->headers, name, value);
	return true;
}

/* Host follows the URL, and stands first, unless the user wrote one. */
static void
add_host(struct message *m, struct lines l)
{
	struct buf authority;
	struct str line;

	while (next_line(&l, &line) && line.n > 0) {
		if (str_starts_nocase(line, STR("Host:")))
			return;
	}
	buf_init(&authority, 512);
	url_put_authority(&authority, message_word(m, m->scheme),
	    message_word(m, m->host), m->port);
	headers_add(&m->headers, STR("Host"), buf_str(&authority));
	buf_fini(&authority);
}

bool
edit_text_parse(struct str text, struct message *m, struct str *body,
    struct err *err)
{
	struct lines l = { .rest = text };
	struct str line = STR_NONE;

	next_line(&l, &line);
	if (m->kind == MESSAGE_REQUEST ? !parse_request_line(line, m, err) :
	    !parse_status_line(line, m, err))
		return false;
	if (m->kind == MESSAGE_REQUEST)
		add_host(m, l);
	while (next_line(&l, &line) && line.n > 0) {
		if (!parse_field(line, l.number, m, err))
			return false;
	}
	*body = l.rest.p ? l.rest : STR_NONE;
	return true;
}
