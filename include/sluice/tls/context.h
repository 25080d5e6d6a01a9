/* SPDX-License-Identifier: MIT */
/*
 * The two SSL_CTX: towards clients (we are a server) and towards servers (we
 * are a client).  No renegotiation, no compression, no early data; TLS 1.2
 * and 1.3; servers are verified against the system's roots plus extra ones.
 */
#ifndef SLUICE_TLS_CONTEXT_H
#define SLUICE_TLS_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/base/err.h"
#include "sluice/base/str.h"

struct tls_context;
struct tls_key;

/* Versions as on the wire (0x0303); 0: the default, TLS 1.2 to 1.3. */
struct tls_range {
	uint16_t min, max;
	const char *ciphers;	/* OpenSSL's list for TLS 1.2 and below, and
				 * TLS_* names for 1.3; NULL or "": default */
};
/* "1.2" or "TLS1_2" and the like to 0x0303; "" to 0. */
bool tls_version_parse(struct str text, uint16_t *version) NODISCARD;

struct tls_setup {
	bool insecure;			/* accept any server certificate */
	const char *const *roots;	/* PEM files, trusted too */
	size_t root_count;
	struct tls_range client, server;
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

/*
 * A certificate and key to show to servers that ask: a PEM file with the
 * certificate, its intermediates and the unencrypted key, readable by its
 * owner only.  err names the file and says what is wrong.
 */
struct tls_key *tls_key_load(const char *path, struct err *err) NODISCARD;
void tls_key_free(struct tls_key *key);
const char *tls_key_subject(const struct tls_key *key);	/* safe text */

/* Name and version of the library, for --version. */
const char *tls_library(void);

#endif
