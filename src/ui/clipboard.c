/* SPDX-License-Identifier: MIT */
/*
 * OSC 52 in one write.  tmux (set-clipboard on or external) and most
 * terminals take it as it is; nothing is read back.
 */
#include "clipboard.h"

#include <assert.h>

#include "sluice/base/buf.h"
#include "term.h"

/* Three bytes as four characters; n: how many of them are there (1 to 3). */
static void
put_group(struct buf *out, const unsigned char *p, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = (uint32_t)p[0] << 16;

	assert(n >= 1 && n <= 3);
	if (n > 1)
		bits |= (uint32_t)p[1] << 8;
	if (n > 2)
		bits |= p[2];
	buf_putc(out, digits[bits >> 18]);
	buf_putc(out, digits[bits >> 12 & 63]);
	buf_putc(out, n > 1 ? digits[bits >> 6 & 63] : '=');
	buf_putc(out, n > 2 ? digits[bits & 63] : '=');
}

bool
clipboard_set(struct term *term, struct str text, struct err *err)
{
	const unsigned char *p = (const unsigned char *)text.p;
	struct buf out;

	if (text.n > CLIPBOARD_MAX)
		return err_set(err, "it is too long for the clipboard of a "
		    "terminal (%zu bytes)", text.n);
	buf_init(&out, CLIPBOARD_MAX * 2);
	buf_put(&out, STR("\033]52;c;"));
	for (size_t i = 0; i < text.n; i += 3)
		put_group(&out, p + i, text.n - i < 3 ? text.n - i : 3);
	buf_putc(&out, '\a');
	term_write(term, buf_str(&out));
	buf_fini(&out);
	return true;
}
