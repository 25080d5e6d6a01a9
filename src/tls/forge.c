/* SPDX-License-Identifier: MIT */
/*
 * Mints leaves.  Names are collected from what the server showed and what
 * the client asked for, looked up in the cache, and only then signed, which
 * is the one costly step.  The engine owns one forge.
 */
#include "private.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>

#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "leaf_cache.h"
#include "sluice/base/clock.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"

#define LEAVES_MAX	1000
#define BACK_DAYS	2
#define AHEAD_DAYS	43
#define ASKED_MAX	300
#define CN_MAX		64		/* ub-common-name, RFC 5280 */
#define SAN_BYTES_MAX	(64u * 1024)	/* more upsets many clients */
#define SAN_KEPT	100		/* .. then so many are kept */
#define DIGITAL_SIGNATURE 0		/* bits of RFC 5280 4.2.1.3 */
#define KEY_ENCIPHERMENT 2

struct forge {
	const struct ca *ca;
	EVP_PKEY *ec;
	EVP_PKEY *rsa;			/* NULL until first needed */
	pthread_t maker;		/* of rsa, while making */
	bool making;
	_Atomic(EVP_PKEY *) made;	/* by the maker, for us to take */
	atomic_bool made_none;
	struct ca *untrusted;		/* NULL until first needed */
	struct leaf_cache *cache;
};

/* Everything is borrowed except the two arrays. */
struct names {
	struct str cn;			/* n is 0 for none */
	struct str *dns;
	size_t dns_count;
	struct identity_ip *ip;
	size_t ip_count;
	size_t bytes;			/* about so many in the extension */
	size_t asked;			/* compared with name constraints */
};

struct forge *
forge_new(const struct ca *ca, struct err *err)
{
	struct forge *f = NEW(struct forge);

	f->ca = ca;
	f->cache = leaf_cache_new(LEAVES_MAX);
	f->ec = EVP_EC_gen("P-256");
	if (f->ec)
		return f;
	fault_set(err, "cannot make a P-256 key");
	forge_free(f);
	return NULL;
}

void
forge_free(struct forge *f)
{
	if (!f)
		return;
	if (f->making)
		pthread_join(f->maker, NULL);
	EVP_PKEY_free(atomic_load(&f->made));
	leaf_cache_free(f->cache);
	ca_free(f->untrusted);
	EVP_PKEY_free(f->ec);
	EVP_PKEY_free(f->rsa);
	free(f);
}

static void
add_dns(struct names *n, struct str name)
{
	n->dns[n->dns_count++] = name;
	n->bytes += name.n + 4;
}

static void
add_ip(struct names *n, const struct identity_ip *ip)
{
	n->ip[n->ip_count++] = *ip;
	n->bytes += ip->len + 2;
}

/* Comparing with name constraints costs some µs each, so not all are. */
static bool
is_permitted(struct names *n, const struct permit *permit, struct str name)
{
	return permit_is_open(permit) ||
	    (n->asked++ < ASKED_MAX && permit_host(permit, name));
}

static bool
ip_is_permitted(struct names *n, const struct permit *permit,
    const struct identity_ip *ip)
{
	char text[INET6_ADDRSTRLEN];

	return (ip->len == 4 || ip->len == 16) &&
	    inet_ntop(ip->len == 4 ? AF_INET : AF_INET6, ip->bytes, text,
	    sizeof text) && is_permitted(n, permit, str_from(text));
}

/* A CN counts as a name only where the server has no other (or none at all). */
static void
add_identity(struct names *n, const struct identity *id,
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
has_host(const struct names *n, struct str host)
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
add_host(struct names *n, struct str host)
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
bring_forward(struct names *n, struct str host)
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
cut_names(struct names *n, struct str host)
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
choose_cn(struct names *n, const struct identity *id, struct str host,
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

/* Returns whether host had to be added to the names of id. */
static bool
collect(struct names *n, const struct leaf_wish *wish,
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

static void
names_fini(struct names *n)
{
	free(n->dns);
	free(n->ip);
}

static void
digest_names(const struct names *n, const struct leaf_wish *wish,
    uint8_t key[SHA256_DIGEST_LENGTH])
{
	struct buf b;
	struct str all;

	buf_init(&b, SIZE_MAX / 4);
	buf_putc(&b, wish->hello->wants_rsa ? 'R' : 'E');
	buf_putc(&b, (char)('0' + wish->fault));
	if (wish->id && wish->fault != LEAF_SOUND)
		buf_put(&b, str_from(wish->id->sha256));
	buf_put(&b, n->cn);
	for (size_t i = 0; i < n->dns_count; i++) {
		buf_putc(&b, '\n');
		buf_put(&b, n->dns[i]);
	}
	for (size_t i = 0; i < n->ip_count; i++) {
		buf_putc(&b, n->ip[i].len == 4 ? '4' : '6');
		buf_put(&b, str_make(n->ip[i].bytes, n->ip[i].len));
	}
	all = buf_str(&b);
	SHA256((const unsigned char *)all.p, all.n, key);
	buf_fini(&b);
}

/* RFC 5280 4.2.1.6: critical when the subject is empty. */
static bool
add_names(X509 *cert, const struct names *n)
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

static bool
add_usage(X509 *cert, bool rsa)
{
	static const int bits[] = { DIGITAL_SIGNATURE, KEY_ENCIPHERMENT };
	EXTENDED_KEY_USAGE *use = sk_ASN1_OBJECT_new_null();
	bool ok = use && mint_key_usage(cert, bits, rsa ? 2 : 1) &&
	    sk_ASN1_OBJECT_push(use, OBJ_nid2obj(NID_server_auth)) > 0 &&
	    mint_ext(cert, NID_ext_key_usage, use, false);

	sk_ASN1_OBJECT_free(use);
	return ok;
}

/* Where in time a leaf lies, seconds since 1970. */
struct span {
	int64_t from, to;
};

/* Not a second longer than the CA itself. */
static struct span
sound_span(X509 *ca)
{
	int64_t now = clock_wall() / 1000000;
	int64_t ca_from = identity_time(X509_get0_notBefore(ca)) / 1000000;
	int64_t ca_to = identity_time(X509_get0_notAfter(ca)) / 1000000;
	struct span s = {
		.from = now - BACK_DAYS * DAY_SECONDS,
		.to = now + (int64_t)AHEAD_DAYS * DAY_SECONDS,
	};

	if (s.from < ca_from)
		s.from = ca_from;
	if (s.to > ca_to)
		s.to = ca_to;
	return s;
}

/* The server's own dates where they show the fault, else some that do. */
static struct span
span_of(const struct leaf_wish *wish, X509 *ca)
{
	struct span s = sound_span(ca);
	int64_t now = clock_wall() / 1000000;

	if (wish->fault != LEAF_EXPIRED && wish->fault != LEAF_NOT_YET)
		return s;
	if (wish->id) {
		s.from = wish->id->not_before / 1000000;
		s.to = wish->id->not_after / 1000000;
	}
	if (wish->fault == LEAF_EXPIRED && (s.to >= now || s.from >= s.to))
		s = (struct span){ now - 30 * DAY_SECONDS, now - DAY_SECONDS };
	if (wish->fault == LEAF_NOT_YET && (s.from <= now || s.from >= s.to))
		s = (struct span){ now + DAY_SECONDS, now + 30 * DAY_SECONDS };
	return s;
}

/* Who signs: our CA, one that nobody trusts, or (NULL) the leaf itself. */
static bool
choose_ca(struct forge *f, enum leaf_fault fault, const struct ca **ca,
    struct err *err)
{
	*ca = fault == LEAF_SELF_SIGNED ? NULL : f->ca;
	if (fault != LEAF_UNTRUSTED)
		return true;
	if (!f->untrusted)
		f->untrusted = ca_new_memory("sluice UNTRUSTED test CA", err);
	*ca = f->untrusted;
	return f->untrusted != NULL;
}

static bool
fill(X509 *cert, const struct names *n, EVP_PKEY *key, bool rsa,
    struct span span, const struct ca *ca)
{
	X509 *issuer = ca ? ca_cert(ca) : cert;

	return X509_set_version(cert, X509_VERSION_3) == 1 &&
	    mint_serial(cert) && X509_set_pubkey(cert, key) == 1 &&
	    mint_cn(cert, n->cn) &&
	    X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1 &&
	    mint_times(cert, span.from, span.to) && add_usage(cert, rsa) &&
	    (!ca || mint_issuer_key(cert,
	    X509_get0_subject_key_id(issuer))) &&
	    add_names(cert, n) && mint_sign(cert, ca ? ca_key(ca) : key);
}

static struct leaf *
mint(struct forge *f, const struct leaf_wish *wish, const struct names *n,
    struct err *err)
{
	bool rsa = wish->hello->wants_rsa;
	EVP_PKEY *key = rsa ? f->rsa : f->ec;
	const struct ca *ca;
	struct leaf *leaf = NULL;
	X509 *cert;

	if (!choose_ca(f, wish->fault, &ca, err))
		return NULL;
	cert = X509_new();
	if (!cert || !fill(cert, n, key, rsa, span_of(wish, ca_cert(f->ca)), ca))
		fault_set(err, "cannot make a certificate");
	else if (ca == f->ca && !permit_cert(ca_permit(ca), cert))
		err_set(err, "the CA's name constraints permit no name of "
		    "the server");
	else
		leaf = leaf_new(cert, key, ca == f->ca ? ca_chain(ca) : NULL);
	X509_free(cert);
	return leaf;
}

/* -- the RSA key ----------------------------------------------------------- */

static void *
make_rsa(void *owner)
{
	struct forge *f = owner;
	EVP_PKEY *key = EVP_RSA_gen(2048);

	if (key)
		atomic_store(&f->made, key);
	else
		atomic_store(&f->made_none, true);
	return NULL;
}

static void
take_rsa(struct forge *f)
{
	if (!atomic_load(&f->made) && !atomic_load(&f->made_none))
		return;
	pthread_join(f->maker, NULL);
	f->making = false;
	f->rsa = atomic_exchange(&f->made, NULL);
	atomic_store(&f->made_none, false);
}

bool
forge_is_ready(struct forge *f, const struct hello *hello)
{
	if (!hello->wants_rsa || f->rsa)
		return true;
	if (f->making)
		take_rsa(f);
	else if (pthread_create(&f->maker, NULL, make_rsa, f) == 0)
		f->making = true;
	return f->rsa != NULL;
}

/* -- wishes ---------------------------------------------------------------- */

enum leaf_fault
leaf_fault_of(long verify_code)
{
	switch (verify_code) {
	case X509_V_OK:
		return LEAF_SOUND;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return LEAF_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return LEAF_NOT_YET;
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return LEAF_SELF_SIGNED;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return LEAF_WRONG_HOST;
	default:
		return LEAF_UNTRUSTED;
	}
}

struct leaf *
forge_leaf(struct forge *f, const struct leaf_wish *wish, bool *added,
    struct err *err)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	struct str key = str_make(digest, sizeof digest);
	struct names names;
	struct leaf *leaf;
	bool was_added;

	if (wish->hello->wants_rsa && !f->rsa) {
		err_set(err, "no RSA key yet");
		return NULL;
	}
	if (wish->host.n > 0 && !ca_permits(f->ca, wish->host)) {
		err_set(err, "the CA's name constraints do not permit %.*s",
		    STR_ARG(str_sub(wish->host, 0, 200)));
		return NULL;
	}
	was_added = collect(&names, wish, ca_permit(f->ca));
	if (added)
		*added = was_added;
	digest_names(&names, wish, digest);
	leaf = leaf_cache_get(f->cache, key, clock_wall());
	if (leaf) {
		leaf_ref(leaf);
	} else {
		leaf = mint(f, wish, &names, err);
		if (leaf)
			leaf_cache_put(f->cache, key, leaf);
	}
	names_fini(&names);
	return leaf;
}
