/* SPDX-License-Identifier: MIT */
/*
 * Client certificates: a certificate with its key out of a PEM file, shown
 * to servers that ask for one, and the words for whom they asked.
 */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "sluice/base/clock.h"
#include "sluice/base/mem.h"

#define FILE_MAX	(256u * 1024)
#define CERTS_MAX	12
#define WANTED_NAMES	10
#define WANTED_MAX	1024
#define WANTED_TAIL	64		/* room for separators and the rest */

struct tls_key {
	X509 *cert;
	EVP_PKEY *key;
	STACK_OF(X509) *chain;		/* intermediates, to send after it */
	char *subject;
	uint8_t digest[32];		/* SHA-256 of the certificate */
};

static bool
check_file(int fd, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_set(err, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, "is not a regular file");
	if (st.st_uid != geteuid())
		return err_set(err, "belongs to another user; a private key "
		    "must be yours");
	if (st.st_mode & 077)
		return err_set(err, "the key can be read or written by others "
		    "(mode %04o); chmod 600 it",
		    (unsigned)st.st_mode & 07777);
	if (st.st_size > (off_t)FILE_MAX)
		return err_set(err, "is too large for a key");
	return true;
}

static bool
read_file(const char *path, struct buf *text, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool ok;

	if (fd < 0)
		return err_set(err, "%s", strerror(errno));
	ok = check_file(fd, err);
	while (ok) {
		char *p = buf_reserve(text, 4096);
		ssize_t n = p ? read(fd, p, 4096) : 0;

		if (!p)
			ok = err_set(err, "is too large for a key");
		else if (n < 0 && errno != EINTR)
			ok = err_set(err, "%s", strerror(errno));
		else if (n == 0)
			break;
		else if (n > 0)
			buf_commit(text, (size_t)n);
	}
	close(fd);
	return ok;
}

static int
password_cb(char *out, int size, int writing, void *asked)
{
	(void)out;
	(void)size;
	(void)writing;
	*(bool *)asked = true;
	return -1;
}

static bool
parse_key(struct tls_key *k, struct str pem, struct err *err)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	bool encrypted = false;

	k->key = PEM_read_bio_PrivateKey(bio, NULL, password_cb, &encrypted);
	BIO_free(bio);
	ERR_clear_error();
	if (k->key)
		return true;
	if (encrypted)
		return err_set(err, "the key has a password; take it off "
		    "with: openssl pkey -in FILE -out NEW");
	return err_set(err, "holds no private key in PEM form");
}

static STACK_OF(X509) *
parse_certs(struct str pem)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *cert;

	while (sk_X509_num(certs) < CERTS_MAX) {
		cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
		if (!cert)
			break;
		sk_X509_push(certs, cert);
	}
	BIO_free(bio);
	ERR_clear_error();
	return certs;
}

/* Some tools write the intermediates first; nobody wants to get a root. */
static void
sort_certs(struct tls_key *k, STACK_OF(X509) *certs)
{
	k->chain = sk_X509_new_null();
	for (int i = 0; i < sk_X509_num(certs); i++) {
		X509 *cert = sk_X509_value(certs, i);

		if (!k->cert && X509_check_private_key(cert, k->key) == 1) {
			X509_up_ref(cert);
			k->cert = cert;
		} else if (X509_NAME_cmp(X509_get_subject_name(cert),
		    X509_get_issuer_name(cert)) != 0) {
			X509_up_ref(cert);
			sk_X509_push(k->chain, cert);
		}
	}
	ERR_clear_error();
}

static bool
parse_pem(struct tls_key *k, struct str pem, struct err *err)
{
	STACK_OF(X509) *certs;
	int n;

	if (!parse_key(k, pem, err))
		return false;
	certs = parse_certs(pem);
	n = sk_X509_num(certs);
	sort_certs(k, certs);
	sk_X509_pop_free(certs, X509_free);
	if (n == 0)
		return err_set(err, "holds no certificate in PEM form");
	if (!k->cert)
		return err_set(err, "the certificate does not belong to the "
		    "key");
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
	struct buf text;
	bool ok;

	/* Whole at once: growing would leave copies of the key behind. */
	buf_init(&text, FILE_MAX + 4096);
	ok = buf_reserve(&text, FILE_MAX + 4096) != NULL &&
	    read_file(path, &text, err) &&
	    parse_pem(k, buf_str(&text), err) && check_dates(k->cert, err);
	if (text.p)
		explicit_bzero(text.p, text.cap);
	buf_fini(&text);
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
