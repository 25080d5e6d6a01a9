/* SPDX-License-Identifier: MIT */
/*
 * Mints leaves.  Names are collected from what the server showed and what
 * the client asked for, looked up in the cache, and only then signed, which
 * is the one costly step.  The engine owns one forge.
 */
#include "private.h"

#include <pthread.h>
#include <stdatomic.h>

#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "leaf_cache.h"
#include "leaf_names.h"
#include "sluice/base/clock.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"

#define LEAVES_MAX	1000
#define BACK_DAYS	2
#define AHEAD_DAYS	43
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
digest_names(const struct leaf_names *n, const struct leaf_wish *wish,
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
		buf_put(&b, n->ip[i].len == 4 ? STR("\r4") : STR("\r6"));
		buf_put(&b, str_make(n->ip[i].bytes, n->ip[i].len));
	}
	all = buf_str(&b);
	SHA256((const unsigned char *)all.p, all.n, key);
	buf_fini(&b);
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
fill(X509 *cert, const struct leaf_names *n, EVP_PKEY *key, bool rsa,
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
	    leaf_names_add(n, cert) && mint_sign(cert, ca ? ca_key(ca) : key);
}

/*
 * A leaf that is to fail by its dates does so as long as they show the fault,
 * and one that ends with the CA gets no longer life by being minted again.
 */
static void
set_freshness(struct leaf *leaf, enum leaf_fault fault, const struct ca *ca)
{
	const struct identity *id = leaf->identity;

	if (fault == LEAF_EXPIRED)
		leaf->fresh_until = INT64_MAX;
	else if (fault == LEAF_NOT_YET)
		leaf->fresh_until = id->not_before - 1;
	else if (id->not_after >= identity_time(X509_get0_notAfter(
	    ca_cert(ca))))
		leaf->fresh_until = id->not_after - 1;
}

static struct leaf *
mint(struct forge *f, const struct leaf_wish *wish, const struct leaf_names *n,
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
	if (leaf)
		set_freshness(leaf, wish->fault, f->ca);
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
	struct leaf_names names;
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
	was_added = leaf_names_collect(&names, wish, ca_permit(f->ca));
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
	leaf_names_fini(&names);
	return leaf;
}
