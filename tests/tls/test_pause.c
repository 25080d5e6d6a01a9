/* SPDX-License-Identifier: MIT */
/* Two struct tls back to back: the pause, the resume, the bytes after. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "pair.h"

#define H1 "\x08http/1.1"
#define H2_H1 "\2h2\x08http/1.1"

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

static const struct {
	const char *name;
	int version;		/* the client's highest */
	const char *sigalgs;	/* NULL: the default */
	const char *ciphers;	/* TLS 1.2 */
	const char *groups;
	bool rsa;
	const char *text;
} clients[] = {
	{ "1.3", TLS1_3_VERSION, NULL, NULL, NULL, false, "TLSv1.3" },
	{ "1.2", TLS1_2_VERSION, NULL, NULL, NULL, false, "TLSv1.2" },
	{ "1.3 rsa", TLS1_3_VERSION, "RSA-PSS+SHA256:RSA+SHA256", NULL, NULL,
	    true, "TLSv1.3" },
	{ "1.2 rsa sigalgs", TLS1_2_VERSION, "RSA+SHA256", NULL, NULL, true,
	    "TLSv1.2" },
	{ "1.2 rsa ciphers", TLS1_2_VERSION, NULL,
	    "ECDHE-RSA-AES128-GCM-SHA256", NULL, true, "TLSv1.2" },
	{ "1.2 rsa key exchange", TLS1_2_VERSION, NULL, "AES128-SHA", NULL,
	    true, "TLSv1.2" },
	{ "1.2 no P-256", TLS1_2_VERSION, NULL, NULL, "X25519:P-384", true,
	    "TLSv1.2" },
	{ "1.2 ecdsa only", TLS1_2_VERSION, "ECDSA+SHA256",
	    "ECDHE-ECDSA-AES128-GCM-SHA256", "P-256", false, "TLSv1.2" },
	{ "1.3 retry request", TLS1_3_VERSION, NULL, NULL, "X448:P-384", false,
	    "TLSv1.3" },
};

static void
limit_client(size_t i)
{
	SSL *ssl = tls_ssl(p.client);

	assert_true(SSL_set_max_proto_version(ssl, clients[i].version));
	if (clients[i].sigalgs)
		assert_true(SSL_set1_sigalgs_list(ssl, clients[i].sigalgs));
	if (clients[i].ciphers)
		assert_true(SSL_set_cipher_list(ssl, clients[i].ciphers));
	if (clients[i].groups)
		assert_true(SSL_set1_groups_list(ssl, clients[i].groups));
}

static void
test_clients(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(clients); i++) {
		struct tls_facts facts;
		struct identity *id;

		print_message("client: %s\n", clients[i].name);
		pair_connect(&p, "a.test", "A.test", H2_H1);
		limit_client(i);
		if (i == 8)
			assert_true(SSL_set1_groups_list(tls_ssl(p.server),
			    "P-384"));
		pair_to_hello(&p);
		assert_string_equal(tls_hello(p.server)->sni, "a.test");
		assert_int_equal(tls_hello(p.server)->wants_rsa,
		    clients[i].rsa);
		assert_int_equal(tls_hello(p.server)->version_max,
		    clients[i].version);
		assert_true(hello_offers(tls_hello(p.server), STR("h2")));
		pair_resume(&p, "a.test", "http/1.1");
		tls_facts(p.client, &facts);
		assert_string_equal(facts.version, clients[i].text);
		assert_string_equal(facts.alpn, "http/1.1");
		assert_string_equal(facts.sni, "A.test");
		assert_false(facts.resumed);
		tls_facts(p.server, &facts);
		assert_string_equal(facts.alpn, "http/1.1");
		assert_string_equal(facts.sni, "a.test");
		id = identity_read(p.client);
		assert_non_null(id);
		assert_string_equal(id->verify_text, "ok");
		assert_true(id->verified);
		assert_int_equal(id->chain, 1);
		assert_string_equal(id->key, clients[i].rsa ? "RSA 2048" :
		    "EC P-256");
		identity_free(id);
		assert_null(identity_read(p.server));
		pair_say(p.client, p.server, "ping");
		pair_say(p.server, p.client, "pong");
	}
}

static void
test_pause(void **state)
{
	struct str raw;
	size_t sent;

	(void)state;
	pair_connect(&p, "a.test", "a.test", "");
	assert_int_equal(tls_handshake(p.client, NULL), TLS_AGAIN);
	sent = buf_len(&p.to_server);
	assert_int_equal(tls_handshake(p.server, NULL), TLS_HELLO);
	assert_int_equal(tls_handshake(p.server, NULL), TLS_HELLO);
	/* Not a byte was written; all that came is still there. */
	assert_int_equal(buf_len(&p.to_client), 0);
	raw = tls_raw(p.server);
	assert_int_equal(raw.n + buf_len(&p.to_server), sent);
	assert_int_equal(raw.p[0], 22);
	assert_int_equal(tls_hello(p.server)->alpn_len, 0);
	assert_int_equal(strlen(tls_hello(p.server)->ja4), HELLO_JA4_SIZE - 1);
	assert_string_equal(tls_hello(p.server)->versions, "TLS 1.3, TLS 1.2");
	pair_resume(&p, "a.test", "");
	assert_int_equal(tls_raw(p.server).n, 0);
}

static void
test_alpn(void **state)
{
	static const struct {
		const char *offer, *answer, *chosen;
	} rows[] = {
		{ "", "", "" },
		{ H1, "", "" },
		{ H1, "http/1.1", "http/1.1" },
		{ H2_H1, "h2", "h2" },
		{ "\3a\x1b]", "a\x1b]", "a\\x1b]" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows) * 2; i++) {
		size_t row = i / 2;
		struct tls_facts facts;

		pair_connect(&p, "a.test", "a.test", rows[row].offer);
		if (i % 2)
			SSL_set_max_proto_version(tls_ssl(p.client),
			    TLS1_2_VERSION);
		pair_to_hello(&p);
		pair_resume(&p, "a.test", rows[row].answer);
		tls_facts(p.client, &facts);
		assert_int_equal(strcasecmp(facts.alpn, rows[row].chosen), 0);
	}
}

static void
test_alpn_not_offered(void **state)
{
	struct err err = { "" };
	struct leaf *leaf;

	(void)state;
	pair_connect(&p, "a.test", "a.test", H1);
	pair_to_hello(&p);
	leaf = pair_leaf(&p, NULL, "a.test", NULL);
	assert_false(tls_resume(p.server, leaf, STR("h2"), &err));
	assert_string_equal(err.text, "the client does not offer ALPN h2");
	leaf_unref(leaf);
	pair_resume(&p, "a.test", "http/1.1");
}

/* A byte at a time in both directions, and one at a time out. */
static void
test_one_byte(void **state)
{
	struct buf from_client, from_server;
	enum tls_step client, server;

	(void)state;
	pair_connect(&p, "a.test", "a.test", H1);
	buf_init(&from_client, 1);
	buf_init(&from_server, 1);
	tls_free(p.client);
	tls_free(p.server);
	p.client = tls_new_client(p.context, &(struct tls_target){
		.host = STR("a.test"), .sni = STR("a.test") }, &p.to_client,
	    &from_client);
	p.server = tls_new_server(p.context, &p.to_server, &from_server);
	for (size_t i = 0; i < 100000; i++) {
		client = tls_handshake(p.client, NULL);
		server = tls_handshake(p.server, NULL);
		assert_int_not_equal(client, TLS_FAILED);
		assert_int_not_equal(server, TLS_FAILED);
		if (server == TLS_HELLO) {
			struct leaf *leaf = pair_leaf(&p, NULL, "a.test",
			    NULL);

			assert_int_equal(buf_len(&from_server), 0);
			assert_true(tls_resume(p.server, leaf, STR(""), NULL));
			leaf_unref(leaf);
		}
		if (client == TLS_READY && server == TLS_READY)
			break;
		buf_put(&p.to_server, buf_str(&from_client));
		buf_clear(&from_client);
		buf_put(&p.to_client, buf_str(&from_server));
		buf_clear(&from_server);
	}
	assert_int_equal(client, TLS_READY);
	assert_int_equal(server, TLS_READY);
	tls_free(p.client);
	tls_free(p.server);
	p.client = p.server = NULL;
	buf_fini(&from_client);
	buf_fini(&from_server);
}

static void
test_verify(void **state)
{
	static const struct {
		const char *name, *host, *leaf;
		long code;
	} rows[] = {
		{ "right", "a.test", "a.test", X509_V_OK },
		{ "final dot", "a.test.", "a.test", X509_V_OK },
		{ "wrong host", "b.test", "a.test",
		    X509_V_ERR_HOSTNAME_MISMATCH },
		{ "ipv4", "10.1.2.3", "10.1.2.3", X509_V_OK },
		{ "ipv6", "[2001:db8::1]", "2001:db8::1", X509_V_OK },
		{ "wrong ip", "10.1.2.4", "10.1.2.3",
		    X509_V_ERR_IP_ADDRESS_MISMATCH },
		{ "no host", "", "a.test", X509_V_ERR_HOSTNAME_MISMATCH },
		{ "odd host", "a\x1b.test", "a.test",
		    X509_V_ERR_HOSTNAME_MISMATCH },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct identity *id;
		struct tls_facts facts;

		print_message("verify: %s\n", rows[i].name);
		pair_connect(&p, rows[i].host, rows[i].host, "");
		pair_to_hello(&p);
		pair_resume(&p, rows[i].leaf, "");
		id = identity_read(p.client);
		assert_int_equal(id->verify_code, rows[i].code);
		assert_int_equal(id->verified, rows[i].code == X509_V_OK);
		tls_facts(p.client, &facts);
		if (rows[i].host[0] != 'a' && rows[i].host[0] != 'b')
			assert_string_equal(facts.sni, "");
		identity_free(id);
	}
}

static void
test_untrusted(void **state)
{
	struct tls_setup setup = { .insecure = true };
	struct tls_context *trusting = p.context;
	struct identity *id;

	(void)state;
	p.context = tls_context_new(&setup, NULL);
	assert_true(tls_context_is_insecure(p.context));
	pair_connect(&p, "a.test", "a.test", "");
	pair_to_hello(&p);
	pair_resume(&p, "a.test", "");
	id = identity_read(p.client);
	/* The handshake went on, and the truth is told all the same. */
	assert_false(id->verified);
	assert_int_equal(id->verify_code,
	    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
	assert_string_equal(id->verify_text,
	    "unable to get local issuer certificate");
	identity_free(id);
	pair_disconnect(&p);
	tls_context_set_insecure(p.context, false);
	assert_false(tls_context_is_insecure(p.context));
	tls_context_free(p.context);
	p.context = trusting;
}

static void
test_bulk(void **state)
{
	struct buf plain, got;
	struct err err = { "" };
	size_t total = 400000, seen = 0;

	(void)state;
	pair_connect(&p, "a.test", "a.test", "");
	pair_to_hello(&p);
	pair_resume(&p, "a.test", "");
	buf_init(&plain, total);
	buf_init(&got, 30000);
	for (size_t i = 0; i < total; i++)
		buf_putc(&plain, (char)(i * 7 % 251));
	/* Little room below: it is sealed in steps. */
	p.to_client.max = 20000;
	while (seen < total) {
		struct str s;

		assert_int_equal(tls_write(p.server, &plain, &err), TLS_READY);
		assert_true(buf_len(&p.to_client) <= 20000);
		do {
			assert_int_equal(tls_read(p.client, &got, &err),
			    TLS_READY);
			s = buf_str(&got);
			assert_true(s.n > 0 || !tls_has_more(p.client));
			for (size_t i = 0; i < s.n; i++, seen++)
				assert_true(s.p[i] == (char)(seen * 7 % 251));
			buf_clear(&got);
		} while (tls_has_more(p.client));
	}
	assert_int_equal(seen, total);
	buf_fini(&plain);
	buf_fini(&got);
}

static void
test_more(void **state)
{
	struct buf plain, got;

	(void)state;
	pair_connect(&p, "a.test", "a.test", "");
	pair_to_hello(&p);
	pair_resume(&p, "a.test", "");
	buf_init(&plain, 100);
	buf_init(&got, 3);
	buf_put(&plain, STR("abcdef"));
	assert_int_equal(tls_write(p.client, &plain, NULL), TLS_READY);
	assert_int_equal(tls_read(p.server, &got, NULL), TLS_READY);
	assert_true(str_eq(buf_str(&got), STR("abc")));
	assert_true(tls_has_more(p.server));
	assert_int_equal(buf_len(&p.to_server), 0);
	buf_clear(&got);
	assert_int_equal(tls_read(p.server, &got, NULL), TLS_READY);
	assert_true(str_eq(buf_str(&got), STR("def")));
	buf_clear(&got);
	assert_int_equal(tls_read(p.server, &got, NULL), TLS_READY);
	assert_false(tls_has_more(p.server));
	buf_fini(&plain);
	buf_fini(&got);
}

static void
test_shut(void **state)
{
	struct buf plain, got;
	size_t sealed;

	(void)state;
	pair_connect(&p, "a.test", "a.test", "");
	pair_to_hello(&p);
	pair_resume(&p, "a.test", "");
	buf_init(&plain, 100);
	buf_init(&got, 100);
	buf_put(&plain, STR("last"));
	assert_int_equal(tls_write(p.client, &plain, NULL), TLS_READY);
	tls_shut(p.client);
	sealed = buf_len(&p.to_server);
	tls_shut(p.client);
	assert_int_equal(buf_len(&p.to_server), sealed);
	buf_put(&p.to_server, STR("bytes behind the end"));
	assert_int_equal(tls_read(p.server, &got, NULL), TLS_SHUT);
	assert_true(str_eq(buf_str(&got), STR("last")));
	assert_int_equal(buf_len(&p.to_server), 0);
	assert_int_equal(tls_read(p.server, &got, NULL), TLS_SHUT);
	/* The other direction is still open. */
	pair_say(p.server, p.client, "answer");
	buf_fini(&plain);
	buf_fini(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clients),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_alpn),
		cmocka_unit_test(test_alpn_not_offered),
		cmocka_unit_test(test_one_byte),
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_untrusted),
		cmocka_unit_test(test_bulk),
		cmocka_unit_test(test_more),
		cmocka_unit_test(test_shut),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
