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
 * again when less than a day is left.
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
 * A leaf for the names of id (NULL: none known) and for host, the SNI or
 * CONNECT host ("" for none); *added says that host was not covered by id.
 * hello decides the key type.  The caller unrefs.
 */
struct leaf *forge_leaf(struct forge *f, const struct identity *id,
    struct str host, const struct hello *hello, bool *added, struct err *err)
    NODISCARD;
struct leaf *leaf_ref(struct leaf *leaf);
void leaf_unref(struct leaf *leaf);
/* "CN=.., issuer CN=.., EC P-256": safe text for the screen. */
const char *leaf_text(const struct leaf *leaf);

#endif
