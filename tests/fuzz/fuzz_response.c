/* SPDX-License-Identifier: MIT */
/* What servers answer, to requests whose method changes what it means. */
#include "reading.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const methods[] = { "GET", "HEAD", "POST" };
	struct str in = str_make(bytes, n);
	unsigned choice = fuzz_choice(&in);

	reading_check(CODEC_CLIENT, methods[choice % ARRAY_LEN(methods)], in,
	    choice);
	return 0;
}
