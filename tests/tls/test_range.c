/* SPDX-License-Identifier: MIT */
/* Versions and ciphers: what is allowed to whom, and weak servers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pair.h"

static struct pair p;

static int
setup(void **state)
{
	(void)state;
	/* Many contexts are made here, and none needs the system's roots. */
	setenv("SSL_CERT_FILE", "/dev/null", 1);
	setenv("SSL_CERT_DIR", "/dev/null", 1);
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

static void
test_parse(void **state)
{
	static const struct {
		const char *text;
		uint16_t version;
	} good[] = {
		{ "", 0 }, { "1.0", 0x0301 }, { "1.1", 0x0302 },
		{ "1.2", 0x0303 }, { "1.3", 0x0304 }, { "TLS1", 0x0301 },
		{ "TLS1_2", 0x0303 }, { "TLSv1.2", 0x0303 },
		{ "tls1.3", 0x0304 }, { "TLS 1.3", 0x0304 }, { "1", 0x0301 },
		{ "TLSv1", 0x0301 }, { " 1.2 ", 0x0303 },
	};
	static const char *const bad[] = {
		"SSL3", "SSLv3", "3.0", "1.4", "1.", "12", "TLS", "v", "1.2.3",
		"TLS1-2", "0x0303", "DTLS1.2", "1.2\n", "UNBOUNDED",
	};
	uint16_t version;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(tls_version_parse(str_from(good[i].text),
		    &version));
		assert_int_equal(version, good[i].version);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (tls_version_parse(str_from(bad[i]), &version))
			fail_msg("%s was read", bad[i]);
}

static const struct {
	struct tls_range client, server;
	const char *starts, *has;
} bad_setups[] = {
	{ .client = { .min = 0x0304, .max = 0x0303 },
	    .starts = "TLS with clients: TLS 1.3 as the oldest and TLS 1.2 as "
	    "the newest version leave none" },
	{ .server = { .max = 0x0302 },
	    .starts = "TLS with servers: TLS 1.2 as the oldest and TLS 1.1 as "
	    "the newest version leave none" },
	{ .server = { .min = 0x0300 },
	    .starts = "TLS with servers: no such TLS version: 0x0300" },
	{ .client = { .max = 0x0305 },
	    .starts = "TLS with clients: no such TLS version: 0x0305" },
	{ .client = { .ciphers = "ECDHE-RSA-AES128-GCM-SHA256:NONSENSE" },
	    .starts = "TLS with clients: ", .has = "no such cipher: NONSENSE" },
	{ .server = { .ciphers = "TLS_AES_128_GCM_SHA256:TLS_NONE" },
	    .starts = "TLS with servers: ", .has = "no such cipher: TLS_NONE" },
	{ .server = { .ciphers = "!ALL" },
	    .starts = "TLS with servers: !ALL: no good list of ciphers" },
	{ .server = { .ciphers = "HIGH:@SECLEVEL=9" },
	    .starts = "TLS with servers: HIGH:@SECLEVEL=9: " },
};

static void
test_bad_setups(void **state)
{
	char longer[5000];
	struct tls_setup setup_long = { .client.ciphers = longer };
	struct err err = { "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_setups); i++) {
		struct tls_setup s = {
			.client = bad_setups[i].client,
			.server = bad_setups[i].server,
		};

		err_clear(&err);
		assert_null(tls_context_new(&s, &err));
		print_message("%s\n", err.text);
		assert_true(str_starts(str_from(err.text),
		    str_from(bad_setups[i].starts)));
		if (bad_setups[i].has)
			assert_non_null(strstr(err.text, bad_setups[i].has));
	}
	memset(longer, ':', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_null(tls_context_new(&setup_long, &err));
	assert_string_equal(err.text,
	    "TLS with clients: the list of ciphers is too long");
}

/* Two programs: c is the one that plays the client, s the server. */
static void
connect_across(struct tls_context *c, struct tls_context *s,
    const struct tls_target *target, enum tls_step *client,
    enum tls_step *server)
{
	struct leaf *leaf = pair_leaf(&p, NULL, "a.test", NULL);

	pair_connect_to(&p, target);
	tls_free(p.client);
	tls_free(p.server);
	p.client = tls_new_client(c, target, &p.to_client, &p.to_server);
	p.server = tls_new_server(s, &p.to_server, &p.to_client);
	pair_to_hello(&p);
	assert_true(tls_resume(p.server, leaf, STR(""), NULL));
	leaf_unref(leaf);
	pair_run(&p, client, server);
}

static struct tls_context *
context(struct tls_range client, struct tls_range server)
{
	struct tls_setup s = { .client = client, .server = server };
	struct err err = { "" };
	struct tls_context *c = tls_context_new(&s, &err);

	assert_string_equal(err.text, "");
	assert_non_null(c);
	return c;
}

#define ANY { 0 }
#define OLD { .min = 0x0301 }
#define ONLY(v) { .min = (v), .max = (v) }
#define LIST(text) { .ciphers = (text) }
#define LIST12(text) { .max = 0x0303, .ciphers = (text) }

static const struct {
	struct tls_range asks, serves;	/* the client's, the server's */
	bool weak;
	const char *version, *cipher;	/* NULL: fails */
} ranges[] = {
	{ ANY, ANY, false, "TLSv1.3", "TLS_AES_256_GCM_SHA384" },
	{ { .max = 0x0303 }, ANY, false, "TLSv1.2",
	    "ECDHE-ECDSA-AES256-GCM-SHA384" },
	{ ANY, { .max = 0x0303 }, false, "TLSv1.2", NULL },
	{ { .min = 0x0304 }, ANY, false, "TLSv1.3", NULL },
	{ OLD, ANY, false, "TLSv1.3", NULL },
	{ OLD, ONLY(0x0301), false, "TLSv1", NULL },
	{ OLD, ONLY(0x0302), false, "TLSv1.1", NULL },
	{ ONLY(0x0301), OLD, false, "TLSv1", NULL },
	{ ANY, ONLY(0x0301), false, NULL, NULL },
	{ ANY, ONLY(0x0302), false, NULL, NULL },
	{ ONLY(0x0304), ONLY(0x0303), false, NULL, NULL },
	{ ONLY(0x0301), ANY, false, NULL, NULL },
	{ ANY, ONLY(0x0301), true, "TLSv1", NULL },
	{ ANY, ONLY(0x0302), true, "TLSv1.1", NULL },
	{ ANY, ANY, true, "TLSv1.3", NULL },
	{ LIST("TLS_CHACHA20_POLY1305_SHA256"), ANY, false, "TLSv1.3",
	    "TLS_CHACHA20_POLY1305_SHA256" },
	{ ANY, LIST("TLS_AES_128_GCM_SHA256 ECDHE-ECDSA-AES128-SHA"), false,
	    "TLSv1.3", "TLS_AES_128_GCM_SHA256" },
	{ { .max = 0x0303 }, LIST("TLS_AES_128_GCM_SHA256,"
	    "ECDHE-ECDSA-AES128-SHA"), false, "TLSv1.2",
	    "ECDHE-ECDSA-AES128-SHA" },
	{ LIST("ECDHE-ECDSA-AES128-SHA"), ANY, false, "TLSv1.3",
	    "TLS_AES_256_GCM_SHA384" },
	{ LIST12("HIGH:!SSLv2:!AES256:!CHACHA20:-CAMELLIA:@STRENGTH"), ANY,
	    false, "TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256" },
	{ LIST12("DHE-RSA-AES128-SHA"), ANY, false, NULL, NULL },
	{ LIST12("ECDHE-ECDSA-AES128-SHA"),
	    LIST12("ECDHE-ECDSA-AES256-SHA"), false, NULL, NULL },
	{ LIST12("ECDHE-ECDSA-AES128-SHA"),
	    LIST12("ECDHE-ECDSA-AES256-SHA"), true, "TLSv1.2",
	    "ECDHE-ECDSA-AES256-SHA" },
};

static void
test_ranges(void **state)
{
	static const struct tls_range none;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		struct tls_context *c = context(none, ranges[i].asks);
		struct tls_context *s = context(ranges[i].serves, none);
		struct tls_target target = { .host = STR("a.test"),
			.weak = ranges[i].weak };
		enum tls_step client, server;
		struct tls_facts facts;

		connect_across(c, s, &target, &client, &server);
		if (ranges[i].version) {
			assert_string_equal(p.client_err.text, "");
			assert_int_equal(client, TLS_READY);
			tls_facts(p.client, &facts);
			assert_string_equal(facts.version, ranges[i].version);
			if (ranges[i].cipher)
				assert_string_equal(facts.cipher,
				    ranges[i].cipher);
		} else {
			print_message("%s; %s\n", p.client_err.text,
			    p.server_err.text);
			assert_int_equal(client, TLS_FAILED);
			assert_int_equal(tls_trouble(p.client),
			    TLS_TROUBLE_WEAK);
			assert_int_equal(tls_trouble(p.server),
			    TLS_TROUBLE_WEAK);
		}
		pair_disconnect(&p);
		tls_context_free(c);
		tls_context_free(s);
	}
}

/* Our own list may leave a client nothing but RSA. */
static void
test_leaf_kind(void **state)
{
	static const struct {
		struct tls_range serves;
		const char *offers;	/* for TLS 1.2 */
		bool rsa;
	} rows[] = {
		{ ANY, "ALL", false },
		{ LIST12("ECDHE-RSA-AES128-GCM-SHA256"), "ALL", true },
		{ LIST("ECDHE-RSA-AES128-GCM-SHA256"), "ALL", false },
		{ LIST12("ALL"), "ECDHE-RSA-AES128-GCM-SHA256", true },
		{ ANY, "ECDHE-RSA-AES128-GCM-SHA256", false },
		{ LIST12("ECDHE-ECDSA-AES128-SHA:AES128-SHA"),
		    "ECDHE-ECDSA-AES256-SHA:AES128-SHA", true },
	};
	static const struct tls_range none;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tls_context *s = context(rows[i].serves, none);

		pair_connect(&p, "a.test", "a.test", "");
		tls_free(p.server);
		p.server = tls_new_server(s, &p.to_server, &p.to_client);
		assert_true(SSL_set_cipher_list(tls_ssl(p.client),
		    rows[i].offers));
		pair_to_hello(&p);
		assert_int_equal(tls_hello(p.server)->wants_rsa, rows[i].rsa);
		pair_disconnect(&p);
		tls_context_free(s);
	}
}

/* One side's old versions do not soften the other. */
static void
test_levels(void **state)
{
	static const struct tls_range none, old = { .min = 0x0301 };
	struct tls_context *c = context(old, none);

	(void)state;
	assert_int_equal(SSL_CTX_get_security_level(c->server), 0);
	assert_true(SSL_CTX_get_security_level(c->client) > 0);
	tls_context_free(c);
	c = context(none, old);
	assert_true(SSL_CTX_get_security_level(c->server) > 0);
	assert_int_equal(SSL_CTX_get_security_level(c->client), 0);
	tls_context_free(c);
}

/* A server that the user calls weak does not make others so. */
static void
test_weak(void **state)
{
	(void)state;
	for (int weak = 1; weak >= 0; weak--) {
		SSL *ssl;

		pair_connect_to(&p, &(struct tls_target){
			.host = STR("a.test"), .weak = weak });
		ssl = tls_ssl(p.client);
		assert_int_equal((SSL_get_options(ssl) &
		    SSL_OP_LEGACY_SERVER_CONNECT) != 0, weak);
		assert_int_equal(SSL_get_security_level(ssl) == 0, weak);
		assert_int_equal(SSL_get_min_proto_version(ssl),
		    weak ? TLS1_VERSION : TLS1_2_VERSION);
		assert_int_equal(SSL_get_options(ssl) &
		    (SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION |
		    SSL_OP_IGNORE_UNEXPECTED_EOF), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_bad_setups),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_leaf_kind),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_weak),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
