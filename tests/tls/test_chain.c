/* SPDX-License-Identifier: MIT */
/* What is told of the certificates that a server sent, and of the bad one. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "pair.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"

static struct pair p;

/* A root, what it signed, and a server's certificate signed by that. */
struct line_up {
	EVP_PKEY *root_key, *middle_key;
	X509 *root, *middle;
	struct odd leaf;
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

static void
sign(X509 *cert, const X509 *issuer, EVP_PKEY *key)
{
	assert_true(X509_set_issuer_name(cert, X509_get_subject_name(issuer)));
	assert_true(mint_sign(cert, key));
}

static void
line_up_init(struct line_up *l)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	struct err err = { "" };

	assert_true(ca_make("Root", false, &l->root_key, &l->root, &err));
	assert_true(ca_make("Middle", false, &l->middle_key, &l->middle,
	    &err));
	/* The issuer's key id in it is its own, as yet. */
	X509_EXTENSION_free(X509_delete_ext(l->middle, X509_get_ext_by_NID(
	    l->middle, NID_authority_key_identifier, -1)));
	sign(l->middle, l->root, l->root_key);
	odd_new(&l->leaf);
	odd_cn(&l->leaf, STR("a.test"));
	odd_dns(names, STR("a.test"));
	assert_true(mint_ext(l->leaf.cert, NID_subject_alt_name, names,
	    false));
	sign(l->leaf.cert, l->middle, l->middle_key);
	GENERAL_NAMES_free(names);
}

static void
line_up_fini(struct line_up *l)
{
	EVP_PKEY_free(l->root_key);
	EVP_PKEY_free(l->middle_key);
	X509_free(l->root);
	X509_free(l->middle);
	odd_free(&l->leaf);
}

/* Shakes hands with a server that sends these; the caller frees. */
static struct identity *
read_from(const struct line_up *l, STACK_OF(X509) *chain)
{
	struct leaf *leaf = leaf_new(l->leaf.cert, l->leaf.key, chain);
	enum tls_step client, server;
	struct identity *id;

	pair_connect(&p, "a.test", "a.test", "");
	pair_to_hello(&p);
	assert_true(tls_resume(p.server, leaf, STR(""), NULL));
	leaf_unref(leaf);
	pair_run(&p, &client, &server);
	assert_int_equal(client, TLS_READY);
	id = identity_read(p.client);
	assert_non_null(id);
	print_message("%s\n", id->chain_text ? id->chain_text : "alone");
	return id;
}

static void
assert_line(const struct identity *id, const char *start, const char *end)
{
	struct str rest = str_from(id->chain_text), line;

	while (rest.n > 0 && str_split(&rest, '\n', &line))
		if (str_starts(line, str_from(start)) &&
		    str_ends(line, str_from(end)))
			return;
	fail_msg("no line %s .. %s", start, end);
}

static char *
dates_of(const X509 *cert)
{
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];

	clock_format_date(identity_time(X509_get0_notBefore(cert)), from);
	clock_format_date(identity_time(X509_get0_notAfter(cert)), to);
	return mem_printf("%s to %s", from, to);
}

static void
test_unknown_root(void **state)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	struct line_up l;
	struct identity *id;
	char *dates, *end;

	(void)state;
	line_up_init(&l);
	sk_X509_push(chain, l.middle);
	id = read_from(&l, chain);
	assert_int_equal(id->verify_code,
	    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
	assert_int_equal(id->verify_depth, 1);
	assert_int_equal(id->chain, 2);
	dates = dates_of(l.leaf.cert);
	assert_line(id, "0 CN=a.test, issued by CN=Middle (", dates);
	free(dates);
	dates = dates_of(l.middle);
	end = mem_printf("%s: unable to get local issuer certificate", dates);
	assert_line(id, "1 CN=Middle (", end);
	free(dates);
	free(end);
	identity_free(id);

	/* The server's own is the bad one. */
	assert_true(mint_times(l.leaf.cert, 1000000000, 1100000000));
	sign(l.leaf.cert, l.middle, l.middle_key);
	sk_X509_push(chain, l.root);
	X509_STORE_add_cert(SSL_CTX_get_cert_store(p.context->client),
	    l.middle);
	id = read_from(&l, chain);
	assert_string_equal(id->verify_text, "certificate has expired");
	assert_int_equal(id->verify_depth, 0);
	assert_int_equal(id->chain, 3);
	assert_line(id, "0 CN=a.test, ", ": certificate has expired");
	assert_line(id, "2 CN=Root (", "");
	identity_free(id);
	sk_X509_free(chain);
	line_up_fini(&l);
}

static void
test_alone_and_good(void **state)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	struct line_up l;
	struct identity *id;

	(void)state;
	line_up_init(&l);
	id = read_from(&l, NULL);
	assert_null(id->chain_text);
	assert_int_equal(id->verify_depth, 0);
	assert_false(id->verified);
	identity_free(id);

	X509_STORE_add_cert(SSL_CTX_get_cert_store(p.context->client),
	    l.middle);
	sk_X509_push(chain, l.middle);
	id = read_from(&l, chain);
	assert_true(id->verified);
	assert_int_equal(id->verify_depth, 0);
	assert_line(id, "1 CN=Middle (", "");
	assert_int_equal(str_find(str_from(id->chain_text), STR(": ")),
	    SIZE_MAX);
	identity_free(id);
	sk_X509_free(chain);
	line_up_fini(&l);
}

/* Names as long as they can be, with all that upsets a terminal. */
static void
test_hostile(void **state)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	struct odd bad[30];
	char cn[600];
	struct line_up l;
	struct identity *id;
	size_t lines = 1;

	(void)state;
	for (size_t i = 0; i < sizeof cn; i++)
		cn[i] = "\033[2J\n\r\xe2\x80\xae<"[i % 10];
	line_up_init(&l);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		odd_new(&bad[i]);
		if (i % 3)
			odd_cn(&bad[i], str_make(cn, sizeof cn - 10 * i));
		odd_sign(&bad[i], NULL);
		sk_X509_push(chain, bad[i].cert);
	}
	id = read_from(&l, chain);
	assert_int_equal(id->chain, 31);
	assert_true(strlen(id->chain_text) < 4096);
	for (const char *c = id->chain_text; *c; c++) {
		assert_true((uint8_t)*c >= 0x20 || *c == '\n');
		assert_int_not_equal(*c, 0x7f);
		lines += *c == '\n';
	}
	assert_int_equal(lines, 11);
	assert_line(id, "1 (no name), issued by (no name), ", "");
	assert_line(id, "2 CN=\\x1b[2J\\x0a", "");
	assert_line(id, "and 21 more", "and 21 more");
	identity_free(id);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		odd_free(&bad[i]);
	sk_X509_free(chain);
	line_up_fini(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_root),
		cmocka_unit_test(test_alone_and_good),
		cmocka_unit_test(test_hostile),
	};

	/* What is printable is asked of the locale. */
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	return cmocka_run_group_tests(tests, setup, teardown);
}
