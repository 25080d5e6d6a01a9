/* SPDX-License-Identifier: MIT */
/* Identities of odd certificates, and the leaves made for them. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "pair.h"
#include "sluice/base/mem.h"

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

#define S(lit) { "" lit, sizeof(lit) - 1 }
#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *name;
	struct str cn;
	const char *read;	/* NULL: not usable */
} cn_rows[] = {
	{ "plain", S("a.test"), "a.test" },
	{ "none", { NULL, 0 }, NULL },
	{ "empty", S(""), NULL },
	{ "NUL", S("good.test\0.evil.test"), NULL },
	{ "NUL at the end", S("good.test\0"), NULL },
	{ "escape", S("a\033[2Jb"), NULL },
	{ "line feed", S("a\nb"), NULL },
	{ "bidi", S("a\xe2\x80\xae" "b"), NULL },
	{ "words", S("Example Server"), "Example Server" },
	{ "umlaut", S("b\xc3\xbc" "cher"), "b\xc3\xbc" "cher" },
	{ "65 bytes", S(LONG ".atest"), LONG ".atest" },
};

static void
test_cn(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cn_rows); i++) {
		struct identity *id = odd_identity(cn_rows[i].cn, NULL);
		struct leaf *leaf;
		bool added;

		print_message("cn: %s\n", cn_rows[i].name);
		if (cn_rows[i].read)
			assert_string_equal(id->cn, cn_rows[i].read);
		else
			assert_null(id->cn);
		for (const char *c = id->subject; *c; c++)
			assert_true((uint8_t)*c >= 0x20);
		leaf = pair_leaf(&p, id, "h.test", &added);
		assert_true(added);
		pair_verify(&p, leaf, "h.test");
		leaf_unref(leaf);
		identity_free(id);
	}
}

/* A CN alone also becomes a SAN; a long one is no CN any more. */
static void
test_only_cn(void **state)
{
	struct identity *id = odd_identity(STR("only.test"), NULL);
	bool added = true;
	struct leaf *leaf;

	(void)state;
	assert_int_equal(id->dns_count, 0);
	assert_true(identity_covers(id, STR("only.test")));
	leaf = pair_leaf(&p, id, "only.test", &added);
	assert_false(added);
	pair_verify(&p, leaf, "only.test");
	leaf_unref(leaf);
	identity_free(id);

	id = odd_identity(str_from(LONG ".atest"), NULL);
	leaf = pair_leaf(&p, id, LONG ".atest", &added);
	assert_false(added);
	assert_int_equal(X509_NAME_entry_count(X509_get_subject_name(
	    leaf->cert)), 0);
	assert_true(pair_san_is_critical(leaf));
	pair_verify(&p, leaf, LONG ".atest");
	assert_string_equal(leaf_identity(leaf)->subject, "");
	leaf_unref(leaf);
	identity_free(id);

	id = odd_identity(STR("10.0.0.7"), NULL);
	leaf = pair_leaf(&p, id, "", &added);
	assert_false(added);
	pair_verify(&p, leaf, "10.0.0.7");
	leaf_unref(leaf);
	identity_free(id);
}

static void
test_san(void **state)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	struct identity *id;
	struct identity *copy;
	struct leaf *leaf;
	bool added;

	(void)state;
	odd_dns(names, STR("a.test"));
	odd_dns(names, (struct str)S("good.test\0.evil.test"));
	odd_dns(names, STR("a.test,DNS:victim.test"));
	odd_dns(names, STR("b\033[2J.test"));
	odd_dns(names, STR("b\xc3\xbc.test"));
	odd_dns(names, STR(""));
	odd_dns(names, STR("*.w.test"));
	odd_dns(names, STR("*.com"));
	odd_dns(names, STR("under_score.test"));
	odd_ip(names, "\x0a\0\0\7", 4);
	odd_ip(names, " \1\r\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	odd_ip(names, "\x0a\0\0", 3);
	odd_ip(names, "\x0a\0\0\7\xff\xff\xff\xff", 8);
	id = odd_identity(STR("Server"), names);
	assert_int_equal(id->dns_count, 4);
	assert_int_equal(id->ip_count, 2);
	assert_string_equal(id->dns[0], "a.test");
	assert_string_equal(id->dns[1], "*.w.test");
	leaf = pair_leaf(&p, id, "x.w.test", &added);
	assert_false(added);
	pair_verify(&p, leaf, "a.test");
	pair_verify(&p, leaf, "x.w.test");
	pair_verify(&p, leaf, "under_score.test");
	pair_verify(&p, leaf, "10.0.0.7");
	pair_verify(&p, leaf, "2001:db8::1");
	/* The leaf has the same names and no others. */
	copy = identity_of(leaf->cert);
	assert_int_equal(copy->dns_count, id->dns_count);
	for (size_t i = 0; i < id->dns_count; i++)
		assert_string_equal(copy->dns[i], id->dns[i]);
	assert_int_equal(copy->ip_count, 2);
	assert_string_equal(copy->cn, "Server");
	identity_free(copy);
	leaf_unref(leaf);

	leaf = pair_leaf(&p, id, "elsewhere.test", &added);
	assert_true(added);
	pair_verify(&p, leaf, "elsewhere.test");
	pair_verify(&p, leaf, "a.test");
	leaf_unref(leaf);
	leaf = pair_leaf(&p, id, "10.0.0.8", &added);
	assert_true(added);
	pair_verify(&p, leaf, "10.0.0.8");
	leaf_unref(leaf);
	identity_free(id);
}

/* A wildcard that clients do not take for one: the host is written out. */
static void
test_odd_wildcards(void **state)
{
	static const char *const rows[][2] = {
		{ "*.u_u.test", "x.u_u.test" },
		{ "*.u-.test", "x.u-.test" },
		{ "*.u.test", "x_x.u.test" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
		struct identity *id;
		struct leaf *leaf;
		bool added;

		odd_dns(names, str_from(rows[i][0]));
		id = odd_identity(STR_NONE, names);
		leaf = pair_leaf(&p, id, rows[i][1], &added);
		assert_true(added);
		pair_verify(&p, leaf, rows[i][1]);
		leaf_unref(leaf);
		identity_free(id);
	}
}

static void
test_covers(void **state)
{
	static const struct {
		const char *pattern, *host;
		bool covers;
	} rows[] = {
		{ "a.test", "a.test", true },
		{ "a.test", "A.TEST", true },
		{ "A.test", "a.test.", true },
		{ "a.test", "b.a.test", false },
		{ "*.a.test", "b.a.test", true },
		{ "*.a.test", "B.A.Test", true },
		{ "*.a.test", "a.test", false },
		{ "*.a.test", "c.b.a.test", false },
		{ "*.a.test", ".a.test", false },
		{ "*.a.test", "*.a.test", false },
		{ "*.com", "a.com", false },
		{ "*.a-.test", "b.a-.test", false },
		{ "*.-a.test", "b.-a.test", false },
		{ "*.a.test-", "b.a.test-", false },
		{ "*.a_a.test", "b.a_a.test", false },
		{ "*.a.test", "b_b.a.test", false },
		{ "*.a.test", "-b.a.test", true },
		{ "*.a--a.test", "b.a--a.test", true },
		{ "b_b.a_.test", "b_b.a_.test", true },
		{ "a.test", "", false },
		{ "10.0.0.7", "10.0.0.7", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *dns = mem_strdup(rows[i].pattern);
		const struct identity id = { .dns = &dns, .dns_count = 1 };

		print_message("%s covers %s\n", rows[i].pattern, rows[i].host);
		assert_int_equal(identity_covers(&id, str_from(rows[i].host)),
		    rows[i].covers);
		free(dns);
	}
}

static void
test_facts(void **state)
{
	struct odd o;
	struct identity *id;

	(void)state;
	odd_new(&o);
	assert_true(mint_name(X509_get_subject_name(o.cert),
	    NID_organizationName, "Org"));
	odd_cn(&o, STR("a\033[31m.test"));
	assert_true(ASN1_INTEGER_set(X509_get_serialNumber(o.cert), 0x1203));
	odd_sign(&o, NULL);
	id = identity_of(o.cert);
	assert_true(str_starts(str_from(id->subject), STR("CN=a\\x1")));
	assert_true(str_ends(str_from(id->subject), STR("[31m.test, O=Org")));
	assert_string_equal(id->issuer, id->subject);
	assert_string_equal(id->serial, "12:03");
	assert_string_equal(id->key, "EC P-256");
	assert_int_equal(strlen(id->sha256), 95);
	assert_in_range(id->not_after - id->not_before,
	    30 * (int64_t)DAY_SECONDS * 1000000,
	    31 * (int64_t)DAY_SECONDS * 1000000);
	identity_free(id);
	odd_free(&o);
}

/* Through a handshake: self-signed, expired, odd; never an abort. */
static void
test_server_certificates(void **state)
{
	static const struct {
		const char *name;
		bool self_signed, expired;
		long code;
	} rows[] = {
		{ "good", false, false, X509_V_OK },
		{ "self-signed", true, false,
		    X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT },
		{ "expired", false, true, X509_V_ERR_CERT_HAS_EXPIRED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
		struct odd o;
		struct leaf *leaf;
		struct identity *id;
		enum tls_step client, server;

		odd_new(&o);
		odd_dns(names, STR("a.test"));
		assert_true(mint_ext(o.cert, NID_subject_alt_name, names,
		    true));
		if (rows[i].expired)
			assert_true(mint_times(o.cert, 1000000000,
			    1100000000));
		odd_sign(&o, rows[i].self_signed ? NULL : p.ca);
		leaf = leaf_new(o.cert, o.key, NULL);
		pair_connect(&p, "a.test", "a.test", "");
		pair_to_hello(&p);
		assert_true(tls_resume(p.server, leaf, STR(""), NULL));
		leaf_unref(leaf);
		pair_run(&p, &client, &server);
		assert_int_equal(client, TLS_READY);
		id = identity_read(p.client);
		assert_int_equal(id->verify_code, rows[i].code);
		assert_int_equal(id->verified, rows[i].code == X509_V_OK);
		print_message("%s: %s\n", rows[i].name, id->verify_text);
		identity_free(id);
		odd_free(&o);
		GENERAL_NAMES_free(names);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cn),
		cmocka_unit_test(test_only_cn),
		cmocka_unit_test(test_san),
		cmocka_unit_test(test_odd_wildcards),
		cmocka_unit_test(test_covers),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_server_certificates),
	};

	/* What is printable is asked of the locale. */
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	return cmocka_run_group_tests(tests, setup, teardown);
}
