/* SPDX-License-Identifier: MIT */
/*
 * Reads files with a private key in them.  The key is kept out of freed
 * memory; which certificate is whose is found out by signatures and never
 * by the order in the file, which people and tools get wrong.
 */
#include "key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "private.h"
#include "sluice/base/clock.h"

#define FILE_MAX	(256u * 1024)
#define CERTS_MAX	32

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
		    "(mode %04o); if nobody has copied it: chmod 600 it",
		    (unsigned)st.st_mode & 07777);
	if (st.st_size > (off_t)FILE_MAX)
		return err_set(err, "is too large for a key");
	return true;
}

static bool
read_file(int fd, struct buf *text, struct err *err)
{
	for (;;) {
		char *p = buf_reserve(text, 4096);
		ssize_t n;

		if (!p)
			return err_set(err, "is too large for a key");
		n = read(fd, p, 4096);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, "%s", strerror(errno));
		if (n == 0)
			return true;
		buf_commit(text, (size_t)n);
	}
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
parse_key(struct key_file *f, struct str pem, struct err *err)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	bool encrypted = false;

	f->key = PEM_read_bio_PrivateKey(bio, NULL, password_cb, &encrypted);
	BIO_free(bio);
	ERR_clear_error();
	if (f->key)
		return true;
	if (encrypted)
		return err_set(err, "the key has a password; take it off "
		    "with: openssl pkey -in FILE -out NEW");
	return err_set(err, "holds no private key in PEM form");
}

static void
parse_certs(struct key_file *f, struct str pem)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *cert;

	while (sk_X509_num(f->certs) < CERTS_MAX) {
		cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
		if (!cert)
			break;
		sk_X509_push(f->certs, cert);
	}
	BIO_free(bio);
	ERR_clear_error();
}

bool
key_file_open(struct key_file *f, const char *path, bool *missing,
    struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool absent = fd < 0 && errno == ENOENT && missing;
	struct buf text;
	bool ok;

	f->key = NULL;
	f->certs = sk_X509_new_null();
	if (missing)
		*missing = absent;
	if (absent)
		return false;
	if (fd < 0)
		return err_set(err, "%s", strerror(errno));
	/* Whole at once: growing would leave copies of the key behind. */
	buf_init(&text, FILE_MAX + 4096);
	ok = buf_reserve(&text, FILE_MAX + 4096) != NULL &&
	    check_file(fd, err) && read_file(fd, &text, err) &&
	    parse_key(f, buf_str(&text), err);
	close(fd);
	if (ok)
		parse_certs(f, buf_str(&text));
	if (text.p)
		explicit_bzero(text.p, text.cap);
	buf_fini(&text);
	return ok;
}

void
key_file_fini(struct key_file *f)
{
	EVP_PKEY_free(f->key);
	sk_X509_pop_free(f->certs, X509_free);
	f->key = NULL;
	f->certs = NULL;
}

bool
key_file_is_root(X509 *cert)
{
	return X509_NAME_cmp(X509_get_subject_name(cert),
	    X509_get_issuer_name(cert)) == 0 && X509_self_signed(cert, 1) == 1;
}

static bool
is_current(const X509 *cert)
{
	int64_t now = clock_wall();

	return identity_time(X509_get0_notBefore(cert)) <= now &&
	    identity_time(X509_get0_notAfter(cert)) > now;
}

/* Is a the better one of the two for the same purpose? */
static bool
is_better(X509 *a, X509 *b, bool root)
{
	if (!b)
		return true;
	if (is_current(a) != is_current(b))
		return is_current(a);
	if (key_file_is_root(a) != key_file_is_root(b))
		return key_file_is_root(a) == root;
	return identity_time(X509_get0_notAfter(a)) >
	    identity_time(X509_get0_notAfter(b));
}

X509 *
key_file_cert(const struct key_file *f, bool root, struct err *err)
{
	X509 *best = NULL;

	for (int i = 0; i < sk_X509_num(f->certs); i++) {
		X509 *cert = sk_X509_value(f->certs, i);

		if (X509_check_private_key(cert, f->key) == 1 &&
		    is_better(cert, best, root))
			best = cert;
	}
	ERR_clear_error();
	if (sk_X509_num(f->certs) == 0)
		err_set(err, "holds no certificate in PEM form");
	else if (!best)
		err_set(err, "the certificate does not belong to the key");
	return best;
}

static bool
has_cert(const STACK_OF(X509) *all, const X509 *cert)
{
	for (int i = 0; i < sk_X509_num(all); i++)
		if (X509_cmp(sk_X509_value(all, i), cert) == 0)
			return true;
	return false;
}

/* The names may agree where the keys do not: a CA that was made again. */
static X509 *
find_issuer(const struct key_file *f, X509 *cert)
{
	X509 *best = NULL;

	for (int i = 0; i < sk_X509_num(f->certs); i++) {
		X509 *issuer = sk_X509_value(f->certs, i);

		if (X509_check_issued(issuer, cert) == X509_V_OK &&
		    X509_verify(cert, X509_get0_pubkey(issuer)) == 1 &&
		    is_better(issuer, best, false))
			best = issuer;
	}
	return best;
}

STACK_OF(X509) *
key_file_issuers(const struct key_file *f, X509 *cert, X509 **root)
{
	STACK_OF(X509) *issuers = sk_X509_new_null();

	*root = NULL;
	while (!key_file_is_root(cert)) {
		X509 *issuer = find_issuer(f, cert);

		/* Two that issued each other would go on for ever. */
		if (!issuer || has_cert(issuers, issuer))
			break;
		if (key_file_is_root(issuer)) {
			*root = issuer;
			break;
		}
		X509_up_ref(issuer);
		sk_X509_push(issuers, issuer);
		cert = issuer;
	}
	ERR_clear_error();
	return issuers;
}
