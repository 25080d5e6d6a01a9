/* SPDX-License-Identifier: MIT */
/*
 * A part of a message as text that a person edits: the start line, the head,
 * the body, or the pairs of query, Cookie and form, one a line.  The edited
 * part is put into the whole text again and goes the way of every edit, so
 * that framing and Host follow.
 */
#include "sluice/flow/edit.h"

#include <assert.h>

#include "edit_text.h"
#include "sluice/base/mem.h"

#define WHOLE_MAX	(512u * 1024 * 1024)

/* How the pairs of a part are kept on the wire. */
struct pairs {
	char separator;
	const char *join;
	const char *refused;	/* bytes that would end it: written as %XX */
	bool plus;		/* a blank is '+', not %20 */
};

static const struct pairs query_pairs = { '&', "&", "#\"<>", false };
static const struct pairs form_pairs = { '&', "&", "", true };
static const struct pairs cookie_pairs = { ';', "; ", NULL, false };

static const struct pairs *
pairs_of(enum edit_part part)
{
	switch (part) {
	case EDIT_QUERY:
		return &query_pairs;
	case EDIT_COOKIES:
		return &cookie_pairs;
	case EDIT_FORM:
		return &form_pairs;
	case EDIT_ALL:
	case EDIT_START:
	case EDIT_HEAD:
	case EDIT_BODY:
	case EDIT_RAW:
		break;
	}
	return NULL;
}

/* The bytes between "METHOD PATH?" and " HTTP/1.1"; p NULL: no '?'. */
static struct str
find_query(struct str head)
{
	struct str line = edit_text_cut_line(&head);
	size_t end = str_rchr(line, ' ');
	struct str url = str_sub(line, 0, end == SIZE_MAX ? line.n : end);
	size_t mark = str_chr(url, '?', 0);

	return mark == SIZE_MAX ? STR_NONE : str_skip(url, mark + 1);
}

/* The value of the only Cookie field; p NULL: there is none. */
static bool
find_cookies(struct str head, struct str *value, struct err *err)
{
	*value = STR_NONE;
	(void)edit_text_cut_line(&head);
	while (head.n > 0) {
		struct str line = edit_text_cut_line(&head);

		if (!str_starts_nocase(line, STR("Cookie:")))
			continue;
		if (value->p != NULL)
			return err_set(err, "there are several Cookie fields; "
			    "edit the head instead");
		*value = str_trim(str_skip(line, 7));
	}
	return true;
}

static bool
is_form(const struct message *m)
{
	return str_eq_nocase(message_media_type(m),
	    STR("application/x-www-form-urlencoded"));
}

/* The bytes of the part as they stand in the whole text. */
static bool
find_part(const struct message *m, enum edit_part part,
    const struct edit_parts *cut, struct str *found, struct err *err)
{
	struct str head = cut->head;

	if (pairs_of(part) != NULL && part != EDIT_FORM &&
	    m->kind != MESSAGE_REQUEST)
		return err_set(err, "only a request has that");
	switch (part) {
	case EDIT_START:
		*found = edit_text_cut_line(&head);
		return true;
	case EDIT_HEAD:
		*found = cut->head;
		return true;
	case EDIT_FORM:
		if (cut->body.n > 0 && !is_form(m))
			return err_set(err, "the body is not a form");
		*found = cut->body;
		return true;
	case EDIT_BODY:
		*found = cut->body;
		return true;
	case EDIT_QUERY:
		*found = find_query(head);
		return true;
	case EDIT_COOKIES:
		return find_cookies(head, found, err);
	case EDIT_ALL:
	case EDIT_RAW:
		break;
	}
	assert(!"the whole is no part");
	return false;
}

static void
put_lines(struct str s, const struct pairs *pairs, struct buf *out)
{
	struct str pair;

	while (s.n > 0 && str_split(&s, pairs->separator, &pair)) {
		if (pairs->separator == ';')
			pair = str_trim(pair);
		buf_put(out, pair);
		buf_putc(out, '\n');
	}
}

static void
put_pair(struct str pair, const struct pairs *pairs, struct buf *out)
{
	for (size_t i = 0; i < pair.n; i++) {
		unsigned char c = (unsigned char)pair.p[i];

		if (pairs->refused == NULL)
			buf_putc(out, (char)c);
		else if (c == ' ' && pairs->plus)
			buf_putc(out, '+');
		else if (c <= ' ' || c >= 0x7f || strchr(pairs->refused, c))
			buf_printf(out, "%%%02X", c);
		else
			buf_putc(out, (char)c);
	}
}

/* Lines to what stands on the wire; empty ones are left out. */
static void
join_lines(struct str text, const struct pairs *pairs, struct buf *out)
{
	bool first = true;

	while (text.n > 0) {
		struct str line = edit_text_cut_line(&text);

		if (line.n == 0)
			continue;
		if (!first)
			buf_put(out, str_from(pairs->join));
		first = false;
		put_pair(line, pairs, out);
	}
}

/* The line ends that editors add behind the last line. */
static struct str
without_last_lf(struct str text, struct str before)
{
	if (str_ends(text, STR("\n")) && !str_ends(before, STR("\n")))
		text.n--;
	if (str_ends(text, STR("\r")) && !str_ends(before, STR("\r")))
		text.n--;
	return text;
}

/* A line end within would make the rest of a head its body. */
static bool
check_head(struct str text, enum edit_part part, struct err *err)
{
	for (unsigned n = 1; text.n > 0; n++) {
		struct str line = edit_text_cut_line(&text);

		if (line.n == 0)
			return err_set(err, "line %u: an empty line would end "
			    "the head", n);
		if (part == EDIT_START && n > 1)
			return err_set(err, "line 2: there is only one");
	}
	return true;
}

static void
put_body(const struct edit_parts *cut, struct str body, struct buf *out)
{
	buf_put(out, STR("\n\n"));
	buf_put(out, body);
	if (body.n > 0)
		buf_put(out, STR("\n\n"));
	buf_put(out, cut->remarks);
}

/* The head without the query and its '?', or without the Cookie field. */
static void
put_without(const struct edit_parts *cut, enum edit_part which,
    struct str found, struct buf *out)
{
	size_t at = (size_t)(found.p - cut->head.p), begin = at - 1;

	if (which == EDIT_COOKIES)
		begin = str_rchr(str_sub(cut->head, 0, at), '\n');
	buf_put(out, str_sub(cut->head, 0, begin));
	buf_put(out, str_skip(cut->head, at + found.n));
}

/* The whole with `part` in the place of `found`. */
static void
put_whole(const struct edit_parts *cut, enum edit_part which, struct str found,
    struct str part, struct buf *out)
{
	struct str head = cut->head, start = edit_text_cut_line(&head);
	size_t at;

	if (which == EDIT_BODY || which == EDIT_FORM) {
		buf_put(out, cut->head);
		put_body(cut, part, out);
		return;
	}
	if (found.p != NULL && part.n == 0 && pairs_of(which) != NULL) {
		put_without(cut, which, found, out);
	} else if (found.p != NULL) {
		at = (size_t)(found.p - cut->head.p);
		buf_put(out, str_sub(cut->head, 0, at));
		buf_put(out, part);
		buf_put(out, str_skip(cut->head, at + found.n));
	} else if (which == EDIT_COOKIES) {
		buf_put(out, cut->head);
		buf_put(out, STR("\nCookie: "));
		buf_put(out, part);
	} else {
		assert(which == EDIT_QUERY);
		at = str_rchr(start, ' ');
		buf_put(out, str_sub(cut->head, 0, at));
		buf_putc(out, '?');
		buf_put(out, part);
		buf_put(out, str_skip(cut->head, at));
	}
	put_body(cut, cut->body, out);
}

static const struct message *
message_of(const struct flow *f, enum gate_point which)
{
	return which == GATE_REQUEST ? &f->request : &f->response;
}

bool
edit_part_format(const struct flow *f, enum gate_point which,
    enum edit_part part, struct buf *out, struct err *err)
{
	const struct pairs *pairs = pairs_of(part);
	struct edit_parts cut;
	struct str found;
	struct buf whole;
	bool ok;

	if (part == EDIT_ALL)
		return edit_format(f, which, out, err);
	if (part == EDIT_RAW)
		return which == GATE_REQUEST ? edit_raw_format(f, out, err) :
		    err_set(err, "only requests are sent as raw bytes");
	buf_init(&whole, out->max);
	ok = edit_format(f, which, &whole, err);
	if (ok) {
		cut = edit_text_cut(buf_str(&whole));
		ok = find_part(message_of(f, which), part, &cut, &found, err);
	}
	/* A line end for every pair: twice as long at most. */
	if (ok && found.n * 2 + 2 > buf_room(out))
		ok = err_set(err, "it is too large to edit");
	if (ok && pairs != NULL) {
		put_lines(found, pairs, out);
	} else if (ok) {
		buf_put(out, found);
		if (part == EDIT_HEAD)
			buf_putc(out, '\n');
	}
	buf_fini(&whole);
	return ok;
}

static enum edit_result
apply_part(struct flow_list *l, struct flow *f, enum gate_point which,
    enum edit_part part, struct str text, struct err *err)
{
	const struct pairs *pairs = pairs_of(part);
	struct buf before, whole, joined;
	struct edit_parts cut;
	struct str found;
	enum edit_result result = EDIT_BAD;

	buf_init(&before, WHOLE_MAX);
	buf_init(&whole, WHOLE_MAX);
	buf_init(&joined, WHOLE_MAX);
	if (!edit_format(f, which, &before, err))
		goto out;
	cut = edit_text_cut(buf_str(&before));
	if (!find_part(message_of(f, which), part, &cut, &found, err))
		goto out;
	if (text.n > (WHOLE_MAX - buf_len(&before)) / 4) {
		(void)err_set(err, "it has become too large");
		goto out;
	}
	if (pairs != NULL)
		join_lines(text, pairs, &joined);
	else
		buf_put(&joined, without_last_lf(text, found));
	if ((part == EDIT_HEAD || part == EDIT_START) &&
	    !check_head(buf_str(&joined), part, err))
		goto out;
	put_whole(&cut, part, found, buf_str(&joined), &whole);
	result = edit_apply(l, f, which, buf_str(&before), buf_str(&whole),
	    err);
out:
	buf_fini(&joined);
	buf_fini(&whole);
	buf_fini(&before);
	return result;
}

enum edit_result
edit_part_apply(struct flow_list *l, struct flow *f, enum gate_point which,
    enum edit_part part, struct str before, struct str text, struct err *err)
{
	if (part == EDIT_ALL)
		return edit_apply(l, f, which, before, text, err);
	if (part == EDIT_RAW)
		return edit_raw_apply(l, f, before, text, err);
	if (str_eq(before, text))
		return EDIT_SAME;
	if (text.n == 0)
		return EDIT_EMPTY;
	return apply_part(l, f, which, part, text, err);
}
