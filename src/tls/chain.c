/* SPDX-License-Identifier: MIT */
/*
 * The certificates a server sent, a line each for people, and which one of
 * all that were looked at did not verify.  identity.c asks for the text when
 * the handshake is over.
 */
#include "private.h"

#include "sluice/base/clock.h"

#define LINES_MAX	10
#define NAME_MAX_SHOWN	140
#define TEXT_MAX	4096	/* more than so many lines of two names take */

/*
 * Nothing aborts a handshake for a bad certificate: it is read to the end so
 * that the user can be told what is wrong with it, and identity_read says so.
 * OpenSSL stops looking at the first fault.
 */
int
chain_verify_cb(int ok, X509_STORE_CTX *run)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(run,
	    SSL_get_ex_data_X509_STORE_CTX_idx());
	X509 *cert = X509_STORE_CTX_get_current_cert(run);
	struct verdict *v = tls_verdict(ssl);

	if (ok || !cert || v->cert)
		return ok;
	X509_up_ref(cert);
	v->cert = cert;
	v->depth = X509_STORE_CTX_get_error_depth(run);
	return 0;
}

void
verdict_fini(struct verdict *v)
{
	X509_free(v->cert);
	v->cert = NULL;
}

static void
put_date(struct buf *out, const ASN1_TIME *t)
{
	int64_t when = identity_time(t);
	char date[CLOCK_TEXT_MAX];

	if (when == 0) {
		buf_put(out, STR("?"));
		return;
	}
	clock_format_date(when, date);
	buf_put(out, str_from(date));
}

/* reason is for the one that failed only; else NULL. */
static void
put_cert(struct buf *out, const X509 *cert, const char *reason)
{
	identity_put_name(out, X509_get_subject_name(cert), NAME_MAX_SHOWN,
	    "(no name)");
	buf_put(out, STR(", issued by "));
	identity_put_name(out, X509_get_issuer_name(cert), NAME_MAX_SHOWN,
	    "(no name)");
	buf_put(out, STR(", "));
	put_date(out, X509_get0_notBefore(cert));
	buf_put(out, STR(" to "));
	put_date(out, X509_get0_notAfter(cert));
	if (reason)
		buf_printf(out, ": %.100s", reason);
}

/* The failed one may also be one of ours, or lie beyond the lines. */
char *
chain_text(const STACK_OF(X509) *sent, const struct verdict *v,
    const char *reason)
{
	int n = sent ? sk_X509_num(sent) : 0;
	bool told = v->cert == NULL;
	struct buf b;
	char *text;

	if (n < 2)
		return NULL;
	buf_init(&b, TEXT_MAX);
	for (int i = 0; i < n && i < LINES_MAX; i++) {
		const X509 *cert = sk_X509_value(sent, i);
		bool failed = v->cert && X509_cmp(cert, v->cert) == 0;

		told |= failed;
		buf_printf(&b, "%s%d ", i ? "\n" : "", i);
		put_cert(&b, cert, failed ? reason : NULL);
	}
	if (n > LINES_MAX)
		buf_printf(&b, "\nand %d more", n - LINES_MAX);
	if (!told) {
		buf_put(&b, STR("\nalso "));
		put_cert(&b, v->cert, reason);
	}
	text = buf_take(&b);
	buf_fini(&b);
	return text;
}
