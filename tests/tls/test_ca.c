/* SPDX-License-Identifier: MIT */
/* The CA on disk: modes, reuse, refusals, exports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#include "pair.h"
#include "place.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"

static void
check_profile(const struct ca *ca)
{
	X509 *cert = ca_cert(ca);
	int64_t days = (ca_expires(ca) - clock_wall()) / 1000000 / DAY_SECONDS;

	assert_int_equal(X509_check_ca(cert), 1);
	assert_int_equal(X509_get_pathlen(cert), 0);
	assert_int_equal(X509_get_key_usage(cert),
	    KU_KEY_CERT_SIGN | KU_CRL_SIGN);
	assert_non_null(X509_get0_subject_key_id(cert));
	assert_in_range(days, 3640, 3660);
	assert_true(identity_time(X509_get0_notBefore(cert)) <
	    clock_wall() - (int64_t)DAY_SECONDS * 1000000);
	assert_int_equal(EVP_PKEY_get_base_id(ca_key(ca)), EVP_PKEY_RSA);
	assert_int_equal(EVP_PKEY_get_bits(ca_key(ca)), 2048);
	assert_int_equal(sk_X509_num(ca_chain(ca)), 0);
}

static void
check_exports(const struct place *p, const struct ca *ca)
{
	for (size_t i = 1; i < PLACE_FILES; i++) {
		char *path = path_join(p->dir, place_files[i]);
		FILE *f = fopen(path, "r");
		X509 *cert = NULL;
		PKCS12 *p12;

		assert_non_null(f);
		if (i == 1) {
			cert = PEM_read_X509(f, NULL, NULL, NULL);
		} else if (i == 2) {
			cert = d2i_X509_fp(f, NULL);
		} else {
			STACK_OF(X509) *all = NULL;
			EVP_PKEY *key = NULL;
			X509 *own = NULL;

			p12 = d2i_PKCS12_fp(f, NULL);
			assert_non_null(p12);
			assert_true(PKCS12_verify_mac(p12, "", 0));
			assert_true(PKCS12_parse(p12, "", &key, &own, &all));
			assert_null(key);
			assert_null(own);
			assert_int_equal(sk_X509_num(all), 1);
			cert = sk_X509_pop(all);
			sk_X509_free(all);
			PKCS12_free(p12);
		}
		assert_non_null(cert);
		assert_int_equal(X509_cmp(cert, ca_cert(ca)), 0);
		X509_free(cert);
		fclose(f);
		assert_int_equal(place_mode_of(path), 0644);
		free(path);
	}
}

/* The CA as users have it: RSA, from a file; both kinds of leaf. */
static void
check_handshakes(struct ca *ca)
{
	struct tls_setup setup = { .insecure = false };
	struct pair p = { .ca = ca };
	struct buf pem;

	p.context = tls_context_new(&setup, NULL);
	p.forge = forge_new(ca, NULL);
	buf_init(&pem, 100000);
	assert_true(ca_export(ca, "pem", &pem, NULL));
	assert_true(tls_context_trust(p.context, buf_str(&pem), NULL));
	for (int i = 0; i < 4; i++) {
		struct hello hello = { .wants_rsa = i % 2 == 1 };
		struct leaf *leaf = forge_wait(p.forge, &(struct leaf_wish){
		    .host = STR("a.test"), .hello = &hello }, NULL, NULL);
		struct identity *id;

		pair_verify(&p, leaf, "a.test");
		leaf_unref(leaf);
		pair_connect(&p, "a.test", "a.test", "");
		SSL_set_max_proto_version(tls_ssl(p.client),
		    i / 2 ? TLS1_3_VERSION : TLS1_2_VERSION);
		if (hello.wants_rsa)
			assert_true(SSL_set1_sigalgs_list(tls_ssl(p.client),
			    "RSA-PSS+SHA256:RSA+SHA256"));
		pair_to_hello(&p);
		pair_resume(&p, "a.test", "");
		id = identity_read(p.client);
		assert_string_equal(id->verify_text, "ok");
		assert_string_equal(id->key, hello.wants_rsa ? "RSA 2048" :
		    "EC P-256");
		identity_free(id);
	}
	buf_fini(&pem);
	pair_disconnect(&p);
	forge_free(p.forge);
	tls_context_free(p.context);
}

static void
test_create_and_reuse(void **state)
{
	struct place p;
	struct err err = { "" };
	struct ca *one, *two;
	char *gone;

	(void)state;
	place_init(&p);
	one = ca_open(p.dir, &err);
	assert_string_equal(err.text, "");
	assert_non_null(one);
	assert_true(ca_is_new(one));
	assert_int_equal(place_mode_of(p.dir), 0700);
	assert_int_equal(place_mode_of(p.key), 0600);
	check_profile(one);
	check_exports(&p, one);
	assert_int_equal(strlen(ca_fingerprint(one)), 95);
	assert_true(str_starts(str_from(ca_subject(one)),
	    STR("CN=sluice CA ")));

	gone = path_join(p.dir, place_files[3]);
	assert_int_equal(unlink(gone), 0);
	two = ca_open(p.dir, &err);
	assert_non_null(two);
	assert_false(ca_is_new(two));
	assert_string_equal(ca_fingerprint(one), ca_fingerprint(two));
	check_exports(&p, two);
	check_handshakes(two);
	assert_true(str_ends(str_from(ca_cert_path(two)),
	    STR("/conf/sluice-ca-cert.pem")));
	free(gone);
	ca_free(one);
	ca_free(two);
	place_fini(&p);
}

static void
test_new_name(void **state)
{
	struct ca *a = ca_new_memory("x", NULL), *b = ca_new_memory("x", NULL);
	struct buf out;
	struct err err = { "" };

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	assert_string_not_equal(ca_subject(a), ca_subject(b));
	assert_string_equal(ca_cert_path(a), "");
	buf_init(&out, 100000);
	assert_false(ca_export(a, "txt", &out, &err));
	assert_string_equal(err.text, "no such certificate format: txt");
	assert_true(ca_export(a, "der", &out, &err));
	assert_int_equal((uint8_t)buf_str(&out).p[0], 0x30);
	buf_fini(&out);
	ca_free(a);
	ca_free(b);
}

/* A CA of one's own is used, and stale exports are replaced. */
static void
test_own_ca(void **state)
{
	struct place p;
	struct err err = { "" };
	EVP_PKEY *keys[2];
	X509 *certs[2];
	struct ca *ca;

	(void)state;
	place_init(&p);
	assert_true(path_make_dir(p.dir, &err));
	for (size_t i = 0; i < 2; i++) {
		char *text;

		assert_true(ca_make("mine", false, &keys[i], &certs[i], &err));
		text = place_pem_of(keys[i], certs[i], NULL);
		place_put_file(p.key, text);
		free(text);
		ca = ca_open(p.dir, &err);
		assert_non_null(ca);
		assert_false(ca_is_new(ca));
		check_exports(&p, ca);
		assert_int_equal(X509_cmp(ca_cert(ca), certs[i]), 0);
		ca_free(ca);
	}
	for (size_t i = 0; i < 2; i++) {
		EVP_PKEY_free(keys[i]);
		X509_free(certs[i]);
	}
	place_fini(&p);
}

static void
test_refuse_mode(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0660, 0610 };
	struct place p;
	struct err err = { "" };
	EVP_PKEY *key;
	X509 *cert;
	char *text;

	(void)state;
	place_init(&p);
	assert_true(path_make_dir(p.dir, &err));
	assert_true(ca_make("mine", false, &key, &cert, &err));
	text = place_pem_of(key, cert, NULL);
	place_put_file(p.key, text);
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		assert_int_equal(chmod(p.key, modes[i]), 0);
		place_refuse(&p, "chmod 600");
	}
	assert_int_equal(chmod(p.key, 0400), 0);
	ca_free(ca_open(p.dir, &err));
	assert_string_equal(err.text, "");
	if (geteuid() == 0) {
		assert_int_equal(chown(p.key, 65534, 65534), 0);
		place_refuse(&p, "belongs to another user");
	}
	free(text);
	EVP_PKEY_free(key);
	X509_free(cert);
	place_fini(&p);
}

static void
resign(X509 *cert, EVP_PKEY *key, int64_t from, int64_t to)
{
	int64_t now = clock_wall() / 1000000;

	assert_true(mint_times(cert, now + from, now + to));
	assert_true(mint_sign(cert, key));
}

static void
test_refuse_content(void **state)
{
	struct place p;
	struct err err = { "" };
	EVP_PKEY *key, *other;
	X509 *cert, *other_cert;
	struct odd leaf;
	char *text[6];
	static const char *const why[] = {
		"holds no private key", "holds no certificate",
		"does not belong to the key", "not one of a CA",
		"has expired", "not valid yet",
	};

	(void)state;
	place_init(&p);
	assert_true(path_make_dir(p.dir, &err));
	assert_true(ca_make("one", false, &key, &cert, &err));
	assert_true(ca_make("two", false, &other, &other_cert, &err));
	odd_new(&leaf);
	odd_cn(&leaf, STR("leaf"));
	odd_sign(&leaf, NULL);
	text[0] = place_pem_of(NULL, cert, NULL);
	text[1] = place_pem_of(key, NULL, NULL);
	text[2] = place_pem_of(other, cert, NULL);
	text[3] = place_pem_of(leaf.key, leaf.cert, NULL);
	resign(cert, key, -9999, -5);
	text[4] = place_pem_of(key, cert, NULL);
	resign(cert, key, 999, 9999);
	text[5] = place_pem_of(key, cert, NULL);
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		place_put_file(p.key, text[i]);
		place_refuse(&p, why[i]);
		free(text[i]);
	}
	place_put_file(p.key, "");
	place_refuse(&p, "holds no private key");
	odd_free(&leaf);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	X509_free(cert);
	X509_free(other_cert);
	place_fini(&p);
}

static void
test_refuse_password(void **state)
{
	struct place p;
	struct err err = { "" };
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *text;
	long n;

	(void)state;
	place_init(&p);
	assert_true(path_make_dir(p.dir, &err));
	assert_true(PEM_write_bio_PrivateKey(bio, key, EVP_aes_128_cbc(),
	    (const unsigned char *)"pass", 4, NULL, NULL));
	n = BIO_get_mem_data(bio, &data);
	text = str_dup(str_make(data, (size_t)n));
	place_put_file(p.key, text);
	place_refuse(&p, "has a password");
	free(text);
	BIO_free(bio);
	EVP_PKEY_free(key);
	place_fini(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create_and_reuse),
		cmocka_unit_test(test_new_name),
		cmocka_unit_test(test_own_ca),
		cmocka_unit_test(test_refuse_mode),
		cmocka_unit_test(test_refuse_content),
		cmocka_unit_test(test_refuse_password),
	};

	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
