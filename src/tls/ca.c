/* SPDX-License-Identifier: MIT */
/*
 * Our root, on disk or in memory.  sluice-ca.pem is the CA; the other files
 * are made from it.  A lock on the directory keeps two programs that start
 * at once from making two.
 */
#include "private.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "p12.h"
#include "sluice/base/clock.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"

#define FILE_KEY	"sluice-ca.pem"
#define FILE_P12	"sluice-ca-cert.p12"
#define FILE_MAX	(256u * 1024)
#define CHAIN_MAX	8

struct ca {
	X509 *cert;
	EVP_PKEY *key;
	STACK_OF(X509) *chain;		/* to send after the leaf */
	struct permit *permit;
	char *path, *cert_path, *java_path;	/* "" in memory */
	char *fingerprint, *subject;
	int64_t expires;
	bool is_new;
};

static const struct {
	const char *name, *format;
} exports[] = {
	{ "sluice-ca-cert.pem", "pem" },
	{ "sluice-ca-cert.cer", "der" },
	{ FILE_P12, "p12" },
};

X509 *
ca_cert(const struct ca *ca)
{
	return ca->cert;
}

EVP_PKEY *
ca_key(const struct ca *ca)
{
	return ca->key;
}

STACK_OF(X509) *
ca_chain(const struct ca *ca)
{
	return ca->chain;
}

const struct permit *
ca_permit(const struct ca *ca)
{
	return ca->permit;
}

static bool
is_root(X509 *cert)
{
	return X509_NAME_cmp(X509_get_subject_name(cert),
	    X509_get_issuer_name(cert)) == 0;
}

/* Nobody has use for a root in a handshake: it is trusted or it is not. */
static void
chain_add(struct ca *ca, X509 *cert)
{
	if (is_root(cert) || sk_X509_num(ca->chain) >= CHAIN_MAX)
		return;
	X509_up_ref(cert);
	sk_X509_push(ca->chain, cert);
}

static int
no_password_cb(char *out, int size, int writing, void *owner)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)owner;
	return -1;
}

static bool
parse_pem(struct ca *ca, struct str pem, struct err *err)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *cert;
	bool permitted = true;

	ca->key = PEM_read_bio_PrivateKey(bio, NULL, no_password_cb, NULL);
	BIO_free(bio);
	ERR_clear_error();
	if (!ca->key)
		return err_set(err, "holds no private key without a password; "
		    "put an unencrypted PEM key there, or move the file away "
		    "and a new CA is made");
	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	while ((cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		if (!ca->cert) {
			X509_up_ref(cert);
			ca->cert = cert;
		}
		chain_add(ca, cert);
		permitted = permit_add(ca->permit, cert) && permitted;
		X509_free(cert);
	}
	BIO_free(bio);
	ERR_clear_error();
	if (!ca->cert)
		return err_set(err, "holds no certificate; put the CA's PEM "
		    "certificate behind the key");
	if (!permitted)
		return err_set(err, "the name constraints of a certificate "
		    "cannot be read");
	return true;
}

static bool
check_cert(const struct ca *ca, struct err *err)
{
	int64_t now = clock_wall();
	bool pair = X509_check_private_key(ca->cert, ca->key) == 1;

	ERR_clear_error();
	if (!pair)
		return err_set(err, "the certificate does not belong to the "
		    "key; put both of one CA there, or move the file away and "
		    "a new CA is made");
	if (X509_check_ca(ca->cert) != 1 ||
	    !(X509_get_key_usage(ca->cert) & KU_KEY_CERT_SIGN))
		return err_set(err, "the certificate is not one of a CA, so it "
		    "cannot sign others; use one with basicConstraints CA:TRUE "
		    "and keyCertSign");
	if (identity_time(X509_get0_notAfter(ca->cert)) <= now)
		return err_set(err, "the CA certificate has expired; move the "
		    "file away and a new CA is made, then trust that one");
	if (identity_time(X509_get0_notBefore(ca->cert)) > now)
		return err_set(err, "the CA certificate is not valid yet; "
		    "check the clock of this machine");
	return true;
}

static bool
check_file(int fd, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_set(err, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, "is not a regular file");
	if (st.st_uid != geteuid())
		return err_set(err, "belongs to another user; the CA's key "
		    "must be yours: chown it, or choose another --confdir");
	if (st.st_mode & 077)
		return err_set(err, "the CA's key can be read or written by "
		    "others (mode %04o); if nobody has copied it: chmod 600 it",
		    (unsigned)st.st_mode & 07777);
	if (st.st_size > (off_t)FILE_MAX)
		return err_set(err, "is too large for a CA");
	return true;
}

static bool
read_all(int fd, struct buf *out, struct err *err)
{
	for (;;) {
		char *p = buf_reserve(out, 4096);
		ssize_t n;

		if (!p)
			return err_set(err, "is too large for a CA");
		n = read(fd, p, 4096);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, "%s", strerror(errno));
		if (n == 0)
			return true;
		buf_commit(out, (size_t)n);
	}
}

/* *missing: there is no such file, which is no error yet. */
static bool
load(struct ca *ca, bool *missing, struct err *err)
{
	int fd = open(ca->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct buf text;
	bool ok;

	*missing = fd < 0 && errno == ENOENT;
	if (*missing)
		return false;
	if (fd < 0) {
		err_set(err, "%s", strerror(errno));
		return err_wrap(err, "%s", ca->path);
	}
	/* Whole at once: growing would leave copies of the key behind. */
	buf_init(&text, FILE_MAX + 4096);
	ok = buf_reserve(&text, FILE_MAX + 4096) != NULL &&
	    check_file(fd, err) && read_all(fd, &text, err) &&
	    parse_pem(ca, buf_str(&text), err) && check_cert(ca, err);
	close(fd);
	if (text.p)
		explicit_bzero(text.p, text.cap);
	buf_fini(&text);
	return ok || err_wrap(err, "%s", ca->path);
}

static bool
write_key(const struct ca *ca, struct err *err)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	char *p = NULL;
	long n;
	bool ok;

	if (!bio || PEM_write_bio_PrivateKey(bio, ca->key, NULL, NULL, 0,
	    NULL, NULL) != 1 || PEM_write_bio_X509(bio, ca->cert) != 1) {
		BIO_free(bio);
		return fault_set(err, "cannot encode the CA");
	}
	n = BIO_get_mem_data(bio, &p);
	assert(n > 0);
	ok = path_write_atomic(ca->path, str_make(p, (size_t)n), 0600, err);
	BIO_free(bio);
	return ok;
}

static bool
create(struct ca *ca, struct err *err)
{
	char *name = ca_default_name();
	bool ok = ca_make(name, true, &ca->key, &ca->cert, err) &&
	    write_key(ca, err);

	ca->is_new = ok;
	free(name);
	return ok;
}

static bool
export_pem(const struct ca *ca, BIO *bio)
{
	return PEM_write_bio_X509(bio, ca->cert) == 1;
}

static bool
export_der(const struct ca *ca, BIO *bio)
{
	return i2d_X509_bio(bio, ca->cert) == 1;
}

static bool
export_p12(const struct ca *ca, BIO *bio)
{
	PKCS12 *p12 = p12_of(ca->cert);
	bool ok = p12 && i2d_PKCS12_bio(bio, p12) == 1;

	PKCS12_free(p12);
	return ok;
}

bool
ca_export(const struct ca *ca, const char *format, struct buf *out,
    struct err *err)
{
	static const struct {
		const char *format;
		bool (*write)(const struct ca *, BIO *);
	} writers[] = {
		{ "pem", export_pem },
		{ "der", export_der },
		{ "p12", export_p12 },
	};
	BIO *bio = BIO_new(BIO_s_mem());
	bool known = false, ok = false;
	char *p = NULL;

	for (size_t i = 0; i < ARRAY_LEN(writers); i++) {
		if (strcmp(format, writers[i].format) != 0)
			continue;
		known = true;
		ok = bio && writers[i].write(ca, bio);
	}
	if (!known)
		err_set(err, "no such certificate format: %s", format);
	else if (!ok)
		fault_set(err, "cannot encode the certificate");
	if (ok) {
		long n = BIO_get_mem_data(bio, &p);

		ok = buf_add(out, p, (size_t)n) ||
		    err_set(err, "no room for the certificate");
	}
	BIO_free(bio);
	return ok;
}

static bool
is_same_file(const char *path, struct str bytes)
{
	size_t n = 0;
	char *now = path_read(path, FILE_MAX, &n, NULL);
	bool same = now && str_eq(str_make(now, n), bytes);

	free(now);
	return same;
}

/* One that has a salt in it differs each time: it need only be there. */
static bool
write_export(const struct ca *ca, const char *path, const char *format,
    bool stale)
{
	struct err err = { "" };
	struct buf bytes;
	bool written = false;

	buf_init(&bytes, FILE_MAX);
	if (!ca_export(ca, format, &bytes, &err))
		goto out;
	if (strcmp(format, "p12") == 0 ?
	    !stale && access(path, F_OK) == 0 :
	    is_same_file(path, buf_str(&bytes)))
		goto out;
	written = path_write_atomic(path, buf_str(&bytes), 0644, &err);
out:
	if (err_is_set(&err))
		log_write(LOG_WARNING, "%s: %s", path, err.text);
	buf_fini(&bytes);
	return written;
}

static void
write_exports(struct ca *ca, const char *dir)
{
	bool stale = ca->is_new;

	for (size_t i = 0; i < ARRAY_LEN(exports); i++) {
		char *path = path_join(dir, exports[i].name);

		stale |= write_export(ca, path, exports[i].format, stale);
		free(path);
	}
}

static void
describe(struct ca *ca)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	X509_digest(ca->cert, EVP_sha256(), digest, &n);
	ca->fingerprint = identity_hex(digest, n);
	ca->subject = identity_name_text(X509_get_subject_name(ca->cert));
	ca->expires = identity_time(X509_get0_notAfter(ca->cert));
}

static int
lock_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX) != 0)
		log_write(LOG_WARNING, "cannot lock %s: %s", dir,
		    strerror(errno));
	return fd;
}

struct ca *
ca_open(const char *dir, struct err *err)
{
	struct ca *ca;
	bool missing = false, ok;
	int lock;

	if (!path_make_dir(dir, err))
		return NULL;
	ca = NEW(struct ca);
	ca->chain = sk_X509_new_null();
	ca->permit = permit_new();
	ca->path = path_join(dir, FILE_KEY);
	ca->cert_path = path_join(dir, exports[0].name);
	ca->java_path = path_join(dir, FILE_P12);
	lock = lock_dir(dir);
	ok = load(ca, &missing, err);
	if (missing)
		ok = create(ca, err);
	if (ok) {
		describe(ca);
		write_exports(ca, dir);
	}
	if (lock >= 0)
		close(lock);
	if (ok)
		return ca;
	ca_free(ca);
	return NULL;
}

/* A key on P-256, since nothing old has to understand it. */
struct ca *
ca_new_memory(const char *common_name, struct err *err)
{
	struct ca *ca = NEW(struct ca);

	ca->chain = sk_X509_new_null();
	ca->permit = permit_new();
	ca->path = mem_strdup("");
	ca->cert_path = mem_strdup("");
	ca->java_path = mem_strdup("");
	ca->is_new = true;
	if (ca_make(common_name, false, &ca->key, &ca->cert, err)) {
		describe(ca);
		return ca;
	}
	ca_free(ca);
	return NULL;
}

void
ca_free(struct ca *ca)
{
	if (!ca)
		return;
	X509_free(ca->cert);
	EVP_PKEY_free(ca->key);
	sk_X509_pop_free(ca->chain, X509_free);
	permit_free(ca->permit);
	free(ca->path);
	free(ca->cert_path);
	free(ca->java_path);
	free(ca->fingerprint);
	free(ca->subject);
	free(ca);
}

bool
ca_is_new(const struct ca *ca)
{
	return ca->is_new;
}

const char *
ca_java_path(const struct ca *ca)
{
	return ca->java_path;
}

const char *
ca_cert_path(const struct ca *ca)
{
	return ca->cert_path;
}

const char *
ca_fingerprint(const struct ca *ca)
{
	return ca->fingerprint;
}

const char *
ca_subject(const struct ca *ca)
{
	return ca->subject;
}

bool
ca_permits(const struct ca *ca, struct str host)
{
	return permit_host(ca->permit, host);
}

int64_t
ca_expires(const struct ca *ca)
{
	return ca->expires;
}
