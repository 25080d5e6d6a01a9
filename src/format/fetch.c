/* SPDX-License-Identifier: MIT */
/* A request as a call of fetch(). */
#include "sluice/format/fetch.h"

#include "program.h"

/* https://fetch.spec.whatwg.org/#methods, and "new Request", step 36. */
static bool
check(const struct message *m, struct str body, struct err *err)
{
	struct str method = message_word(m, m->method);

	if (str_eq_nocase(method, STR("CONNECT")) ||
	    str_eq_nocase(method, STR("TRACE")) ||
	    str_eq_nocase(method, STR("TRACK")))
		return err_set(err, "fetch refuses the method %.*s",
		    STR_ARG(method));
	if (body.n > 0 && (str_eq_nocase(method, STR("GET")) ||
	    str_eq_nocase(method, STR("HEAD"))))
		return err_set(err, "fetch sends no body with %.*s",
		    STR_ARG(method));
	return true;
}

static bool
put_call(struct buf *out, const struct message *m, struct str body,
    struct err *err)
{
	if (!check(m, body, err))
		return false;
	if (!resend_has_room(out, m, body.n))
		return err_set(err, "the request is too large for fetch");
	buf_put(out, STR("await fetch("));
	if (!program_url(out, m, "fetch", err))
		return false;
	buf_put(out, STR(", {\n  method: "));
	program_string(out, message_word(m, m->method));
	buf_put(out, STR(",\n  headers: {\n"));
	if (!program_fields(out, m, "    ", "fetch", err))
		return false;
	buf_put(out, STR("  },\n"));
	if (body.n > 0) {
		buf_put(out, STR("  body: "));
		program_js_body(out, body);
		buf_put(out, STR(",\n"));
	}
	buf_put(out, STR("  redirect: \"manual\",\n});"));
	return true;
}

bool
fetch_program(const struct flow *f, struct buf *out, struct err *err)
{
	return resend_text(f, "fetch", put_call, out, err);
}
