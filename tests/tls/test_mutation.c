/* SPDX-License-Identifier: MIT */
/*
 * Server certificates with some bytes altered, always the same ones.  Most
 * still parse; what is told of them must be safe, and the leaf that is made
 * for them must be one that the strictest client takes.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "pair.h"
#include "samples.h"
#include "sluice/base/escape.h"
#include "sluice/base/mem.h"

#define ROUNDS		1500		/* for each sample */
#define CERT_MAX	4096
#define HOST		"asked.example.test"

static struct pair p;

struct tally {
	size_t parsed, minted, named;
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

/* Numerical Recipes' generator: the same numbers everywhere. */
static unsigned
next(unsigned *seed, unsigned below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

static size_t
sample(size_t i, unsigned char der[CERT_MAX])
{
	BIO *bio = BIO_new_mem_buf(sample_pem[i], -1);
	X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	int n = i2d_X509(cert, NULL);

	assert_in_range(n, 1, CERT_MAX - 1);
	assert_int_equal(i2d_X509(cert, &der), n);
	X509_free(cert);
	BIO_free(bio);
	return (size_t)n;
}

static void
alter(unsigned char *der, size_t n, unsigned *seed)
{
	static const unsigned char sharp[] = {
		0, 1, 0x7f, 0x80, 0xff, '*', '.', '\n', 0x1b, ',', 0x30, 0x82,
	};

	for (unsigned count = 1 + next(seed, 3); count > 0; count--) {
		size_t at = next(seed, (unsigned)n);

		switch (next(seed, 3)) {
		case 0:
			der[at] ^= (unsigned char)(1u << next(seed, 8));
			break;
		case 1:
			der[at] = (unsigned char)next(seed, 256);
			break;
		default:
			der[at] = sharp[next(seed, sizeof sharp)];
			break;
		}
	}
}

/* Escaping it again changes nothing. */
static void
assert_safe(const char *text)
{
	char *again = escape_dup(str_from(text));

	assert_string_equal(text, again);
	free(again);
}

static void
check_identity(const struct identity *id)
{
	assert_safe(id->subject);
	assert_safe(id->issuer);
	assert_safe(id->serial);
	assert_safe(id->key);
	if (id->cn)
		assert_safe(id->cn);
	for (size_t i = 0; i < id->dns_count; i++)
		assert_true(name_is_host(str_from(id->dns[i]), true));
	for (size_t i = 0; i < id->ip_count; i++)
		assert_true(id->ip[i].len == 4 || id->ip[i].len == 16);
}

static bool
has_dns(const struct identity *id, const char *name)
{
	for (size_t i = 0; i < id->dns_count; i++)
		if (strcmp(id->dns[i], name) == 0)
			return true;
	return false;
}

/* The leaf has the server's names, the host, and no others. */
static void
check_names(const struct identity *id, const struct identity *leaf)
{
	for (size_t i = 0; i < leaf->dns_count; i++)
		assert_true(has_dns(id, leaf->dns[i]) ||
		    strcmp(leaf->dns[i], HOST) == 0 ||
		    (id->dns_count == 0 && id->cn &&
		    strcmp(id->cn, leaf->dns[i]) == 0));
	for (size_t i = 0; i < id->dns_count; i++)
		assert_true(has_dns(leaf, id->dns[i]));
	if (id->dns_count > 0)
		assert_int_equal(leaf->ip_count, id->ip_count);
}

/* A "*.com" covers nothing, as elsewhere. */
static void
verify_names(const struct leaf *leaf, struct tally *t)
{
	const struct identity *id = leaf_identity(leaf);

	for (size_t i = 0; i < id->dns_count; i++) {
		char *host = mem_strdup(id->dns[i]);

		if (host[0] == '*')
			host[0] = 'w';
		if (identity_covers(id, str_from(host))) {
			pair_verify(&p, leaf, host);
			t->named++;
		}
		free(host);
	}
}

static void
check_leaf(const struct identity *id, struct tally *t)
{
	struct leaf *leaf = pair_leaf(&p, id, HOST, NULL);
	unsigned char *der = NULL;
	const unsigned char *at;
	int n = i2d_X509(leaf->cert, &der);
	X509 *copy;

	assert_true(n > 0);
	at = der;
	copy = d2i_X509(NULL, &at, n);
	assert_non_null(copy);
	assert_ptr_equal(at, der + n);
	check_names(id, leaf_identity(leaf));
	/* One that comes out of the cache again has its mark. */
	if (!X509_get_ex_data(leaf->cert, 0)) {
		X509_set_ex_data(leaf->cert, 0, &p);
		pair_verify(&p, leaf, HOST);
		verify_names(leaf, t);
		t->minted++;
	}
	X509_free(copy);
	OPENSSL_free(der);
	leaf_unref(leaf);
}

static void
run(const unsigned char *der, size_t n, struct tally *t)
{
	const unsigned char *at = der;
	X509 *cert = d2i_X509(NULL, &at, (long)n);
	struct identity *id;

	ERR_clear_error();
	if (!cert)
		return;
	t->parsed++;
	id = identity_of(cert);
	assert_int_equal(ERR_peek_error(), 0);
	check_identity(id);
	check_leaf(id, t);
	assert_int_equal(ERR_peek_error(), 0);
	identity_free(id);
	X509_free(cert);
}

static void
test_altered(void **state)
{
	unsigned seed = 4711;

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		unsigned char whole[CERT_MAX], der[CERT_MAX];
		size_t n = sample(i, whole);
		struct tally t = { 0, 0, 0 };

		for (size_t round = 0; round < ROUNDS; round++) {
			memcpy(der, whole, n);
			if (round > 0)
				alter(der, n, &seed);
			run(der, n, &t);
		}
		print_message("%zu parsed, %zu leaves, %zu names\n", t.parsed,
		    t.minted, t.named);
		/* Else the alterations are too rough to find anything. */
		assert_true(t.parsed > ROUNDS / 4);
		assert_true(t.minted > 5);
	}
}

/* Cut off anywhere, it is no certificate. */
static void
test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		unsigned char whole[CERT_MAX];
		size_t n = sample(i, whole);

		for (size_t cut = 0; cut < n; cut += 7) {
			struct tally t = { 0, 0, 0 };
			unsigned char *der = mem_alloc(cut + 1);

			memcpy(der, whole, cut);
			run(der, cut, &t);
			assert_int_equal(t.parsed, 0);
			free(der);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_altered),
		cmocka_unit_test(test_cut),
	};

	/* What is printable is asked of the locale. */
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	return cmocka_run_group_tests(tests, setup, teardown);
}
