/* SPDX-License-Identifier: MIT */
/*
 * One TLS connection over borrowed buffers.  The wire owns it and calls it
 * when sealed bytes came or plain bytes wait.
 *
 *	HANDSHAKE --ClientHello--> HELLO --tls_resume--> HANDSHAKE
 *	HANDSHAKE --finished--> OPEN
 *	any --error--> FAILED, which every later call repeats
 */
#include "private.h"

#include <assert.h>

#include <openssl/err.h>

#include "claim.h"
#include "sluice/base/mem.h"

#define HELLO_RAW_MAX	(64u * 1024)
#define RECORD_MAX	(16u * 1024)
#define ALPN_NAME_MAX	255

enum stage { STAGE_HANDSHAKE, STAGE_HELLO, STAGE_OPEN, STAGE_FAILED };

struct tls {
	struct tls_context *context;
	SSL *ssl;
	struct sealed sealed;
	enum stage stage;
	struct err failure;		/* in STAGE_FAILED */
	struct fault fault;		/* .. and what kind it is */
	struct hello hello;		/* server side */
	bool decided;			/* .. tls_resume was called */
	struct leaf *leaf;
	char alpn[ALPN_NAME_MAX];	/* our answer */
	size_t alpn_len;
	char sni[HELLO_SNI_MAX];	/* client side: what we sent */
	bool host_checked;
	struct verdict verdict;		/* .. of the server's certificates */
	struct {
		const struct tls_key *key;	/* borrowed, or NULL .. */
		bool used;			/* .. given to OpenSSL */
		char *wanted;		/* CAs the server named, or NULL */
	} cert;				/* client side */
	struct claim claim;		/* .. */
	bool opened;			/* the handshake was complete */
	bool shut;			/* close_notify was sent .. */
	bool peer_shut;			/* .. or received */
	bool more;			/* plain was full, not all is opened */
};

SSL *
tls_ssl(const struct tls *t)
{
	return t->ssl;
}

bool
tls_host_is_checked(const struct tls *t)
{
	return t->host_checked;
}

struct verdict *
tls_verdict(SSL *ssl)
{
	struct tls *t = SSL_get_app_data(ssl);

	return &t->verdict;
}

/* Runs at every step of a paused handshake, and again after a retry request. */
static int
hello_cb(SSL *ssl, int *alert, void *owner)
{
	struct tls *t = SSL_get_app_data(ssl);

	(void)alert;
	(void)owner;
	if (t->decided)
		return SSL_CLIENT_HELLO_SUCCESS;
	hello_read(&t->hello, ssl);
	if (!range_has_ecdsa(ssl, t->hello.version_max))
		t->hello.wants_rsa = true;
	return SSL_CLIENT_HELLO_RETRY;
}

static int
alpn_cb(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned in_len, void *owner)
{
	const struct tls *t = SSL_get_app_data(ssl);

	(void)owner;
	if (t->alpn_len == 0)
		return SSL_TLSEXT_ERR_NOACK;
	/* A second hello may offer other names than the first. */
	for (unsigned at = 0; at < in_len; at += in[at] + 1u) {
		if (in[at] != t->alpn_len || in_len - at - 1 < t->alpn_len ||
		    memcmp(in + at + 1, t->alpn, t->alpn_len) != 0)
			continue;
		*out = in + at + 1;
		*out_len = in[at];
		return SSL_TLSEXT_ERR_OK;
	}
	return SSL_TLSEXT_ERR_NOACK;
}

/* Runs when a server asks for a certificate, and only then. */
static int
cert_cb(SSL *ssl, void *owner)
{
	struct tls *t = SSL_get_app_data(ssl);

	(void)owner;
	if (SSL_is_server(ssl))
		return 1;
	free(t->cert.wanted);
	t->cert.wanted = key_wanted_text(SSL_get0_peer_CA_list(ssl));
	t->cert.used = t->cert.key && key_use(t->cert.key, ssl);
	return !t->cert.key || t->cert.used;
}

/*
 * None was sent if it did not suit the server's algorithms.  A resumed
 * session stands for the handshake that it is from.
 */
static bool
is_cert_sent(const struct tls *t)
{
	int nid;

	if (SSL_session_reused(t->ssl))
		return t->claim.cert_sent;
	return t->cert.used && SSL_get_signature_nid(t->ssl, &nid) == 1;
}

/* The session is ours with 1. */
static int
session_cb(SSL *ssl, SSL_SESSION *session)
{
	struct tls *t = SSL_get_app_data(ssl);

	claim_keep(&t->claim, (struct kept_session){
		.session = session, .cert_sent = is_cert_sent(t) });
	return 1;
}

void
tls_prepare(struct tls_context *c)
{
	SSL_CTX_set_verify(c->client, SSL_VERIFY_NONE, chain_verify_cb);
	SSL_CTX_set_cert_cb(c->client, cert_cb, NULL);
	SSL_CTX_sess_set_new_cb(c->client, session_cb);
	SSL_CTX_set_client_hello_cb(c->server, hello_cb, NULL);
	SSL_CTX_set_alpn_select_cb(c->server, alpn_cb, NULL);
}

static struct tls *
new_tls(struct tls_context *c, SSL_CTX *ctx, struct buf *in, struct buf *out)
{
	struct tls *t = NEW(struct tls);
	BIO *bio;

	t->context = c;
	c->live++;
	t->fault.alert = -1;
	t->sealed.in = in;
	t->sealed.out = out;
	buf_init(&t->sealed.raw, HELLO_RAW_MAX);
	t->ssl = SSL_new(ctx);
	bio = sealed_bio_new(c->sealed, &t->sealed);
	/* These fail for want of memory only. */
	assert(t->ssl && bio);
	SSL_set_bio(t->ssl, bio, bio);
	SSL_set_app_data(t->ssl, t);
	return t;
}

struct tls *
tls_new_server(struct tls_context *c, struct buf *sealed_in,
    struct buf *sealed_out)
{
	struct tls *t = new_tls(c, c->server, sealed_in, sealed_out);

	t->sealed.keep_raw = true;
	SSL_set_accept_state(t->ssl);
	return t;
}

struct tls *
tls_new_client(struct tls_context *c, const struct tls_target *target,
    struct buf *sealed_in, struct buf *sealed_out)
{
	struct tls *t = new_tls(c, c->client, sealed_in, sealed_out);

	SSL_set_connect_state(t->ssl);
	t->cert.key = target->key;
	t->host_checked = target_apply(target, t->ssl, t->sni);
	claim_init(&t->claim, c->sessions, target);
	claim_offer(&t->claim, t->ssl);
	return t;
}

void
tls_free(struct tls *t)
{
	if (!t)
		return;
	/* Else OpenSSL spoils a session that was not closed in due form. */
	if (t->stage == STAGE_OPEN)
		SSL_set_shutdown(t->ssl, SSL_SENT_SHUTDOWN);
	claim_fini(&t->claim, !t->opened);
	SSL_free(t->ssl);
	buf_fini(&t->sealed.raw);
	leaf_unref(t->leaf);
	verdict_fini(&t->verdict);
	free(t->cert.wanted);
	assert(t->context->live > 0);
	t->context->live--;
	free(t);
}

/*
 * Who asks for a certificate has found a version and a suite that will do:
 * what it complains of then is another thing.
 */
static void
note_fault(struct tls *t)
{
	t->fault = fault_describe(t->ssl, SSL_is_server(t->ssl) ? &t->hello :
	    NULL, t->opened, &t->failure);
	if (t->fault.trouble == TLS_TROUBLE_WEAK && t->fault.alert >= 0 &&
	    (t->cert.wanted || t->opened))
		t->fault.trouble = TLS_TROUBLE_ALERT;
}

static enum tls_step
fail(struct tls *t, struct err *err)
{
	if (t->stage != STAGE_FAILED) {
		if (t->sealed.overflow) {
			err_set(&t->failure, "the ClientHello is longer than "
			    "%u bytes", HELLO_RAW_MAX);
			ERR_clear_error();
		} else {
			note_fault(t);
		}
		t->stage = STAGE_FAILED;
	}
	if (err)
		*err = t->failure;
	return TLS_FAILED;
}

static void
drop_raw(struct tls *t)
{
	t->sealed.keep_raw = false;
	buf_fini(&t->sealed.raw);
}

static enum tls_step
stop_at_hello(struct tls *t)
{
	bool known;

	assert(SSL_is_server(t->ssl) && !t->decided);
	t->stage = STAGE_HELLO;
	/* What it could not read stays empty. */
	known = hello_read_raw(&t->hello, buf_str(&t->sealed.raw));
	(void)known;
	return TLS_HELLO;
}

static enum tls_step
close_early(struct tls *t, struct err *err)
{
	t->stage = STAGE_FAILED;
	t->fault.trouble = TLS_TROUBLE_CLOSED;
	err_set(&t->failure, "%s closed during the handshake",
	    SSL_is_server(t->ssl) ? "client" : "server");
	if (err)
		*err = t->failure;
	return TLS_SHUT;
}

enum tls_step
tls_handshake(struct tls *t, struct err *err)
{
	int result;

	switch (t->stage) {
	case STAGE_HELLO:
		return TLS_HELLO;
	case STAGE_OPEN:
		return TLS_READY;
	case STAGE_FAILED:
		return fail(t, err);
	case STAGE_HANDSHAKE:
		break;
	}
	ERR_clear_error();
	result = SSL_do_handshake(t->ssl);
	if (result == 1) {
		assert(!SSL_is_server(t->ssl) || t->decided);
		t->stage = STAGE_OPEN;
		t->opened = true;
		return TLS_READY;
	}
	switch (SSL_get_error(t->ssl, result)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return TLS_AGAIN;
	case SSL_ERROR_WANT_CLIENT_HELLO_CB:
		return stop_at_hello(t);
	case SSL_ERROR_ZERO_RETURN:
		return close_early(t, err);
	default:
		return fail(t, err);
	}
}

struct str
tls_raw(const struct tls *t)
{
	return buf_str(&t->sealed.raw);
}

const struct hello *
tls_hello(const struct tls *t)
{
	assert(SSL_is_server(t->ssl));
	return &t->hello;
}

/*
 * A session is resumed only into the same leaf, so that a client never goes
 * on with a certificate that the server has replaced meanwhile.
 */
bool
tls_resume(struct tls *t, struct leaf *leaf, struct str alpn, struct err *err)
{
	assert(t->stage == STAGE_HELLO && !t->decided);
	if (alpn.n > sizeof t->alpn ||
	    (alpn.n > 0 && !hello_offers(&t->hello, alpn)))
		return err_set(err, "the client does not offer ALPN %.*s",
		    STR_ARG(alpn));
	ERR_clear_error();
	if (SSL_use_cert_and_key(t->ssl, leaf->cert, leaf->key, leaf->chain,
	    1) != 1 ||
	    SSL_set_session_id_context(t->ssl, leaf->id, sizeof leaf->id) != 1)
		return fault_set(err, "cannot use the certificate");
	if (alpn.n > 0)
		memcpy(t->alpn, alpn.p, alpn.n);
	t->alpn_len = alpn.n;
	t->leaf = leaf_ref(leaf);
	t->decided = true;
	t->stage = STAGE_HANDSHAKE;
	drop_raw(t);
	return true;
}

/* What is sent next matters only to a peer that still listens. */
static enum tls_step
broken(struct tls *t, int result, struct err *err)
{
	switch (SSL_get_error(t->ssl, result)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return TLS_READY;
	case SSL_ERROR_ZERO_RETURN:
		t->peer_shut = true;
		buf_clear(t->sealed.in);
		return TLS_SHUT;
	default:
		return fail(t, err);
	}
}

static bool
has_sealed(const struct tls *t)
{
	return buf_len(t->sealed.in) > 0 || SSL_has_pending(t->ssl);
}

/* Else SSL_get_error takes an old one for new; mostly there is none, and
 * looking costs less than clearing. */
static void
forget_errors(void)
{
	if (ERR_peek_error() != 0)
		ERR_clear_error();
}

enum tls_step
tls_read(struct tls *t, struct buf *plain, struct err *err)
{
	if (t->stage == STAGE_FAILED)
		return fail(t, err);
	assert(t->stage == STAGE_OPEN);
	t->more = false;
	/* Asking OpenSSL would want room for a record that is not there. */
	while (!t->peer_shut && has_sealed(t)) {
		size_t room = buf_room(plain), n;
		char *p;
		int result;

		if (room == 0) {
			t->more = true;
			return TLS_READY;
		}
		if (room > RECORD_MAX)
			room = RECORD_MAX;
		p = buf_reserve(plain, room);
		assert(p);
		forget_errors();
		result = SSL_read_ex(t->ssl, p, room, &n);
		if (result != 1)
			return broken(t, result, err);
		buf_commit(plain, n);
	}
	if (!t->peer_shut)
		return TLS_READY;
	/* What comes behind close_notify is nothing. */
	buf_clear(t->sealed.in);
	return TLS_SHUT;
}

bool
tls_has_more(const struct tls *t)
{
	return t->more;
}

enum tls_step
tls_write(struct tls *t, struct buf *plain, struct err *err)
{
	if (t->stage == STAGE_FAILED)
		return fail(t, err);
	assert(t->stage == STAGE_OPEN);
	while (buf_len(plain) > 0) {
		struct str s = buf_str(plain);
		size_t n;
		int result;

		forget_errors();
		result = SSL_write_ex(t->ssl, s.p,
		    s.n < RECORD_MAX ? s.n : RECORD_MAX, &n);
		if (result != 1)
			return broken(t, result, err);
		buf_consume(plain, n);
	}
	return TLS_READY;
}

void
tls_shut(struct tls *t)
{
	if (t->stage != STAGE_OPEN || t->shut)
		return;
	t->shut = true;
	ERR_clear_error();
	SSL_shutdown(t->ssl);
	ERR_clear_error();
}

void
tls_approve(struct tls *t)
{
	assert(!SSL_is_server(t->ssl));
	claim_approve(&t->claim);
}

const char *
tls_cert_wanted(const struct tls *t)
{
	return t->cert.wanted;
}

enum tls_trouble
tls_trouble(const struct tls *t)
{
	return t->fault.trouble;
}

int
tls_alert(const struct tls *t)
{
	return t->fault.alert;
}

void
tls_facts(const struct tls *t, struct tls_facts *facts)
{
	const unsigned char *alpn;
	unsigned n;

	memset(facts, 0, sizeof *facts);
	facts->version = SSL_get_version(t->ssl);
	facts->cipher = SSL_get_cipher_name(t->ssl);
	facts->resumed = SSL_session_reused(t->ssl) == 1;
	facts->cert_sent = is_cert_sent(t);
	SSL_get0_alpn_selected(t->ssl, &alpn, &n);
	hello_text(str_make(alpn, n), facts->alpn, sizeof facts->alpn);
	memcpy(facts->sni, SSL_is_server(t->ssl) ? t->hello.sni : t->sni,
	    sizeof facts->sni);
}
