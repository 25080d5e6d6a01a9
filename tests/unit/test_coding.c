/* SPDX-License-Identifier: MIT */
/* Codings undone: every kind, two deep, damaged, cut short, and bombs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <zlib.h>
#include <zstd.h>

#include "sluice/base/mem.h"
#include "sluice/http/coding.h"

#define TEXT	"hello hello hello hello, said the coder\n"

/* TEXT by brotli's own program. */
static const unsigned char brotli_text[] = {
	0x1b, 0x27, 0x00, 0xf8, 0x1d, 0x09, 0x36, 0x4e, 0x74, 0x6f,
	0x24, 0x86, 0x57, 0x65, 0x68, 0x0d, 0xc2, 0xc2, 0x26, 0x27,
	0x15, 0xd8, 0xde, 0x52, 0x12, 0x41, 0xe4, 0xc9, 0x03, 0x6e,
	0xc8, 0x67, 0x57, 0x83, 0x5c, 0x59, 0x06,
};

/* bits as zlib wants them: 31 gzip, 15 zlib, -15 raw. */
static void
deflate_to(struct buf *out, struct str in, int bits)
{
	z_stream z = { 0 };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, bits, 8, 0), Z_OK);
	size_t bound = deflateBound(&z, in.n);
	char *p = buf_reserve(out, bound);

	assert_non_null(p);
	z.next_in = (Bytef *)(uintptr_t)in.p;
	z.avail_in = (uInt)in.n;
	z.next_out = (Bytef *)p;
	z.avail_out = (uInt)bound;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_commit(out, bound - z.avail_out);
	deflateEnd(&z);
}

static void
zstd_to(struct buf *out, struct str in)
{
	size_t bound = ZSTD_compressBound(in.n);
	char *p = buf_reserve(out, bound);

	assert_non_null(p);
	buf_commit(out, ZSTD_compress(p, bound, in.p, in.n, 3));
}

static void
encode(struct buf *out, const char *coding, struct str in)
{
	if (strcmp(coding, "gzip") == 0 || strcmp(coding, "X-GZIP") == 0)
		deflate_to(out, in, 31);
	else if (strcmp(coding, "deflate") == 0)
		deflate_to(out, in, 15);
	else if (strcmp(coding, "raw") == 0)
		deflate_to(out, in, -15);
	else if (strcmp(coding, "zstd") == 0)
		zstd_to(out, in);
	else
		buf_put(out, str_make(brotli_text, sizeof brotli_text));
}

static const char *
wire_name(const char *coding)
{
	return strcmp(coding, "raw") == 0 ? "deflate" : coding;
}

static const char *const kinds[] = {
	"gzip", "X-GZIP", "deflate", "raw", "zstd", "br",
};

static void
test_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct str name = str_from(wire_name(kinds[i]));
		struct buf in, out;
		struct err err;

		buf_init(&in, 10000);
		encode(&in, kinds[i], STR(TEXT));
		buf_init(&out, 1000);
		assert_int_equal(coding_decode_bytes(name, buf_str(&in), &out,
		    &err), CODING_DONE);
		assert_true(str_eq(buf_str(&out), STR(TEXT)));
		buf_fini(&out);
		/* It just fits, and it just does not. */
		buf_init(&out, strlen(TEXT));
		assert_int_equal(coding_decode_bytes(name, buf_str(&in), &out,
		    &err), CODING_DONE);
		buf_fini(&out);
		buf_init(&out, strlen(TEXT) - 1);
		assert_int_equal(coding_decode_bytes(name, buf_str(&in), &out,
		    &err), CODING_CUT);
		assert_true(str_eq(buf_str(&out), str_sub(STR(TEXT), 0,
		    strlen(TEXT) - 1)));
		buf_fini(&out);
		buf_fini(&in);
	}
}

/* Cut at every byte: broken, and what came out is the start of the text. */
static void
test_cut_short(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct str name = str_from(wire_name(kinds[i]));
		struct buf in;

		buf_init(&in, 10000);
		encode(&in, kinds[i], STR(TEXT));
		for (size_t n = 0; n < buf_len(&in); n++) {
			struct buf out;
			struct err err = { 0 };

			buf_init(&out, 1000);
			if (coding_decode_bytes(name, str_sub(buf_str(&in), 0,
			    n), &out, &err) != CODING_BROKEN)
				fail_msg("%s at %zu", kinds[i], n);
			assert_true(err_is_set(&err));
			assert_true(str_starts(STR(TEXT), buf_str(&out)));
			buf_fini(&out);
		}
		buf_fini(&in);
	}
}

static void
test_damaged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct buf out;
		struct err err = { 0 };

		buf_init(&out, 1000);
		assert_int_equal(coding_decode_bytes(
		    str_from(wire_name(kinds[i])), STR("\xff\xff\xff\xff"
		    "this is none of these"), &out, &err), CODING_BROKEN);
		assert_true(err_is_set(&err));
		buf_fini(&out);
	}
}

static void
test_unknown(void **state)
{
	struct buf out;
	struct err err;

	(void)state;
	buf_init(&out, 1000);
	assert_int_equal(coding_decode_bytes(STR("compress"), STR("x"), &out,
	    &err), CODING_UNKNOWN);
	assert_int_equal(buf_len(&out), 0);
	buf_fini(&out);
}

/* Members and frames may follow each other; other bytes end gzip. */
static void
test_several(void **state)
{
	static const struct {
		const char *coding, *after;
	} rows[] = {
		{ "gzip", "" }, { "zstd", "" }, { "gzip", "padding" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf in, out;
		struct err err;

		buf_init(&in, 10000);
		encode(&in, rows[i].coding, STR("one "));
		encode(&in, rows[i].coding, STR("two"));
		buf_put(&in, str_from(rows[i].after));
		buf_init(&out, 1000);
		assert_int_equal(coding_decode_bytes(str_from(rows[i].coding),
		    buf_str(&in), &out, &err), CODING_DONE);
		assert_true(str_eq(buf_str(&out), STR("one two")));
		buf_fini(&in);
		buf_fini(&out);
	}
}

static void
test_bomb(void **state)
{
	const char *const bombs[] = { "gzip", "zstd" };
	size_t n = 8u << 20;
	char *zeros = mem_zalloc(n);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bombs); i++) {
		struct buf in, out;
		struct err err;

		buf_init(&in, 20u << 20);
		encode(&in, bombs[i], str_make(zeros, n));
		buf_init(&out, 16u << 20);
		assert_int_equal(coding_decode_bytes(str_from(bombs[i]),
		    buf_str(&in), &out, &err), CODING_CUT);
		assert_true(buf_len(&out) >= 1u << 20);
		assert_true(buf_len(&out) < n / 2);
		buf_fini(&in);
		buf_fini(&out);
	}
	free(zeros);
}

/* Repeats that are worth less than the cap's ratio are not bombs. */
static void
test_large(void **state)
{
	size_t n = 3u << 20;
	char *text = mem_alloc(n);
	unsigned seed = 1;
	struct buf in, out;
	struct err err;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1103515245u + 12345u;
		text[i] = (char)('a' + (seed >> 16) % 16);
	}
	buf_init(&in, 20u << 20);
	encode(&in, "gzip", str_make(text, n));
	buf_init(&out, n);
	assert_int_equal(coding_decode_bytes(STR("gzip"), buf_str(&in), &out,
	    &err), CODING_DONE);
	assert_true(str_eq(buf_str(&out), str_make(text, n)));
	buf_fini(&in);
	buf_fini(&out);
	free(text);
}

struct message_row {
	const char *fields[2];
	const char *codings[3];		/* in the order they are put on */
	enum coding_result want;
	bool coded;
};

static void
run_message(const struct message_row *row, uint64_t memory)
{
	struct store *store = store_new(memory);
	struct buf now, next, out;
	struct message m;
	struct err err = { 0 };

	buf_init(&now, 10000);
	buf_put(&now, STR(TEXT));
	for (size_t i = 0; i < 3 && row->codings[i]; i++) {
		buf_init(&next, 10000);
		encode(&next, row->codings[i], buf_str(&now));
		buf_fini(&now);
		now = next;
	}
	message_init(&m, MESSAGE_RESPONSE, store);
	for (size_t i = 0; i < 2; i++)
		if (row->fields[i])
			headers_add(&m.headers, STR("content-encoding"),
			    str_from(row->fields[i]));
	/* In two pieces, so that chunks meet within a coding. */
	body_append(&m.body, str_sub(buf_str(&now), 0, 9));
	body_append(&m.body, str_skip(buf_str(&now), 9));
	assert_int_equal(coding_is_coded(&m), row->coded);
	buf_init(&out, 1000);
	assert_int_equal(coding_decode(&m, &out, &err), row->want);
	if (row->want == CODING_DONE)
		assert_true(str_eq(buf_str(&out), STR(TEXT)));
	else
		assert_true(err_is_set(&err));
	if (row->want == CODING_UNKNOWN)
		assert_int_equal(buf_len(&out), 0);
	buf_fini(&out);
	buf_fini(&now);
	message_fini(&m);
	store_free(store);
}

static void
test_messages(void **state)
{
	static const struct message_row rows[] = {
		{ .want = CODING_DONE },
		{ .fields = { "identity" }, .want = CODING_DONE },
		{ .fields = { "GZip" }, .codings = { "gzip" },
		    .want = CODING_DONE, .coded = true },
		{ .fields = { "deflate" }, .codings = { "raw" },
		    .want = CODING_DONE, .coded = true },
		{ .fields = { "br" }, .codings = { "br" },
		    .want = CODING_DONE, .coded = true },
		{ .fields = { "zstd, gzip" }, .codings = { "zstd", "gzip" },
		    .want = CODING_DONE, .coded = true },
		{ .fields = { "br", "identity, zstd" },
		    .codings = { "br", "zstd" }, .want = CODING_DONE,
		    .coded = true },
		{ .fields = { "gzip, gzip, gzip" },
		    .codings = { "gzip", "gzip", "gzip" },
		    .want = CODING_UNKNOWN, .coded = true },
		{ .fields = { "gzip, sdch" }, .codings = { "gzip" },
		    .want = CODING_UNKNOWN, .coded = true },
		{ .fields = { "gzip" }, .want = CODING_BROKEN,
		    .coded = true },
		{ .fields = { "br, gzip" }, .codings = { "gzip" },
		    .want = CODING_BROKEN, .coded = true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		run_message(&rows[i], 1 << 20);
		run_message(&rows[i], 0);	/* on disk */
	}
}

static void
test_plain_is_capped(void **state)
{
	struct message m;
	struct buf out;
	struct err err;

	(void)state;
	message_init(&m, MESSAGE_RESPONSE, NULL);
	body_append(&m.body, STR("0123456789"));
	buf_init(&out, 4);
	assert_int_equal(coding_decode(&m, &out, &err), CODING_CUT);
	assert_true(str_eq(buf_str(&out), STR("0123")));
	buf_fini(&out);
	message_fini(&m);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_plain_is_capped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
