/* SPDX-License-Identifier: MIT */
/* Slices, buffers, the map: what they hold after what was done to them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "sluice/base/buf.h"
#include "sluice/base/chunk.h"
#include "sluice/base/map.h"
#include "sluice/base/mem.h"

static void
numbers(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t value;
	} rows[] = {
		{ "0", true, 0 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 },
		{ "", false, 0 },
		{ "-1", false, 0 },
		{ "+1", false, 0 },
		{ "1 ", false, 0 },
	};
	uint64_t v;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		v = 0;
		if (str_to_u64(str_from(rows[i].text), &v) != rows[i].ok ||
		    v != rows[i].value)
			fail_msg("%s", rows[i].text);
	}
	assert_true(str_to_hex64(STR("ffffffffffffffff"), &v));
	assert_true(v == UINT64_MAX);
	assert_false(str_to_hex64(STR("10000000000000000"), &v));
	assert_false(str_to_hex64(STR("0x1"), &v));
}

static void
splitting(void **state)
{
	struct str rest = STR("a,,b"), part;

	(void)state;
	assert_true(str_split(&rest, ',', &part) && str_eq(part, STR("a")));
	assert_true(str_split(&rest, ',', &part) && part.n == 0);
	assert_true(str_split(&rest, ',', &part) && str_eq(part, STR("b")));
	assert_false(str_split(&rest, ',', &part));
	assert_true(str_eq(str_trim(STR(" \t x y\t")), STR("x y")));
	assert_int_equal(str_find(STR("abcabd"), STR("abd")), 3);
	assert_int_equal(str_find_nocase(STR("xABc"), STR("abC")), 1);
	assert_true(str_find(STR("ab"), STR("abc")) == SIZE_MAX);
	assert_int_equal(str_rchr(STR("a:b:c"), ':'), 3);
	assert_true(str_starts_nocase(STR("Host: x"), STR("host")));
	assert_int_equal(str_sub(STR("abc"), 2, 99).n, 1);
	assert_int_equal(str_skip(STR("abc"), 99).n, 0);
}

static void
buffer_keeps_its_maximum(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	assert_true(buf_add(&b, "12345678", 8));
	assert_false(buf_add(&b, "abc", 3));
	assert_int_equal(buf_len(&b), 8);
	buf_consume(&b, 6);
	assert_true(buf_add(&b, "abcdefgh", 8));
	assert_true(str_eq(buf_str(&b), STR("78abcdefgh")));
	assert_null(buf_reserve(&b, 1));
	buf_truncate(&b, 2);
	buf_printf(&b, "%03d", 7);
	char *text = buf_take(&b);

	assert_string_equal(text, "78007");
	assert_int_equal(buf_len(&b), 0);
	free(text);
	buf_fini(&b);
}

/* A long queue: what goes in comes out, and memory does not grow with it. */
static void
buffer_as_queue(void **state)
{
	struct buf b;
	unsigned in = 0, out = 0;

	(void)state;
	buf_init(&b, 4096);
	for (int round = 0; round < 20000; round++) {
		for (int i = 0; i < 7; i++)
			buf_putc(&b, (char)(in++ % 251));
		while (buf_len(&b) > 5) {
			assert_int_equal((unsigned char)buf_str(&b).p[0],
			    out++ % 251);
			buf_consume(&b, 1);
		}
	}
	assert_true(b.cap <= 4096);
	buf_fini(&b);
}

static void
chunks_are_shared(void **state)
{
	struct chunk *c = chunk_alloc(8);

	(void)state;
	chunk_append(c, STR("abc"));
	assert_ptr_equal(chunk_ref(c), c);
	chunk_unref(c);
	chunk_append(c, STR("de"));
	assert_true(str_eq(chunk_str(c), STR("abcde")));
	chunk_unref(c);
	chunk_unref(NULL);
}

/* Against a plain array, with many collisions and removals. */
static void
map_against_array(void **state)
{
	static int present[500];
	struct map *m = map_new();
	unsigned seed = 1;
	size_t count = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char key[16];
		unsigned k;

		seed = seed * 1103515245 + 12345;
		k = seed >> 16 & 0xff;
		snprintf(key, sizeof key, "k%u", k);
		bool had = present[k];

		if (seed >> 8 & 1) {
			void *old = map_put(m, str_from(key), &present[k]);

			assert_true((old != NULL) == had);
			present[k] = 1;
		} else {
			void *old = map_remove(m, str_from(key));

			assert_true((old != NULL) == had);
			present[k] = 0;
		}
		count += (size_t)(present[k] - had);
		assert_true((map_get(m, str_from(key)) != NULL) == present[k]);
		assert_int_equal(map_count(m), count);
	}
	size_t at = 0, seen = 0;
	struct str key;
	void *value;

	while (map_next(m, &at, &key, &value))
		seen++;
	assert_int_equal(seen, count);
	map_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(splitting),
		cmocka_unit_test(buffer_keeps_its_maximum),
		cmocka_unit_test(buffer_as_queue),
		cmocka_unit_test(chunks_are_shared),
		cmocka_unit_test(map_against_array),
	};

	return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
