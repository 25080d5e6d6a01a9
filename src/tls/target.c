/* SPDX-License-Identifier: MIT */
/*
 * What is asked of a server: the name it must prove, the name and protocols
 * in our hello, and how much weakness will do.
 */
#include "private.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

/*
 * The verdict is part of OpenSSL's: a wrong name is an error like any other.
 * A host that cannot be one at all is remembered as not checked.
 */
static bool
expect_host(SSL *ssl, struct str host)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	struct identity_ip ip;

	if (name_parse_ip(host, &ip))
		return X509_VERIFY_PARAM_set1_ip(param, ip.bytes, ip.len) == 1;
	host = name_strip(host);
	if (!name_is_host(host, false))
		return false;
	X509_VERIFY_PARAM_set_hostflags(param,
	    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(param, host.p, host.n) == 1;
}

/* RFC 6066 section 3: a DNS name without final dot, never an address. */
static void
send_sni(SSL *ssl, struct str sni, char sent[HELLO_SNI_MAX])
{
	struct identity_ip ip;

	if (sni.n == 0 || name_parse_ip(sni, &ip))
		return;
	sni = name_strip(sni);
	if (!name_is_host(sni, false))
		return;
	memcpy(sent, sni.p, sni.n);
	sent[sni.n] = '\0';
	if (SSL_set_tlsext_host_name(ssl, sent) != 1)
		sent[0] = '\0';
}

bool
target_apply(const struct tls_target *target, SSL *ssl,
    char sni[HELLO_SNI_MAX])
{
	bool checked;

	if (target->weak)
		range_weaken(ssl);
	checked = expect_host(ssl, target->host);
	send_sni(ssl, target->sni, sni);
	/* Zero is success here.  A malformed list is not sent. */
	if (target->alpn_len > 0)
		SSL_set_alpn_protos(ssl, target->alpn,
		    (unsigned)target->alpn_len);
	ERR_clear_error();
	return checked;
}
