/* SPDX-License-Identifier: MIT */
/*
 * Makes a CA: a key and a self-signed certificate.  ca.c calls it and keeps
 * the result.
 */
#include "private.h"

#include <pwd.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "sluice/base/clock.h"
#include "sluice/base/mem.h"

#define CA_DAYS		3650
#define CA_BACK_DAYS	2
#define KEY_CERT_SIGN	5	/* bits of RFC 5280 4.2.1.3 */
#define CRL_SIGN	6
#define HOST_NAME_SIZE	64

/* What may be shown anywhere without escaping. */
static void
keep_plain(char *s)
{
	char *to = s;

	for (; *s; s++)
		if (name_is_host(str_make(s, 1), false))
			*to++ = *s;
	*to = '\0';
}

char *
ca_default_name(void)
{
	const struct passwd *pw = getpwuid(geteuid());
	char *user = mem_strdup(pw && pw->pw_name ? pw->pw_name : "user");
	char host[HOST_NAME_SIZE + 1] = "";
	char *name;

	if (gethostname(host, HOST_NAME_SIZE) != 0)
		host[0] = '\0';
	host[strcspn(host, ".")] = '\0';
	keep_plain(user);
	keep_plain(host);
	name = mem_printf("sluice CA %.20s@%.20s", user,
	    *host ? host : "localhost");
	free(user);
	return name;
}

/*
 * RFC 5280 4.2.1.2 method 1: SHA-1 over the key's bits.  It is not read back
 * from the certificate, because OpenSSL remembers what it finds in one that
 * is not complete.
 */
static bool
add_key_ids(X509 *cert, const unsigned char id[SHA_DIGEST_LENGTH])
{
	ASN1_OCTET_STRING *s = ASN1_OCTET_STRING_new();
	bool ok = s && ASN1_OCTET_STRING_set(s, id, SHA_DIGEST_LENGTH) == 1 &&
	    mint_ext(cert, NID_subject_key_identifier, s, false) &&
	    mint_issuer_key(cert, s);

	ASN1_OCTET_STRING_free(s);
	return ok;
}

static bool
add_constraints(X509 *cert)
{
	BASIC_CONSTRAINTS *bc = BASIC_CONSTRAINTS_new();
	bool ok = false;

	if (!bc)
		return false;
	bc->ca = 0xff;
	bc->pathlen = ASN1_INTEGER_new();
	if (bc->pathlen && ASN1_INTEGER_set(bc->pathlen, 0) == 1)
		ok = mint_ext(cert, NID_basic_constraints, bc, true);
	BASIC_CONSTRAINTS_free(bc);
	return ok;
}

/* A short key id in the name tells a new CA from an old one of that user. */
static bool
set_names(X509 *cert, const char *common_name,
    const unsigned char id[SHA_DIGEST_LENGTH])
{
	X509_NAME *name = X509_get_subject_name(cert);
	char *cn = mem_printf("%.50s (%02x%02x%02x%02x)", common_name, id[0],
	    id[1], id[2], id[3]);
	bool ok = mint_name(name, NID_organizationName, "sluice") &&
	    mint_name(name, NID_commonName, cn) &&
	    X509_set_issuer_name(cert, name) == 1;

	free(cn);
	return ok;
}

static X509 *
make_cert(const char *common_name, EVP_PKEY *key)
{
	static const int usage[] = { KEY_CERT_SIGN, CRL_SIGN };
	X509 *cert = X509_new();
	int64_t now = clock_wall() / 1000000;
	unsigned char id[SHA_DIGEST_LENGTH];
	unsigned n = 0;

	if (cert && X509_set_version(cert, X509_VERSION_3) == 1 &&
	    X509_set_pubkey(cert, key) == 1 &&
	    X509_pubkey_digest(cert, EVP_sha1(), id, &n) == 1 &&
	    mint_serial(cert) && set_names(cert, common_name, id) &&
	    mint_times(cert, now - CA_BACK_DAYS * DAY_SECONDS,
	    now + (int64_t)CA_DAYS * DAY_SECONDS) &&
	    add_constraints(cert) &&
	    mint_key_usage(cert, usage, ARRAY_LEN(usage)) &&
	    add_key_ids(cert, id) &&
	    mint_sign(cert, key))
		return cert;
	X509_free(cert);
	return NULL;
}

bool
ca_make(const char *common_name, bool rsa, EVP_PKEY **key, X509 **cert,
    struct err *err)
{
	*cert = NULL;
	*key = rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
	if (*key)
		*cert = make_cert(common_name, *key);
	if (*cert)
		return true;
	EVP_PKEY_free(*key);
	*key = NULL;
	return fault_set(err, "cannot make a CA");
}
