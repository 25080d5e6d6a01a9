/* SPDX-License-Identifier: MIT */
/* A request as a Python program. */
#include "sluice/format/python.h"

#include "program.h"
#include "sluice/base/escape.h"

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* Always bytes; what a reader can read as text is written as such. */
static void
put_body(struct buf *out, struct str body)
{
	if (is_ascii(body) || !escape_is_text(body)) {
		buf_putc(out, 'b');
		program_string(out, body);
		return;
	}
	buf_putc(out, '"');
	escape_literal_text(out, body);
	buf_put(out, STR("\".encode()"));
}

static bool
put_call(struct buf *out, const struct message *m, struct str body,
    struct err *err)
{
	if (!resend_has_room(out, m, body.n))
		return err_set(err, "the request is too large for a program");
	if (buf_len(out) == 0)
		buf_put(out, STR("import requests\n\n"));
	buf_put(out, STR("response = requests.request(\n    "));
	program_string(out, message_word(m, m->method));
	buf_put(out, STR(",\n    "));
	if (!program_url(out, m, "requests", err))
		return false;
	buf_put(out, STR(",\n    headers={\n"));
	if (!program_fields(out, m, "        ", "requests", err))
		return false;
	buf_put(out, STR("    },\n"));
	if (body.n > 0) {
		buf_put(out, STR("    data="));
		put_body(out, body);
		buf_put(out, STR(",\n"));
	}
	buf_put(out, STR("    allow_redirects=False,\n)\nprint(response)"));
	return true;
}

bool
python_program(const struct flow *f, struct buf *out, struct err *err)
{
	return resend_text(f, "requests", put_call, out, err);
}
