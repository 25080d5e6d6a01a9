/* SPDX-License-Identifier: MIT */
/*
 * A message as text that a person edits, and such a text cut into its parts.
 * Lines end with LF when written, with LF or CRLF when cut.  Fields that
 * follow from the rest are left out; the remarks stand at the end, so that
 * an editor opens on the start line.  edit_read.c reads the head.
 */
#include "edit_text.h"

#include <assert.h>

#include "sluice/base/mem.h"
#include "sluice/http/coding.h"
#include "sluice/http/url.h"

#define STEP		(32u * 1024)
#define REMARKS_ROOM	1024u

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

void
edit_text_put_authority(const struct message *m, struct buf *out)
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
	buf_init(&authority, EDIT_AUTHORITY_MAX);
	edit_text_put_authority(m, &authority);
	same = str_eq_nocase(buf_str(&authority),
	    headers_value(&m->headers, i));
	buf_fini(&authority);
	return same;
}

bool
edit_is_computed(const struct message *m, size_t i)
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
	    EDIT_AUTHORITY_MAX + REMARKS_ROOM)
		return err_set(err, "the head is too large to edit");
	put_start_line(m, out);
	for (size_t i = 0; i < h->count; i++) {
		if (edit_is_computed(m, i))
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
cut_line_end(struct str *text, bool crlf)
{
	if (text->n == 0 || text->p[text->n - 1] != '\n')
		return;
	text->n--;
	if (crlf && text->n > 0 && text->p[text->n - 1] == '\r')
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
	bool begun = false, crlf;

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
	parts->remarks = str_skip(*text, rest.n);
	*text = rest;
	/* A CR before a bare LF is the body's. */
	crlf = str_find(parts->remarks, STR("\r\n")) != SIZE_MAX;
	cut_line_end(text, crlf);
	cut_line_end(text, crlf);
}

/* The first line of *text, without its end, which is taken off. */
struct str
edit_text_cut_line(struct str *text)
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
		if (str_trim(edit_text_cut_line(&rest)).n > 0)
			break;
		text = rest;
	}
	for (rest = text; rest.n > 0; head = text.n - rest.n)
		if (edit_text_cut_line(&rest).n == 0)
			break;
	parts.head = str_sub(text, 0, head);
	cut_line_end(&parts.head, true);
	parts.body = rest;
	return parts;
}
