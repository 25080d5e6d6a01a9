/* SPDX-License-Identifier: MIT */
/*
 * The two SSL_CTX: towards clients (we are a server) and towards servers (we
 * are a client).  No renegotiation, no compression, no early data; TLS 1.2
 * and 1.3; servers are verified against the system's roots plus extra ones.
 */
#ifndef SLUICE_TLS_CONTEXT_H
#define SLUICE_TLS_CONTEXT_H

#include <stdbool.h>

#include "sluice/base/err.h"
#include "sluice/base/str.h"

struct tls_context;

struct tls_setup {
	bool insecure;			/* accept any server certificate */
	const char *const *roots;	/* PEM files, trusted too */
	size_t root_count;
};

/* err names the file that could not be read. */
struct tls_context *tls_context_new(const struct tls_setup *setup,
    struct err *err) NODISCARD;
void tls_context_free(struct tls_context *c);
/* Only stored: an identity is truthful, the engine decides. */
void tls_context_set_insecure(struct tls_context *c, bool insecure);
bool tls_context_is_insecure(const struct tls_context *c);
/*
 * Trusts one more root in this run, PEM text (the demo's own origin).
 */
bool tls_context_trust(struct tls_context *c, struct str pem, struct err *err)
    NODISCARD;

/* Name and version of the library, for --version. */
const char *tls_library(void);

#endif
