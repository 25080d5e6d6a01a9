/* SPDX-License-Identifier: MIT */
/* Guesses about bodies from little of them. */
#include "body_kind.h"

#include "sluice/base/utf8.h"

bool
body_is_binary(struct str s)
{
	size_t all, odd = 0;

	s = str_sub(s, 0, BODY_SNIFF);
	all = s.n;
	while (s.n > 0) {
		unsigned char c = (unsigned char)s.p[0];
		uint32_t code;
		size_t n = utf8_decode(s, &code);

		if (c == 0)
			return true;
		if (n == 0)
			odd++;
		else if (c < 0x20 && strchr("\t\n\r\f\033\x1e", c) == NULL)
			odd++;
		s = str_skip(s, n > 0 ? n : 1);
	}
	return odd * 10 > all;
}
