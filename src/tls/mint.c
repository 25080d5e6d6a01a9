/* SPDX-License-Identifier: MIT */
/*
 * The parts that the CA's certificate and leaves are built of.  Extensions
 * are made of objects, never of configuration text, so that a name cannot
 * smuggle in another one.
 */
#include "private.h"

#include <stdlib.h>
#include <time.h>

#include <openssl/bn.h>
#include <openssl/x509v3.h>

#define SERIAL_BITS 159

bool
mint_ext(X509 *cert, int nid, void *value, bool critical)
{
	return X509_add1_ext_i2d(cert, nid, value, critical, 0) == 1;
}

bool
mint_key_usage(X509 *cert, const int *bits, size_t count)
{
	ASN1_BIT_STRING *usage = ASN1_BIT_STRING_new();
	bool ok = usage != NULL;

	for (size_t i = 0; ok && i < count; i++)
		ok = ASN1_BIT_STRING_set_bit(usage, bits[i], 1) == 1;
	ok = ok && mint_ext(cert, NID_key_usage, usage, true);
	ASN1_BIT_STRING_free(usage);
	return ok;
}

/* The top bit of 159 is set: never zero, never negative, 20 bytes. */
bool
mint_serial(X509 *cert)
{
	BIGNUM *n = BN_new();
	bool ok = n && BN_rand(n, SERIAL_BITS, BN_RAND_TOP_ONE,
	    BN_RAND_BOTTOM_ANY) == 1 &&
	    BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)) != NULL;

	BN_free(n);
	return ok;
}

bool
mint_name(X509_NAME *name, int nid, const char *text)
{
	return X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8,
	    (const unsigned char *)text, -1, -1, 0) == 1;
}

bool
mint_cn(X509 *cert, struct str cn)
{
	char *text;
	bool ok;

	if (cn.n == 0)
		return true;
	text = str_dup(cn);
	ok = mint_name(X509_get_subject_name(cert), NID_commonName, text);
	free(text);
	return ok;
}

bool
mint_push(GENERAL_NAMES *all, int type, const void *p, size_t n)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *value = type == GEN_DNS ? ASN1_IA5STRING_new() :
	    ASN1_OCTET_STRING_new();

	if (!name || !value || ASN1_STRING_set(value, p, (int)n) != 1) {
		GENERAL_NAME_free(name);
		ASN1_STRING_free(value);
		return false;
	}
	GENERAL_NAME_set0_value(name, type, value);
	if (sk_GENERAL_NAME_push(all, name) > 0)
		return true;
	GENERAL_NAME_free(name);
	return false;
}

bool
mint_issuer_key(X509 *cert, const ASN1_OCTET_STRING *id)
{
	AUTHORITY_KEYID *akid;
	bool ok;

	if (!id)
		return true;
	akid = AUTHORITY_KEYID_new();
	if (!akid)
		return false;
	akid->keyid = ASN1_OCTET_STRING_dup(id);
	ok = akid->keyid &&
	    mint_ext(cert, NID_authority_key_identifier, akid, false);
	AUTHORITY_KEYID_free(akid);
	return ok;
}

bool
mint_times(X509 *cert, int64_t from, int64_t to)
{
	return ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)from) &&
	    ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)to);
}

/* The Edwards curves have a digest of their own. */
bool
mint_sign(X509 *cert, EVP_PKEY *key)
{
	int id = EVP_PKEY_get_base_id(key);
	bool own = id == EVP_PKEY_ED25519 || id == EVP_PKEY_ED448;

	return X509_sign(cert, key, own ? NULL : EVP_sha256()) > 0;
}
