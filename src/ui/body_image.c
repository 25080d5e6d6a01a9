/* SPDX-License-Identifier: MIT */
/*
 * Facts about a body from its first bytes, by libmagic.  Only these are
 * given to it, and it is asked for a line of text.
 */
#include "body_form.h"

#include <magic.h>
#include <stdio.h>

#include "sluice/base/escape.h"

#define LOOK_MAX	4096u		/* bytes that libmagic sees */
#define FACT_MAX	1024u

bool
body_form_image(const struct message *m, struct str text, struct buf *out)
{
	magic_t magic = magic_open(MAGIC_NO_CHECK_COMPRESS |
	    MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF);
	const char *fact = NULL;

	if (text.n > LOOK_MAX)
		text = str_sub(text, 0, LOOK_MAX);
	if (magic != NULL && magic_load(magic, NULL) == 0)
		fact = magic_buffer(magic, text.p, text.n);
	if (fact != NULL)
		escape_text(out, str_sub(str_from(fact), 0, FACT_MAX), 0);
	else
		buf_printf(out, "no facts are known: libmagic has no "
		    "database here");
	if (magic != NULL)
		magic_close(magic);
	buf_printf(out, "\n%llu bytes", (unsigned long long)m->body.len);
	if (message_media_type(m).n > 0) {
		buf_printf(out, ", said to be ");
		escape_text(out, str_sub(message_media_type(m), 0, 100), 0);
	}
	buf_printf(out, "\n");
	return true;
}
