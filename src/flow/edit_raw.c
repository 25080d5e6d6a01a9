/* SPDX-License-Identifier: MIT */
/*
 * A request as the bytes that go out, for those who want to send what no
 * client would.  Called by edit_part.c.
 */
#include "edit_text.h"

#include "sluice/http/codec.h"

#define STEP	(32u * 1024)

static bool
too_large(struct err *err)
{
	return err_set(err, "it is too large to edit");
}

/* With c, which writes to out; without: as they are. */
static bool
put_body(const struct message *m, struct codec *c, struct buf *out,
    struct err *err)
{
	char bytes[STEP];
	ssize_t n;

	for (uint64_t at = 0; at < m->body.len; at += (uint64_t)n) {
		n = body_read(&m->body, at, bytes, sizeof bytes, err);
		if (n <= 0)
			return false;
		/* A chunk's size and ends, too. */
		if (buf_room(out) < (size_t)n + 64)
			return too_large(err);
		if (c)
			codec_body(c, 0, str_make(bytes, (size_t)n));
		else
			buf_put(out, str_make(bytes, (size_t)n));
	}
	return true;
}

bool
edit_raw_format(const struct flow *f, struct buf *out, struct err *err)
{
	const struct codec_limits limits = { 0 };
	const struct message *m = &f->request;
	struct codec *c;
	bool ok;

	if (f->kind != FLOW_HTTP || m->kind == MESSAGE_NONE)
		return err_set(err, "there is no request to edit");
	if (!m->complete)
		return err_set(err, "its body is still coming");
	if (m->exact)
		return put_body(m, NULL, out, err);
	c = codec_open(STR("http/1.1"), CODEC_CLIENT, &limits, out);
	codec_head(c, 0, m);
	ok = buf_len(out) > 0 ? put_body(m, c, out, err) : too_large(err);
	if (ok)
		codec_end(c, 0, &m->trailers);
	codec_free(c);
	return ok;
}

/* For lists and filters: what stands where a request has it. */
static void
note_words(struct message *m, struct str text)
{
	struct str line = edit_text_cut_line(&text);
	size_t blank = str_chr(line, ' ', 0);
	struct str rest = str_skip(line, blank == SIZE_MAX ? line.n :
	    blank + 1);
	struct str path = str_sub(rest, 0, str_chr(rest, ' ', 0));

	message_set(m, &m->method, str_sub(line, 0, blank));
	message_set(m, &m->target, path);
	message_set(m, &m->path, path);
}

static void
make(struct message *m, const struct message *old, struct str text)
{
	message_init(m, MESSAGE_REQUEST, old->body.store);
	message_set(m, &m->scheme, message_word(old, old->scheme));
	message_set(m, &m->host, message_word(old, old->host));
	m->port = old->port;
	m->exact = m->complete = true;
	note_words(m, text);
	body_append(&m->body, text);
	m->framing = FRAMING_LENGTH;
	m->length = text.n;
}

/*
 * Editors end the last line.  Where it had no end, one is theirs; an empty
 * line at the end is the user's own, as behind a head.
 */
static struct str
without_editors_end(struct str text, struct str before)
{
	struct str rest = text;

	if (str_ends(before, STR("\n")) || !str_ends(text, STR("\n")))
		return text;
	rest.n--;
	if (str_ends(rest, STR("\r")))
		rest.n--;
	return str_ends(rest, STR("\n")) ? text : rest;
}

enum edit_result
edit_raw_apply(struct flow_list *l, struct flow *f, struct str before,
    struct str text, struct err *err)
{
	struct message m;

	text = without_editors_end(text, before);
	if (str_eq(before, text))
		return EDIT_SAME;
	if (text.n == 0)
		return EDIT_EMPTY;
	if (!f->request.complete) {
		(void)err_set(err, "its body is still coming");
		return EDIT_BAD;
	}
	make(&m, &f->request, text);
	edit_put(l, f, GATE_REQUEST, &m);
	return EDIT_CHANGED;
}
