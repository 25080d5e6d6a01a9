/* SPDX-License-Identifier: MIT */
/*
 * OSC 52 in one write.  tmux (set-clipboard on or external) and most
 * terminals take it as it is; nothing is read back.
 */
#include "clipboard.h"

#include "sluice/base/base64.h"
#include "term.h"

bool
clipboard_set(struct term *term, struct str text, struct err *err)
{
	struct buf out;

	if (text.n > CLIPBOARD_MAX)
		return err_set(err, "it is too long for the clipboard of a "
		    "terminal (%zu bytes)", text.n);
	buf_init(&out, CLIPBOARD_MAX * 2);
	buf_put(&out, STR("\033]52;c;"));
	base64_put(&out, text);
	buf_putc(&out, '\a');
	term_write(term, buf_str(&out));
	buf_fini(&out);
	return true;
}
