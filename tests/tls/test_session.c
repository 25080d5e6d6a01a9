/* SPDX-License-Identifier: MIT */
/* Sessions: tickets towards clients, the cache towards servers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../src/tls/session_cache.h"
#include "pair.h"

#define H1 "\x08http/1.1"

static struct pair p;

static const struct tls_target plain = {
	.host = { "a.test", 6 },
	.sni = { "a.test", 6 },
	.alpn = (const uint8_t *)H1,
	.alpn_len = 9,
	.peer = { "192.0.2.1:443", 13 },
};

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

/* A ticket goes on with the same leaf only. */
static void
test_clients(void **state)
{
	static const struct {
		const char *leaf;
		bool resumed;
	} rows[] = { { "a.test", true }, { "other.test", false } };

	(void)state;
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION;
	    version++) {
		SSL_SESSION *session;

		pair_connect(&p, "a.test", "a.test", H1);
		SSL_set_max_proto_version(tls_ssl(p.client), version);
		pair_to_hello(&p);
		pair_resume(&p, "a.test", "http/1.1");
		pair_say(p.server, p.client, "tickets come with this");
		session = SSL_get1_session(tls_ssl(p.client));
		assert_true(SSL_SESSION_is_resumable(session));
		assert_int_equal(SSL_SESSION_get_ticket_lifetime_hint(session),
		    3600);
		tls_shut(p.client);
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			struct tls_facts facts;
			struct identity *id;

			pair_connect(&p, "a.test", "a.test", H1);
			SSL_set_max_proto_version(tls_ssl(p.client), version);
			assert_true(SSL_set_session(tls_ssl(p.client),
			    session));
			pair_to_hello(&p);
			pair_resume(&p, rows[i].leaf, "http/1.1");
			tls_facts(p.server, &facts);
			assert_int_equal(facts.resumed, rows[i].resumed);
			assert_string_equal(facts.alpn, "http/1.1");
			assert_string_equal(facts.sni, "a.test");
			id = identity_read(p.client);
			assert_int_equal(id->verified, rows[i].resumed);
			identity_free(id);
			pair_say(p.client, p.server, "hello");
		}
		SSL_SESSION_free(session);
	}
}

/* Connects to a server with the leaf for "a.test"; was it resumed? */
static bool
connect_to(const struct tls_target *target, int version, bool approve,
    bool tickets)
{
	struct tls_facts facts;

	pair_connect_to(&p, target);
	SSL_set_max_proto_version(tls_ssl(p.server), version);
	pair_to_hello(&p);
	pair_resume(&p, "a.test", target->alpn_len ? "http/1.1" : "");
	if (approve)
		tls_approve(p.client);
	if (tickets)
		pair_say(p.server, p.client, "tickets come with this");
	tls_facts(p.client, &facts);
	assert_string_equal(facts.version, version == TLS1_2_VERSION ?
	    "TLSv1.2" : "TLSv1.3");
	return facts.resumed;
}

static void
forget(void)
{
	pair_disconnect(&p);
	session_cache_clear(p.context->sessions);
}

static void
check_same(const struct identity *a, const struct identity *b)
{
	assert_string_equal(a->sha256, b->sha256);
	assert_int_equal(a->chain, b->chain);
	assert_int_equal(a->verified, b->verified);
	assert_int_equal(a->verify_code, b->verify_code);
	assert_int_equal(a->dns_count, b->dns_count);
}

static void
test_approved(void **state)
{
	(void)state;
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION;
	    version++) {
		forget();
		assert_false(connect_to(&plain, version, false, true));
		pair_disconnect(&p);
		assert_int_equal(session_cache_count(p.context->sessions), 0);
		assert_false(connect_to(&plain, version, true, true));
		assert_int_equal(session_cache_count(p.context->sessions), 1);
		assert_true(connect_to(&plain, version, true, true));
		assert_true(connect_to(&plain, version, true, true));
		pair_say(p.client, p.server, "still talking");
		pair_say(p.server, p.client, "good");
	}
}

/* Tickets that come before the approval wait for it. */
static void
test_late_approval(void **state)
{
	(void)state;
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION;
	    version++) {
		forget();
		assert_false(connect_to(&plain, version, false, true));
		assert_int_equal(session_cache_count(p.context->sessions), 0);
		tls_approve(p.client);
		assert_int_equal(session_cache_count(p.context->sessions), 1);
		assert_true(connect_to(&plain, version, false, false));
	}
}

/* The truth about a certificate outlives the handshake it came in. */
static void
test_identity(void **state)
{
	static const char *const hosts[] = { "a.test", "wrong.test" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		int version = i % 2 ? TLS1_3_VERSION : TLS1_2_VERSION;
		struct tls_target target = plain;
		struct identity *full, *resumed;

		target.host = str_from(hosts[i / 2]);
		forget();
		assert_false(connect_to(&target, version, true, true));
		full = identity_read(p.client);
		assert_int_equal(full->verified, i / 2 == 0);
		assert_true(connect_to(&target, version, true, true));
		resumed = identity_read(p.client);
		check_same(full, resumed);
		identity_free(resumed);
		assert_true(connect_to(&target, version, true, true));
		resumed = identity_read(p.client);
		check_same(full, resumed);
		identity_free(resumed);
		identity_free(full);
	}
}

static void
connect_with_chain(struct leaf *leaf, int version, bool resumed)
{
	enum tls_step client, server;
	struct tls_facts facts;
	struct identity *id;

	pair_connect_to(&p, &plain);
	SSL_set_max_proto_version(tls_ssl(p.server), version);
	pair_to_hello(&p);
	assert_true(tls_resume(p.server, leaf, STR("http/1.1"), NULL));
	pair_run(&p, &client, &server);
	assert_int_equal(client, TLS_READY);
	assert_int_equal(server, TLS_READY);
	tls_approve(p.client);
	pair_say(p.server, p.client, "tickets");
	tls_facts(p.client, &facts);
	assert_int_equal(facts.resumed, resumed);
	id = identity_read(p.client);
	assert_int_equal(id->chain, 2);
	assert_true(id->verified);
	identity_free(id);
}

static void
test_chain(void **state)
{
	struct leaf *alone = pair_leaf(&p, NULL, "a.test", NULL), *leaf;
	STACK_OF(X509) *chain = sk_X509_new_null();

	(void)state;
	sk_X509_push(chain, ca_cert(p.ca));
	leaf = leaf_new(alone->cert, alone->key, chain);
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION;
	    version++) {
		forget();
		connect_with_chain(leaf, version, false);
		connect_with_chain(leaf, version, true);
	}
	sk_X509_free(chain);
	leaf_unref(leaf);
	leaf_unref(alone);
}

/* The server gives two tickets; each of TLS 1.3 is good for once. */
static void
test_uses(void **state)
{
	(void)state;
	forget();
	assert_false(connect_to(&plain, TLS1_3_VERSION, true, true));
	assert_true(connect_to(&plain, TLS1_3_VERSION, false, false));
	assert_true(connect_to(&plain, TLS1_3_VERSION, false, false));
	assert_int_equal(session_cache_count(p.context->sessions), 0);
	assert_false(connect_to(&plain, TLS1_3_VERSION, false, false));
	forget();
	assert_false(connect_to(&plain, TLS1_2_VERSION, true, true));
	for (size_t i = 0; i < 4; i++)
		assert_true(connect_to(&plain, TLS1_2_VERSION, false, false));
}

static void
test_keys(void **state)
{
	struct tls_target others[6];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		others[i] = plain;
	others[0].peer = STR("192.0.2.2:443");
	others[1].host = STR("b.test");
	others[2].sni = STR("b.test");
	others[3].alpn_len = 0;
	others[4].weak = true;
	others[5].peer = STR("");
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION;
	    version++) {
		forget();
		assert_false(connect_to(&plain, version, true, true));
		for (size_t i = 0; i < ARRAY_LEN(others); i++)
			assert_false(connect_to(&others[i], version, true,
			    true));
		assert_true(connect_to(&plain, version, false, false));
		/* Without a peer nothing is kept. */
		assert_false(connect_to(&others[5], version, true, true));
	}
}

/* Other servers' keys make a ticket worthless, and no harm is done. */
static void
test_refused(void **state)
{
	struct tls_setup setup_plain = { .insecure = false };
	struct tls_context *other = tls_context_new(&setup_plain, NULL);

	(void)state;
	assert_non_null(other);
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION;
	    version++) {
		struct tls_facts facts;
		struct identity *id;

		forget();
		assert_false(connect_to(&plain, version, true, true));
		pair_connect_to(&p, &plain);
		tls_free(p.server);
		p.server = tls_new_server(other, &p.to_server, &p.to_client);
		SSL_set_max_proto_version(tls_ssl(p.server), version);
		pair_to_hello(&p);
		pair_resume(&p, "a.test", "http/1.1");
		tls_facts(p.client, &facts);
		assert_false(facts.resumed);
		id = identity_read(p.client);
		assert_true(id->verified);
		identity_free(id);
		pair_disconnect(&p);
	}
	tls_context_free(other);
}

/* It may have been the session that broke the handshake. */
static void
test_broken(void **state)
{
	(void)state;
	forget();
	assert_false(connect_to(&plain, TLS1_2_VERSION, true, true));
	pair_connect_to(&p, &plain);
	assert_int_equal(session_cache_count(p.context->sessions), 1);
	assert_int_equal(tls_handshake(p.client, NULL), TLS_AGAIN);
	pair_disconnect(&p);
	assert_int_equal(session_cache_count(p.context->sessions), 0);
	assert_false(connect_to(&plain, TLS1_2_VERSION, true, true));
}

/* What was agreed under another trust does not come back, not even late. */
static void
test_trust_changed(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		int version = i % 2 ? TLS1_3_VERSION : TLS1_2_VERSION;
		struct buf pem;

		forget();
		assert_false(connect_to(&plain, version, true, true));
		if (i < 2) {
			tls_context_set_insecure(p.context, false);
			assert_true(connect_to(&plain, version, true, false));
			tls_context_set_insecure(p.context, true);
			tls_context_set_insecure(p.context, false);
		} else {
			assert_true(connect_to(&plain, version, true, false));
			buf_init(&pem, 65536);
			assert_true(ca_export(p.ca, "pem", &pem, NULL));
			assert_true(tls_context_trust(p.context,
			    buf_str(&pem), NULL));
			buf_fini(&pem);
		}
		pair_say(p.server, p.client, "late tickets");
		assert_int_equal(session_cache_count(p.context->sessions), 0);
		assert_false(connect_to(&plain, version, false, false));
	}
}

/* A connection that broke spoils its session; one just dropped does not. */
static void
test_damaged(void **state)
{
	struct buf plain_text, got;

	(void)state;
	buf_init(&plain_text, 100);
	buf_init(&got, 100);
	forget();
	assert_false(connect_to(&plain, TLS1_2_VERSION, true, true));
	buf_put(&plain_text, STR("text"));
	assert_int_equal(tls_write(p.server, &plain_text, NULL), TLS_READY);
	p.to_client.p[p.to_client.end - 1] ^= 1;
	assert_int_equal(tls_read(p.client, &got, NULL), TLS_FAILED);
	assert_false(connect_to(&plain, TLS1_2_VERSION, true, true));
	assert_true(connect_to(&plain, TLS1_2_VERSION, true, true));
	buf_fini(&plain_text);
	buf_fini(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clients),
		cmocka_unit_test(test_approved),
		cmocka_unit_test(test_late_approval),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_uses),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_trust_changed),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
