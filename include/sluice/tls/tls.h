/* SPDX-License-Identifier: MIT */
/*
 * One TLS connection without descriptor or loop: sealed bytes become plain
 * bytes and back.  A BIO of our own lets OpenSSL read from and write to the
 * wire's own buffers, so nothing is copied in between (ARCHITECTURE 3.15).
 *
 * Towards a client the handshake stops at the ClientHello (TLS_HELLO): not
 * one byte has been written, and the raw hello is still at the front of the
 * `raw` copy, so passing through is still possible.  tls_resume goes on.
 * The pause is in client_hello_cb, not in cert_cb: in TLS 1.3 the ALPN is
 * answered before the certificate is asked for (measured, WIRE C0).
 */
#ifndef SLUICE_TLS_TLS_H
#define SLUICE_TLS_TLS_H

#include "sluice/base/buf.h"
#include "sluice/base/err.h"
#include "sluice/tls/context.h"
#include "sluice/tls/forge.h"
#include "sluice/tls/hello.h"

struct tls;

enum tls_step {
	TLS_AGAIN,	/* feed more sealed bytes, or make room in sealed_out */
	TLS_HELLO,	/* paused at the ClientHello: decide, then tls_resume */
	TLS_READY,	/* handshake complete */
	TLS_SHUT,	/* the peer said close_notify */
	TLS_FAILED,	/* err says why; an alert may wait in sealed_out */
};

/*
 * Both buffers are borrowed and must outlive the tls.  OpenSSL consumes from
 * sealed_in and appends to sealed_out (as much as its maximum allows).
 */
struct tls *tls_new_server(struct tls_context *c, struct buf *sealed_in,
    struct buf *sealed_out) NODISCARD;

struct tls_target {
	struct str host;	/* verified: a name or an IP literal */
	struct str sni;		/* sent; empty: none */
	const uint8_t *alpn;	/* wire form; alpn_len 0: not offered */
	size_t alpn_len;
	bool weak;		/* old versions, ciphers and keys will do:
				 * TLS 1.0, SECLEVEL 0, legacy renegotiation */
	const struct tls_key *key;	/* shown if asked; NULL: none; borrowed
				 * while the tls lives */
	struct str peer;	/* "address:port": sessions are resumed per
				 * peer, host, sni, alpn, key and weak; empty:
				 * never resumed */
};
struct tls *tls_new_client(struct tls_context *c,
    const struct tls_target *target, struct buf *sealed_in,
    struct buf *sealed_out) NODISCARD;
void tls_free(struct tls *t);

/* Moves the handshake on. */
enum tls_step tls_handshake(struct tls *t, struct err *err) NODISCARD;
/* What the client asked for; after TLS_HELLO (server side only). */
const struct hello *tls_hello(const struct tls *t);
/*
 * The bytes taken from sealed_in so far, kept until tls_resume, for passing
 * the connection through untouched.
 */
struct str tls_raw(const struct tls *t);
/*
 * Goes on with this leaf (a reference is taken) and this ALPN answer (empty:
 * none).  Then call tls_handshake again.
 */
bool tls_resume(struct tls *t, struct leaf *leaf, struct str alpn,
    struct err *err) NODISCARD;

/*
 * Opens as much as plain takes.  TLS_READY: all there was; TLS_AGAIN is not
 * used here; TLS_SHUT and TLS_FAILED as above (bytes may have been added).
 */
enum tls_step tls_read(struct tls *t, struct buf *plain, struct err *err)
    NODISCARD;
/*
 * The last tls_read stopped because plain was full: another one finds more
 * without new sealed bytes.
 */
bool tls_has_more(const struct tls *t);
/*
 * Seals from the front of plain, consuming it, while sealed_out has room.
 * What is left in plain must stay at its front until it has been sealed.
 */
enum tls_step tls_write(struct tls *t, struct buf *plain, struct err *err)
    NODISCARD;
/* Appends close_notify to sealed_out, once. */
void tls_shut(struct tls *t);

/*
 * The owner has accepted the server: its sessions may be kept for resumption.
 * Until then none is (client side).
 */
void tls_approve(struct tls *t);
/*
 * The CAs of which the server wanted a client certificate, safe text; "any"
 * when it named none; NULL when it did not ask.  Also after a failure.
 */
const char *tls_cert_wanted(const struct tls *t);

/*
 * Why a handshake failed, as far as OpenSSL's reason tells.
 */
enum tls_trouble {
	TLS_TROUBLE_OTHER,
	TLS_TROUBLE_ALERT,		/* tls_alert has the number */
	TLS_TROUBLE_CLOSED,		/* the peer closed */
	TLS_TROUBLE_NOT_TLS,		/* the peer does not speak TLS */
	TLS_TROUBLE_WEAK,		/* no version, suite, key that will do */
};
enum tls_trouble tls_trouble(const struct tls *t);
/* The number of the fatal alert the peer sent; -1: none. */
int tls_alert(const struct tls *t);

struct tls_facts {
	const char *version;	/* "TLSv1.3" */
	const char *cipher;
	char alpn[32];		/* chosen, safe text, "" for none */
	char sni[HELLO_SNI_MAX];
	bool resumed;
	bool cert_sent;		/* client side: a client certificate */
};
/* After TLS_READY. */
void tls_facts(const struct tls *t, struct tls_facts *facts);

#endif
