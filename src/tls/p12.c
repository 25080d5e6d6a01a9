/* SPDX-License-Identifier: MIT */
/* The CA's certificate as PKCS#12, for importers that want nothing else. */
#include "p12.h"

#include <stdbool.h>

#include <openssl/objects.h>

/*
 * Java takes a certificate in a PKCS#12 file for a trusted one only with this
 * attribute of Oracle's: trusted for any use.
 */
static bool
trust_in_java(PKCS12_SAFEBAG *bag)
{
	static const char oid[] = "2.16.840.1.113894.746875.1.1";
	const ASN1_OBJECT *any = OBJ_nid2obj(NID_anyExtendedKeyUsage);
	int nid = OBJ_txt2nid(oid);

	if (nid == NID_undef)
		nid = OBJ_create(oid, "trustedKeyUsage", "trustedKeyUsage");
	return nid != NID_undef && PKCS12_add1_attr_by_NID(bag, nid,
	    V_ASN1_OBJECT, (const unsigned char *)(const void *)any, -1) == 1;
}

PKCS12 *
p12_of(X509 *cert)
{
	STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
	STACK_OF(PKCS7) *safes = NULL;
	PKCS12_SAFEBAG *bag = PKCS12_add_cert(&bags, cert);
	PKCS12 *p12 = NULL;

	if (bag && PKCS12_add_friendlyname_utf8(bag, "sluice CA", -1) &&
	    trust_in_java(bag) && PKCS12_add_safe(&safes, bags, -1, 0, NULL))
		p12 = PKCS12_add_safes(safes, 0);
	if (p12 && PKCS12_set_mac(p12, "", 0, NULL, 0, 2048,
	    EVP_sha1()) != 1) {
		PKCS12_free(p12);
		p12 = NULL;
	}
	sk_PKCS7_pop_free(safes, PKCS7_free);
	sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	return p12;
}
