/* SPDX-License-Identifier: MIT */
/* Requests as a load test: one after the other, in one function. */
#include "sluice/format/k6.h"

#include "program.h"

static const char opening[] =
    "import http from \"k6/http\";\n"
    "\n"
    "export const options = { vus: 1, iterations: 1 };\n"
    "\n"
    "export default function () {\n";

static bool
put_call(struct buf *out, const struct message *m, struct str body,
    struct err *err)
{
	if (!resend_has_room(out, m, body.n))
		return err_set(err, "the requests are too large for a "
		    "program");
	if (buf_len(out) == 0)
		buf_put(out, str_from(opening));
	buf_put(out, STR("  http.request("));
	program_string(out, message_word(m, m->method));
	buf_put(out, STR(", "));
	if (!program_url(out, m, "k6", err))
		return false;
	buf_put(out, STR(", "));
	if (body.n > 0)
		program_js_body(out, body);
	else
		buf_put(out, STR("null"));
	buf_put(out, STR(", {\n    headers: {\n"));
	if (!program_fields(out, m, "      ", "k6", err))
		return false;
	buf_put(out, STR("    },\n    redirects: 0,\n  });\n"));
	return true;
}

bool
k6_add(struct buf *out, const struct flow *f, struct err *err)
{
	return resend_text(f, "k6", put_call, out, err);
}

bool
k6_end(struct buf *out, struct err *err)
{
	return buf_add(out, "}\n", 2) ||
	    err_set(err, "the requests are too large for a program");
}
