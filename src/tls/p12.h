/* SPDX-License-Identifier: MIT */
/* A certificate alone as PKCS#12 (RFC 7292), also a truststore for Java. */
#ifndef SLUICE_SRC_TLS_P12_H
#define SLUICE_SRC_TLS_P12_H

#include <openssl/pkcs12.h>

/*
 * No key, no encryption, and a MAC over the empty password: importers that
 * insist on one know SHA-1, not all know SHA-256.  NULL: the OpenSSL error
 * says why.  The caller frees it.
 */
PKCS12 *p12_of(X509 *cert);

#endif
