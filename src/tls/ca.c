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
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "key_file.h"
#include "p12.h"
#include "sluice/base/clock.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"

#define FILE_KEY	"sluice-ca.pem"
#define FILE_P12	"sluice-ca-cert.p12"
#define FILE_MAX	(256u * 1024)
#define NAME_SHOWN	100

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
check_cert(const struct ca *ca, struct err *err)
{
	int64_t now = clock_wall();

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
advise(struct err *err)
{
	struct err why = *err;

	return err_set(err, "%s; mend the file, or move it away and a new CA "
	    "is made", why.text);
}

/* A client stops at one that is not in force, so we need not begin. */
static bool
check_issuer(X509 *cert, struct err *err)
{
	int64_t now = clock_wall();
	const char *why = NULL;
	struct buf name;

	if (X509_check_ca(cert) != 1)
		why = "is not one of a CA";
	else if (identity_time(X509_get0_notAfter(cert)) <= now)
		why = "has expired";
	else if (identity_time(X509_get0_notBefore(cert)) > now)
		why = "is not valid yet";
	if (!why)
		return true;
	buf_init(&name, NAME_SHOWN + 2);
	identity_put_name(&name, X509_get_subject_name(cert), NAME_SHOWN,
	    "(no name)");
	err_set(err, "the intermediate certificate %.*s %s; put the one "
	    "in force there", STR_ARG(buf_str(&name)), why);
	buf_fini(&name);
	return false;
}

/* Nobody has use for a root in a handshake: it is trusted or it is not. */
static bool
take_issuers(struct ca *ca, const struct key_file *f, struct err *err)
{
	X509 *root;
	STACK_OF(X509) *issuers = key_file_issuers(f, ca->cert, &root);
	bool ok = true, permitted = permit_add(ca->permit, ca->cert) &&
	    (!root || permit_add(ca->permit, root));

	if (!key_file_is_root(ca->cert)) {
		X509_up_ref(ca->cert);
		sk_X509_push(ca->chain, ca->cert);
	}
	while (ok && sk_X509_num(issuers) > 0) {
		X509 *cert = sk_X509_shift(issuers);

		sk_X509_push(ca->chain, cert);
		ok = check_issuer(cert, err);
		permitted = permit_add(ca->permit, cert) && permitted;
	}
	sk_X509_pop_free(issuers, X509_free);
	if (ok && !permitted)
		return err_set(err, "the name constraints of a certificate "
		    "cannot be read");
	return ok;
}

static bool
take_file(struct ca *ca, struct key_file *f, struct err *err)
{
	ca->cert = key_file_cert(f, true, err);
	if (!ca->cert)
		return advise(err);
	X509_up_ref(ca->cert);
	ca->key = f->key;
	f->key = NULL;
	return check_cert(ca, err) && take_issuers(ca, f, err);
}

/* *missing: there is no such file, which is no error yet. */
static bool
load(struct ca *ca, bool *missing, struct err *err)
{
	struct key_file f;
	bool ok = key_file_open(&f, ca->path, missing, err) ?
	    take_file(ca, &f, err) : !*missing && advise(err);

	key_file_fini(&f);
	if (!ok && !*missing)
		err_wrap(err, "%s", ca->path);
	return ok;
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
	ok = path_write_durable(ca->path, str_make(p, (size_t)n), 0600, err);
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
	written = path_write_durable(path, buf_str(&bytes), 0644, &err);
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
