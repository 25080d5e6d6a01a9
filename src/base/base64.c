/* SPDX-License-Identifier: MIT */
/* Bytes to base64. */
#include "sluice/base/base64.h"

void
base64_put(struct buf *out, struct str bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t n = bytes.n - i < 3 ? bytes.n - i : 3;
		uint32_t v = 0;
		char four[4];

		for (size_t j = 0; j < 3; j++)
			v = v << 8 | (j < n ? (uint8_t)bytes.p[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			four[j] = j <= n ? digits[v >> (18 - 6 * j) & 63] :
			    '=';
		buf_put(out, str_make(four, 4));
	}
}
