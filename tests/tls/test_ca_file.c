/* SPDX-License-Identifier: MIT */
/* A CA of one's own that is not a root: who issued it is sent along. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <openssl/x509v3.h>

#include "pair.h"
#include "place.h"
#include "sluice/base/clock.h"
#include "sluice/base/path.h"

#define YEAR (365 * (int64_t)DAY_SECONDS)

struct made {
	EVP_PKEY *key;
	X509 *cert;
};

/* What most tests here use: the CA, its issuer, the root of that. */
static struct made ours, middle, root;
/* .. and what does not belong: a namesake of middle, another CA and its. */
static struct made namesake, far, far_root;

/* Valid from and to so many seconds from now; issuer NULL: itself. */
static void
make(struct made *m, const char *cn, const struct made *issuer, int64_t from,
    int64_t to)
{
	static const int sign[] = { 5 };
	BASIC_CONSTRAINTS *bc = BASIC_CONSTRAINTS_new();
	int64_t now = clock_wall() / 1000000;

	if (!m->key)
		m->key = EVP_EC_gen("P-256");
	X509_free(m->cert);
	m->cert = X509_new();
	bc->ca = 0xff;
	assert_true(X509_set_version(m->cert, X509_VERSION_3));
	assert_true(mint_serial(m->cert));
	assert_true(X509_set_pubkey(m->cert, m->key));
	assert_true(mint_times(m->cert, now + from, now + to));
	assert_true(mint_cn(m->cert, str_from(cn)));
	assert_true(X509_set_issuer_name(m->cert, X509_get_subject_name(
	    issuer ? issuer->cert : m->cert)));
	assert_true(mint_ext(m->cert, NID_basic_constraints, bc, true));
	assert_true(mint_key_usage(m->cert, sign, 1));
	assert_true(mint_sign(m->cert, issuer ? issuer->key : m->key));
	BASIC_CONSTRAINTS_free(bc);
}

static void
drop(struct made *m)
{
	EVP_PKEY_free(m->key);
	X509_free(m->cert);
	memset(m, 0, sizeof *m);
}

static int
setup(void **state)
{
	(void)state;
	make(&root, "Root", NULL, -9, YEAR);
	make(&middle, "Middle", &root, -9, YEAR);
	make(&ours, "Ours", &middle, -9, YEAR);
	make(&far_root, "Far Root", NULL, -9, 2 * YEAR);
	make(&far, "Far", &far_root, -9, 2 * YEAR);
	make(&namesake, "Middle", &root, -9, 2 * YEAR);
	return 0;
}

static int
teardown(void **state)
{
	struct made *all[] = {
		&ours, &middle, &root, &namesake, &far, &far_root,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		drop(all[i]);
	return 0;
}

/* The key comes behind `before` of the certificates. */
static void
write_file(const struct place *p, EVP_PKEY *key, X509 *const certs[],
    size_t count, size_t before)
{
	struct buf text;
	char *whole;

	assert_true(path_make_dir(p->dir, NULL));
	buf_init(&text, 256 * 1024);
	for (size_t i = 0; i <= count; i++) {
		char *pem = i == before ? place_pem_of(key, NULL, NULL) :
		    place_pem_of(NULL, certs[i < before ? i : i - 1], NULL);

		buf_put(&text, str_from(pem));
		free(pem);
	}
	whole = buf_take(&text);
	place_put_file(p->key, whole);
	buf_fini(&text);
	free(whole);
}

static struct ca *
open_file(const struct place *p)
{
	struct err err = { "" };
	struct ca *ca = ca_open(p->dir, &err);

	assert_string_equal(err.text, "");
	assert_non_null(ca);
	return ca;
}

/* As a client does that knows only this root. */
static void
verify(const struct leaf *leaf, X509 *trusted)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *run = X509_STORE_CTX_new();

	assert_true(X509_STORE_add_cert(store, trusted));
	assert_true(X509_STORE_CTX_init(run, store, leaf->cert, leaf->chain));
	X509_STORE_CTX_set_purpose(run, X509_PURPOSE_SSL_SERVER);
	if (X509_verify_cert(run) != 1)
		fail_msg("%s", X509_verify_cert_error_string(
		    X509_STORE_CTX_get_error(run)));
	X509_STORE_CTX_free(run);
	X509_STORE_free(store);
}

/* The leaf is followed by these and no others. */
static void
check_sent(struct ca *ca, X509 *const sent[], size_t count, X509 *trusted)
{
	static const struct hello plain_client;
	struct err err = { "" };
	struct forge *f = forge_new(ca, &err);
	struct leaf *leaf = forge_leaf(f, &(struct leaf_wish){
	    .host = STR("a.test"), .hello = &plain_client }, NULL, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(sk_X509_num(leaf->chain), count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(X509_cmp(sk_X509_value(leaf->chain, (int)i),
		    sent[i]), 0);
	verify(leaf, trusted);
	leaf_unref(leaf);
	forge_free(f);
}

static void
swap(X509 **a, X509 **b)
{
	X509 *t = *a;

	*a = *b;
	*b = t;
}

/* All orders of three, and the others moved round between them. */
static void
test_order(void **state)
{
	X509 *sent[] = { ours.cert, middle.cert };
	X509 *belong[] = { ours.cert, middle.cert, root.cert };
	X509 *stray[] = { namesake.cert, far.cert, far_root.cert };
	struct place p;

	(void)state;
	place_init(&p);
	for (size_t i = 0; i < 6 * 7; i++) {
		X509 *certs[6];
		struct ca *ca;

		swap(&belong[i % 2], &belong[i % 2 + 1]);
		swap(&stray[0], &stray[i / 6 % 3]);
		for (size_t j = 0; j < 6; j++)
			certs[(j + i / 6) % 6] = j % 2 ? belong[j / 2] :
			    stray[j / 2];
		write_file(&p, ours.key, certs, 6, i / 6);
		ca = open_file(&p);
		assert_int_equal(X509_cmp(ca_cert(ca), ours.cert), 0);
		check_sent(ca, sent, 2, root.cert);
		ca_free(ca);
	}
	place_fini(&p);
}

/* Where the file ends, so does what is sent; a root sends nothing. */
static void
test_parts(void **state)
{
	X509 *alone[] = { ours.cert };
	X509 *roots[] = { far.cert, root.cert, ours.cert };
	struct place p;
	struct ca *ca;

	(void)state;
	place_init(&p);
	write_file(&p, ours.key, alone, 1, 0);
	ca = open_file(&p);
	assert_int_equal(sk_X509_num(ca_chain(ca)), 1);
	assert_int_equal(X509_cmp(sk_X509_value(ca_chain(ca), 0), ours.cert),
	    0);
	ca_free(ca);
	write_file(&p, root.key, roots, 3, 2);
	ca = open_file(&p);
	assert_int_equal(X509_cmp(ca_cert(ca), root.cert), 0);
	check_sent(ca, NULL, 0, root.cert);
	ca_free(ca);
	place_fini(&p);
}

/* Two that signed each other, and one of them once more. */
static void
test_circle(void **state)
{
	struct made a = { NULL, NULL }, b = { NULL, NULL };
	struct place p;
	struct ca *ca;

	(void)state;
	place_init(&p);
	make(&a, "A", NULL, -9, YEAR);
	make(&b, "B", &a, -9, YEAR);
	make(&a, "A", &b, -9, YEAR);
	write_file(&p, a.key, (X509 *[]){ b.cert, a.cert, b.cert }, 3, 3);
	ca = open_file(&p);
	assert_int_equal(X509_cmp(ca_cert(ca), a.cert), 0);
	assert_in_range(sk_X509_num(ca_chain(ca)), 2, 3);
	ca_free(ca);
	drop(&a);
	drop(&b);
	place_fini(&p);
}

/* Of a certificate that was renewed the one in force is used. */
static void
test_renewed(void **state)
{
	struct made old = { NULL, NULL }, old_middle = { NULL, NULL };
	X509 *sent[2];
	struct place p;
	struct ca *ca;

	(void)state;
	place_init(&p);
	EVP_PKEY_up_ref(old.key = ours.key);
	EVP_PKEY_up_ref(old_middle.key = middle.key);
	make(&old_middle, "Middle", &root, -YEAR, -9);
	make(&old, "Ours", &middle, -YEAR, -9);
	sent[0] = ours.cert;
	sent[1] = middle.cert;
	write_file(&p, ours.key, (X509 *[]){ old.cert, old_middle.cert,
	    ours.cert, middle.cert }, 4, 1);
	ca = open_file(&p);
	check_sent(ca, sent, 2, root.cert);
	ca_free(ca);
	drop(&old);
	drop(&old_middle);
	place_fini(&p);
}

static void
test_refused(void **state)
{
	struct made bad = { NULL, NULL }, child = { NULL, NULL };
	struct place p;

	(void)state;
	place_init(&p);
	write_file(&p, ours.key, (X509 *[]){ middle.cert, root.cert }, 2, 0);
	place_refuse(&p, "the certificate does not belong to the key; mend "
	    "the file, or move it away");

	make(&bad, "Bad", &root, -YEAR, -9);
	make(&child, "Child", &bad, -9, YEAR);
	write_file(&p, child.key, (X509 *[]){ bad.cert, child.cert }, 2, 0);
	place_refuse(&p, "the intermediate certificate CN=Bad has expired");
	make(&bad, "Bad", &root, YEAR, 2 * YEAR);
	write_file(&p, child.key, (X509 *[]){ bad.cert, child.cert }, 2, 0);
	place_refuse(&p, "CN=Bad is not valid yet");
	make(&child, "Child", &middle, -YEAR, -9);
	write_file(&p, child.key, (X509 *[]){ middle.cert, child.cert }, 2, 0);
	place_refuse(&p, "the CA certificate has expired");
	drop(&bad);
	drop(&child);
	place_fini(&p);
}

/* Those of the root count too, although it is not sent. */
static void
test_constraints_above(void **state)
{
	struct made top = { NULL, NULL }, low = { NULL, NULL };
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL,
	    NID_name_constraints, "critical,permitted;DNS:ok.test");
	struct place p;
	struct ca *ca;

	(void)state;
	place_init(&p);
	make(&top, "Top", NULL, -9, YEAR);
	make(&low, "Low", &top, -9, YEAR);
	assert_true(X509_add_ext(top.cert, e, -1));
	assert_true(mint_sign(top.cert, top.key));
	write_file(&p, low.key, (X509 *[]){ top.cert, low.cert }, 2, 2);
	ca = open_file(&p);
	assert_true(ca_permits(ca, STR("a.ok.test")));
	assert_false(ca_permits(ca, STR("a.test")));
	ca_free(ca);
	X509_EXTENSION_free(e);
	drop(&top);
	drop(&low);
	place_fini(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_circle),
		cmocka_unit_test(test_renewed),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_constraints_above),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
