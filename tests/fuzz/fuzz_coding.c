/* SPDX-License-Identifier: MIT */
/* Content codings undone: gzip, deflate, br, zstd, alone and two deep. */
#include "fuzz.h"
#include "sluice/http/coding.h"

#define CAP (64u << 10)

static void
check_result(enum coding_result result, const struct buf *out,
    const struct err *err)
{
	assert(buf_len(out) <= CAP);
	assert(result == CODING_DONE || result == CODING_CUT ||
	    err_is_set(err));
	assert(result != CODING_UNKNOWN || buf_len(out) == 0);
	assert(safe_for_terminal(str_from(err->text)));
}

/* In two pieces, so that chunks meet within a coding. */
static void
check_message(struct str codings, struct str in)
{
	struct err err = { "" };
	struct message m;
	struct buf out;

	message_init(&m, MESSAGE_RESPONSE, NULL);
	headers_add(&m.headers, STR("Content-Encoding"), codings);
	body_append(&m.body, str_sub(in, 0, in.n / 2));
	body_append(&m.body, str_skip(in, in.n / 2));
	buf_init(&out, CAP);
	check_result(coding_decode(&m, &out, &err), &out, &err);
	buf_fini(&out);
	message_fini(&m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const codings[] = {
		"gzip", "deflate", "br", "zstd", "gzip, zstd", "br, gzip",
		"deflate, br", "identity, gzip",
	};
	struct str in = str_make(bytes, n);
	unsigned choice = fuzz_choice(&in) % ARRAY_LEN(codings);
	struct err err = { "" };
	struct buf out;

	if (choice < 4) {
		buf_init(&out, CAP);
		check_result(coding_decode_bytes(str_from(codings[choice]),
		    in, &out, &err), &out, &err);
		buf_fini(&out);
	}
	check_message(str_from(codings[choice]), in);
	return 0;
}
