/* SPDX-License-Identifier: MIT */
/*
 * Words are quoted by escape_shell alone; a body that had better not be
 * pasted comes out of a printf.
 */
#include "shell.h"

#include "sluice/base/escape.h"
#include "sluice/base/utf8.h"

/* The longest word that Linux lets a program have is 128 KiB. */
#define WORD_MAX	(96u * 1024)

void
shell_option(struct buf *out, const char *option, struct str value)
{
	buf_printf(out, " \\\n  %s ", option);
	escape_shell(out, value);
}

bool
shell_has_any(struct str s, const char *bytes)
{
	for (; *bytes; bytes++)
		if (str_chr(s, *bytes, 0) != SIZE_MAX)
			return true;
	return false;
}

bool
shell_is_pasteable(struct str s)
{
	uint32_t code;

	if (s.n > WORD_MAX)
		return false;
	while (s.n > 0) {
		size_t n = utf8_decode(s, &code);

		if (n == 0 || code == 0x7f || (code >= 0x80 && code < 0xa0) ||
		    (code < 0x20 && code != '\n' && code != '\t'))
			return false;
		s = str_skip(s, n);
	}
	return true;
}

/* In octal, which means the same to any printf, in any locale. */
void
shell_printf(struct buf *out, struct str bytes)
{
	buf_put(out, STR("printf '"));
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		const char octal[4] = { '\\', (char)('0' + (c >> 6)),
		    (char)('0' + (c >> 3 & 7)), (char)('0' + (c & 7)) };

		buf_put(out, str_make(octal, sizeof octal));
	}
	buf_put(out, STR("' | "));
}
