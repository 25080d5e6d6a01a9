/* SPDX-License-Identifier: MIT */
/*
 * The names of one leaf, from wish to certificate.  The forge makes these
 * and lets go of them in one step.
 */
#ifndef SLUICE_SRC_TLS_LEAF_NAMES_H
#define SLUICE_SRC_TLS_LEAF_NAMES_H

#include "private.h"

/* Everything is borrowed from the wish except the two arrays. */
struct leaf_names {
	struct str cn;			/* n is 0 for none */
	struct str *dns;
	size_t dns_count;
	struct identity_ip *ip;
	size_t ip_count;
	size_t bytes;			/* about so many in the extension */
	size_t asked;			/* compared with name constraints */
};

/* Returns whether the wish's host had to be added to its identity's names. */
bool leaf_names_collect(struct leaf_names *n, const struct leaf_wish *wish,
    const struct permit *permit) NODISCARD;
void leaf_names_fini(struct leaf_names *n);
/* As subject alternative names; false is for OpenSSL's queue. */
bool leaf_names_add(const struct leaf_names *n, X509 *cert) NODISCARD;

#endif
