/* SPDX-License-Identifier: MIT */
/*
 * A leaf that looks like the server's, signed by our CA (WIRE A1 "best-of"):
 * random positive serial; two days back, 43 ahead, within the CA's own life;
 * CN the first fitting name of at most 64 bytes, else an empty subject and a
 * critical SAN (RFC 5280 4.2.1.6); SANs as GENERAL_NAME objects; KU from the
 * leaf key, EKU serverAuth, AKI from the CA; no SKI, SCT, must-staple, AIA
 * or CDP.
 *
 * One P-256 and one RSA-2048 leaf key are made once per run (the RSA one
 * when first needed).  Leaves are kept in a cache by name set and minted
 * again when less than a day is left, or when they no longer fail as wished.
 */
#ifndef SLUICE_TLS_FORGE_H
#define SLUICE_TLS_FORGE_H

#include "sluice/tls/ca.h"
#include "sluice/tls/hello.h"
#include "sluice/tls/identity.h"

struct forge;
struct leaf;		/* refcounted: chain, key */

struct forge *forge_new(const struct ca *ca, struct err *err) NODISCARD;
void forge_free(struct forge *f);

/*
 * How the leaf is to fail in the client's eyes, so that a user can test what
 * their client does: the server's own fault, made again.
 */
enum leaf_fault {
	LEAF_SOUND,
	LEAF_EXPIRED,		/* the server's own dates, all in the past */
	LEAF_NOT_YET,		/* .. all ahead */
	LEAF_SELF_SIGNED,	/* by the leaf's own key */
	LEAF_UNTRUSTED,		/* by a second CA of this run nobody trusts */
	LEAF_WRONG_HOST,	/* host is not added to the names */
};
/* The fault that shows an X509_V_* code to a client. */
enum leaf_fault leaf_fault_of(long verify_code);

struct leaf_wish {
	const struct identity *id;	/* NULL: no names are known */
	struct str host;		/* SNI or CONNECT host; empty: none */
	const struct hello *hello;	/* decides the key type */
	enum leaf_fault fault;
};
/*
 * Is the key that this client needs there?  The RSA one is made in a thread
 * when first asked for (it takes 0.2 s); ask again a little later.
 */
bool forge_is_ready(struct forge *f, const struct hello *hello);
/*
 * Only when forge_is_ready.  *added says that host was not covered by id and
 * was added.  Names outside the CA's name constraints are left out; when
 * host itself is outside, err.  The caller unrefs.
 */
struct leaf *forge_leaf(struct forge *f, const struct leaf_wish *wish,
    bool *added, struct err *err) NODISCARD;
struct leaf *leaf_ref(struct leaf *leaf);
void leaf_unref(struct leaf *leaf);
/* What the client is shown, read once when minted; borrowed. */
const struct identity *leaf_identity(const struct leaf *leaf);

#endif
