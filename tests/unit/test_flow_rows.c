/* SPDX-License-Identifier: MIT */
/* Rows with room in them, against a plain array. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "src/flow/flow_rows.h"

#define FLOWS		3000u

struct model {
	struct flow flows[FLOWS];
	bool in[FLOWS];
	struct flow_rows rows;
};

static struct model m;

static void
check(void)
{
	size_t row = 0, marked = 0, at;

	for (size_t i = 0; i < FLOWS; i++) {
		bool has = flow_rows_has(&m.rows, &m.flows[i], &at);

		assert_int_equal(has, m.in[i]);
		assert_int_equal(at, row);
		if (!has)
			continue;
		assert_ptr_equal(flow_rows_at(&m.rows, row), &m.flows[i]);
		marked += m.flows[i].marked;
		row++;
	}
	assert_int_equal(m.rows.count, row);
	assert_int_equal(m.rows.marked, marked);
}

static void
put(size_t i, bool in)
{
	struct flow *f = &m.flows[i];

	if (in)
		assert_int_equal(flow_rows_add(&m.rows, f), !m.in[i]);
	else
		assert_int_equal(flow_rows_remove(&m.rows, f, f->marked),
		    m.in[i]);
	m.in[i] = in;
}

static void
begin(void)
{
	memset(&m, 0, sizeof m);
	for (size_t i = 0; i < FLOWS; i++) {
		m.flows[i].id = i * 3 + 1;
		m.flows[i].marked = i % 5 == 0;
	}
}

static void
as_a_list_lives(void **state)
{
	(void)state;
	begin();
	/* New ones at the end, the oldest go. */
	for (size_t i = 0; i < FLOWS; i++) {
		put(i, true);
		if (i >= 100)
			put(i - 100, false);
		if (i % 500 == 0)
			check();
	}
	check();
	/* Put back in order, then every other out again. */
	for (size_t i = 0; i < FLOWS - 100; i++)
		put(i, true);
	check();
	for (size_t i = 0; i < FLOWS; i += 2)
		put(i, false);
	check();
	for (size_t i = FLOWS; i-- > 0;)
		put(i, false);
	check();
	flow_rows_fini(&m.rows);
}

static void
at_random(void **state)
{
	struct flow_rows copy;

	(void)state;
	srand(11);
	begin();
	for (unsigned round = 0; round < 60; round++) {
		size_t at = (size_t)rand() % FLOWS, n = (size_t)rand() % 400;
		bool in = rand() % 3 != 0;

		for (size_t i = 0; i < n; i++) {
			put(at, in);
			at = (at + (round % 2 ? 1 : FLOWS - 1)) % FLOWS;
		}
		check();
	}
	flow_rows_copy(&copy, &m.rows);
	flow_rows_fini(&m.rows);
	m.rows = copy;
	check();
	flow_rows_fini(&m.rows);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_a_list_lives),
		cmocka_unit_test(at_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
