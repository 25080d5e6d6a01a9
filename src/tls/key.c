/* SPDX-License-Identifier: MIT */
/*
 * Client certificates: a certificate with its key out of a PEM file, shown
 * to servers that ask for one, and the words for whom they asked.
 */
#include "private.h"

#include <openssl/err.h>

#include "key_file.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"

#define WANTED_NAMES	10
#define WANTED_MAX	1024
#define WANTED_TAIL	64		/* room for separators and the rest */

struct tls_key {
	X509 *cert;
	EVP_PKEY *key;
	STACK_OF(X509) *chain;		/* who issued it, to send after it */
	char *subject;
	uint8_t digest[32];		/* SHA-256 of the certificate */
};

static bool
take_file(struct tls_key *k, struct key_file *f, struct err *err)
{
	X509 *root;

	k->cert = key_file_cert(f, false, err);
	if (!k->cert)
		return false;
	X509_up_ref(k->cert);
	k->chain = key_file_issuers(f, k->cert, &root);
	k->key = f->key;
	f->key = NULL;
	return true;
}

static bool
check_dates(const X509 *cert, struct err *err)
{
	int64_t now = clock_wall();
	int64_t from = identity_time(X509_get0_notBefore(cert));
	int64_t to = identity_time(X509_get0_notAfter(cert));
	char date[CLOCK_TEXT_MAX];

	if (to <= now) {
		clock_format_date(to, date);
		return err_set(err, "the certificate expired on %s", date);
	}
	if (from > now) {
		clock_format_date(from, date);
		return err_set(err, "the certificate is not valid before %s",
		    date);
	}
	return true;
}

static void
describe(struct tls_key *k)
{
	unsigned n = sizeof k->digest;

	k->subject = identity_name_text(X509_get_subject_name(k->cert));
	X509_digest(k->cert, EVP_sha256(), k->digest, &n);
}

struct tls_key *
tls_key_load(const char *path, struct err *err)
{
	struct tls_key *k = NEW(struct tls_key);
	struct key_file f;
	bool ok = key_file_open(&f, path, NULL, err) &&
	    take_file(k, &f, err) && check_dates(k->cert, err);

	key_file_fini(&f);
	if (ok) {
		describe(k);
		return k;
	}
	err_wrap(err, "%s", path);
	tls_key_free(k);
	return NULL;
}

void
tls_key_free(struct tls_key *k)
{
	if (!k)
		return;
	X509_free(k->cert);
	EVP_PKEY_free(k->key);
	sk_X509_pop_free(k->chain, X509_free);
	free(k->subject);
	free(k);
}

const char *
tls_key_subject(const struct tls_key *k)
{
	return k->subject;
}

struct str
key_digest(const struct tls_key *k)
{
	return str_make(k->digest, sizeof k->digest);
}

bool
key_use(const struct tls_key *k, SSL *ssl)
{
	return SSL_use_cert_and_key(ssl, k->cert, k->key, k->chain, 1) == 1;
}

char *
key_wanted_text(const STACK_OF(X509_NAME) *names)
{
	int n = names ? sk_X509_NAME_num(names) : 0;
	int shown = n < WANTED_NAMES ? n : WANTED_NAMES;
	struct buf b;
	char *text;

	if (n <= 0)
		return mem_strdup("any");
	buf_init(&b, WANTED_MAX);
	for (int i = 0; i < shown; i++) {
		buf_put(&b, i > 0 ? STR("; ") : STR(""));
		identity_put_name(&b, sk_X509_NAME_value(names, i),
		    (WANTED_MAX - WANTED_TAIL) / (size_t)shown,
		    "a CA without a name");
	}
	if (n > shown)
		buf_printf(&b, " and %d more", n - shown);
	text = buf_take(&b);
	buf_fini(&b);
	return text;
}
