/* SPDX-License-Identifier: MIT */
/*
 * Hostile server certificates (DER): what the screen is told of them, and
 * the leaf minted in their image.
 */
#include <openssl/x509v3.h>

#include "../../src/tls/private.h"
#include "fuzz.h"

static struct ca *ca;
static struct forge *forge;
static X509_STORE *trusted;

static void
open_once(void)
{
	struct err err;

	if (ca)
		return;
	ca = ca_new_memory("fuzz", &err);
	assert(ca);
	forge = forge_new(ca, &err);
	trusted = X509_STORE_new();
	assert(forge && trusted && X509_STORE_add_cert(trusted, ca_cert(ca)));
}

static void
check_text(const char *text)
{
	assert(!text || safe_for_terminal(str_from(text)));
}

static void
check_identity(const struct identity *id)
{
	check_text(id->cn);
	check_text(id->subject);
	check_text(id->issuer);
	check_text(id->serial);
	check_text(id->key);
	check_text(id->sha256);
	check_text(id->verify_text);
	for (size_t i = 0; i < id->dns_count; i++)
		assert(name_is_host(str_from(id->dns[i]), true));
	for (size_t i = 0; i < id->ip_count; i++)
		assert(id->ip[i].len == 4 || id->ip[i].len == 16);
}

/* As strict as a client gets. */
static void
check_leaf(const struct leaf *leaf, const char *host)
{
	X509_STORE_CTX *check = X509_STORE_CTX_new();

	assert(check && X509_STORE_CTX_init(check, trusted, leaf->cert, NULL));
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(check);

	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
	assert(X509_VERIFY_PARAM_set1_host(param, host, 0));
	assert(X509_STORE_CTX_set_purpose(check, X509_PURPOSE_SSL_SERVER));
	assert(X509_verify_cert(check) == 1);
	X509_STORE_CTX_free(check);
	check_identity(leaf_identity(leaf));
}

static void
check_mint(const struct identity *id, enum leaf_fault fault)
{
	static const struct hello hello;
	struct err err;
	struct leaf *leaf = forge_leaf(forge, &(struct leaf_wish){
	    .id = id, .host = STR("asked.test"), .hello = &hello,
	    .fault = fault }, NULL, &err);

	if (leaf && fault == LEAF_SOUND)
		check_leaf(leaf, "asked.test");
	assert(leaf || fault != LEAF_SOUND);
	leaf_unref(leaf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str in = str_make(bytes, n);
	unsigned choice = fuzz_choice(&in);
	const unsigned char *der = (const unsigned char *)in.p;
	X509 *cert = d2i_X509(NULL, &der, (long)in.n);

	open_once();
	if (!cert)
		return 0;
	struct identity *id = identity_of(cert);

	check_identity(id);
	(void)identity_covers(id, STR("asked.test"));
	check_mint(id, LEAF_SOUND);
	if (choice % 8)
		check_mint(id, (enum leaf_fault)(choice %
		    (LEAF_WRONG_HOST + 1)));
	identity_free(id);
	X509_free(cert);
	return 0;
}
