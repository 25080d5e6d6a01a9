/* SPDX-License-Identifier: MIT */
/* Chunked bodies and trailers, in both directions. */
#include "reading.h"

static void
check(enum codec_role role, struct str head, struct str body, size_t first)
{
	struct buf all;

	buf_init(&all, head.n + body.n);
	buf_put(&all, head);
	buf_put(&all, body);
	reading_check(role, "GET", buf_str(&all), head.n + first);
	buf_fini(&all);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str in = str_make(bytes, n);
	size_t first = fuzz_choice(&in);

	check(CODEC_SERVER, STR("POST / HTTP/1.1\r\nHost: h\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"), in, first);
	check(CODEC_CLIENT, STR("HTTP/1.1 200 OK\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"), in, first);
	return 0;
}
