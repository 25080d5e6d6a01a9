/* SPDX-License-Identifier: MIT */
/*
 * May a terminal be given this?  Written apart from base/escape.c and
 * base/utf8.c on purpose: it judges them.  And the locale they need.
 */
#include "fuzz.h"

#include <locale.h>

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	assert(setlocale(LC_ALL, "C.UTF-8"));
	return 0;
}

/* First and last of each run of code points that must not come through. */
static const uint32_t banned[][2] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c },
	{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x2069 },
	{ 0xd800, 0xdfff }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
	{ 0xe0000, 0xe007f }, { 0x110000, UINT32_MAX },
};

/* The length of the sequence that this byte begins, and its bits; 0: none. */
static unsigned
sequence(unsigned char first, uint32_t *bits)
{
	unsigned n = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 :
	    first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;

	*bits = n < 2 ? first : first & (0xffu >> (n + 1));
	return n;
}

static bool
is_shortest(uint32_t code, unsigned n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return code >= least[n];
}

bool
safe_for_terminal(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t code;
		unsigned n = sequence((unsigned char)s.p[i], &code);

		if (n == 0 || n > s.n - i)
			return false;
		for (unsigned k = 1; k < n; k++) {
			unsigned char c = (unsigned char)s.p[i + k];

			if ((c & 0xc0) != 0x80)
				return false;
			code = code << 6 | (c & 0x3f);
		}
		if (!is_shortest(code, n))
			return false;
		for (size_t k = 0; k < ARRAY_LEN(banned); k++)
			if (code >= banned[k][0] && code <= banned[k][1])
				return false;
		i += n;
	}
	return true;
}
