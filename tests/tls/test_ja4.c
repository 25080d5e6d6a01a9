/* SPDX-License-Identifier: MIT */
/* Published fingerprints, the texts of a hello, and real clients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "draft.h"
#include "pair.h"

#define FIREFOX_CIPHERS "1301,1303,1302,c02b,c02f,cca9,cca8,c02c,c030," \
	"c00a,c009,c013,c014,009c,009d,002f,0035"
#define FIREFOX_SIGNATURES "0403,0503,0603,0804,0805,0806,0401,0501,0601," \
	"0203,0201"

static const struct {
	const char *name, *ja4, *ciphers, *extensions, *signatures, *versions;
} vectors[] = {
	{ "the specification's", "t13d1516h2_8daaf6152771_e5627efa2ab1",
	    CHROME_CIPHERS, CHROME_OLD, CHROME_SIGNATURES, NULL },
	{ ".. without signatures", "t13d1516h2_8daaf6152771_6d807ffa2a79",
	    CHROME_CIPHERS, CHROME_OLD, NULL, NULL },
	{ ".. with an empty list", "t13d1516h2_8daaf6152771_6d807ffa2a79",
	    CHROME_CIPHERS, CHROME_OLD, "", NULL },
	{ "Chrome, ECH", CHROME_JA4,
	    CHROME_CIPHERS, CHROME_ECH, CHROME_SIGNATURES, NULL },
	{ "Chrome, new ALPS", "t13d1516h2_8daaf6152771_d8a2da3f94cd",
	    CHROME_CIPHERS, "001b,0000,0033,0010,44cd,0017,002d,000d,0005,"
	    "0023,0012,002b,ff01,000b,000a,fe0d", CHROME_SIGNATURES, NULL },
	{ "Chrome, resumed", "t13d1517h2_8daaf6152771_b0da82dd1658",
	    CHROME_CIPHERS, CHROME_ECH ",0029", CHROME_SIGNATURES, NULL },
	{ "Chrome, no ALPN", "t13d151400_8daaf6152771_de4a06bb82e3",
	    CHROME_CIPHERS, "001b,0000,0033,0017,002d,000d,0005,0023,0012,"
	    "002b,ff01,000b,000a,0015", CHROME_SIGNATURES, NULL },
	{ "Firefox", "t13d1715h2_5b57614c22b0_3d5424432f57",
	    FIREFOX_CIPHERS, "0000,0017,ff01,000a,000b,0023,0010,0005,0022,"
	    "0033,002b,000d,002d,001c,0015", FIREFOX_SIGNATURES, NULL },
	{ "Firefox, ECH", "t13d1715h2_5b57614c22b0_5c2c66f702b0",
	    FIREFOX_CIPHERS, "0000,0017,ff01,000a,000b,0023,0010,0005,0022,"
	    "0033,002b,000d,002d,001c,fe0d", FIREFOX_SIGNATURES, NULL },
	{ "renegotiation signal", "t13d1011h2_61a7ad8aa9b6_3fcd1a44f3e3",
	    "1301,1302,1303,c02b,c02c,c02f,c030,cca8,cca9,00ff", "0000,0005,"
	    "000a,000b,000d,0010,0017,0023,002b,002d,0033", "0503,0403,0807,"
	    "0806,0805,0804,0601,0501,0401", NULL },
	{ "GREASE everywhere", CHROME_JA4,
	    "6a6a," CHROME_CIPHERS ",fafa", "0a0a," CHROME_ECH ",eaea",
	    "1a1a," CHROME_SIGNATURES ",2a2a", "3a3a,0304,0303" },
	{ "another order", CHROME_JA4,
	    "0035,1302,1303,1301,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,"
	    "009c,009d,002f", "fe0d,000a,000b,ff01,001b,0000,0033,0010,4469,"
	    "0017,002d,000d,0005,0023,0012,002b", CHROME_SIGNATURES, NULL },
	{ "no extension", "t12i010000_0f2cb44170f4_000000000000",
	    "1301", NULL, NULL, NULL },
	{ "empty extensions", "t12i010000_0f2cb44170f4_000000000000",
	    "1301", "", NULL, NULL },
	{ "nothing to hash", "t12d0002h2_000000000000_000000000000",
	    "", "0000,0010", NULL, NULL },
	{ "almost GREASE", "t12i020200_f58d8d600493_4d4a62cf252e",
	    "0a1a,1a0a", "3a4a,4a3a", NULL, NULL },
};

static void
test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		const char *extensions = vectors[i].extensions;
		const struct draft d = {
			.ciphers = vectors[i].ciphers,
			.extensions = extensions,
			.signatures = vectors[i].signatures,
			.versions = vectors[i].versions,
		};
		struct hello h;

		print_message("vector: %s\n", vectors[i].name);
		assert_true(draft_read(&d, &h));
		assert_string_equal(h.ja4, vectors[i].ja4);
		assert_int_equal(h.ech, extensions &&
		    strstr(extensions, "fe0d") != NULL);
	}
}

static void
test_alpn_ends(void **state)
{
	static const struct {
		const char *alpn, *ends;
	} rows[] = {
		{ "h2", "h2" }, { "http/1.1", "h1" }, { "x", "xx" },
		{ "\xab", "ab" }, { "\xab\xcd", "ad" }, { "0\xab", "3b" },
		{ "01\xab\xcd", "3d" }, { "0\xab\xcd" "1", "01" },
		{ "\n\n", "0a" }, { "", "00" }, { "h\x1b", "6b" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct draft d = draft_chrome;
		struct hello h;

		d.alpn = rows[i].alpn;
		assert_true(draft_read(&d, &h));
		assert_memory_equal(h.ja4, "t13d1516", 8);
		assert_memory_equal(h.ja4 + 8, rows[i].ends, 2);
	}
}

static void
test_versions(void **state)
{
	static const struct {
		const char *versions, *code, *text;
	} rows[] = {
		{ "0304,0303", "13", "TLS 1.3, TLS 1.2" },
		{ "0303,0304,0302,0301,0300", "13",
		    "TLS 1.2, TLS 1.3, TLS 1.1, TLS 1.0, SSL 3.0" },
		{ "0a0a,0303,fafa", "12", "TLS 1.2" },
		{ "0302", "11", "TLS 1.1" },
		{ "0301", "10", "TLS 1.0" },
		{ "0300", "s3", "SSL 3.0" },
		{ "7f1c,0303", "00", "0x7f1c, TLS 1.2" },
		{ "fefd", "d2", "DTLS 1.2" },
		{ "0a0a", "00", "" },
		{ "", "00", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct draft d = draft_chrome;
		struct hello h;

		d.versions = rows[i].versions;
		assert_true(draft_read(&d, &h));
		assert_string_equal(h.versions, rows[i].text);
		assert_memory_equal(h.ja4 + 1, rows[i].code, 2);
	}
}

static void
test_texts_are_cut(void **state)
{
	char *ids = draft_ids(0x7f00, 120);
	struct draft d = draft_chrome;
	struct hello h;

	(void)state;
	assert_true(draft_read(&d, &h));
	assert_string_equal(h.ciphers, "15 suites: TLS_AES_128_GCM_SHA256, "
	    "TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256, "
	    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ..");
	d.versions = d.ciphers = ids;
	assert_true(draft_read(&d, &h));
	assert_memory_equal(h.ja4, "t00d9916h2_", 11);
	assert_memory_equal(h.versions, "0x7f00, 0x7f01, ", 16);
	assert_true(str_ends(str_from(h.versions), STR(", 0x7f12, ..")));
	assert_memory_equal(h.ciphers, "120 suites: 0x7f00, ", 20);
	assert_true(str_ends(str_from(h.ciphers), STR(", 0x7f11, ..")));
	free(ids);
}

static void
test_signals_are_no_suites(void **state)
{
	struct draft d = { .ciphers = "00ff,0a0a,5600,1302" };
	struct hello h;

	(void)state;
	assert_true(draft_read(&d, &h));
	assert_string_equal(h.ciphers, "1 suite: TLS_AES_256_GCM_SHA384");
	assert_string_equal(h.versions, "TLS 1.2");
	assert_memory_equal(h.ja4, "t12i030000_", 11);
	d.ciphers = "00ff";
	assert_true(draft_read(&d, &h));
	assert_string_equal(h.ciphers, "0 suites");
}

/* Ours are the names that OpenSSL gives, or the number. */
static void
test_suite_names(void **state)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	STACK_OF(SSL_CIPHER) *all;
	size_t named = 0;

	(void)state;
	assert_true(SSL_CTX_set_cipher_list(ctx,
	    "ALL:COMPLEMENTOFALL:@SECLEVEL=0"));
	all = SSL_CTX_get_ciphers(ctx);
	for (int i = 0; i < sk_SSL_CIPHER_num(all); i++) {
		const SSL_CIPHER *c = sk_SSL_CIPHER_value(all, i);
		char id[5], text[HELLO_TEXT_MAX];
		const struct draft d = { .ciphers = id };
		struct hello h;

		snprintf(id, sizeof id, "%04x", SSL_CIPHER_get_protocol_id(c));
		assert_true(draft_read(&d, &h));
		snprintf(text, sizeof text, "1 suite: 0x%s", id);
		if (strcmp(h.ciphers, text) == 0)
			continue;
		named++;
		snprintf(text, sizeof text, "1 suite: %s",
		    SSL_CIPHER_standard_name(c));
		assert_string_equal(h.ciphers, text);
	}
	assert_true(named >= 25);
	SSL_CTX_free(ctx);
}

/* What the library itself counted in a hello. */
struct counted {
	size_t ciphers, extensions;
};

static int
count_cb(SSL *ssl, int *alert, void *owner)
{
	struct counted *counted = owner;
	const unsigned char *p;
	int *types;

	(void)alert;
	counted->ciphers = SSL_client_hello_get0_ciphers(ssl, &p) / 2;
	assert_int_equal(SSL_client_hello_get1_extensions_present(ssl, &types,
	    &counted->extensions), 1);
	OPENSSL_free(types);
	return SSL_CLIENT_HELLO_RETRY;
}

/* The bytes of a client with this configuration, counted by a server. */
static void
greet(SSL_CTX *client, struct counted *counted, struct buf *raw)
{
	SSL_CTX *server = SSL_CTX_new(TLS_server_method());
	SSL *from = SSL_new(client), *to;
	BIO *wire = BIO_new(BIO_s_mem());
	char *p;
	long n;

	SSL_CTX_set_client_hello_cb(server, count_cb, counted);
	to = SSL_new(server);
	SSL_set_bio(from, BIO_new(BIO_s_mem()), wire);
	assert_true(SSL_set_tlsext_host_name(from, "a.test"));
	assert_int_equal(SSL_connect(from), -1);
	n = BIO_get_mem_data(wire, &p);
	assert_true(n > 0);
	assert_true(buf_add(raw, p, (size_t)n));
	BIO_up_ref(wire);
	SSL_set_bio(to, wire, BIO_new(BIO_s_mem()));
	assert_int_equal(SSL_accept(to), -1);
	SSL_free(from);
	SSL_free(to);
	SSL_CTX_free(server);
}

static void
test_openssl_clients(void **state)
{
	static const struct {
		int max;
		const char *ciphers, *alpn, *start, *end, *versions;
	} rows[] = {
		{ TLS1_3_VERSION, "DEFAULT", "\2h2\x08http/1.1", "t13d", "h2",
		    "TLS 1.3, TLS 1.2" },
		{ TLS1_3_VERSION, "ECDHE-RSA-AES128-GCM-SHA256", "", "t13d",
		    "00", "TLS 1.3, TLS 1.2" },
		{ TLS1_2_VERSION, "DEFAULT", "\x08http/1.1", "t12d", "h1",
		    "TLS 1.2" },
		{ TLS1_2_VERSION, "ALL:@SECLEVEL=0", "", "t12d", "00",
		    "TLS 1.2" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
		struct counted counted = { 0 };
		struct hello h;
		struct buf raw;
		char start[32];

		buf_init(&raw, 65536);
		SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
		SSL_CTX_set_max_proto_version(ctx, rows[i].max);
		assert_true(SSL_CTX_set_cipher_list(ctx, rows[i].ciphers));
		assert_false(SSL_CTX_set_alpn_protos(ctx,
		    (const uint8_t *)rows[i].alpn,
		    (unsigned)strlen(rows[i].alpn)));
		greet(ctx, &counted, &raw);
		assert_true(draft_read_raw(buf_str(&raw), &h));
		snprintf(start, sizeof start, "%s%02zu%02zu%s_",
		    rows[i].start, counted.ciphers > 99 ? 99 :
		    counted.ciphers, counted.extensions, rows[i].end);
		print_message("openssl: %s\n", h.ja4);
		assert_memory_equal(h.ja4, start, 11);
		assert_string_equal(h.versions, rows[i].versions);
		assert_false(h.ech);
		buf_fini(&raw);
		SSL_CTX_free(ctx);
	}
}

/* At the pause all of it is there, and the same as from the kept bytes. */
static void
test_paused(void **state)
{
	struct pair p;
	struct hello h;

	(void)state;
	pair_open(&p);
	pair_connect(&p, "a.test", "a.test", "\2h2\x08http/1.1");
	pair_to_hello(&p);
	assert_true(draft_read_raw(tls_raw(p.server), &h));
	assert_memory_equal(h.ja4, "t13d", 4);
	assert_memory_equal(h.ja4 + 8, "h2_", 3);
	assert_string_equal(tls_hello(p.server)->ja4, h.ja4);
	assert_string_equal(tls_hello(p.server)->versions,
	    "TLS 1.3, TLS 1.2");
	assert_string_equal(tls_hello(p.server)->ciphers, h.ciphers);
	assert_string_equal(tls_hello(p.server)->sni, "a.test");
	pair_close(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_alpn_ends),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_texts_are_cut),
		cmocka_unit_test(test_signals_are_no_suites),
		cmocka_unit_test(test_suite_names),
		cmocka_unit_test(test_openssl_clients),
		cmocka_unit_test(test_paused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
