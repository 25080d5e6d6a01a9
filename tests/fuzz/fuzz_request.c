/* SPDX-License-Identifier: MIT */
/* What clients send: heads, bodies, pipelines. */
#include "reading.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str in = str_make(bytes, n);
	size_t first = fuzz_choice(&in);

	reading_check(CODEC_SERVER, "", in, first);
	return 0;
}
