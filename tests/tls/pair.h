/* SPDX-License-Identifier: MIT */
/*
 * Two struct tls back to back over buffers, and certificates that no decent
 * CA would sign.  For the tests of the tls floor only.
 */
#ifndef SLUICE_TESTS_TLS_PAIR_H
#define SLUICE_TESTS_TLS_PAIR_H

#include <openssl/x509v3.h>

#include "../../src/tls/private.h"

struct pair {
	struct tls_context *context;
	struct ca *ca;
	struct forge *forge;
	struct buf to_server, to_client;
	struct tls *client, *server;
	struct err client_err, server_err;
};

/* A memory CA, trusted by the context, and a forge. */
void pair_open(struct pair *p);
void pair_close(struct pair *p);
/* New connection; alpn is in wire form, "" for none. */
void pair_connect(struct pair *p, const char *host, const char *sni,
    const char *alpn);
/* .. with all that a target can say. */
void pair_connect_to(struct pair *p, const struct tls_target *target);
void pair_disconnect(struct pair *p);
/* Text from one end to the other, which also brings tickets. */
void pair_say(struct tls *from, struct tls *to, const char *text);
/* Both sides in turn until the server pauses. */
void pair_to_hello(struct pair *p);
/* Resumes with a leaf for the SNI (or host), then runs to the end. */
/* forge_leaf, after waiting for the key it needs. */
struct leaf *forge_wait(struct forge *f, const struct leaf_wish *wish,
    bool *added, struct err *err) NODISCARD;
void pair_resume(struct pair *p, const char *host, const char *alpn);
/* Both sides in turn until neither moves; the last steps. */
void pair_run(struct pair *p, enum tls_step *client, enum tls_step *server);
/* A leaf for a client that asks for nothing special. */
struct leaf *pair_leaf(struct pair *p, const struct identity *id,
    const char *host, bool *added);
/* As the strictest of clients would. */
void pair_verify(const struct pair *p, const struct leaf *leaf,
    const char *host);
bool pair_san_is_critical(const struct leaf *leaf);

/* A leaf of the pair's CA, or self-signed, to be altered before signing. */
struct odd {
	EVP_PKEY *key;
	X509 *cert;
};
void odd_new(struct odd *o);
void odd_free(struct odd *o);
/* A CN without OpenSSL's checks on length and content. */
void odd_cn(struct odd *o, struct str cn);
void odd_dns(GENERAL_NAMES *names, struct str name);
void odd_ip(GENERAL_NAMES *names, const void *p, size_t n);
void odd_sign(struct odd *o, const struct ca *ca);
/* Of a self-signed certificate with these; names may be NULL, consumed. */
struct identity *odd_identity(struct str cn, GENERAL_NAMES *names);

#endif
