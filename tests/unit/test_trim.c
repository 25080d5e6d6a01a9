/* SPDX-License-Identifier: MIT */
/* Memory that was freed goes back to the system, a little at a time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sluice/base/mem.h"
#include "sluice/base/trim.h"

#define COUNT		(32 * 1024)
#define SIZE(i)		(1024 + (i) % 7 * 1024)		/* 4 KiB, about */
#define MIB		(1024 * 1024)

/* Sanitizers and valgrind keep what was freed for a while. */
static bool
is_watched(void)
{
	return ADDRESS_SANITIZER || getenv("LD_PRELOAD");
}

static long
resident(void)
{
	FILE *in = fopen("/proc/self/statm", "re");
	long all, here = 0;

	assert_non_null(in);
	assert_int_equal(fscanf(in, "%ld %ld", &all, &here), 2);
	fclose(in);
	return here * sysconf(_SC_PAGESIZE);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Every 500th is kept, so that the heap's end stays where it is. */
static void
fill(char **kept)
{
	char **all = mem_array(NULL, COUNT, sizeof *all);

	for (size_t i = 0; i < COUNT; i++)
		all[i] = memset(mem_alloc(SIZE(i)), 'x', SIZE(i));
	for (size_t i = 0; i < COUNT; i++) {
		kept[i] = i % 500 == 499 ? all[i] : NULL;
		if (!kept[i])
			free(all[i]);
	}
	free(all);
}

static void
check(char **kept)
{
	for (size_t i = 0; i < COUNT; i++)
		for (size_t k = 0; kept[i] && k < SIZE(i); k++)
			assert_int_equal(kept[i][k], 'x');
}

static unsigned
trim_all(void)
{
	struct trim t = { .held = NULL };
	double longest = 0, start;
	unsigned steps = 0;

	for (bool more = true; more; steps++) {
		start = now();
		more = trim_step(&t);
		if (now() - start > longest)
			longest = now() - start;
		assert_true(steps < 10000);
	}
	assert_null(t.held);
	print_message("%u steps, the longest %.2f ms\n", steps, longest);
	return steps;
}

static void
memory_goes_back_in_steps(void **state)
{
	char **kept = mem_array(NULL, COUNT, sizeof *kept);
	long full, rest;
	unsigned steps;

	(void)state;
	mem_keep();
	fill(kept);
	full = resident();
	steps = trim_all();
	rest = resident();
	check(kept);
	print_message("%ld MiB, %ld MiB are left\n", full / MIB, rest / MIB);
	if (!is_watched()) {
		assert_true(steps > 2);
		assert_true(rest < full / 2);
	}
	for (size_t i = 0; i < COUNT; i++)
		free(kept[i]);
	free(kept);
}

static void
ends_in_the_middle(void **state)
{
	struct trim t = { .held = NULL };

	(void)state;
	assert_int_equal(trim_step(&t), !ADDRESS_SANITIZER);
	trim_fini(&t);
	assert_null(t.held);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_goes_back_in_steps),
		cmocka_unit_test(ends_in_the_middle),
	};

	return cmocka_run_group_tests_name("trim", tests, NULL, NULL);
}
