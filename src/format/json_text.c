/* SPDX-License-Identifier: MIT */
/* Any bytes as a JSON string: whatever a peer sends, the file stays valid. */
#include "json_text.h"

#include "sluice/base/utf8.h"

bool
json_text_is_utf8(struct str s)
{
	uint32_t code;

	while (s.n > 0) {
		size_t n = utf8_decode(s, &code);

		if (n == 0)
			return false;
		s = str_skip(s, n);
	}
	return true;
}

json_t *
json_text(struct str s)
{
	struct buf out;
	json_t *text;

	if (json_text_is_utf8(s))
		return json_stringn(s.n ? s.p : "", s.n);
	buf_init(&out, s.n * 2);
	for (size_t i = 0; i < s.n; i++) {
		char c[4];
		size_t n = utf8_encode((unsigned char)s.p[i], c);

		buf_put(&out, str_make(c, n));
	}
	text = json_stringn(buf_str(&out).p, buf_len(&out));
	buf_fini(&out);
	return text;
}

void
json_text_base64(struct str s, struct buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.n; i += 3) {
		size_t n = s.n - i < 3 ? s.n - i : 3;
		uint32_t v = 0;
		char four[4];

		for (size_t j = 0; j < 3; j++)
			v = v << 8 | (j < n ? (unsigned char)s.p[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			four[j] = j <= n ? digits[v >> (18 - 6 * j) & 63] :
			    '=';
		buf_put(out, str_make(four, 4));
	}
}
