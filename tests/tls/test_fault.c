/* SPDX-License-Identifier: MIT */
/* What breaks a handshake or a connection, and the words for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <openssl/err.h>

#include "pair.h"

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
	struct str in;
	const char *error;
} bad_hellos[] = {
	{ "http", { "GET / HTTP/1.1\r\n\r\n", 18 },
	    "the client spoke plain HTTP where TLS was due" },
	{ "connect", { "CONNECT a:1 HTTP/1.1\r\n", 22 },
	    "the client sent CONNECT where TLS was due" },
	{ "ssh", { "SSH-2.0-OpenSSH_9.2p1\r\n", 23 },
	    "wrong version number: the client does not speak TLS" },
	{ "application data", { "\x17\3\3\0\4abcd", 9 }, NULL },
	{ "no hello", { "\x16\3\1\0\4\2\0\0\0", 9 }, NULL },
	{ "short hello", { "\x16\3\1\0\x06\1\0\0\2\3\3", 11 }, NULL },
	{ "huge hello", { "\x16\3\1\0\x06\1\xff\xff\xff\3\3", 11 }, NULL },
	{ "alert", { "\x15\3\1\0\2\2\x30", 7 }, NULL },
};

static void
test_bad_hello(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_hellos); i++) {
		struct err err = { "" }, again = { "" };

		print_message("hello: %s\n", bad_hellos[i].name);
		pair_connect(&p, "a.test", "", "");
		buf_put(&p.to_server, bad_hellos[i].in);
		assert_int_equal(tls_handshake(p.server, &err), TLS_FAILED);
		print_message("  %s\n", err.text);
		if (bad_hellos[i].error)
			assert_string_equal(err.text, bad_hellos[i].error);
		assert_true(err_is_set(&err));
		assert_int_equal(tls_handshake(p.server, &again), TLS_FAILED);
		assert_string_equal(err.text, again.text);
		tls_shut(p.server);
	}
}

/* A few are allowed, a stream of them is not. */
static void
test_empty_records(void **state)
{
	enum tls_step step = TLS_AGAIN;
	size_t i;

	(void)state;
	pair_connect(&p, "a.test", "", "");
	for (i = 0; i < 100 && step == TLS_AGAIN; i++) {
		buf_put(&p.to_server, (struct str){ "\x16\3\1\0\0", 5 });
		step = tls_handshake(p.server, NULL);
	}
	assert_int_equal(step, TLS_FAILED);
	assert_in_range(i, 2, 50);
}

/* Each prefix of a good hello waits; each flipped byte ends in some way. */
static void
test_cut_hello(void **state)
{
	struct buf good;

	(void)state;
	pair_connect(&p, "a.test", "a.test", H2_H1);
	assert_int_equal(tls_handshake(p.client, NULL), TLS_AGAIN);
	buf_init(&good, 10000);
	buf_put(&good, buf_str(&p.to_server));
	for (size_t n = 0; n < buf_len(&good); n += 3) {
		pair_connect(&p, "a.test", "", "");
		buf_put(&p.to_server, str_sub(buf_str(&good), 0, n));
		assert_int_equal(tls_handshake(p.server, NULL), TLS_AGAIN);
		assert_int_equal(tls_raw(p.server).n, n);
	}
	for (size_t i = 0; i < buf_len(&good); i++) {
		enum tls_step step;

		pair_connect(&p, "a.test", "", "");
		buf_put(&p.to_server, buf_str(&good));
		p.to_server.p[p.to_server.off + i] ^= (char)(1 << i % 8);
		step = tls_handshake(p.server, NULL);
		assert_true(step == TLS_AGAIN || step == TLS_HELLO ||
		    step == TLS_FAILED);
	}
	buf_fini(&good);
}

/* Records of one byte make even a small hello long. */
static void
test_long_hello(void **state)
{
	struct err err = { "" };
	char record[6] = { 0x16, 3, 1, 0, 1, 0 };
	enum tls_step step;

	(void)state;
	pair_connect(&p, "a.test", "", "");
	for (size_t i = 0; i < 12000; i++) {
		record[5] = i == 0 ? 1 : i == 2 ? (char)0xf0 : 0;
		buf_put(&p.to_server, str_make(record, 6));
	}
	step = tls_handshake(p.server, &err);
	assert_int_equal(step, TLS_FAILED);
	assert_string_equal(err.text,
	    "the ClientHello is longer than 65536 bytes");
	assert_true(tls_raw(p.server).n <= 65536);
}

static void
test_not_tls_server(void **state)
{
	struct err err = { "" };

	(void)state;
	pair_connect(&p, "a.test", "a.test", "");
	assert_int_equal(tls_handshake(p.client, &err), TLS_AGAIN);
	buf_put(&p.to_client, STR("HTTP/1.1 400 Bad Request\r\n\r\n"));
	assert_int_equal(tls_handshake(p.client, &err), TLS_FAILED);
	assert_string_equal(err.text,
	    "wrong version number: the server does not speak TLS");
	assert_int_equal(tls_alert(p.client), -1);
	assert_int_equal(tls_trouble(p.client), TLS_TROUBLE_NOT_TLS);
}

static void
test_closed_in_handshake(void **state)
{
	struct err err = { "" };

	(void)state;
	pair_connect(&p, "a.test", "a.test", "");
	assert_int_equal(tls_handshake(p.client, &err), TLS_AGAIN);
	buf_put(&p.to_client, (struct str){ "\x15\3\3\0\2\1\0", 7 });
	assert_int_equal(tls_handshake(p.client, &err), TLS_SHUT);
	assert_string_equal(err.text, "server closed during the handshake");
	assert_int_equal(tls_trouble(p.client), TLS_TROUBLE_CLOSED);
	assert_int_equal(tls_alert(p.client), -1);
}

/* A client that does not trust us says so; the number can be asked for. */
static void
test_client_alert(void **state)
{
	(void)state;
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION;
	    version++) {
		struct err err = { "" };
		enum tls_step client, server;
		struct leaf *leaf;

		pair_connect(&p, "a.test", "a.test", "");
		SSL_set_max_proto_version(tls_ssl(p.client), version);
		SSL_set_verify(tls_ssl(p.client), SSL_VERIFY_PEER, NULL);
		X509_VERIFY_PARAM_set_depth(SSL_get0_param(tls_ssl(p.client)),
		    0);
		X509_VERIFY_PARAM_set_time(SSL_get0_param(tls_ssl(p.client)),
		    1000000000);
		pair_to_hello(&p);
		leaf = pair_leaf(&p, NULL, "a.test", NULL);
		assert_true(tls_resume(p.server, leaf, STR(""), &err));
		leaf_unref(leaf);
		pair_run(&p, &client, &server);
		assert_int_equal(client, TLS_FAILED);
		assert_int_equal(server, TLS_FAILED);
		print_message("%s\n%s\n", p.server_err.text,
		    p.client_err.text);
		assert_true(str_starts(str_from(p.server_err.text),
		    STR("client sent alert: ")));
		assert_true(tls_alert(p.server) > 40);
		assert_int_equal(tls_trouble(p.server), TLS_TROUBLE_ALERT);
		assert_int_equal(tls_trouble(p.client), TLS_TROUBLE_OTHER);
	}
}

/* Before anything else a server may refuse outright. */
static void
test_server_alerts(void **state)
{
	static const struct {
		char number;
		enum tls_trouble trouble;
		const char *text;
	} rows[] = {
		{ 40, TLS_TROUBLE_WEAK, "handshake failure (40)" },
		{ 42, TLS_TROUBLE_ALERT, "bad certificate (42)" },
		{ 47, TLS_TROUBLE_ALERT, "illegal parameter (47)" },
		{ 48, TLS_TROUBLE_ALERT, "unknown ca (48)" },
		{ 70, TLS_TROUBLE_WEAK, "protocol version (70)" },
		{ 71, TLS_TROUBLE_WEAK, "insufficient security (71)" },
		{ 80, TLS_TROUBLE_ALERT, "internal error (80)" },
		{ 112, TLS_TROUBLE_ALERT, "unrecognized name (112)" },
		{ 116, TLS_TROUBLE_ALERT, "certificate required (116)" },
		{ 120, TLS_TROUBLE_ALERT, "no application protocol (120)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { "" };
		char record[7] = { 21, 3, 3, 0, 2, 2, rows[i].number };
		char text[80];

		pair_connect(&p, "a.test", "a.test", "");
		assert_int_equal(tls_handshake(p.client, &err), TLS_AGAIN);
		buf_put(&p.to_client, str_make(record, sizeof record));
		assert_int_equal(tls_handshake(p.client, &err), TLS_FAILED);
		snprintf(text, sizeof text, "server sent alert: %s",
		    rows[i].text);
		assert_string_equal(err.text, text);
		assert_int_equal(tls_alert(p.client), rows[i].number);
		assert_int_equal(tls_trouble(p.client), rows[i].trouble);
		assert_null(tls_cert_wanted(p.client));
	}
}

static const struct {
	int reason;
	bool server;		/* the peer is the server */
	enum tls_trouble trouble;
	const char *text;
} reasons[] = {
	{ SSL_R_DH_KEY_TOO_SMALL, true, TLS_TROUBLE_WEAK,
	    "the server's Diffie-Hellman key is too small" },
	{ SSL_R_EE_KEY_TOO_SMALL, true, TLS_TROUBLE_WEAK,
	    "the key of our client certificate is too small" },
	{ SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED, true, TLS_TROUBLE_WEAK,
	    "the server knows only unsafe legacy renegotiation" },
	{ SSL_R_UNSUPPORTED_PROTOCOL, true, TLS_TROUBLE_WEAK,
	    "no common TLS version: the server wants one older than TLS 1.2" },
	{ SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED, true,
	    TLS_TROUBLE_WEAK, "the server knows only signature algorithms "
	    "that are too weak" },
	{ SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, false, TLS_TROUBLE_WEAK,
	    "no signature algorithm in common with the client" },
	{ SSL_R_UNEXPECTED_EOF_WHILE_READING, true, TLS_TROUBLE_CLOSED,
	    "server closed without close_notify" },
	{ SSL_R_BAD_SIGNATURE, true, TLS_TROUBLE_OTHER,
	    "TLS error with the server: bad signature" },
	{ SSL_R_DH_KEY_TOO_SMALL, false, TLS_TROUBLE_OTHER,
	    "TLS error with the client: dh key too small" },
};

static void
test_reasons(void **state)
{
	struct err err = { "" };
	struct fault fault;

	(void)state;
	pair_connect(&p, "a.test", "a.test", "");
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		ERR_raise(ERR_LIB_SSL, reasons[i].reason);
		fault = fault_describe(tls_ssl(reasons[i].server ? p.client :
		    p.server), NULL, false, &err);
		assert_string_equal(err.text, reasons[i].text);
		assert_int_equal(fault.trouble, reasons[i].trouble);
		assert_int_equal(fault.alert, -1);
		assert_int_equal(ERR_peek_error(), 0);
	}
	ERR_raise(ERR_LIB_SSL, SSL_R_WRONG_VERSION_NUMBER);
	fault = fault_describe(tls_ssl(p.client), NULL, true, &err);
	assert_string_equal(err.text, "a record from the server was damaged");
	assert_int_equal(fault.trouble, TLS_TROUBLE_OTHER);
}

/* A ServerHello of TLS 1.2 without a single extension. */
static void
test_legacy_renegotiation(void **state)
{
	char hello[5 + 4 + 38] = { 22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3,
		[44] = (char)0xc0, [45] = 0x2f };

	(void)state;
	for (int weak = 0; weak < 2; weak++) {
		struct err err = { "" };

		pair_connect_to(&p, &(struct tls_target){
			.host = STR("a.test"), .weak = weak });
		assert_int_equal(tls_handshake(p.client, &err), TLS_AGAIN);
		buf_put(&p.to_client, str_make(hello, sizeof hello));
		if (weak) {
			assert_int_equal(tls_handshake(p.client, &err),
			    TLS_AGAIN);
			continue;
		}
		assert_int_equal(tls_handshake(p.client, &err), TLS_FAILED);
		assert_string_equal(err.text,
		    "the server knows only unsafe legacy renegotiation");
		assert_int_equal(tls_trouble(p.client), TLS_TROUBLE_WEAK);
	}
}

static void
test_no_common(void **state)
{
	enum tls_step client, server;
	struct leaf *leaf;

	(void)state;
	pair_connect(&p, "a.test", "a.test", "");
	SSL_set_min_proto_version(tls_ssl(p.client), TLS1_VERSION);
	SSL_set_max_proto_version(tls_ssl(p.client), TLS1_1_VERSION);
	SSL_set_security_level(tls_ssl(p.client), 0);
	pair_to_hello(&p);
	assert_int_equal(tls_hello(p.server)->version_max, TLS1_1_VERSION);
	leaf = pair_leaf(&p, NULL, "a.test", NULL);
	assert_true(tls_resume(p.server, leaf, STR(""), NULL));
	leaf_unref(leaf);
	pair_run(&p, &client, &server);
	assert_string_equal(p.server_err.text,
	    "no common TLS version: the client offers at most TLS 1.1");
	assert_string_equal(p.client_err.text,
	    "server sent alert: protocol version (70)");
	assert_int_equal(tls_alert(p.client), 70);
	assert_int_equal(tls_trouble(p.client), TLS_TROUBLE_WEAK);
	assert_int_equal(tls_trouble(p.server), TLS_TROUBLE_WEAK);

	pair_connect(&p, "a.test", "a.test", "");
	SSL_set_max_proto_version(tls_ssl(p.client), TLS1_2_VERSION);
	SSL_set_cipher_list(tls_ssl(p.client), "DHE-PSK-AES128-GCM-SHA256:"
	    "ADH-AES128-SHA@SECLEVEL=0");
	pair_to_hello(&p);
	leaf = pair_leaf(&p, NULL, "a.test", NULL);
	assert_true(tls_resume(p.server, leaf, STR(""), NULL));
	leaf_unref(leaf);
	pair_run(&p, &client, &server);
	print_message("%s\n", p.server_err.text);
	assert_true(str_starts(str_from(p.server_err.text),
	    STR("no common cipher: the client offers ADH-AES128-SHA")));
	assert_string_equal(p.client_err.text,
	    "server sent alert: handshake failure (40)");
}

static void
test_damaged(void **state)
{
	struct buf plain, got;
	struct err err = { "" };

	(void)state;
	pair_connect(&p, "a.test", "a.test", "");
	pair_to_hello(&p);
	pair_resume(&p, "a.test", "");
	buf_init(&plain, 100);
	buf_init(&got, 100);
	buf_put(&plain, STR("one"));
	assert_int_equal(tls_write(p.client, &plain, NULL), TLS_READY);
	p.to_server.p[p.to_server.end - 1] ^= 1;
	assert_int_equal(tls_read(p.server, &got, &err), TLS_FAILED);
	assert_string_equal(err.text,
	    "a record from the client was damaged (bad record mac)");
	buf_put(&plain, STR("two"));
	assert_int_equal(tls_write(p.server, &plain, &err), TLS_FAILED);
	tls_shut(p.server);
	assert_int_equal(tls_read(p.client, &got, &err), TLS_FAILED);
	assert_string_equal(err.text, "server sent alert: bad record mac (20)");
	buf_fini(&plain);
	buf_fini(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_hello),
		cmocka_unit_test(test_empty_records),
		cmocka_unit_test(test_cut_hello),
		cmocka_unit_test(test_long_hello),
		cmocka_unit_test(test_not_tls_server),
		cmocka_unit_test(test_closed_in_handshake),
		cmocka_unit_test(test_client_alert),
		cmocka_unit_test(test_server_alerts),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_legacy_renegotiation),
		cmocka_unit_test(test_no_common),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
