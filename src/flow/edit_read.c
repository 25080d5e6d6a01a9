/* SPDX-License-Identifier: MIT */
/*
 * The head of an edited text, read as strictly as one from the network, with
 * the number of the line for whatever is wrong.  Called by edit.c only.
 */
#include "edit_text.h"

#include <assert.h>

#include "sluice/base/mem.h"
#include "sluice/http/url.h"

struct reader {
	const struct message *old;
	struct message *m;
	struct edit_head *head;
	unsigned line;
	struct err *err;
};

static bool
bad(const struct reader *r, const char *what)
{
	return err_set(r->err, "line %u: %s", r->line, what);
}

static bool
is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9'))
			continue;
		if (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c))
			return false;
	}
	return s.n > 0;
}

static bool
has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

static bool
read_version(struct reader *r, struct str text)
{
	if (!str_eq(text, STR("HTTP/1.1")) && !str_eq(text, STR("HTTP/1.0")))
		return bad(r, "the version is HTTP/1.1 or HTTP/1.0");
	r->m->version_minor = (uint8_t)(text.p[7] - '0');
	return true;
}

static bool
is_old_url(const struct reader *r, struct str text)
{
	struct buf url;
	bool same;

	buf_init(&url, (size_t)r->old->headers.len + EDIT_AUTHORITY_MAX);
	message_put_url(r->old, &url);
	same = str_eq(buf_str(&url), text);
	buf_fini(&url);
	return same;
}

static void
keep_url(struct message *m, const struct message *old)
{
	message_set(m, &m->target, message_word(old, old->target));
	message_set(m, &m->scheme, message_word(old, old->scheme));
	message_set(m, &m->host, message_word(old, old->host));
	message_set(m, &m->path, message_word(old, old->path));
	m->port = old->port;
}

static bool
read_url(struct reader *r, struct str text)
{
	struct message *m = r->m;
	struct str old = message_word(r->old, r->old->target);
	struct str method = message_word(m, m->method);
	struct url url;
	bool https;
	char *path;

	if (is_old_url(r, text)) {
		keep_url(m, r->old);
		return true;
	}
	if (!url_parse(text, &url, r->err))
		return err_wrap(r->err, "line %u", r->line);
	https = str_eq_nocase(url.scheme, STR("https"));
	if (!https && !str_eq_nocase(url.scheme, STR("http")))
		return bad(r, "the URL begins with http:// or https://");
	if (url.userinfo.p)
		return bad(r, "a user in the URL is not sent; write an "
		    "Authorization field");
	message_set(m, &m->scheme, https ? STR("https") : STR("http"));
	message_set(m, &m->host, url.host);
	path = url.path.n == 0 && str_eq(method, STR("OPTIONS")) ?
	    mem_strdup("*") : url_path(&url);
	message_set(m, &m->path, str_from(path));
	free(path);
	m->port = (uint16_t)url.port;
	/* In the form it came in: whole to a proxy, else the path. */
	if (old.n > 0 && (old.p[0] == '/' || old.p[0] == '*'))
		m->target = m->path;
	else
		message_set(m, &m->target, text);
	return true;
}

static bool
read_request_line(struct reader *r, struct str line)
{
	struct message *m = r->m;
	size_t first = str_chr(line, ' ', 0), last;
	struct str method = str_sub(line, 0, first), version, url;

	line = str_trim(line);
	last = str_rchr(line, ' ');
	version = last == SIZE_MAX ? STR("") : str_skip(line, last + 1);
	if (!is_token(method) || first == SIZE_MAX)
		return bad(r, "write METHOD URL HTTP/1.1");
	if (str_eq(method, STR("CONNECT")))
		return bad(r, "CONNECT cannot be sent from here");
	url = str_trim(str_sub(line, first + 1, last));
	if (first == last)
		return bad(r, "no HTTP/1.1 behind the URL");
	if (str_chr(url, ' ', 0) != SIZE_MAX)
		return bad(r, "write METHOD URL HTTP/1.1, and %20 for a blank "
		    "in the URL");
	message_set(m, &m->method, method);
	return read_version(r, version) && read_url(r, url);
}

static bool
read_status_line(struct reader *r, struct str line)
{
	struct message *m = r->m;
	struct str reason = str_skip(line, 13);
	uint64_t status;

	if (!read_version(r, str_sub(line, 0, 8)))
		return false;
	if (line.n < 12 || line.p[8] != ' ' ||
	    (line.n > 12 && line.p[12] != ' ') ||
	    !str_to_u64(str_sub(line, 9, 12), &status))
		return bad(r, "write HTTP/1.1 STATUS REASON");
	if (status < 200)
		return bad(r, "the status is a number from 200 to 999");
	if (has_control(reason))
		return bad(r, "a control character in the reason");
	m->status = (uint16_t)status;
	message_set(m, &m->reason, reason);
	return true;
}

/* The fields that sluice would fill in. */
static bool
note_override(struct reader *r, struct str name, struct str value)
{
	struct edit_head *head = r->head;

	if (str_eq_nocase(name, STR("Content-Length"))) {
		if (head->length_given)
			return bad(r, "a second Content-Length");
		if (!str_to_u64(value, &head->length) ||
		    head->length > INT64_MAX)
			return bad(r, "Content-Length needs a number");
		head->length_given = true;
	} else if (str_eq_nocase(name, STR("Transfer-Encoding"))) {
		if (head->chunked_given ||
		    !str_eq_nocase(value, STR("chunked")))
			return bad(r, "Transfer-Encoding can only be chunked");
		head->chunked_given = true;
	} else if (str_eq_nocase(name, STR("Host")) &&
	    headers_get(&r->m->headers, name).p) {
		return bad(r, "a second Host");
	}
	if (head->length_given && head->chunked_given)
		return bad(r, "Content-Length and Transfer-Encoding exclude "
		    "each other");
	return true;
}

static bool
read_field(struct reader *r, struct str line)
{
	size_t colon = str_chr(line, ':', 0);
	struct str name = str_sub(line, 0, colon);
	struct str value = str_trim(str_skip(line, name.n + 1));

	if (line.p[0] == ' ' || line.p[0] == '\t')
		return bad(r, "begins with a blank");
	if (colon == SIZE_MAX)
		return bad(r, "no ':' behind the field's name");
	if (!is_token(name))
		return bad(r, "not the name of a field");
	if (has_control(value))
		return bad(r, "a control character in the value");
	if (!note_override(r, name, value))
		return false;
	headers_add(&r->m->headers, name, value);
	return true;
}

static void
insert_field(struct headers *h, size_t at, struct str name, struct str value)
{
	struct field field;

	headers_add(h, name, value);
	if (at + 1 >= h->count)
		return;
	field = h->fields[h->count - 1];
	memmove(h->fields + at + 1, h->fields + at,
	    (h->count - 1 - at) * sizeof *h->fields);
	h->fields[at] = field;
}

/* Fields that were not shown go back where they were. */
static void
restore_fields(const struct reader *r)
{
	const struct message *old = r->old;
	struct message *m = r->m;
	struct buf authority;

	buf_init(&authority, EDIT_AUTHORITY_MAX);
	if (m->kind == MESSAGE_REQUEST)
		edit_text_put_authority(m, &authority);
	for (size_t i = 0; i < old->headers.count; i++) {
		struct str name = headers_name(&old->headers, i);
		struct str value = headers_value(&old->headers, i);

		if (!edit_is_computed(old, i) ||
		    headers_get(&m->headers, name).p)
			continue;
		if (str_eq_nocase(name, STR("Host")) &&
		    !str_eq_nocase(value, buf_str(&authority)))
			value = buf_str(&authority);
		insert_field(&m->headers, i, name, value);
	}
	buf_fini(&authority);
}

bool
edit_text_read(const struct edit_parts *parts, const struct message *old,
    struct message *m, struct edit_head *head, struct err *err)
{
	struct reader r = { old, m, head, parts->line, err };
	struct str rest = parts->head, line = edit_text_cut_line(&rest);

	assert(m->kind == old->kind && m->headers.count == 0);
	*head = (struct edit_head){ .length_given = false };
	m->version_minor = old->version_minor;
	if (m->kind == MESSAGE_REQUEST ? !read_request_line(&r, line) :
	    !read_status_line(&r, line))
		return false;
	while (rest.n > 0) {
		r.line++;
		if (!read_field(&r, edit_text_cut_line(&rest)))
			return false;
	}
	restore_fields(&r);
	return true;
}
