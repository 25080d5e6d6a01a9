/* SPDX-License-Identifier: MIT */
/*
 * Who a server's certificate says it is: the names for the leaf and the
 * facts for the screen.  Everything is read through OpenSSL accessors with
 * lengths; a name with a NUL or control byte is dropped (CVE-2009-2408).
 * All texts are safe for a terminal.
 */
#ifndef SLUICE_TLS_IDENTITY_H
#define SLUICE_TLS_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/base/err.h"
#include "sluice/base/str.h"

struct identity {
	char *cn;		/* first usable CN, or NULL */
	char **dns;		/* dNSName, A-labels, as they are */
	size_t dns_count;
	struct identity_ip {
		uint8_t len;	/* 4 or 16 */
		uint8_t bytes[16];
	} *ip;
	size_t ip_count;

	char *subject, *issuer;	/* "CN=.., O=.." */
	char *serial;		/* hex with colons */
	char *key;		/* "RSA 2048", "EC P-256", "ED25519" */
	char *sha256;		/* fingerprint with colons */
	int64_t not_before, not_after;	/* wall µs */
	size_t chain;		/* certificates the server sent */
	bool verified;
	long verify_code;	/* X509_V_*; 0 is OK */
	char *verify_text;	/* "ok", "certificate has expired", .. */
	int verify_depth;	/* which one of the chain failed; 0: its own,
				 * or none */
	char *chain_text;	/* a line for each that was sent, leaf first:
				 * "0 subject, issued by .., from to until",
				 * and what failed; NULL when alone */
};

struct tls;

/*
 * Of the peer of a finished client-side handshake; NULL when it sent no
 * certificate.  The caller frees.
 */
struct identity *identity_read(const struct tls *t) NODISCARD;
void identity_free(struct identity *id);
/* Is host (a name or an IP literal) covered, wildcards as RFC 6125 6.4.3? */
bool identity_covers(const struct identity *id, struct str host);

#endif
