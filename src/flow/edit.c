/* SPDX-License-Identifier: MIT */
/*
 * Backup, revert, duplicate, and what a changed text means for a flow.  The
 * text itself is edit_text.c's.  The original keeps what was there before
 * the first edit: its held_at says at which point that was.
 */
#include "sluice/flow/edit.h"

#include <assert.h>

#include "edit_text.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "sluice/http/framing.h"

/* -- backup and revert ----------------------------------------------------- */

void
edit_begin(struct flow *f)
{
	struct message *kept;

	if (!f->original) {
		f->original = flow_copy(f);
		return;
	}
	/* The response came after the request had been edited. */
	kept = &f->original->response;
	if (kept->kind == MESSAGE_NONE && flow_has_response(f)) {
		message_fini(kept);
		message_copy(kept, &f->response);
	}
}

static void
restore(struct message *to, struct message *from)
{
	message_fini(to);
	message_move(to, from);
}

struct flow *
edit_snapshot(const struct flow *f)
{
	struct flow *snapshot = flow_copy(f);

	/* Its messages may be taken by a revert: a copy of its own. */
	if (f->original)
		snapshot->original = flow_copy(f->original);
	return snapshot;
}

static bool
has_gone_on(const struct flow *f, const struct flow *snapshot)
{
	return f->state != snapshot->state ||
	    (f->state == FLOW_HELD && f->held_at != snapshot->held_at) ||
	    f->times.sent != snapshot->times.sent ||
	    f->times.end != snapshot->times.end;
}

static void
swap_messages(struct message *a, struct message *b)
{
	struct message kept;

	message_init(&kept, MESSAGE_NONE, a->body.store);
	restore(&kept, a);
	restore(a, b);
	restore(b, &kept);
	message_fini(&kept);
}

bool
edit_swap(struct flow_list *l, struct flow *f, struct flow *snapshot)
{
	struct flow *original = f->original;
	bool edited = f->edited;

	if (has_gone_on(f, snapshot))
		return false;
	swap_messages(&f->request, &snapshot->request);
	swap_messages(&f->response, &snapshot->response);
	f->original = snapshot->original;
	snapshot->original = original;
	f->edited = snapshot->edited;
	snapshot->edited = edited;
	flow_list_touch(l, f, FLOW_PART_REQUEST | FLOW_PART_RESPONSE);
	return true;
}

bool
edit_revert(struct flow_list *l, struct flow *f)
{
	struct flow *original = f->original;
	/* The request has gone as it is. */
	bool sent = f->state == FLOW_HELD && f->held_at == GATE_RESPONSE;
	unsigned parts = 0;

	if (!original || (sent && !flow_has_response(original)))
		return false;
	if (flow_has_response(original)) {
		restore(&f->response, &original->response);
		parts |= FLOW_PART_RESPONSE;
	}
	if (!sent) {
		restore(&f->request, &original->request);
		parts |= FLOW_PART_REQUEST;
	}
	if (!sent || original->held_at == GATE_RESPONSE) {
		f->original = NULL;
		f->edited = false;
		flow_unref(original);
	}
	flow_list_touch(l, f, parts);
	return true;
}

struct flow *
edit_duplicate(struct flow_list *l, const struct flow *f)
{
	struct flow *draft = flow_new(f->request.body.store);

	assert(f->request.kind == MESSAGE_REQUEST);
	message_fini(&draft->request);
	message_copy(&draft->request, &f->request);
	if (!f->request.complete) {
		/* What has come of it is the draft's whole body. */
		draft->request.complete = true;
		framing_fix(&draft->request);
	}
	draft->draft = true;
	draft->parent = f->id;
	draft->times.wall = clock_wall();
	flow_list_add(l, draft);
	flow_list_set_state(l, draft, FLOW_DONE);
	/* The list keeps it: the newest is never evicted. */
	flow_unref(draft);
	return draft;
}

/* -- text ------------------------------------------------------------------ */

bool
edit_format(const struct flow *f, enum gate_point which, struct buf *out,
    struct err *err)
{
	const struct message *m = which == GATE_REQUEST ? &f->request :
	    &f->response;

	if (f->kind != FLOW_HTTP || m->kind == MESSAGE_NONE)
		return err_set(err, "there is no %s to edit",
		    which == GATE_REQUEST ? "request" : "response");
	if (m->exact)
		return err_set(err, "its bytes are exact: e r edits them, "
		    "V takes them back");
	return edit_text_put(m, out, err);
}

/*
 * An editor for CRLF files has written CRLF everywhere: text with LF, in
 * *copy.  A body that had CRLF itself is left alone.
 */
static struct str
with_lf(struct str text, struct str before, char **copy)
{
	size_t lf = str_chr(text, '\n', 0), n = 0;

	if (lf == SIZE_MAX || lf == 0 || text.p[lf - 1] != '\r' ||
	    str_find(before, STR("\r\n")) != SIZE_MAX)
		return text;
	*copy = mem_alloc(text.n);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\r' || i + 1 == text.n ||
		    text.p[i + 1] != '\n')
			(*copy)[n++] = text.p[i];
	return str_make(*copy, n);
}

static bool
ends_with_lf(struct str s)
{
	return s.n > 0 && s.p[s.n - 1] == '\n';
}

/* Without remarks, the last line end may be the editor's own. */
static void
cut_editors_lf(struct edit_parts *now, const struct edit_parts *was)
{
	if (!now->remarked && ends_with_lf(now->body) &&
	    !ends_with_lf(was->body))
		now->body.n--;
}

/* RFC 9110 6.4.1. */
static bool
has_no_body(const struct flow *f, const struct message *m)
{
	return m->kind == MESSAGE_RESPONSE && (m->status == 204 ||
	    m->status == 304 || str_eq(message_word(&f->request,
	    f->request.method), STR("HEAD")));
}

static bool
fix_framing(const struct flow *f, struct message *m,
    const struct edit_head *head, struct err *err)
{
	m->bodiless = has_no_body(f, m);
	if (m->bodiless) {
		if (m->body.len > 0)
			return err_set(err, "line 1: this response cannot "
			    "have a body; delete it");
		if (m->status == 204) {
			headers_remove(&m->headers, STR("Content-Length"));
			headers_remove(&m->headers, STR("Transfer-Encoding"));
		}
		m->framing = FRAMING_NONE;
		m->length = 0;
	} else if (head->chunked_given) {
		m->framing = FRAMING_CHUNKED;
		m->length = 0;
		headers_remove(&m->headers, STR("Content-Length"));
	} else if (head->length_given) {
		m->framing = FRAMING_LENGTH;
		m->length = head->length;
		headers_remove(&m->headers, STR("Transfer-Encoding"));
	} else {
		framing_fix(m);
	}
	return true;
}

/* What the head does not say is taken over. */
static void
take_over(struct message *m, const struct message *old)
{
	m->framing = old->framing;
	m->length = old->length;
	m->keep_alive = old->keep_alive;
	m->complete = old->complete;
	m->head_bytes = old->head_bytes;
	m->expect_continue = headers_has_token(&m->headers, STR("Expect"),
	    STR("100-continue"));
	headers_copy(&m->trailers, &old->trailers);
}

/* Makes the new message; false with err, and m to be freed all the same. */
static bool
make_message(const struct flow *f, const struct message *old,
    const struct edit_parts *was, const struct edit_parts *now,
    struct message *m, struct err *err)
{
	struct edit_head head;

	message_init(m, old->kind, old->body.store);
	if (!edit_text_read(now, old, m, &head, err))
		return false;
	take_over(m, old);
	if (str_eq(was->body, now->body)) {
		body_copy(&m->body, &old->body);
	} else {
		body_append(&m->body, now->body);
		if (was->decoded)
			headers_remove(&m->headers, STR("Content-Encoding"));
	}
	return fix_framing(f, m, &head, err);
}

void
edit_put(struct flow_list *l, struct flow *f, enum gate_point which,
    struct message *m)
{
	edit_begin(f);
	restore(which == GATE_REQUEST ? &f->request : &f->response, m);
	f->edited = true;
	flow_list_touch(l, f, which == GATE_REQUEST ? FLOW_PART_REQUEST :
	    FLOW_PART_RESPONSE);
}

static enum edit_result
apply(struct flow_list *l, struct flow *f, enum gate_point which,
    const struct edit_parts *was, const struct edit_parts *now,
    struct err *err)
{
	struct message *old = which == GATE_REQUEST ? &f->request :
	    &f->response;
	struct message m;

	assert(old->kind != MESSAGE_NONE);
	if (now->head.n == 0)
		return EDIT_EMPTY;
	if (str_eq(now->head, was->head) && str_eq(now->body, was->body))
		return EDIT_SAME;
	if (!make_message(f, old, was, now, &m, err)) {
		message_fini(&m);
		return EDIT_BAD;
	}
	edit_put(l, f, which, &m);
	return EDIT_CHANGED;
}

enum edit_result
edit_apply(struct flow_list *l, struct flow *f, enum gate_point which,
    struct str before, struct str text, struct err *err)
{
	char *copy = NULL;
	struct edit_parts was = edit_text_cut(before);
	struct edit_parts now = edit_text_cut(with_lf(text, before, &copy));
	enum edit_result result;

	cut_editors_lf(&now, &was);
	result = apply(l, f, which, &was, &now, err);
	free(copy);
	return result;
}
