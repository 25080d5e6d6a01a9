/* SPDX-License-Identifier: MIT */
/*
 * A message as text that a person edits, and back.  Lines end with LF when
 * written, with LF or CRLF when read.  Fields that follow from the rest are
 * left out; the remarks stand at the end, so that an editor opens on the
 * start line.
 */
#include "edit_text.h"

#include <assert.h>

#include "sluice/base/mem.h"
#include "sluice/http/coding.h"
#include "sluice/http/url.h"

#define STEP		(32u * 1024)
#define REMARKS_ROOM	1024u
#define AUTHORITY_MAX	512u

enum remark { REMARK_ALL, REMARK_REQUEST, REMARK_RESPONSE, REMARK_DECODED,
	REMARK_RAW, REMARK_COUNT };

static const struct str remarks[REMARK_COUNT] = {
	[REMARK_ALL] = STR("# - sluice: lines like these are ignored. "
	    "Delete everything to cancel."),
	[REMARK_REQUEST] = STR("# - Content-Length and Host are filled in; "
	    "write them to override."),
	[REMARK_RESPONSE] = STR("# - Content-Length is filled in; write it "
	    "to override."),
	[REMARK_DECODED] = STR("# - The body was decoded. If you change it, "
	    "Content-Encoding goes."),
	[REMARK_RAW] = STR("# - The body cannot be decoded and stands here "
	    "as it came."),
};

/* -- writing --------------------------------------------------------------- */

static bool
is_framing_name(struct str name)
{
	return str_eq_nocase(name, STR("Content-Length")) ||
	    str_eq_nocase(name, STR("Transfer-Encoding"));
}

static void
put_authority(const struct message *m, struct buf *out)
{
	url_put_authority(out, message_word(m, m->scheme),
	    message_word(m, m->host), m->port);
}

/* Is this the only Host, and says what the URL says? */
static bool
is_plain_host(const struct message *m, size_t i)
{
	struct buf authority;
	bool same;

	if (m->kind != MESSAGE_REQUEST ||
	    !str_eq_nocase(headers_name(&m->headers, i), STR("Host")) ||
	    headers_count(&m->headers, STR("Host")) != 1)
		return false;
	buf_init(&authority, AUTHORITY_MAX);
	put_authority(m, &authority);
	same = str_eq_nocase(buf_str(&authority),
	    headers_value(&m->headers, i));
	buf_fini(&authority);
	return same;
}

static bool
is_left_out(const struct message *m, size_t i)
{
	return is_framing_name(headers_name(&m->headers, i)) ||
	    is_plain_host(m, i);
}

static void
put_start_line(const struct message *m, struct buf *out)
{
	struct str reason = message_word(m, m->reason);

	if (m->kind == MESSAGE_REQUEST) {
		buf_put(out, message_word(m, m->method));
		buf_putc(out, ' ');
		message_put_url(m, out);
		buf_printf(out, " HTTP/1.%u\n", m->version_minor);
		return;
	}
	buf_printf(out, "HTTP/1.%u %u", m->version_minor, m->status);
	if (reason.n > 0)
		buf_putc(out, ' ');
	buf_put(out, reason);
	buf_putc(out, '\n');
}

static bool
put_raw_body(const struct message *m, struct buf *out, struct err *err)
{
	ssize_t n;

	for (uint64_t at = 0; at < m->body.len; at += (uint64_t)n) {
		char *room = buf_reserve(out, STEP + REMARKS_ROOM);

		if (!room)
			return err_set(err, "the body is too large to edit");
		n = body_read(&m->body, at, room, STEP, err);
		if (n <= 0)
			return false;
		buf_commit(out, (size_t)n);
	}
	return true;
}

/* *remark: what there is to say of it, or REMARK_COUNT. */
static bool
put_body(const struct message *m, struct buf *out, enum remark *remark,
    struct err *err)
{
	size_t start = buf_len(out);

	*remark = REMARK_COUNT;
	if (m->body.len == 0)
		return true;
	if (coding_is_coded(m)) {
		switch (coding_decode(m, out, err)) {
		case CODING_DONE:
			*remark = REMARK_DECODED;
			return true;
		case CODING_CUT:
			return err_set(err, "the body is too large to edit");
		case CODING_BROKEN:
		case CODING_UNKNOWN:
			break;
		}
		buf_truncate(out, start);
		*remark = REMARK_RAW;
	}
	return put_raw_body(m, out, err);
}

static void
put_remark(struct buf *out, enum remark remark)
{
	if (remark == REMARK_COUNT)
		return;
	buf_put(out, remarks[remark]);
	buf_putc(out, '\n');
}

bool
edit_text_put(const struct message *m, struct buf *out, struct err *err)
{
	const struct headers *h = &m->headers;
	enum remark about_body;
	size_t body_at;

	assert(m->kind != MESSAGE_NONE);
	/* Every byte of the block is written twice at most. */
	if (buf_room(out) < 2 * (size_t)h->len + 4 * (size_t)h->count +
	    AUTHORITY_MAX + REMARKS_ROOM)
		return err_set(err, "the head is too large to edit");
	put_start_line(m, out);
	for (size_t i = 0; i < h->count; i++) {
		if (is_left_out(m, i))
			continue;
		buf_put(out, headers_name(h, i));
		buf_put(out, STR(": "));
		buf_put(out, headers_value(h, i));
		buf_putc(out, '\n');
	}
	buf_putc(out, '\n');
	body_at = buf_len(out);
	if (!put_body(m, out, &about_body, err))
		return false;
	if (buf_room(out) < REMARKS_ROOM)
		return err_set(err, "the body is too large to edit");
	/* edit_text_cut takes away two line ends before the remarks. */
	if (buf_len(out) > body_at)
		buf_put(out, STR("\n\n"));
	put_remark(out, REMARK_ALL);
	put_remark(out, m->kind == MESSAGE_REQUEST ? REMARK_REQUEST :
	    REMARK_RESPONSE);
	put_remark(out, about_body);
	return true;
}

/* -- cutting --------------------------------------------------------------- */

/* Takes the last line off *text, and its line end off the line. */
static struct str
cut_last_line(struct str *text)
{
	struct str line = *text;
	size_t lf;

	if (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	lf = str_rchr(line, '\n');
	*text = str_sub(line, 0, lf == SIZE_MAX ? 0 : lf + 1);
	line = str_skip(line, text->n);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static void
cut_line_end(struct str *text)
{
	if (text->n == 0 || text->p[text->n - 1] != '\n')
		return;
	text->n--;
	if (text->n > 0 && text->p[text->n - 1] == '\r')
		text->n--;
}

/*
 * Takes the remarks off the end of *text: the last lines that begin with
 * "# - ", if one of ours is among them; a body may end like that, too.
 */
static void
cut_remarks(struct str *text, struct edit_parts *parts)
{
	struct str rest = *text, line;
	bool begun = false;

	while (rest.n > 0) {
		struct str before = rest;

		line = cut_last_line(&rest);
		if (!begun && str_trim(line).n == 0)
			continue;
		begun = true;
		if (!str_starts(line, STR("# - "))) {
			rest = before;
			break;
		}
		for (size_t i = 0; i < REMARK_COUNT; i++)
			if (str_eq(line, remarks[i]))
				parts->remarked = true;
		if (str_eq(line, remarks[REMARK_DECODED]))
			parts->decoded = true;
	}
	if (!parts->remarked)
		return;
	*text = rest;
	cut_line_end(text);
	cut_line_end(text);
}

/* The first line of *text, without its end, which is taken off. */
static struct str
cut_line(struct str *text)
{
	size_t lf = str_chr(*text, '\n', 0);
	struct str line = str_sub(*text, 0, lf);

	*text = str_skip(*text, lf == SIZE_MAX ? text->n : lf + 1);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

struct edit_parts
edit_text_cut(struct str text)
{
	struct edit_parts parts = { .line = 1 };
	struct str rest;
	size_t head = 0;

	cut_remarks(&text, &parts);
	for (rest = text; rest.n > 0; parts.line++) {
		if (str_trim(cut_line(&rest)).n > 0)
			break;
		text = rest;
	}
	for (rest = text; rest.n > 0; head = text.n - rest.n)
		if (cut_line(&rest).n == 0)
			break;
	parts.head = str_sub(text, 0, head);
	cut_line_end(&parts.head);
	parts.body = rest;
	return parts;
}

/* -- reading --------------------------------------------------------------- */

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

	buf_init(&url, (size_t)r->old->headers.len + AUTHORITY_MAX);
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
	if (url.path.n == 0)
		url.path = str_eq(method, STR("OPTIONS")) ? STR("*") :
		    STR("/");
	message_set(m, &m->scheme, https ? STR("https") : STR("http"));
	message_set(m, &m->host, url.host);
	message_set(m, &m->path, url.path);
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
	size_t first = str_chr(line, ' ', 0), last = str_rchr(line, ' ');
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

	buf_init(&authority, AUTHORITY_MAX);
	if (m->kind == MESSAGE_REQUEST)
		put_authority(m, &authority);
	for (size_t i = 0; i < old->headers.count; i++) {
		struct str name = headers_name(&old->headers, i);
		struct str value = headers_value(&old->headers, i);

		if (!is_left_out(old, i) || headers_get(&m->headers, name).p)
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
	struct str rest = parts->head, line = cut_line(&rest);

	assert(m->kind == old->kind && m->headers.count == 0);
	*head = (struct edit_head){ .length_given = false };
	m->version_minor = old->version_minor;
	if (m->kind == MESSAGE_REQUEST ? !read_request_line(&r, line) :
	    !read_status_line(&r, line))
		return false;
	while (rest.n > 0) {
		r.line++;
		if (!read_field(&r, cut_line(&rest)))
			return false;
	}
	restore_fields(&r);
	return true;
}
