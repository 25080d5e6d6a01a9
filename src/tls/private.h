/* SPDX-License-Identifier: MIT */
/*
 * What the modules of this floor share: the insides of context and leaf, and
 * small services for names, BIO, error texts and the key log.
 */
#ifndef SLUICE_SRC_TLS_PRIVATE_H
#define SLUICE_SRC_TLS_PRIVATE_H

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "sluice/base/buf.h"
#include "sluice/tls/ca.h"
#include "sluice/tls/context.h"
#include "sluice/tls/forge.h"
#include "sluice/tls/hello.h"
#include "sluice/tls/identity.h"
#include "sluice/tls/tls.h"

#define DAY_SECONDS	(24 * 60 * 60)
#define LEAF_ID_SIZE	32

struct permit;
struct session_cache;

/* context.c */
struct tls_context {
	SSL_CTX *server;		/* towards clients */
	SSL_CTX *client;		/* towards servers */
	BIO_METHOD *sealed;
	struct session_cache *sessions;	/* with servers */
	bool insecure;
	int keylog;			/* descriptor or -1 */
	size_t live;			/* struct tls that use it */
};

/* sealed.c: the BIO between OpenSSL and the wire's buffers. */
struct sealed {
	struct buf *in, *out;		/* borrowed */
	struct buf raw;			/* copy of what was taken from in .. */
	bool keep_raw;			/* .. while this is set */
	bool overflow;			/* raw was full: reading fails */
};
BIO_METHOD *sealed_method_new(void) NODISCARD;
/* The BIO borrows both. */
BIO *sealed_bio_new(const BIO_METHOD *method, struct sealed *s) NODISCARD;

/* hello.c */
void hello_read(struct hello *h, SSL *ssl);
/* The safe form of s, as much as fits. */
void hello_text(struct str s, char *out, size_t size);

/* identity.c */
struct identity *identity_of(X509 *cert) NODISCARD;
char *identity_name_text(const X509_NAME *name) NODISCARD;
/* As much of it as fits into max bytes and two dots; none if it is empty. */
void identity_put_name(struct buf *out, const X509_NAME *name, size_t max,
    const char *none);
char *identity_hex(const unsigned char *p, size_t n) NODISCARD;
char *identity_key_text(EVP_PKEY *key) NODISCARD;
/* First common name that is clean text; NULL for none. */
char *identity_common_name(const X509_NAME *name) NODISCARD;
int64_t identity_time(const ASN1_TIME *t);	/* wall µs */

/* chain.c */
struct verdict {
	X509 *cert;		/* the one that failed; NULL: none, or unknown */
	int depth;		/* .. how far it is from the server's own */
};
/* For OpenSSL: notes what fails and lets the handshake go on. */
int chain_verify_cb(int ok, X509_STORE_CTX *run);
void verdict_fini(struct verdict *v);
/* NULL when fewer than two were sent; the caller frees. */
char *chain_text(const STACK_OF(X509) *sent, const struct verdict *v,
    const char *reason) NODISCARD;

/* name.c */
#define NAME_HOST_MAX 253
/* Letters, digits, - _ in labels; with wildcard "*." may come first. */
bool name_is_host(struct str s, bool wildcard);
bool name_parse_ip(struct str s, struct identity_ip *ip) NODISCARD;
/* Does a dNSName, perhaps with a wildcard, cover this host name? */
bool name_covers(struct str pattern, struct str host);
/* Without brackets, zone and final dot. */
struct str name_strip(struct str host);

/* ca.c: borrowed */
X509 *ca_cert(const struct ca *ca);
EVP_PKEY *ca_key(const struct ca *ca);
STACK_OF(X509) *ca_chain(const struct ca *ca);	/* to send after the leaf */
const struct permit *ca_permit(const struct ca *ca);

/* permit.c: the name constraints of some CAs. */
struct permit *permit_new(void) NODISCARD;
void permit_free(struct permit *p);
/* False when its constraints cannot be read. */
bool permit_add(struct permit *p, const X509 *ca) NODISCARD;
/* There are none. */
bool permit_is_open(const struct permit *p);
bool permit_host(const struct permit *p, struct str host);
bool permit_cn(const struct permit *p, struct str cn);
bool permit_cert(const struct permit *p, X509 *cert);

/* ca_make.c: a key and a self-signed CA certificate of that name. */
bool ca_make(const char *common_name, bool rsa, EVP_PKEY **key, X509 **cert,
    struct err *err) NODISCARD;
/* "sluice CA user@host", what fits into a common name with a key id. */
char *ca_default_name(void) NODISCARD;

/* mint.c: what certificates are built of; false is for OpenSSL's queue. */
bool mint_ext(X509 *cert, int nid, void *value, bool critical) NODISCARD;
bool mint_key_usage(X509 *cert, const int *bits, size_t count) NODISCARD;
bool mint_serial(X509 *cert) NODISCARD;		/* random, 159 bits */
bool mint_name(X509_NAME *name, int nid, const char *text) NODISCARD;
/* As the subject's common name; an empty one is left out. */
bool mint_cn(X509 *cert, struct str cn) NODISCARD;
/* GEN_DNS or GEN_IPADD */
bool mint_push(GENERAL_NAMES *all, int type, const void *p, size_t n)
    NODISCARD;
/* The issuer's key identifier (RFC 5280 4.2.1.1); NULL: it has none. */
bool mint_issuer_key(X509 *cert, const ASN1_OCTET_STRING *id) NODISCARD;
/* Seconds since 1970. */
bool mint_times(X509 *cert, int64_t from, int64_t to) NODISCARD;
bool mint_sign(X509 *cert, EVP_PKEY *key) NODISCARD;

/* leaf_cache.c */
struct leaf {
	unsigned refs;
	X509 *cert;
	EVP_PKEY *key;
	STACK_OF(X509) *chain;
	struct identity *identity;	/* what clients are shown */
	int64_t fresh_until;		/* wall µs: then another is minted */
	uint8_t id[LEAF_ID_SIZE];	/* SHA-256 of the certificate */
};
/*
 * Takes references of its own on all three; chain may be NULL.  It is fresh
 * until a day before its end.
 */
struct leaf *leaf_new(X509 *cert, EVP_PKEY *key, STACK_OF(X509) *chain)
    NODISCARD;

/* fault.c */
struct fault {
	enum tls_trouble trouble;
	int alert;			/* that the peer sent, or -1 */
};
/*
 * Puts OpenSSL's reason into plain words and empties its queue.  hello is
 * the client's, or NULL on the client side; open says that the handshake was
 * complete.
 */
struct fault fault_describe(SSL *ssl, const struct hello *hello, bool open,
    struct err *err);
/* For what is not a connection: "what: reason". */
bool fault_set(struct err *err, const char *what);

/* keylog.c */
int keylog_open(void);
void keylog_attach(struct tls_context *c);
void keylog_close(struct tls_context *c);

/* key.c */
struct str key_digest(const struct tls_key *key);
/* Shows it to this server; false is for OpenSSL's queue. */
bool key_use(const struct tls_key *key, SSL *ssl) NODISCARD;
/* The CAs that a server named, for people; "any" for none; caller frees. */
char *key_wanted_text(const STACK_OF(X509_NAME) *names) NODISCARD;

/* target.c */
/*
 * Before the handshake.  sni gets what is sent; false when the host cannot
 * be checked against any certificate.
 */
bool target_apply(const struct tls_target *target, SSL *ssl,
    char sni[HELLO_SNI_MAX]);

/* range.c */
bool range_apply(SSL_CTX *ctx, const struct tls_range *range,
    struct err *err) NODISCARD;
/*
 * In the client hello callback: would our own range let a client that offers
 * this version use an ECDSA leaf?
 */
bool range_has_ecdsa(SSL *ssl, unsigned version_max);
/* Takes all that the library can do, for this connection. */
void range_weaken(SSL *ssl);
const char *range_version_text(unsigned version);	/* "TLS 1.2" */

/* tls.c */
/* Sets the callbacks of a new context. */
void tls_prepare(struct tls_context *c);
SSL *tls_ssl(const struct tls *t);
/* Empty for a resumed session: nothing was verified anew. */
struct verdict *tls_verdict(SSL *ssl);
/* Could the name asked be checked against the certificate at all? */
bool tls_host_is_checked(const struct tls *t);

#endif
