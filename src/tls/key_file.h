/* SPDX-License-Identifier: MIT */
/*
 * A PEM file with a private key and certificates, in any order: that of our
 * CA, or of a client certificate.  Both must be private.
 */
#ifndef SLUICE_SRC_TLS_KEY_FILE_H
#define SLUICE_SRC_TLS_KEY_FILE_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "sluice/base/attr.h"
#include "sluice/base/err.h"

struct key_file {
	EVP_PKEY *key;
	STACK_OF(X509) *certs;		/* as they lie there */
};

/*
 * Refuses one that others can read or that someone else owns.  *missing (may
 * be NULL): there is no such file, and err is as it was.
 */
bool key_file_open(struct key_file *f, const char *path, bool *missing,
    struct err *err) NODISCARD;
void key_file_fini(struct key_file *f);
/*
 * The certificate of the key, lent.  Of several: one that is valid, then one
 * that is a root or not as asked, then the one that lasts longest.
 */
X509 *key_file_cert(const struct key_file *f, bool root, struct err *err)
    NODISCARD;
/*
 * Who issued cert, who issued that, and so on as far as the file goes.  The
 * caller frees.  A root at the end is not among them but lent in *root.
 */
STACK_OF(X509) *key_file_issuers(const struct key_file *f, X509 *cert,
    X509 **root) NODISCARD;
bool key_file_is_root(X509 *cert);

#endif
