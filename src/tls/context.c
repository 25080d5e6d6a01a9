/* SPDX-License-Identifier: MIT */
/*
 * The two SSL_CTX and what both sides have in common.  main makes one of
 * these; every struct tls borrows it.
 */
#include "private.h"

#include <assert.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "session_cache.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"

#define TICKET_SECONDS	3600
#define SESSION_SECONDS	7200
#define SESSIONS_MAX	1000

static SSL_CTX *
make_common(const SSL_METHOD *method, struct tls_context *c)
{
	SSL_CTX *ctx = SSL_CTX_new(method);

	if (!ctx)
		return NULL;
	SSL_CTX_set_app_data(ctx, c);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION |
	    SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
	    SSL_OP_PRIORITIZE_CHACHA);
	/* The system's configuration may have them on. */
	SSL_CTX_clear_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT |
	    SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION |
	    SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS |
	    SSL_MODE_NO_AUTO_CHAIN);
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_max_early_data(ctx, 0);
	return ctx;
}

static bool
trust_roots(struct tls_context *c, const struct tls_setup *setup,
    struct err *err)
{
	X509_STORE *store = SSL_CTX_get_cert_store(c->client);

	/* Whatever lies in the store is trusted, also an intermediate. */
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	if (SSL_CTX_set_default_verify_paths(c->client) != 1)
		log_write(LOG_WARNING, "cannot read the system's trusted "
		    "certificates");
	ERR_clear_error();
	for (size_t i = 0; i < setup->root_count; i++) {
		if (X509_STORE_load_file(store, setup->roots[i]) == 1)
			continue;
		fault_set(err, "cannot read trusted certificates");
		return err_wrap(err, "%s", setup->roots[i]);
	}
	return true;
}

static bool
set_ranges(struct tls_context *c, const struct tls_setup *setup,
    struct err *err)
{
	if (!range_apply(c->server, &setup->client, err))
		return err_wrap(err, "TLS with clients");
	if (!range_apply(c->client, &setup->server, err))
		return err_wrap(err, "TLS with servers");
	return true;
}

/* Towards clients tickets hold the state; nothing is kept here. */
static void
set_sessions(struct tls_context *c)
{
	SSL_CTX_set_session_cache_mode(c->server, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_timeout(c->server, TICKET_SECONDS);
	SSL_CTX_set_session_cache_mode(c->client, SSL_SESS_CACHE_CLIENT |
	    SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_set_timeout(c->client, SESSION_SECONDS);
	SSL_CTX_set_post_handshake_auth(c->client, 0);
}

struct tls_context *
tls_context_new(const struct tls_setup *setup, struct err *err)
{
	struct tls_context *c = NEW(struct tls_context);

	c->insecure = setup->insecure;
	c->keylog = keylog_open();
	c->sealed = sealed_method_new();
	c->sessions = session_cache_new(SESSIONS_MAX);
	c->server = make_common(TLS_server_method(), c);
	c->client = make_common(TLS_client_method(), c);
	if (!c->sealed || !c->server || !c->client) {
		fault_set(err, "cannot set up TLS");
		goto fail;
	}
	set_sessions(c);
	if (!set_ranges(c, setup, err) || !trust_roots(c, setup, err))
		goto fail;
	keylog_attach(c);
	tls_prepare(c);
	return c;
fail:
	tls_context_free(c);
	return NULL;
}

void
tls_context_free(struct tls_context *c)
{
	if (!c)
		return;
	assert(c->live == 0);
	session_cache_free(c->sessions);
	SSL_CTX_free(c->server);
	SSL_CTX_free(c->client);
	BIO_meth_free(c->sealed);
	keylog_close(c);
	free(c);
}

void
tls_context_set_insecure(struct tls_context *c, bool insecure)
{
	if (c->insecure != insecure)
		session_cache_clear(c->sessions);
	c->insecure = insecure;
}

bool
tls_context_is_insecure(const struct tls_context *c)
{
	return c->insecure;
}

bool
tls_context_trust(struct tls_context *c, struct str pem, struct err *err)
{
	X509_STORE *store = SSL_CTX_get_cert_store(c->client);
	BIO *bio;
	X509 *cert;
	size_t count = 0;

	if (pem.n == 0 || pem.n > 1024 * 1024)
		return err_set(err, "no certificate in the text");
	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	while ((cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		count += X509_STORE_add_cert(store, cert) == 1;
		X509_free(cert);
	}
	BIO_free(bio);
	ERR_clear_error();
	if (count == 0)
		return err_set(err, "no certificate in the text");
	session_cache_clear(c->sessions);
	return true;
}

const char *
tls_library(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}
