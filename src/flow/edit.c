/* SPDX-License-Identifier: MIT */
/* Backup, revert, duplicate; an edited text back into a flow. */
#include "sluice/flow/edit.h"

#include <string.h>

#include "edit_text.h"
#include "sluice/http/coding.h"
#include "sluice/http/framing.h"

void
edit_begin(struct flow *f)
{
	if (!f->original)
		f->original = flow_copy(f);
}

static void
replace(struct message *to, const struct message *from)
{
	message_fini(to);
	memset(to, 0, sizeof *to);
	message_copy(to, from);
}

bool
edit_revert(struct flow_list *l, struct flow *f)
{
	if (!f->original)
		return false;
	replace(&f->request, &f->original->request);
	if (f->state != FLOW_HELD || f->held_at == GATE_RESPONSE)
		replace(&f->response, &f->original->response);
	flow_unref(f->original);
	f->original = NULL;
	f->edited = false;
	flow_list_touch(l, f, FLOW_PART_REQUEST | FLOW_PART_RESPONSE |
	    FLOW_PART_STATE);
	return true;
}

struct flow *
edit_duplicate(struct flow_list *l, const struct flow *f)
{
	struct flow *copy = flow_new(f->request.body.memory_max);

	replace(&copy->request, &f->request);
	copy->request.complete = true;
	copy->kind = f->kind;
	copy->parent = f->id;
	copy->draft = true;
	copy->state = FLOW_DONE;
	copy->times.wall = f->times.wall;
	copy->client = endpoint_ref(f->client);
	flow_list_add(l, copy);
	flow_unref(copy);
	return copy;
}

static struct message *
message_at(struct flow *f, enum gate_point which)
{
	return which == GATE_REQUEST ? &f->request : &f->response;
}

bool
edit_format(const struct flow *f, enum gate_point which, struct buf *out,
    struct err *err)
{
	const struct message *m = which == GATE_REQUEST ? &f->request :
	    &f->response;

	if (m->kind == MESSAGE_NONE)
		return err_set(err, "there is no %s yet",
		    which == GATE_REQUEST ? "request" : "response");
	return edit_text_put(m, out, err);
}

static bool
is_blank(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!strchr(" \t\r\n", s.p[i]) || s.p[i] == '\0')
			return false;
	}
	return true;
}

/* The body of a text that edit_format made. */
static struct str
body_of(struct str text)
{
	size_t blank = str_find(text, STR("\n\n"));

	return blank == SIZE_MAX ? STR_NONE : str_skip(text, blank + 2);
}

/*
 * Did the body change?  Editors end files with a line end: one that was not
 * there before is not the user's.
 */
static bool
body_changed(struct str before, struct str *after)
{
	if (str_eq(before, *after))
		return false;
	if (after->n > 0 && after->p[after->n - 1] == '\n' &&
	    (before.n == 0 || before.p[before.n - 1] != '\n'))
		after->n -= after->n > 1 && after->p[after->n - 2] == '\r' ?
		    2 : 1;
	return !str_eq(before, *after);
}

static void
keep_body(struct message *m, const struct message *old)
{
	body_copy(&m->body, &old->body);
	headers_copy(&m->trailers, &old->trailers);
}

/* What the text cannot say is taken over from the message it replaces. */
static void
take_over(struct message *m, const struct message *old)
{
	m->framing = old->framing;
	m->length = old->length;
	m->bodiless = old->bodiless;
	m->keep_alive = old->keep_alive;
	m->complete = true;
	m->head_bytes = old->head_bytes;
}

enum edit_result
edit_apply(struct flow_list *l, struct flow *f, enum gate_point which,
    struct str before, struct str text, struct err *err)
{
	struct message *old = message_at(f, which), m;
	struct str body, head = edit_text_strip(text);
	bool pinned;

	if (is_blank(head))
		return EDIT_EMPTY;
	if (str_eq(before, text))
		return EDIT_SAME;
	message_init(&m, old->kind, old->body.memory_max);
	if (!edit_text_parse(head, &m, &body, err)) {
		message_fini(&m);
		return EDIT_BAD;
	}
	edit_begin(f);
	take_over(&m, old);
	pinned = headers_get(&m.headers, STR("Content-Length")).p != NULL;
	if (body_changed(body_of(edit_text_strip(before)), &body)) {
		body_append_bytes(&m.body, body);
		if (coding_is_coded(old))
			headers_remove(&m.headers, STR("Content-Encoding"));
	} else {
		keep_body(&m, old);
	}
	if (!pinned)
		framing_fix(&m);
	message_fini(old);
	memset(old, 0, sizeof *old);
	message_move(old, &m);
	f->edited = true;
	flow_list_touch(l, f, (which == GATE_REQUEST ? FLOW_PART_REQUEST :
	    FLOW_PART_RESPONSE) | FLOW_PART_STATE);
	return EDIT_CHANGED;
}
