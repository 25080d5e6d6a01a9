/* SPDX-License-Identifier: MIT */
/* Bodies: coalescing, sharing, the step from memory to disk, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "sluice/base/mem.h"
#include "sluice/http/body.h"

static char
byte_at(uint64_t at)
{
	return (char)('a' + at * 7 % 26);
}

/* The next n bytes of the endless test text. */
static void
append(struct body *b, size_t n)
{
	char *text = mem_alloc(n + 1);

	for (size_t i = 0; i < n; i++)
		text[i] = byte_at(b->len + i);
	body_append(b, str_make(text, n));
	free(text);
}

/* Reads all of it in steps and compares. */
static void
assert_body(const struct body *b, uint64_t len, size_t step)
{
	char *text = mem_alloc(step);
	uint64_t at = 0;
	struct err err;

	assert_int_equal(b->len, len);
	for (;;) {
		ssize_t n = body_read(b, at, text, step, &err);

		if (n < 0)
			fail_msg("%s", err.text);
		if (n == 0)
			break;
		for (ssize_t i = 0; i < n; i++)
			if (text[i] != byte_at(at + (uint64_t)i))
				fail_msg("byte %zu", (size_t)at + (size_t)i);
		at += (uint64_t)n;
	}
	assert_int_equal(at, len);
	free(text);
}

static void
test_memory(void **state)
{
	struct body b;

	(void)state;
	body_init(&b, NULL);
	assert_body(&b, 0, 10);
	append(&b, 0);
	append(&b, 10000);
	append(&b, 5);
	append(&b, 100);
	append(&b, 70000);
	append(&b, 1);
	assert_int_equal(b.in_memory, 80106);
	assert_int_equal(b.on_disk, 0);
	assert_body(&b, 80106, 1);
	assert_body(&b, 80106, 100000);
	assert_int_equal(body_peek(&b, 80106).n, 0);
	assert_int_equal(body_peek(&b, 80105).n, 1);
	assert_true(body_peek(&b, 10000).n >= 105);
	assert_int_equal(body_peek(&b, 10104).p[0], byte_at(10104));
	body_clear(&b);
	assert_body(&b, 0, 10);
	assert_int_equal(body_cost(&b), 0);
	body_fini(&b);
	body_fini(NULL);
}

static void
test_single_bytes(void **state)
{
	struct body b;

	(void)state;
	body_init(&b, NULL);
	for (size_t i = 0; i < 20000; i++)
		append(&b, 1);
	assert_body(&b, 20000, 4096);
	assert_true(b.count < 10);
	assert_true(body_cost(&b) < 40000);
	body_fini(&b);
}

/* A chunk that someone else holds keeps its bytes. */
static void
test_shared_tail(void **state)
{
	struct body b, copy;

	(void)state;
	body_init(&b, NULL);
	append(&b, 10);
	append(&b, 10);
	struct chunk *tail = chunk_ref(b.runs[b.count - 1].chunk);

	append(&b, 10);
	assert_int_equal(tail->len, 10);
	chunk_unref(tail);
	body_init(&copy, NULL);
	body_copy(&copy, &b);
	append(&b, 10);
	assert_body(&copy, 30, 7);
	append(&copy, 5);
	assert_body(&b, 40, 7);
	assert_body(&copy, 35, 7);
	body_fini(&copy);
	body_fini(&b);
}

/* What is long lies in blocks that are full: no memory is wasted. */
static void
test_long_ones_are_packed(void **state)
{
	static const size_t steps[] = { 1000, 16384, 40000, 70000, 262144 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct body b;
		size_t n = 0;

		body_init(&b, NULL);
		for (; n < 1000000; n += steps[i])
			append(&b, steps[i]);
		assert_body(&b, n, 50000);
		assert_true(body_cost(&b) < n + 2 * BLOCK_SIZE);
		body_fini(&b);
	}
}

static void
test_spill(void **state)
{
	static const size_t maxima[] = { 0, 1, 5000, 20000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(maxima); i++) {
		struct store *store = store_new(maxima[i]);
		struct body b;

		body_init(&b, store);
		append(&b, 3000);
		append(&b, 3000);
		append(&b, 90000);
		append(&b, 1);
		assert_true(b.in_memory <= maxima[i]);
		assert_int_equal(b.in_memory + b.on_disk, 96001);
		assert_int_equal(store_disk(store), b.on_disk);
		assert_int_equal(store_memory(store), body_cost(&b));
		assert_body(&b, 96001, 7777);
		assert_int_equal(body_peek(&b, b.in_memory).n, 0);
		assert_true(body_cost(&b) < 3 * maxima[i] + 10000);
		body_fini(&b);
		assert_int_equal(store_disk(store), 0);
		store_free(store);
	}
}

/* Two bodies that share a file may both go on. */
static void
test_spill_copied(void **state)
{
	struct store *store = store_new(100);
	struct body b, copy, third;

	(void)state;
	body_init(&b, store);
	append(&b, 5000);
	body_init(&copy, NULL);
	body_copy(&copy, &b);
	body_init(&third, NULL);
	body_copy(&third, &copy);
	append(&b, 3000);
	append(&copy, 10);
	/* Something else at the same place. */
	body_append(&third, STR("\xff\xff\xff\xff"));
	assert_body(&b, 8000, 1000);
	assert_body(&copy, 5010, 1000);
	assert_int_equal(third.len, 5004);
	body_fini(&b);
	append(&copy, 10);
	assert_body(&copy, 5020, 1000);
	body_fini(&copy);
	body_fini(&third);
	store_free(store);
}

/* What lies in memory goes to disk, and more may come. */
static void
test_spill_later(void **state)
{
	struct store *store = store_new(1 << 20);
	struct body b, copy;

	(void)state;
	body_init(&b, store);
	append(&b, 50000);
	append(&b, 3000);
	append(&b, 100);
	body_init(&copy, NULL);
	body_copy(&copy, &b);
	assert_true(store_memory(store) > 2 * 53100);
	assert_true(body_spill(&b));
	assert_int_equal(b.in_memory, 0);
	assert_int_equal(b.on_disk, 53100);
	assert_body(&b, 53100, 999);
	assert_true(body_spill(&b));
	append(&b, 200000);
	append(&b, 7);
	assert_body(&b, 253107, 999);
	assert_int_equal(b.in_memory, 0);
	assert_body(&copy, 53100, 999);
	body_fini(&copy);
	assert_int_equal(store_memory(store), body_cost(&b));
	assert_true(body_cost(&b) < 1000);
	body_fini(&b);
	assert_int_equal(store_memory(store), 0);
	store_free(store);
}

static void
test_drop(void **state)
{
	struct store *store = store_new(100);
	struct body b, copy;
	struct err err;
	char text[10];

	(void)state;
	body_init(&b, store);
	body_drop(&b);
	assert_false(b.dropped);
	append(&b, 90);
	append(&b, 5000);
	body_init(&copy, NULL);
	body_copy(&copy, &b);
	body_drop(&b);
	assert_true(b.dropped);
	assert_int_equal(b.len, 5090);
	assert_int_equal(body_peek(&b, 0).n, 0);
	assert_int_equal(body_read(&b, 0, text, 10, &err), -1);
	assert_non_null(strstr(err.text, "dropped"));
	assert_int_equal(body_read(&b, 5090, text, 10, &err), 0);
	assert_body(&copy, 5090, 100);
	assert_int_equal(store_disk(store), 5000);
	body_fini(&copy);
	assert_int_equal(store_disk(store), 0);
	body_fini(&b);
	store_free(store);
}

/* Room in the file is given back to the disk, not only counted. */
static void
test_holes(void **state)
{
	struct store *store = store_new(0);
	struct body keep, b;

	(void)state;
	body_init(&keep, store);
	append(&keep, 10);
	for (int i = 0; i < 100; i++) {
		body_init(&b, store);
		append(&b, 300000);
		assert_int_equal(store_disk(store), 300010);
		body_fini(&b);
	}
	assert_body(&keep, 10, 10);
	assert_int_equal(store_disk(store), 10);
	body_fini(&keep);
	store_free(store);
}

/* The disk is full: lengths go on counting, and reading tells. */
static void
test_lost(void **state)
{
	struct store *store = store_new(100);
	struct rlimit old, none;
	struct body b;
	struct err err;
	char text[10];

	(void)state;
	body_init(&b, store);
	append(&b, 50);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	append(&b, 5000);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	append(&b, 5000);
	assert_true(b.lost);
	assert_int_equal(b.len, 10050);
	assert_int_equal(b.in_memory, 50);
	assert_int_equal(body_read(&b, 45, text, 10, &err), 5);
	assert_int_equal(body_read(&b, 50, text, 10, &err), -1);
	assert_true(err_is_set(&err));
	assert_int_equal(body_read(&b, 10050, text, 10, &err), 0);
	body_fini(&b);
	store_free(store);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_single_bytes),
		cmocka_unit_test(test_shared_tail),
		cmocka_unit_test(test_long_ones_are_packed),
		cmocka_unit_test(test_spill),
		cmocka_unit_test(test_spill_copied),
		cmocka_unit_test(test_spill_later),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
