/* SPDX-License-Identifier: MIT */
/* Two struct tls back to back over buffers. */
#include "pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/x509v3.h>

#include "sluice/base/clock.h"

void
pair_open(struct pair *p)
{
	struct tls_setup setup = { .insecure = false };
	struct err err = { "" };
	struct buf pem;

	memset(p, 0, sizeof *p);
	p->context = tls_context_new(&setup, &err);
	assert_non_null(p->context);
	p->ca = ca_new_memory("test CA", &err);
	assert_non_null(p->ca);
	p->forge = forge_new(p->ca, &err);
	assert_non_null(p->forge);
	buf_init(&pem, 65536);
	assert_true(ca_export(p->ca, "pem", &pem, &err));
	assert_true(tls_context_trust(p->context, buf_str(&pem), &err));
	buf_fini(&pem);
}

void
pair_disconnect(struct pair *p)
{
	tls_free(p->client);
	tls_free(p->server);
	p->client = p->server = NULL;
	buf_fini(&p->to_server);
	buf_fini(&p->to_client);
}

void
pair_close(struct pair *p)
{
	pair_disconnect(p);
	forge_free(p->forge);
	ca_free(p->ca);
	tls_context_free(p->context);
}

void
pair_connect_to(struct pair *p, const struct tls_target *target)
{
	pair_disconnect(p);
	err_clear(&p->client_err);
	err_clear(&p->server_err);
	buf_init(&p->to_server, 1024 * 1024);
	buf_init(&p->to_client, 1024 * 1024);
	p->client = tls_new_client(p->context, target, &p->to_client,
	    &p->to_server);
	p->server = tls_new_server(p->context, &p->to_server, &p->to_client);
}

void
pair_connect(struct pair *p, const char *host, const char *sni,
    const char *alpn)
{
	const struct tls_target target = {
		.host = str_from(host),
		.sni = str_from(sni),
		.alpn = (const uint8_t *)alpn,
		.alpn_len = strlen(alpn),
	};

	pair_connect_to(p, &target);
}

void
pair_say(struct tls *from, struct tls *to, const char *text)
{
	struct buf plain, got;
	struct err err = { "" };

	buf_init(&plain, 1000);
	buf_init(&got, 1000);
	buf_put(&plain, str_from(text));
	assert_int_equal(tls_write(from, &plain, &err), TLS_READY);
	assert_int_equal(buf_len(&plain), 0);
	assert_int_equal(tls_read(to, &got, &err), TLS_READY);
	assert_true(str_eq(buf_str(&got), str_from(text)));
	buf_fini(&plain);
	buf_fini(&got);
}

void
pair_to_hello(struct pair *p)
{
	assert_int_equal(tls_handshake(p->client, &p->client_err), TLS_AGAIN);
	assert_int_equal(tls_handshake(p->server, &p->server_err), TLS_HELLO);
}

void
pair_run(struct pair *p, enum tls_step *client, enum tls_step *server)
{
	size_t before;

	*client = *server = TLS_AGAIN;
	do {
		before = buf_len(&p->to_client) + buf_len(&p->to_server);
		*server = tls_handshake(p->server, &p->server_err);
		*client = tls_handshake(p->client, &p->client_err);
	} while (before != buf_len(&p->to_client) + buf_len(&p->to_server) &&
	    (*client == TLS_AGAIN || *server == TLS_AGAIN));
	if (*server == TLS_AGAIN)
		*server = tls_handshake(p->server, &p->server_err);
}

struct leaf *
forge_wait(struct forge *f, const struct leaf_wish *wish, bool *added,
    struct err *err)
{
	while (!forge_is_ready(f, wish->hello))
		usleep(1000);
	return forge_leaf(f, wish, added, err);
}

void
pair_resume(struct pair *p, const char *host, const char *alpn)
{
	struct err err = { "" };
	struct leaf *leaf = forge_wait(p->forge, &(struct leaf_wish){
	    .host = str_from(host), .hello = tls_hello(p->server) }, NULL,
	    &err);
	enum tls_step client, server;

	assert_non_null(leaf);
	assert_true(tls_resume(p->server, leaf, str_from(alpn), &err));
	leaf_unref(leaf);
	pair_run(p, &client, &server);
	assert_string_equal(p->client_err.text, "");
	assert_string_equal(p->server_err.text, "");
	assert_int_equal(client, TLS_READY);
	assert_int_equal(server, TLS_READY);
}

void
odd_new(struct odd *o)
{
	int64_t now = clock_wall() / 1000000;

	o->key = EVP_EC_gen("P-256");
	o->cert = X509_new();
	assert_non_null(o->cert);
	assert_true(X509_set_version(o->cert, X509_VERSION_3));
	assert_true(mint_serial(o->cert));
	assert_true(X509_set_pubkey(o->cert, o->key));
	assert_true(mint_times(o->cert, now - 3600, now + 30 * DAY_SECONDS));
}

void
odd_free(struct odd *o)
{
	X509_free(o->cert);
	EVP_PKEY_free(o->key);
}

void
odd_cn(struct odd *o, struct str cn)
{
	X509_NAME_ENTRY *e = X509_NAME_ENTRY_create_by_NID(NULL,
	    NID_commonName, V_ASN1_UTF8STRING, (const unsigned char *)cn.p,
	    (int)cn.n);

	assert_non_null(e);
	assert_true(X509_NAME_add_entry(X509_get_subject_name(o->cert), e, -1,
	    0));
	X509_NAME_ENTRY_free(e);
}

static void
push(GENERAL_NAMES *names, int type, const void *p, size_t n)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *s = ASN1_STRING_type_new(type == GEN_IPADD ?
	    V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);

	assert_true(ASN1_STRING_set(s, p, (int)n));
	GENERAL_NAME_set0_value(name, type, s);
	assert_true(sk_GENERAL_NAME_push(names, name) > 0);
}

void
odd_dns(GENERAL_NAMES *names, struct str name)
{
	push(names, GEN_DNS, name.p, name.n);
}

void
odd_ip(GENERAL_NAMES *names, const void *p, size_t n)
{
	push(names, GEN_IPADD, p, n);
}

void
odd_sign(struct odd *o, const struct ca *ca)
{
	const X509 *issuer = ca ? ca_cert(ca) : o->cert;

	assert_true(X509_set_issuer_name(o->cert,
	    X509_get_subject_name(issuer)));
	assert_true(mint_sign(o->cert, ca ? ca_key(ca) : o->key));
}

struct leaf *
pair_leaf(struct pair *p, const struct identity *id, const char *host,
    bool *added)
{
	static const struct hello plain_client;
	struct err err = { "" };
	struct leaf *leaf = forge_wait(p->forge, &(struct leaf_wish){
	    .id = id, .host = str_from(host), .hello = &plain_client },
	    added, &err);

	assert_string_equal(err.text, "");
	assert_non_null(leaf);
	return leaf;
}

void
pair_verify(const struct pair *p, const struct leaf *leaf, const char *host)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *run = X509_STORE_CTX_new();
	struct identity_ip ip;
	X509_VERIFY_PARAM *param;

	assert_true(X509_STORE_add_cert(store, ca_cert(p->ca)));
	assert_true(X509_STORE_CTX_init(run, store, leaf->cert, leaf->chain));
	param = X509_STORE_CTX_get0_param(run);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
	X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
	X509_VERIFY_PARAM_set_auth_level(param, 2);
	X509_VERIFY_PARAM_set_hostflags(param,
	    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	if (name_parse_ip(str_from(host), &ip))
		X509_VERIFY_PARAM_set1_ip(param, ip.bytes, ip.len);
	else
		X509_VERIFY_PARAM_set1_host(param, host, 0);
	if (X509_verify_cert(run) != 1)
		fail_msg("%s: %s", host, X509_verify_cert_error_string(
		    X509_STORE_CTX_get_error(run)));
	X509_STORE_CTX_free(run);
	X509_STORE_free(store);
}

bool
pair_san_is_critical(const struct leaf *leaf)
{
	int at = X509_get_ext_by_NID(leaf->cert, NID_subject_alt_name, -1);

	assert_true(at >= 0);
	return X509_EXTENSION_get_critical(X509_get_ext(leaf->cert, at));
}

struct identity *
odd_identity(struct str cn, GENERAL_NAMES *names)
{
	struct odd o;
	struct identity *id;

	odd_new(&o);
	if (cn.p)
		odd_cn(&o, cn);
	if (names)
		assert_true(mint_ext(o.cert, NID_subject_alt_name, names,
		    false));
	odd_sign(&o, NULL);
	id = identity_of(o.cert);
	odd_free(&o);
	GENERAL_NAMES_free(names);
	return id;
}
