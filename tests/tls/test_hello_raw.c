/* SPDX-License-Identifier: MIT */
/*
 * All that a hostile client may do to the bytes of a ClientHello: records of
 * any size, cuts, wrong lengths, chance.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "draft.h"

/* However the records are cut, and whatever comes behind. */
static void
test_records(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 4, 5, 7, 100 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct draft d = draft_chrome;
		struct hello h;
		struct buf raw;

		d.record = sizes[i];
		draft_compose(&d, &raw);
		assert_true(draft_read_raw(buf_str(&raw), &h));
		assert_string_equal(h.ja4, CHROME_JA4);
		buf_put(&raw, STR("\x17\x03\x03\xff\xff" "rest"));
		assert_true(draft_read_raw(buf_str(&raw), &h));
		assert_string_equal(h.ja4, CHROME_JA4);
		buf_fini(&raw);
	}
}

/* Another message in the last record, and an empty record before the first. */
static void
test_odd_records(void **state)
{
	struct buf raw, message, again;
	struct hello h;

	(void)state;
	draft_compose(&draft_chrome, &raw);
	buf_init(&message, 256 * 1024);
	buf_init(&again, 256 * 1024);
	buf_put(&message, str_skip(buf_str(&raw), 5));
	buf_put(&message, STR("\x10\0\0\1x"));
	buf_put(&again, STR("\x16\3\1\0\0"));
	draft_records(&again, buf_str(&message), 16384);
	assert_true(draft_read_raw(buf_str(&again), &h));
	assert_string_equal(h.ja4, CHROME_JA4);
	buf_fini(&again);
	buf_fini(&message);
	buf_fini(&raw);
}

static void
test_long(void **state)
{
	static const struct {
		size_t padding;
		bool ok;
	} rows[] = {
		{ 0, true }, { 16384, true }, { 60000, true },
		/* With the rest of 54 bytes 65536, then one more. */
		{ 65482, true }, { 65483, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct draft d = { .extensions = "0015",
			.padding = rows[i].padding };
		struct hello h;
		struct buf raw;

		draft_compose(&d, &raw);
		buf_put(&raw, STR("\x16\3\1"));
		assert_int_equal(draft_read_raw(buf_str(&raw), &h), rows[i].ok);
		if (rows[i].ok)
			assert_memory_equal(h.ja4, "t12i010100_", 11);
		buf_fini(&raw);
	}
}

static void
test_many(void **state)
{
	char *ids = draft_ids(0x4000, 8000);
	const struct draft d = { .ciphers = ids, .extensions = ids };
	struct hello h;

	(void)state;
	assert_true(draft_read(&d, &h));
	assert_memory_equal(h.ja4, "t12i999900_", 11);
	assert_memory_equal(h.ciphers, "7997 suites: 0x4000, ", 21);
	free(ids);
}

/* The records are whole only at the very end. */
static void
test_cut_everywhere(void **state)
{
	static const size_t sizes[] = { 0, 1, 60 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct draft d = draft_chrome;
		struct hello h;
		struct buf raw;

		d.record = sizes[i];
		draft_compose(&d, &raw);
		for (size_t n = 0; n < buf_len(&raw); n++)
			assert_false(draft_read_raw(str_sub(buf_str(&raw), 0,
			    n), &h));
		buf_fini(&raw);
	}
}

/* A message whose own length is right but whose body ends early. */
static void
test_cut_inside(void **state)
{
	struct buf whole;
	struct str hello;

	(void)state;
	draft_compose(&draft_chrome, &whole);
	hello = str_skip(buf_str(&whole), 9);
	for (size_t n = 0; n < hello.n; n++) {
		struct hello h;
		struct buf raw;
		/* All up to the compression methods, then no extensions. */
		bool ok = n == 2 + 32 + 1 + 3 + 2 + 30 + 2;

		draft_wrap(str_sub(hello, 0, n), &raw);
		assert_int_equal(draft_read_raw(buf_str(&raw), &h), ok);
		buf_fini(&raw);
	}
	buf_fini(&whole);
}

#define RANDOM32 "01234567890123456789012345678901"
#define S(lit) { "" lit, sizeof(lit) - 1 }

static void
test_malformed_bodies(void **state)
{
	static const struct {
		const char *name;
		struct str hello;
		const char *start;	/* of the fingerprint; NULL: refused */
	} rows[] = {
		{ "plain", S("\3\3" RANDOM32 "\0\0\2\x13\1\1\0"),
		    "t12i010000" },
		{ "session of 33", S("\3\3" RANDOM32 "\x21" RANDOM32 "x"
		    "\0\2\x13\1\1\0"), NULL },
		{ "odd ciphers", S("\3\3" RANDOM32 "\0\0\3\x13\1\x13\1\0"),
		    NULL },
		{ "a byte behind", S("\3\3" RANDOM32 "\0\0\2\x13\1\1\0\0"),
		    NULL },
		{ "bytes behind", S("\3\3" RANDOM32 "\0\0\2\x13\1\1\0\0\0x"),
		    NULL },
		{ "half an extension", S("\3\3" RANDOM32 "\0\0\2\x13\1\1\0"
		    "\0\3\0\0\0"), NULL },
		{ "extension too long", S("\3\3" RANDOM32 "\0\0\2\x13\1\1\0"
		    "\0\5\0\0\0\2x"), NULL },
		{ "empty bodies", S("\3\2" RANDOM32 "\0\0\2\x13\1\1\0"
		    "\0\x10\0\0\0\0\0\x10\0\0\0\x0d\0\0\0\x2b\0\0"),
		    "t11d010400" },
		{ "lists too long", S("\3\2" RANDOM32 "\0\0\2\x13\1\1\0"
		    "\0\x18\0\x10\0\5\0\4\2h2\0\x0d\0\2\0\2\0\x2b\0\5\5\3\4"
		    "\3\3"), "t11i010300" },
		{ "name too long", S("\3\2" RANDOM32 "\0\0\2\x13\1\1\0"
		    "\0\x09\0\x10\0\5\0\3\3h2"), "t11i010100" },
		{ "odd version list", S("\3\2" RANDOM32 "\0\0\2\x13\1\1\0"
		    "\0\x08\0\x2b\0\4\3\3\4\3"), "t13i010100" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct hello h;
		struct buf raw;

		print_message("body: %s\n", rows[i].name);
		draft_wrap(rows[i].hello, &raw);
		assert_int_equal(draft_read_raw(buf_str(&raw), &h),
		    rows[i].start != NULL);
		if (rows[i].start)
			assert_memory_equal(h.ja4, rows[i].start, 10);
		buf_fini(&raw);
	}
}

static void
test_no_hello(void **state)
{
	static const struct {
		const char *name;
		struct str raw;
	} rows[] = {
		{ "nothing", S("") },
		{ "SSL 2", S("\x80\x2e\1\3\1\0\x15\0\0\0\x10\1\0\x80\3\0\x80"
		    RANDOM32) },
		{ "HTTP", S("GET / HTTP/1.1\r\n\r\n") },
		{ "alert", S("\x15\3\1\0\2\2\x28") },
		{ "server hello", S("\x16\3\1\0\4\2\0\0\0") },
		{ "version 4", S("\x16\4\0\0\4\1\0\0\0") },
		{ "empty body", S("\x16\3\1\0\4\1\0\0\0") },
		{ "16 MB", S("\x16\3\1\0\4\1\xff\xff\xff") },
		{ "record of 64 KB", S("\x16\3\1\xff\xff\1\0\0\0") },
		{ "empty records", S("\x16\3\1\0\0\x16\3\1\0\0") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct hello h;

		print_message("no hello: %s\n", rows[i].name);
		assert_false(draft_read_raw(rows[i].raw, &h));
	}
}

/* Good hellos but for one byte of a head, or a record over the limit. */
static void
test_wrong_heads(void **state)
{
	static const struct {
		size_t at;
		char byte;
	} rows[] = { { 0, 23 }, { 1, 4 }, { 1, 2 }, { 5, 2 } };
	struct draft d = { .extensions = "0015", .padding = 19000,
		.record = 16385 };
	struct hello h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf raw;

		draft_compose(&draft_chrome, &raw);
		raw.p[raw.off + rows[i].at] = rows[i].byte;
		assert_false(draft_read_raw(buf_str(&raw), &h));
		buf_fini(&raw);
	}
	assert_false(draft_read(&d, &h));
	d.record = 16384;
	assert_true(draft_read(&d, &h));
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Up to eight bytes changed, half of them to values that lengths like. */
static void
mutate(char *p, size_t n, uint32_t *seed)
{
	static const uint8_t edges[] = { 0, 1, 2, 3, 0x0a, 0x7f, 0x80, 0xff };
	size_t changes = 1 + next_random(seed) % 8;

	while (changes-- > 0) {
		size_t at = next_random(seed) % n;
		uint32_t value = next_random(seed);

		p[at] = (char)(value & 0x100 ? edges[value % 8] : value);
	}
}

/* How many of them could still be read. */
static size_t
read_mutations(const struct draft *d, size_t n)
{
	uint32_t seed = 2463534242;
	size_t good = 0;
	struct buf raw;

	draft_compose(d, &raw);
	for (size_t i = 0; i < n; i++) {
		char *p = str_dup(buf_str(&raw));
		size_t len = buf_len(&raw);
		struct hello h;

		mutate(p, len, &seed);
		if (next_random(&seed) % 8 == 0)
			len = next_random(&seed) % len;
		good += draft_read_raw(str_make(p, len), &h);
		free(p);
	}
	buf_fini(&raw);
	return good;
}

static void
test_mutations(void **state)
{
	const struct draft small = { .extensions = "002b,0010,000d,0000",
		.signatures = "0403", .record = 20 };
	size_t n = 10000;

	(void)state;
	/* Both outcomes are seen often enough to mean something. */
	assert_in_range(read_mutations(&draft_chrome, n), n / 50, n - n / 50);
	assert_in_range(read_mutations(&small, n), n / 50, n - n / 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_odd_records),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_cut_everywhere),
		cmocka_unit_test(test_cut_inside),
		cmocka_unit_test(test_malformed_bodies),
		cmocka_unit_test(test_no_hello),
		cmocka_unit_test(test_wrong_heads),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
