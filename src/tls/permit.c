/* SPDX-License-Identifier: MIT */
/*
 * Name constraints (RFC 5280 4.2.1.10): what a CA may sign for, as clients
 * that honour them will see it.  OpenSSL compares; each question is put to
 * it as a certificate.  ca.c owns one of these.
 */
#include "private.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "sluice/base/mem.h"

struct permit {
	NAME_CONSTRAINTS **each;	/* of every CA that has some */
	size_t count;
};

struct permit *
permit_new(void)
{
	return NEW(struct permit);
}

void
permit_free(struct permit *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++)
		NAME_CONSTRAINTS_free(p->each[i]);
	free(p->each);
	free(p);
}

bool
permit_add(struct permit *p, const X509 *ca)
{
	int found;
	NAME_CONSTRAINTS *nc = X509_get_ext_d2i(ca, NID_name_constraints,
	    &found, NULL);

	ERR_clear_error();
	if (!nc)
		return found == -1;	/* there is none, or it is broken */
	p->each = mem_array(p->each, p->count + 1, sizeof *p->each);
	p->each[p->count++] = nc;
	return true;
}

bool
permit_is_open(const struct permit *p)
{
	return p->count == 0;
}

/*
 * OpenSSL compares with the names it has noted of the certificate, which it
 * does only when it is asked something else about it.
 */
bool
permit_cert(const struct permit *p, X509 *cert)
{
	bool ok = true;

	if (permit_is_open(p))
		return true;
	X509_check_purpose(cert, -1, 0);
	for (size_t i = 0; ok && i < p->count; i++)
		ok = NAME_CONSTRAINTS_check(cert, p->each[i]) == X509_V_OK;
	ERR_clear_error();
	return ok;
}

static bool
add_host(X509 *cert, struct str host)
{
	GENERAL_NAMES *all = sk_GENERAL_NAME_new_null();
	struct identity_ip ip;
	bool ok = all && (name_parse_ip(host, &ip) ?
	    mint_push(all, GEN_IPADD, ip.bytes, ip.len) :
	    mint_push(all, GEN_DNS, host.p, host.n)) &&
	    mint_ext(cert, NID_subject_alt_name, all, true);

	GENERAL_NAMES_free(all);
	return ok;
}

bool
permit_host(const struct permit *p, struct str host)
{
	X509 *cert;
	bool ok;

	if (permit_is_open(p))
		return true;
	cert = X509_new();
	ok = cert && add_host(cert, name_strip(host)) && permit_cert(p, cert);
	X509_free(cert);
	return ok;
}

bool
permit_cn(const struct permit *p, struct str cn)
{
	X509 *cert;
	bool ok;

	if (permit_is_open(p) || cn.n == 0)
		return true;
	cert = X509_new();
	ok = cert && mint_cn(cert, cn) && permit_cert(p, cert);
	X509_free(cert);
	return ok;
}
