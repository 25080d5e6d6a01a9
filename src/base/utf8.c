/* SPDX-License-Identifier: MIT */
/* Decode, measure and cut UTF-8. */
#include "sluice/base/utf8.h"

#include <wchar.h>

#include "sluice/base/attr.h"

static bool
is_tail(struct str s, size_t i)
{
	return i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80;
}

size_t
utf8_decode(struct str s, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c;
	size_t n;
	uint32_t v;

	if (s.n == 0)
		return 0;
	c = (unsigned char)s.p[0];
	if (c < 0x80) {
		*code = c;
		return 1;
	}
	n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	v = c & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if (!is_tail(s, i))
			return 0;
		v = v << 6 | ((unsigned char)s.p[i] & 0x3f);
	}
	/* Too long a form, a surrogate, or beyond Unicode. */
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	*code = v;
	return n;
}

size_t
utf8_encode(uint32_t code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* Invisible, or changes the order in which the rest is read. */
static const struct range {
	uint32_t from, to;
} hidden[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad },
	{ 0x034f, 0x034f }, { 0x061c, 0x061c }, { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
	{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },
	{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff },
};

int
utf8_width(uint32_t code)
{
	if (code >= 0x20 && code < 0x7f)
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
		if (code >= hidden[i].from && code <= hidden[i].to)
			return -1;
	}
	return wcwidth((wchar_t)code);
}

/* Length and cells of the first character; what is invalid counts as one. */
static size_t
measure(struct str s, size_t *cells)
{
	uint32_t code;
	size_t n = utf8_decode(s, &code);
	int width = n ? utf8_width(code) : 1;

	*cells = width > 0 ? (size_t)width : 0;
	return n ? n : 1;
}

size_t
utf8_cells(struct str s)
{
	size_t total = 0, cells;

	while (s.n > 0) {
		s = str_skip(s, measure(s, &cells));
		total += cells;
	}
	return total;
}

struct str
utf8_fit(struct str s, size_t cells)
{
	struct str rest = s;
	size_t used = 0, width;

	while (rest.n > 0) {
		size_t n = measure(rest, &width);

		if (used + width > cells)
			break;
		used += width;
		rest = str_skip(rest, n);
	}
	return str_sub(s, 0, s.n - rest.n);
}

struct str
utf8_fit_end(struct str s, size_t cells)
{
	size_t total = utf8_cells(s), width;

	while (total > cells) {
		s = str_skip(s, measure(s, &width));
		total -= width;
	}
	return s;
}

size_t
utf8_prev(struct str s, size_t at)
{
	if (at > s.n)
		at = s.n;
	if (at == 0)
		return 0;
	at--;
	for (int i = 0; i < 3 && at > 0 && is_tail(s, at); i++)
		at--;
	return at;
}

size_t
utf8_next(struct str s, size_t at)
{
	if (at >= s.n)
		return s.n;
	at++;
	while (is_tail(s, at))
		at++;
	return at;
}
