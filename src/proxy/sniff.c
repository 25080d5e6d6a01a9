/* SPDX-License-Identifier: MIT */
/*
 * Which protocol do these bytes begin?  TLS: a handshake record (RFC 8446
 * 5.1).  HTTP: a method token, a blank, then what may begin a target.
 */
#include "sniff.h"

#include <stdbool.h>

#define METHOD_MAX 20

static enum sniff
guess_tls(struct str b)
{
	if (b.n < 3)
		return SNIFF_MORE;
	return b.p[1] == 3 && (unsigned char)b.p[2] <= 4 ? SNIFF_TLS :
	    SNIFF_RAW;
}

static bool
is_method_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
	    c == '_';
}

enum sniff
sniff_guess(struct str b)
{
	size_t i = 0;

	if (b.n == 0)
		return SNIFF_MORE;
	if (b.p[0] == 0x16)
		return guess_tls(b);
	while (i < b.n && i <= METHOD_MAX && is_method_char(b.p[i]))
		i++;
	if (i == 0 || i > METHOD_MAX)
		return SNIFF_RAW;
	if (i == b.n)
		return SNIFF_MORE;
	if (b.p[i] != ' ')
		return SNIFF_RAW;
	if (i + 1 == b.n)
		return SNIFF_MORE;
	char c = b.p[i + 1];

	return c == '/' || c == '*' || c == 'h' || c == 'H' ? SNIFF_HTTP :
	    SNIFF_RAW;
}
