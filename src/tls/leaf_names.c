/* SPDX-License-Identifier: MIT */
/*
 * Which names a leaf gets: those that the server showed and the one that the
 * client asked for, without what the CA may not sign for, and not more than
 * clients can take.
 */
#include "leaf_names.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/base/mem.h"

#define ASKED_MAX	300
#define CN_MAX		64		/* ub-common-name, RFC 5280 */
#define SAN_BYTES_MAX	(64u * 1024)	/* more upsets many clients */
#define SAN_KEPT	100		/* .. then so many are kept */

static void
add_dns(struct leaf_names *n, struct str name)
{
	n->dns[n->dns_count++] = name;
	n->bytes += name.n + 4;
}

static void
add_ip(struct leaf_names *n, const struct identity_ip *ip)
{
	n->ip[n->ip_count++] = *ip;
	n->bytes += ip->len + 2;
}

/* Comparing with name constraints costs some µs each, so not all are. */
static bool
is_permitted(struct leaf_names *n, const struct permit *permit, struct str name)
{
	return permit_is_open(permit) ||
	    (n->asked++ < ASKED_MAX && permit_host(permit, name));
}

static bool
ip_is_permitted(struct leaf_names *n, const struct permit *permit,
    const struct identity_ip *ip)
{
	char text[INET6_ADDRSTRLEN];

	return (ip->len == 4 || ip->len == 16) &&
	    inet_ntop(ip->len == 4 ? AF_INET : AF_INET6, ip->bytes, text,
	    sizeof text) && is_permitted(n, permit, str_from(text));
}

/* A CN counts as a name only where the server has no other (or none at all). */
static void
add_identity(struct leaf_names *n, const struct identity *id,
    const struct permit *permit)
{
	struct str cn = str_from(id->cn);
	struct identity_ip ip;

	for (size_t i = 0; i < id->dns_count; i++)
		if (name_is_host(str_from(id->dns[i]), true) &&
		    is_permitted(n, permit, str_from(id->dns[i])))
			add_dns(n, str_from(id->dns[i]));
	for (size_t i = 0; i < id->ip_count; i++)
		if (ip_is_permitted(n, permit, &id->ip[i]))
			add_ip(n, &id->ip[i]);
	if (id->dns_count > 0)
		return;
	if (name_parse_ip(cn, &ip)) {
		if (n->ip_count == 0 && ip_is_permitted(n, permit, &ip))
			add_ip(n, &ip);
	} else if (name_is_host(cn, true) && is_permitted(n, permit, cn)) {
		add_dns(n, cn);
	}
}

/* Not every name that the server has need be among them. */
static bool
has_host(const struct leaf_names *n, struct str host)
{
	struct identity_ip ip;

	if (name_parse_ip(host, &ip)) {
		for (size_t i = 0; i < n->ip_count; i++)
			if (n->ip[i].len == ip.len &&
			    memcmp(n->ip[i].bytes, ip.bytes, ip.len) == 0)
				return true;
		return false;
	}
	for (size_t i = 0; i < n->dns_count; i++)
		if (name_covers(n->dns[i], host))
			return true;
	return false;
}

static bool
add_host(struct leaf_names *n, struct str host)
{
	struct identity_ip ip;

	if (name_parse_ip(host, &ip))
		add_ip(n, &ip);
	else if (name_is_host(host, false))
		add_dns(n, host);
	else
		return false;
	return true;
}

static void
bring_forward(struct leaf_names *n, struct str host)
{
	struct identity_ip ip;
	bool is_ip = name_parse_ip(host, &ip);

	for (size_t i = 0; !is_ip && i < n->dns_count; i++) {
		struct str name = n->dns[i];

		if (!name_covers(name, host))
			continue;
		n->dns[i] = n->dns[0];
		n->dns[0] = name;
		return;
	}
	for (size_t i = 0; is_ip && i < n->ip_count; i++) {
		if (n->ip[i].len != ip.len ||
		    memcmp(n->ip[i].bytes, ip.bytes, ip.len) != 0)
			continue;
		n->ip[i] = n->ip[0];
		n->ip[0] = ip;
		return;
	}
}

/* The name that matters to this client and the first of the others. */
static void
cut_names(struct leaf_names *n, struct str host)
{
	size_t kept = 0;

	bring_forward(n, host);
	n->bytes = 0;
	while (kept < n->dns_count && kept < SAN_KEPT &&
	    n->bytes < SAN_BYTES_MAX)
		n->bytes += n->dns[kept++].n + 4;
	n->dns_count = kept;
	if (n->ip_count > SAN_KEPT)
		n->ip_count = SAN_KEPT;
}

static void
choose_cn(struct leaf_names *n, const struct identity *id, struct str host,
    const struct permit *permit)
{
	struct str cn = id ? str_from(id->cn) : STR_NONE;
	struct identity_ip ip;

	if (cn.n <= CN_MAX && name_is_host(cn, true) &&
	    permit_host(permit, cn) && permit_cn(permit, cn)) {
		n->cn = cn;
		return;
	}
	for (size_t i = 0; i < n->dns_count; i++) {
		if (n->dns[i].n > CN_MAX)
			continue;
		if (!permit_cn(permit, n->dns[i]))
			return;
		n->cn = n->dns[i];
		return;
	}
	if (host.n <= CN_MAX && name_parse_ip(host, &ip) &&
	    permit_cn(permit, host))
		n->cn = host;
}

bool
leaf_names_collect(struct leaf_names *n, const struct leaf_wish *wish,
    const struct permit *permit)
{
	const struct identity *id = wish->id;
	struct str host = name_strip(wish->host);
	bool added = false;

	memset(n, 0, sizeof *n);
	n->dns = mem_array(NULL, (id ? id->dns_count : 0) + 2,
	    sizeof *n->dns);
	n->ip = mem_array(NULL, (id ? id->ip_count : 0) + 2, sizeof *n->ip);
	if (id)
		add_identity(n, id, permit);
	if (wish->fault != LEAF_WRONG_HOST && !has_host(n, host))
		added = add_host(n, host);
	if (n->bytes > SAN_BYTES_MAX)
		cut_names(n, host);
	/* There is nothing to go by; the client will say no, and be told. */
	if (n->dns_count + n->ip_count == 0)
		add_dns(n, STR("unknown.invalid"));
	choose_cn(n, id, host, permit);
	return id && added && !identity_covers(id, host);
}

void
leaf_names_fini(struct leaf_names *n)
{
	free(n->dns);
	free(n->ip);
}

/* RFC 5280 4.2.1.6: critical when the subject is empty. */
bool
leaf_names_add(const struct leaf_names *n, X509 *cert)
{
	GENERAL_NAMES *all = sk_GENERAL_NAME_new_null();
	bool ok = all != NULL;

	for (size_t i = 0; ok && i < n->dns_count; i++)
		ok = mint_push(all, GEN_DNS, n->dns[i].p, n->dns[i].n);
	for (size_t i = 0; ok && i < n->ip_count; i++)
		ok = mint_push(all, GEN_IPADD, n->ip[i].bytes, n->ip[i].len);
	ok = ok && mint_ext(cert, NID_subject_alt_name, all, n->cn.n == 0);
	GENERAL_NAMES_free(all);
	return ok;
}
