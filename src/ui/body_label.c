/* SPDX-License-Identifier: MIT */
/* What a body is shown as, and how large it is, in a few words. */
#include <string.h>

#include "sluice/base/human.h"
#include "view_body.h"

void
view_body_name(const struct view_body *b, struct buf *out)
{
	const char *type = b->m != NULL ? message_type_name(b->m) : "";

	if (b->hex) {
		buf_printf(out, "hex");
		return;
	}
	buf_printf(out, "%s", body_mode_name(b->look.mode));
	if (b->look.mode >= BODY_AS)
		return;
	if (b->kind != KIND_TEXT && b->kind != KIND_BINARY)
		buf_printf(out, " %s", body_kind_name(b->kind));
	else if (*type != '\0' && b->look.mode == BODY_PRETTY)
		buf_printf(out, " %s", type);
}

void
view_body_size(const struct view_body *b, struct buf *out)
{
	const struct message *m = b->m;
	struct str coding;
	char sent[HUMAN_MAX], decoded[HUMAN_MAX];
	size_t n;

	if (m == NULL)
		return;
	human_size(m->body.len, sent);
	if (m->body.len == 0) {
		buf_printf(out, "%s", m->complete ? "no body" : "no body yet");
		return;
	}
	coding = headers_get(&m->headers, STR("content-encoding"));
	if (coding.p != NULL && b->decoded.tried &&
	    b->decoded.result != CODING_UNKNOWN) {
		human_size(buf_len(&b->decoded.bytes), decoded);
		buf_printf(out, "%.*s %s%s%s", (int)(coding.n < 20 ? coding.n :
		    20), coding.p, sent, pane_is_unicode() ? "→" : "->",
		    decoded);
	} else {
		n = strlen(sent);
		buf_printf(out, "%s%s", sent, sent[n - 1] <= '9' ? " B" : "B");
	}
	if (!m->complete)
		buf_printf(out, " so far");
}
