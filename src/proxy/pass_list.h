/* SPDX-License-Identifier: MIT */
/*
 * Which hosts are passed through untouched, why, and until when: the --pass
 * expressions, what the user asked for, and what was learned from clients
 * that refuse our certificate.  Matched without case against the CONNECT
 * host, the SNI and the server's address.
 *
 * Learning: a client that refuses twice the certificate made for a name
 * would never get through.  A name for which any client ever sent a request
 * is not learned: there the client's own trust is what is missing.
 */
#ifndef SLUICE_SRC_PROXY_PASS_LIST_H
#define SLUICE_SRC_PROXY_PASS_LIST_H

#include "sluice/base/option.h"
#include "sluice/proxy/proxy.h"

struct pass_list;

/* From OPTION_PASS; err names the expression that can't be compiled. */
struct pass_list *pass_list_new(struct options *o, struct err *err) NODISCARD;
void pass_list_free(struct pass_list *p);

/*
 * Is a connection to name (a host, an SNI or an address; "" for unknown)
 * passed through?  Then it is counted, and why (safe text, valid until the
 * loop goes on) is what to show; else NULL.
 */
const char *pass_list_take(struct pass_list *p, const char *name);

size_t pass_list_count(struct pass_list *p);
void pass_list_at(struct pass_list *p, size_t i, struct pass *pass);
bool pass_list_add(struct pass_list *p, const char *host, struct err *err)
    NODISCARD;
bool pass_list_remove(struct pass_list *p, size_t i);

/* client (an address without port) refused our certificate for name. */
void pass_list_refused(struct pass_list *p, const char *client,
    const char *name, const char *how);
/* A client got as far as a request to name. */
void pass_list_trusted(struct pass_list *p, const char *name);

#endif
