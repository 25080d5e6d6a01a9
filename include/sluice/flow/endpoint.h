/* SPDX-License-Identifier: MIT */
/*
 * One end of a flow: address, TLS and certificate facts, as safe text so
 * that neither the flow floor nor the screen needs OpenSSL.  Refcounted: all
 * flows of a connection share one.
 */
#ifndef SLUICE_FLOW_ENDPOINT_H
#define SLUICE_FLOW_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/base/attr.h"

struct certificate {
	char *subject, *issuer, *serial, *key, *sha256;
	char *names;			/* "a.test b.test 10.0.0.7" */
	int64_t not_before, not_after;	/* wall µs */
	size_t chain;			/* how many the server sent */
	bool verified;
	char *verify_text;		/* "ok", "self-signed certificate", .. */
	char *chain_text;		/* a line each, leaf first: "0 subject,
					 * issued by .., from to until", and
					 * what failed; NULL: one alone */
	bool trusted_by_you;		/* not verified, let through by name */
};

struct endpoint {
	unsigned refs;
	char *address;			/* "127.0.0.1:45884", or NULL */
	char *name;			/* host asked for, or NULL */
	char *program;			/* client: of this machine; or NULL */
	long pid;			/* .. and its number, or 0 */
	char *via;			/* server: reached by way of that proxy,
					 * whose address it is; or NULL */
	bool tls;
	char *tls_version, *tls_cipher;	/* NULL before the handshake is done */
	char *sni;			/* NULL: none */
	char *alpn;			/* chosen; NULL: none */
	char *alpn_offered;		/* NULL: none */
	char *tls_offered;		/* "TLS 1.3, TLS 1.2"; NULL: n/a */
	char *ciphers_offered;		/* "17 suites: TLS_AES_128..., .." */
	char *ja4;			/* client: fingerprint of its hello */
	bool ech;			/* client: offered Encrypted ClientHello */
	bool weak;			/* server: TLS was relaxed for it */
	char *client_cert;		/* server: subject of what we showed */
	char *client_cert_wanted;	/* server: it asked for one, of these CAs;
					 * "any"; NULL: it did not ask */
	bool resumed;
	struct certificate *certificate;	/* server: what it sent; client:
					 * what it was shown */
	bool name_added;		/* leaf: host was not in the server's
					 * certificate and was added */
	unsigned flows;			/* how many flows used this connection */
	int64_t dial_started, resolved, connected, secured;	/* monotonic µs, 0: n/a */
};

struct endpoint *endpoint_new(void) NODISCARD;
struct endpoint *endpoint_ref(struct endpoint *e);	/* NULL is fine */
void endpoint_unref(struct endpoint *e);
/* Replaces a text field: frees *field, keeps a safe copy of value (or NULL). */
void endpoint_set(char **field, const char *value);

#endif
