/* SPDX-License-Identifier: MIT */
/* Leaves that are to fail: each does so with its own error and no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "pair.h"
#include "sluice/base/clock.h"

static struct pair p;

static const struct {
	enum leaf_fault fault;
	long code;
} faults[] = {
	{ LEAF_SOUND, X509_V_OK },
	{ LEAF_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED },
	{ LEAF_NOT_YET, X509_V_ERR_CERT_NOT_YET_VALID },
	{ LEAF_SELF_SIGNED, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT },
	{ LEAF_UNTRUSTED, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
	{ LEAF_WRONG_HOST, X509_V_ERR_HOSTNAME_MISMATCH },
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

/* What a client finds that trusts our CA. */
static long
verify(const struct leaf *leaf, const char *host)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *run = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	long code;

	assert_true(X509_STORE_add_cert(store, ca_cert(p.ca)));
	assert_true(X509_STORE_CTX_init(run, store, leaf->cert, leaf->chain));
	param = X509_STORE_CTX_get0_param(run);
	X509_VERIFY_PARAM_set1_host(param, host, 0);
	X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
	code = X509_verify_cert(run) == 1 ? X509_V_OK :
	    X509_STORE_CTX_get_error(run);
	X509_STORE_CTX_free(run);
	X509_STORE_free(store);
	return code;
}

/* Of a server with one name and these dates, in days from now. */
static struct identity *
server(const char *name, int64_t from, int64_t to)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	int64_t now = clock_wall() / 1000000;
	struct identity *id;

	odd_dns(names, str_from(name));
	id = odd_identity(str_from(name), names);
	id->not_before = (now + from * DAY_SECONDS) * 1000000;
	id->not_after = (now + to * DAY_SECONDS) * 1000000;
	return id;
}

static struct leaf *
make(const struct hello *hello, enum leaf_fault fault,
    const struct identity *id, const char *host)
{
	struct err err = { "" };
	struct leaf *leaf = forge_wait(p.forge, &(struct leaf_wish){
	    .id = id, .host = str_from(host), .hello = hello,
	    .fault = fault }, NULL, &err);

	assert_string_equal(err.text, "");
	assert_non_null(leaf);
	return leaf;
}

static void
test_each(void **state)
{
	struct identity *id = server("a.test", -1, 30);
	struct identity *other = server("b.test", -1, 30);

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(faults); i++) {
		const struct hello hello = { .wants_rsa = i % 2 };
		enum leaf_fault fault = faults[i / 2].fault;
		const struct identity *of = fault == LEAF_WRONG_HOST ? other :
		    id;
		struct leaf *leaf = make(&hello, fault, of, "a.test");
		const struct identity *shown = leaf_identity(leaf);

		print_message("%ld\n", faults[i / 2].code);
		assert_int_equal(verify(leaf, "a.test"), faults[i / 2].code);
		assert_string_equal(shown->key, i % 2 ? "RSA 2048" :
		    "EC P-256");
		assert_int_equal(shown->dns_count, 1);
		assert_string_equal(shown->dns[0], of->dns[0]);
		/* The server's fault, seen by us, is shown as the same. */
		assert_int_equal(leaf_fault_of(faults[i / 2].code), fault);
		leaf_unref(leaf);
	}
	identity_free(id);
	identity_free(other);
}

/* The server's own dates where they show the fault, else such as do. */
static void
test_dates(void **state)
{
	static const struct {
		enum leaf_fault fault;
		int64_t from, to;
		bool kept;
	} rows[] = {
		{ LEAF_EXPIRED, -100, -10, true },
		{ LEAF_EXPIRED, -100, 10, false },
		{ LEAF_EXPIRED, -10, -100, false },
		{ LEAF_NOT_YET, 10, 100, true },
		{ LEAF_NOT_YET, -10, 100, false },
		{ LEAF_NOT_YET, 100, 10, false },
		{ LEAF_SELF_SIGNED, -100, -10, false },
		{ LEAF_UNTRUSTED, 10, 100, false },
	};
	static const struct hello hello;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct identity *id = server("a.test", rows[i].from,
		    rows[i].to);
		struct leaf *leaf = make(&hello, rows[i].fault, id, "a.test");
		const struct identity *shown = leaf_identity(leaf);
		int64_t now = clock_wall();

		assert_int_equal(shown->not_before == id->not_before &&
		    shown->not_after == id->not_after, rows[i].kept);
		assert_true(shown->not_before < shown->not_after);
		assert_int_equal(shown->not_after < now,
		    rows[i].fault == LEAF_EXPIRED);
		assert_int_equal(shown->not_before > now,
		    rows[i].fault == LEAF_NOT_YET);
		leaf_unref(leaf);
		identity_free(id);
	}
}

/* Nobody's CA is another one than ours, and the same for all leaves. */
static void
test_signers(void **state)
{
	static const struct hello hello;
	struct leaf *one = make(&hello, LEAF_UNTRUSTED, NULL, "a.test");
	struct leaf *two = make(&hello, LEAF_UNTRUSTED, NULL, "b.test");
	struct leaf *self = make(&hello, LEAF_SELF_SIGNED, NULL, "a.test");
	struct leaf *good = make(&hello, LEAF_SOUND, NULL, "a.test");

	(void)state;
	assert_string_equal(leaf_identity(one)->issuer,
	    leaf_identity(two)->issuer);
	assert_string_not_equal(leaf_identity(one)->issuer,
	    leaf_identity(good)->issuer);
	assert_int_equal(X509_verify(one->cert, ca_key(p.ca)), 0);
	assert_int_equal(X509_verify(good->cert, ca_key(p.ca)), 1);
	assert_int_equal(X509_self_signed(self->cert, 1), 1);
	assert_string_equal(leaf_identity(self)->issuer, "CN=a.test");
	leaf_unref(one);
	leaf_unref(two);
	leaf_unref(self);
	leaf_unref(good);
}

/* Made in a thread; meanwhile other clients are served. */
static void
test_rsa_key(void **state)
{
	static const struct hello plain, rsa = { .wants_rsa = true };
	struct err err = { "" };
	struct leaf_wish wish = { .host = STR("a.test"), .hello = &rsa };
	struct leaf *leaf[3];
	struct forge *f = forge_new(p.ca, &err);

	(void)state;
	assert_non_null(f);
	assert_true(forge_is_ready(f, &plain));
	assert_null(forge_leaf(f, &wish, NULL, &err));
	assert_string_equal(err.text, "no RSA key yet");
	assert_false(forge_is_ready(f, &rsa));
	wish.hello = &plain;
	leaf[0] = forge_leaf(f, &wish, NULL, &err);
	assert_non_null(leaf[0]);
	wish.hello = &rsa;
	while (!forge_is_ready(f, &rsa))
		usleep(1000);
	leaf[1] = forge_leaf(f, &wish, NULL, &err);
	wish.host = STR("b.test");
	leaf[2] = forge_leaf(f, &wish, NULL, &err);
	assert_string_equal(leaf_identity(leaf[0])->key, "EC P-256");
	assert_string_equal(leaf_identity(leaf[1])->key, "RSA 2048");
	assert_ptr_equal(leaf[1]->key, leaf[2]->key);
	pair_verify(&p, leaf[2], "b.test");
	for (size_t i = 0; i < ARRAY_LEN(leaf); i++)
		leaf_unref(leaf[i]);
	forge_free(f);
}

/* The program ends while the key is being made, or before it was taken. */
static void
test_end_while_making(void **state)
{
	static const struct hello rsa = { .wants_rsa = true };

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct forge *f = forge_new(p.ca, NULL);

		assert_false(forge_is_ready(f, &rsa));
		usleep(i % 2 ? 500000 : 0);
		forge_free(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_signers),
		cmocka_unit_test(test_rsa_key),
		cmocka_unit_test(test_end_while_making),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
