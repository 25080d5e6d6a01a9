/* SPDX-License-Identifier: MIT */
/* The leaves: what is in them, for whom, how long they are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../src/tls/leaf_cache.h"
#include "pair.h"
#include "sluice/base/clock.h"

static struct pair p;
static const struct hello plain_client;

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

/* As the pair's forge makes it for a client that asks for nothing special. */
static struct leaf *
leaf_with(enum leaf_fault fault, const struct identity *id, const char *host)
{
	struct err err = { "" };
	bool added;
	struct leaf *leaf = forge_leaf(p.forge, &(struct leaf_wish){ .id = id,
	    .host = str_from(host), .hello = &plain_client, .fault = fault },
	    &added, &err);

	assert_string_equal(err.text, "");
	assert_non_null(leaf);
	return leaf;
}

static void
test_leaf_profile(void **state)
{
	static const int banned[] = {
		NID_subject_key_identifier, NID_ct_precert_scts,
		NID_tlsfeature, NID_info_access, NID_crl_distribution_points,
		NID_certificate_policies,
	};
	struct leaf *leaf = pair_leaf(&p, NULL, "a.test", NULL);
	int64_t now = clock_wall(), day = (int64_t)DAY_SECONDS * 1000000;
	const ASN1_INTEGER *serial = X509_get0_serialNumber(leaf->cert);
	int64_t from, to;

	(void)state;
	pair_verify(&p, leaf, "a.test");
	for (size_t i = 0; i < ARRAY_LEN(banned); i++)
		assert_int_equal(X509_get_ext_by_NID(leaf->cert, banned[i],
		    -1), -1);
	assert_int_equal(X509_get_key_usage(leaf->cert),
	    KU_DIGITAL_SIGNATURE);
	assert_int_equal(X509_get_extended_key_usage(leaf->cert),
	    XKU_SSL_SERVER);
	assert_int_equal(ASN1_OCTET_STRING_cmp(
	    X509_get0_authority_key_id(leaf->cert),
	    X509_get0_subject_key_id(ca_cert(p.ca))), 0);
	assert_int_equal(ASN1_STRING_length(serial), 20);
	assert_false(ASN1_STRING_type(serial) & V_ASN1_NEG);
	from = identity_time(X509_get0_notBefore(leaf->cert));
	to = identity_time(X509_get0_notAfter(leaf->cert));
	assert_in_range(now - from, 2 * day - 5000000, 2 * day + 5000000);
	assert_in_range(to - now, 43 * day - 5000000, 43 * day + 5000000);
	assert_false(pair_san_is_critical(leaf));
	assert_string_equal(leaf_identity(leaf)->subject, "CN=a.test");
	assert_true(str_starts(str_from(leaf_identity(leaf)->issuer),
	    STR("CN=test CA (")));
	assert_string_equal(leaf_identity(leaf)->key, "EC P-256");
	leaf_unref(leaf);
}

static void
test_rsa_leaf(void **state)
{
	struct hello hello = { .wants_rsa = true };
	struct err err = { "" };
	struct leaf *rsa = forge_wait(p.forge, &(struct leaf_wish){
	    .host = STR("a.test"), .hello = &hello }, NULL, &err);
	struct leaf *ec = pair_leaf(&p, NULL, "a.test", NULL);

	(void)state;
	assert_non_null(rsa);
	assert_ptr_not_equal(rsa, ec);
	assert_int_equal(X509_get_key_usage(rsa->cert),
	    KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT);
	assert_int_equal(EVP_PKEY_get_bits(rsa->key), 2048);
	pair_verify(&p, rsa, "a.test");
	leaf_unref(rsa);
	leaf_unref(ec);
}

static void
test_cache(void **state)
{
	struct leaf *a = pair_leaf(&p, NULL, "a.test", NULL);
	struct leaf *again = pair_leaf(&p, NULL, "a.test", NULL);
	struct leaf *b = pair_leaf(&p, NULL, "b.test", NULL);

	(void)state;
	assert_ptr_equal(a, again);
	assert_ptr_not_equal(a, b);
	assert_int_not_equal(ASN1_INTEGER_cmp(X509_get0_serialNumber(a->cert),
	    X509_get0_serialNumber(b->cert)), 0);
	leaf_unref(a);
	leaf_unref(again);
	leaf_unref(b);
}

static void
test_cache_order_and_age(void **state)
{
	struct leaf_cache *c = leaf_cache_new(2);
	struct leaf *leaf = pair_leaf(&p, NULL, "a.test", NULL);
	int64_t day = (int64_t)DAY_SECONDS * 1000000, now = clock_wall();

	(void)state;
	assert_null(leaf_cache_get(c, STR("a"), now));
	leaf_cache_put(c, STR("a"), leaf);
	leaf_cache_put(c, STR("b"), leaf);
	assert_ptr_equal(leaf_cache_get(c, STR("a"), now), leaf);
	leaf_cache_put(c, STR("c"), leaf);
	assert_int_equal(leaf_cache_count(c), 2);
	assert_null(leaf_cache_get(c, STR("b"), now));
	assert_ptr_equal(leaf_cache_get(c, STR("a"), now), leaf);
	now = leaf_identity(leaf)->not_after - day;
	assert_ptr_equal(leaf_cache_get(c, STR("a"), now), leaf);
	assert_null(leaf_cache_get(c, STR("a"), now + 1));
	assert_int_equal(leaf_cache_count(c), 1);
	leaf_cache_free(c);
	leaf_unref(leaf);
}

/* Leaves that are to fail are kept too, as long as they do. */
static void
test_cache_of_faults(void **state)
{
	static const enum leaf_fault faults[] = {
		LEAF_EXPIRED, LEAF_NOT_YET, LEAF_SELF_SIGNED, LEAF_UNTRUSTED,
		LEAF_WRONG_HOST,
	};
	int64_t day = (int64_t)DAY_SECONDS * 1000000, now = clock_wall();
	struct identity *id = odd_identity(STR("x.test"), NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct leaf *one = leaf_with(faults[i], id, "x.test");
		struct leaf *two = leaf_with(faults[i], id, "x.test");
		struct leaf_cache *c = leaf_cache_new(2);

		assert_ptr_equal(one, two);
		leaf_cache_put(c, STR("a"), one);
		assert_ptr_equal(leaf_cache_get(c, STR("a"), now), one);
		/* When its time has come it would be sound. */
		if (faults[i] == LEAF_NOT_YET)
			assert_null(leaf_cache_get(c, STR("a"),
			    leaf_identity(one)->not_before));
		if (faults[i] == LEAF_EXPIRED)
			assert_ptr_equal(leaf_cache_get(c, STR("a"),
			    now + 400 * day), one);
		leaf_cache_free(c);
		leaf_unref(one);
		leaf_unref(two);
	}
	identity_free(id);
}

/* What is a name in one must not look like an address in another. */
static void
test_cache_keys(void **state)
{
	GENERAL_NAMES *a = sk_GENERAL_NAME_new_null();
	GENERAL_NAMES *b = sk_GENERAL_NAME_new_null();
	struct identity *ids[2];
	struct leaf *leaf[2];

	(void)state;
	odd_dns(a, STR("a"));
	odd_ip(a, "bcde", 4);
	odd_dns(b, STR("a4bcde"));
	ids[0] = odd_identity(STR("a"), a);
	ids[1] = odd_identity(STR("a"), b);
	for (size_t i = 0; i < 2; i++)
		leaf[i] = leaf_with(LEAF_SOUND, ids[i], "");
	assert_ptr_not_equal(leaf[0], leaf[1]);
	assert_int_equal(leaf_identity(leaf[0])->ip_count, 1);
	assert_int_equal(leaf_identity(leaf[1])->ip_count, 0);
	for (size_t i = 0; i < 2; i++) {
		identity_free(ids[i]);
		leaf_unref(leaf[i]);
	}
}

/* A CA that ends soon: its leaves end with it, and are kept until then. */
static void
test_within_ca(void **state)
{
	static const int64_t left[] = { 3 * DAY_SECONDS, 3600 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(left); i++) {
		struct err err = { "" };
		struct ca *ca = ca_new_memory("short", &err);
		int64_t now = clock_wall() / 1000000;
		struct forge *f;
		struct leaf *leaf[2];

		assert_true(mint_times(ca_cert(ca), now - 60, now + left[i]));
		assert_true(mint_sign(ca_cert(ca), ca_key(ca)));
		f = forge_new(ca, &err);
		for (size_t j = 0; j < 2; j++) {
			leaf[j] = forge_leaf(f, &(struct leaf_wish){
			    .host = STR("a.test"), .hello = &plain_client },
			    NULL, &err);
			assert_non_null(leaf[j]);
		}
		assert_ptr_equal(leaf[0], leaf[1]);
		assert_int_equal(leaf_identity(leaf[0])->not_before,
		    (now - 60) * 1000000);
		assert_int_equal(leaf_identity(leaf[0])->not_after,
		    (now + left[i]) * 1000000);
		leaf_unref(leaf[0]);
		leaf_unref(leaf[1]);
		forge_free(f);
		ca_free(ca);
	}
}

static struct identity *
many_names(int count)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	struct identity *id;

	for (int i = 0; i < count; i++) {
		char name[40];

		snprintf(name, sizeof name, "host-%04d.many.example.test", i);
		odd_dns(names, str_from(name));
	}
	id = odd_identity(STR_NONE, names);
	assert_int_equal(id->dns_count, count);
	return id;
}

static size_t
names_in(const struct leaf *leaf)
{
	struct identity *copy = identity_of(leaf->cert);
	size_t n = copy->dns_count;

	identity_free(copy);
	return n;
}

/* A thousand are copied; where it would be no certificate any more, some. */
static void
test_many(void **state)
{
	static const struct {
		int names;
		size_t kept;
	} rows[] = { { 1000, 1000 }, { 2000, 2000 }, { 4000, 100 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct identity *id = many_names(rows[i].names);
		struct leaf *leaf;
		bool added;
		int64_t start = clock_mono();

		leaf = pair_leaf(&p, id, "host-0999.many.example.test",
		    &added);
		assert_true(clock_mono() - start < 100000);
		assert_false(added);
		pair_verify(&p, leaf, "host-0999.many.example.test");
		pair_verify(&p, leaf, "host-0001.many.example.test");
		assert_int_equal(names_in(leaf), rows[i].kept);
		assert_true(i2d_X509(leaf->cert, NULL) < 68 * 1024);
		leaf_unref(leaf);
		leaf = pair_leaf(&p, id, "new.test", &added);
		assert_true(added);
		pair_verify(&p, leaf, "new.test");
		leaf_unref(leaf);
		leaf = pair_leaf(&p, id, "10.9.8.7", &added);
		assert_true(added);
		pair_verify(&p, leaf, "10.9.8.7");
		leaf_unref(leaf);
		identity_free(id);
	}
}

static void
test_hosts(void **state)
{
	static const struct {
		const char *host, *covered, *cn;
	} rows[] = {
		{ "a.test", "a.test", "a.test" },
		{ "a.test.", "a.test", "a.test" },
		{ "192.0.2.1", "192.0.2.1", "192.0.2.1" },
		{ "[2001:db8::2]", "2001:db8::2", "2001:db8::2" },
		{ "fe80::1%eth0", "fe80::1", "fe80::1" },
		{ "", "unknown.invalid", "unknown.invalid" },
		{ "a,DNS:b", "unknown.invalid", "unknown.invalid" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool added = true;
		struct leaf *leaf = pair_leaf(&p, NULL, rows[i].host, &added);
		struct identity *id = identity_of(leaf->cert);

		assert_false(added);
		pair_verify(&p, leaf, rows[i].covered);
		assert_string_equal(id->cn, rows[i].cn);
		assert_int_equal(id->dns_count + id->ip_count, 1);
		identity_free(id);
		leaf_unref(leaf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leaf_profile),
		cmocka_unit_test(test_rsa_leaf),
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_cache_order_and_age),
		cmocka_unit_test(test_cache_of_faults),
		cmocka_unit_test(test_cache_keys),
		cmocka_unit_test(test_within_ca),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_hosts),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
