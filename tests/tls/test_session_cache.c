/* SPDX-License-Identifier: MIT */
/* The cache of sessions alone: age, order, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../src/tls/session_cache.h"
#include "pair.h"

static struct pair p;

static int
setup(void **state)
{
	(void)state;
	pair_open(&p);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	pair_close(&p);
	return 0;
}

/* A real one, as only those have a certificate. */
static SSL_SESSION *
copy_session(int version)
{
	SSL_SESSION *copy;

	pair_connect(&p, "a.test", "a.test", "");
	SSL_set_max_proto_version(tls_ssl(p.client), version);
	pair_to_hello(&p);
	pair_resume(&p, "a.test", "");
	pair_say(p.server, p.client, "tickets come with this");
	copy = SSL_SESSION_dup(SSL_get0_session(tls_ssl(p.client)));
	pair_disconnect(&p);
	return copy;
}

static void
keep(struct session_cache *c, const char *key, const SSL_SESSION *session)
{
	session_cache_put(c, str_from(key), (struct kept_session){
		.session = SSL_SESSION_dup(session) });
}

static bool
has(struct session_cache *c, const char *key, int64_t now)
{
	struct kept_session kept = session_cache_take(c, str_from(key), now);

	SSL_SESSION_free(kept.session);
	return kept.session != NULL;
}

static void
test_expired(void **state)
{
	struct session_cache *c = session_cache_new(4);

	(void)state;
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION;
	    version++) {
		SSL_SESSION *session = copy_session(version);
		int64_t now = SSL_SESSION_get_time(session);

		keep(c, "a", session);
		assert_true(has(c, "a", now + 3590));
		keep(c, "a", session);
		assert_false(has(c, "a", now + 3600));
		assert_int_equal(session_cache_count(c), 0);
		/* A clock that was set back says nothing about age. */
		keep(c, "a", session);
		assert_false(has(c, "a", now - 1));
		/* The certificate runs out in 43 days. */
		SSL_SESSION_set_time(session, (long)now + 44 * DAY_SECONDS);
		keep(c, "a", session);
		assert_false(has(c, "a", now + 44 * DAY_SECONDS + 1));
		SSL_SESSION_free(session);
	}
	session_cache_free(c);
}

static void
test_bounds(void **state)
{
	struct session_cache *c = session_cache_new(2);
	SSL_SESSION *session = copy_session(TLS1_3_VERSION);
	int64_t now = SSL_SESSION_get_time(session);

	(void)state;
	keep(c, "a", session);
	keep(c, "b", session);
	keep(c, "a", session);
	keep(c, "c", session);
	assert_int_equal(session_cache_count(c), 2);
	assert_false(has(c, "b", now));
	/* Two at most are kept of "a". */
	keep(c, "a", session);
	keep(c, "a", session);
	assert_true(has(c, "a", now));
	assert_true(has(c, "a", now));
	assert_false(has(c, "a", now));
	session_cache_drop(c, STR("c"));
	session_cache_drop(c, STR("c"));
	assert_int_equal(session_cache_count(c), 0);
	keep(c, "d", session);
	session_cache_clear(c);
	assert_false(has(c, "d", now));
	assert_int_equal(session_cache_era(c), 1);
	keep(c, "e", session);
	session_cache_free(c);
	SSL_SESSION_free(session);
}

/* The newest first. */
static void
test_order(void **state)
{
	struct session_cache *c = session_cache_new(2);
	SSL_SESSION *session = copy_session(TLS1_3_VERSION);
	int64_t now = SSL_SESSION_get_time(session);

	(void)state;
	for (long age = 3; age >= 1; age--) {
		SSL_SESSION_set_time(session, (long)now - age);
		keep(c, "a", session);
	}
	for (long age = 1; age <= 2; age++) {
		struct kept_session kept = session_cache_take(c, STR("a"), now);

		assert_non_null(kept.session);
		assert_int_equal(SSL_SESSION_get_time(kept.session), now - age);
		SSL_SESSION_free(kept.session);
	}
	assert_false(has(c, "a", now));
	session_cache_free(c);
	SSL_SESSION_free(session);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expired),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
