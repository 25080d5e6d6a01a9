/* SPDX-License-Identifier: MIT */
/* A CA of one's own with name constraints: what it may sign for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <openssl/x509v3.h>

#include "pair.h"
#include "place.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"

#define PERMITTED "critical,permitted;DNS:ok.test," \
	"permitted;IP:10.0.0.0/255.0.0.0," \
	"permitted;IP:2001:db8::/ffff:ffff::"
#define EXCLUDED "critical,excluded;DNS:bad.test," \
	"excluded;IP:10.0.0.0/255.0.0.0," \
	"excluded;IP:2001:db8::/ffff:ffff::"

static const struct hello plain_client;

static X509_EXTENSION *
constraints(const char *text)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL,
	    NID_name_constraints, text);

	assert_non_null(e);
	return e;
}

/* Made, constrained, signed by itself or by another, written, opened. */
static struct ca *
open_constrained(const struct place *p, const char *text)
{
	struct err err = { "" };
	X509_EXTENSION *e = constraints(text);
	EVP_PKEY *key;
	X509 *cert;
	struct ca *ca;
	char *pem;

	assert_true(path_make_dir(p->dir, &err));
	assert_true(ca_make("mine", false, &key, &cert, &err));
	assert_true(X509_add_ext(cert, e, -1));
	assert_true(mint_sign(cert, key));
	pem = place_pem_of(key, cert, NULL);
	place_put_file(p->key, pem);
	ca = ca_open(p->dir, &err);
	assert_string_equal(err.text, "");
	assert_non_null(ca);
	free(pem);
	X509_EXTENSION_free(e);
	X509_free(cert);
	EVP_PKEY_free(key);
	return ca;
}

static void
test_hosts(void **state)
{
	static const struct {
		const char *constraints, *host;
		bool permitted;
	} rows[] = {
		{ PERMITTED, "ok.test", true },
		{ PERMITTED, "a.b.ok.test", true },
		{ PERMITTED, "OK.Test.", true },
		{ PERMITTED, "*.ok.test", true },
		{ PERMITTED, "notok.test", false },
		{ PERMITTED, "ok.test.evil.test", false },
		{ PERMITTED, "evil.test", false },
		{ PERMITTED, "10.255.0.1", true },
		{ PERMITTED, "11.0.0.1", false },
		{ PERMITTED, "2001:db8::1", true },
		{ PERMITTED, "[2001:db8::1]", true },
		{ PERMITTED, "2001:db9::1", false },
		{ PERMITTED, "::ffff:10.0.0.1", false },
		{ EXCLUDED, "ok.test", true },
		{ EXCLUDED, "bad.test", false },
		{ EXCLUDED, "a.bad.test", false },
		{ EXCLUDED, "notbad.test", true },
		{ EXCLUDED, "10.1.2.3", false },
		{ EXCLUDED, "192.0.2.1", true },
		{ EXCLUDED, "2001:db8:ffff::", false },
		{ EXCLUDED, "2001:db9::", true },
		{ "permitted;DNS:ok.test", "10.1.2.3", true },
		{ "permitted;DNS:ok.test", "evil.test", false },
		{ "excluded;IP:0.0.0.0/0.0.0.0", "10.1.2.3", false },
		{ "excluded;IP:0.0.0.0/0.0.0.0", "::1", true },
		{ "permitted;DNS:ok.test,excluded;DNS:x.ok.test", "x.ok.test",
		    false },
		{ "permitted;DNS:ok.test,excluded;DNS:x.ok.test", "y.ok.test",
		    true },
	};
	struct place p;

	(void)state;
	place_init(&p);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ca *ca = open_constrained(&p, rows[i].constraints);

		print_message("%s: %s\n", rows[i].constraints, rows[i].host);
		assert_int_equal(ca_permits(ca, str_from(rows[i].host)),
		    rows[i].permitted);
		ca_free(ca);
	}
	place_fini(&p);
}

static struct leaf *
forge_for(struct ca *ca, const struct identity *id, const char *host,
    struct err *err)
{
	struct forge *f = forge_new(ca, err);
	struct leaf *leaf = forge_leaf(f, &(struct leaf_wish){ .id = id,
	    .host = str_from(host), .hello = &plain_client }, NULL, err);

	forge_free(f);
	return leaf;
}

static struct identity *
in_and_out(void)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();

	odd_dns(names, STR("evil.test"));
	odd_dns(names, STR("www.ok.test"));
	odd_dns(names, STR("*.ok.test"));
	odd_ip(names, "\x0a\0\0\7", 4);
	odd_ip(names, "\x0b\0\0\7", 4);
	odd_ip(names, " \1\r\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	odd_ip(names, " \1\r\xb9\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	return odd_identity(STR("evil.test"), names);
}

/* What is outside is refused; other names of the server are left out. */
static void
test_leaves(void **state)
{
	struct pair pair = { .context = NULL };
	struct err err = { "" };
	struct identity *id;
	struct leaf *leaf;
	struct place p;
	struct ca *ca;

	(void)state;
	place_init(&p);
	ca = pair.ca = open_constrained(&p, PERMITTED);
	id = in_and_out();

	leaf = forge_for(ca, id, "www.ok.test", &err);
	assert_string_equal(err.text, "");
	assert_string_equal(leaf_identity(leaf)->subject, "CN=www.ok.test");
	assert_int_equal(leaf_identity(leaf)->dns_count, 2);
	assert_string_equal(leaf_identity(leaf)->dns[0], "www.ok.test");
	assert_int_equal(leaf_identity(leaf)->ip_count, 2);
	pair_verify(&pair, leaf, "www.ok.test");
	pair_verify(&pair, leaf, "10.0.0.7");
	pair_verify(&pair, leaf, "2001:db8::1");
	leaf_unref(leaf);

	assert_null(forge_for(ca, id, "evil.test", &err));
	assert_string_equal(err.text, "the CA's name constraints do not "
	    "permit evil.test");
	assert_null(forge_for(ca, id, "11.0.0.7", &err));
	assert_null(forge_for(ca, NULL, "::1", &err));
	ca_free(ca);

	/* The wildcard is too wide, the host itself is not. */
	err_clear(&err);
	ca = open_constrained(&p, "permitted;DNS:www.ok.test");
	leaf = forge_for(ca, id, "www.ok.test", &err);
	assert_string_equal(err.text, "");
	assert_int_equal(leaf_identity(leaf)->dns_count, 1);
	pair.ca = ca;
	pair_verify(&pair, leaf, "www.ok.test");
	leaf_unref(leaf);
	ca_free(ca);
	identity_free(id);

	/* A host that nobody named, and nothing else to go by. */
	ca = open_constrained(&p, PERMITTED);
	id = odd_identity(STR("11.0.0.7"), NULL);
	assert_null(forge_for(ca, id, "", &err));
	assert_string_equal(err.text, "the CA's name constraints permit no "
	    "name of the server");
	identity_free(id);
	ca_free(ca);
	place_fini(&p);
}

/* Not all of so many are compared; the host is there in any case. */
static void
test_many(void **state)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	struct pair pair = { .context = NULL };
	struct err err = { "" };
	struct identity *id;
	struct leaf *leaf;
	struct place p;

	(void)state;
	place_init(&p);
	pair.ca = open_constrained(&p, PERMITTED);
	for (int i = 0; i < 1000; i++) {
		char name[40];

		snprintf(name, sizeof name, "h%03d.%s.test", i,
		    i % 2 ? "ok" : "evil");
		odd_dns(names, str_from(name));
	}
	id = odd_identity(STR_NONE, names);
	leaf = forge_for(pair.ca, id, "h999.ok.test", &err);
	assert_string_equal(err.text, "");
	pair_verify(&pair, leaf, "h999.ok.test");
	pair_verify(&pair, leaf, "h001.ok.test");
	assert_in_range(leaf_identity(leaf)->dns_count, 100, 500);
	leaf_unref(leaf);
	identity_free(id);
	ca_free(pair.ca);
	place_fini(&p);
}

/* A subject is a name too (RFC 5280 4.2.1.10): then it is left empty. */
static void
test_subject(void **state)
{
	struct pair pair = { .ca = NULL };
	NAME_CONSTRAINTS *nc = NAME_CONSTRAINTS_new();
	GENERAL_SUBTREE *tree = GENERAL_SUBTREE_new();
	X509_NAME *name = X509_NAME_new();
	struct err err = { "" };
	struct leaf *leaf;
	struct place p;
	EVP_PKEY *key;
	X509 *cert;
	char *pem;

	(void)state;
	place_init(&p);
	assert_true(path_make_dir(p.dir, &err));
	assert_true(mint_name(name, NID_organizationName, "Corp"));
	tree->base->type = GEN_DIRNAME;
	tree->base->d.directoryName = name;
	nc->permittedSubtrees = sk_GENERAL_SUBTREE_new_null();
	assert_true(sk_GENERAL_SUBTREE_push(nc->permittedSubtrees, tree));
	assert_true(ca_make("mine", false, &key, &cert, &err));
	assert_true(mint_ext(cert, NID_name_constraints, nc, true));
	assert_true(mint_sign(cert, key));
	pem = place_pem_of(key, cert, NULL);
	place_put_file(p.key, pem);
	pair.ca = ca_open(p.dir, &err);
	assert_string_equal(err.text, "");
	assert_true(ca_permits(pair.ca, STR("a.test")));
	leaf = forge_for(pair.ca, NULL, "a.test", &err);
	assert_string_equal(err.text, "");
	assert_string_equal(leaf_identity(leaf)->subject, "");
	assert_true(pair_san_is_critical(leaf));
	pair_verify(&pair, leaf, "a.test");
	leaf_unref(leaf);
	ca_free(pair.ca);
	free(pem);
	NAME_CONSTRAINTS_free(nc);
	X509_free(cert);
	EVP_PKEY_free(key);
	place_fini(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_leaves),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_subject),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
