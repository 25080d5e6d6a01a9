/* SPDX-License-Identifier: MIT */
/*
 * OpenSSL's error queue in plain words, for the flow's error and the log.
 * Says which peer did it, and the names of versions, ciphers and alerts.
 */
#include "private.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

/* RFC 8446 section 6 and RFC 5246 section 7.2. */
static const char *const alerts[] = {
	[0] = "close notify",
	[10] = "unexpected message",
	[20] = "bad record mac",
	[21] = "decryption failed",
	[22] = "record overflow",
	[30] = "decompression failure",
	[40] = "handshake failure",
	[41] = "no certificate",
	[42] = "bad certificate",
	[43] = "unsupported certificate",
	[44] = "certificate revoked",
	[45] = "certificate expired",
	[46] = "certificate unknown",
	[47] = "illegal parameter",
	[48] = "unknown ca",
	[49] = "access denied",
	[50] = "decode error",
	[51] = "decrypt error",
	[60] = "export restriction",
	[70] = "protocol version",
	[71] = "insufficient security",
	[80] = "internal error",
	[86] = "inappropriate fallback",
	[90] = "user canceled",
	[100] = "no renegotiation",
	[109] = "missing extension",
	[110] = "unsupported extension",
	[111] = "certificate unobtainable",
	[112] = "unrecognized name",
	[113] = "bad certificate status response",
	[114] = "bad certificate hash value",
	[115] = "unknown psk identity",
	[116] = "certificate required",
	[120] = "no application protocol",
};

static const struct {
	int reason;
	const char *client, *server;	/* when that is the peer; NULL: none */
} texts[] = {
	{ SSL_R_WRONG_VERSION_NUMBER,
	    "wrong version number: the client does not speak TLS",
	    "wrong version number: the server does not speak TLS" },
	{ SSL_R_HTTP_REQUEST, "the client spoke plain HTTP where TLS was due",
	    NULL },
	{ SSL_R_HTTPS_PROXY_REQUEST,
	    "the client sent CONNECT where TLS was due", NULL },
	{ SSL_R_UNSUPPORTED_PROTOCOL, NULL,
	    "no common TLS version: the server wants one older than TLS 1.2" },
	{ SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC,
	    "a record from the client was damaged (bad record mac)",
	    "a record from the server was damaged (bad record mac)" },
	{ SSL_R_DH_KEY_TOO_SMALL, NULL,
	    "the server's Diffie-Hellman key is too small" },
	{ SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED, NULL,
	    "the server knows only unsafe legacy renegotiation" },
	{ SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS,
	    "no signature algorithm in common with the client", NULL },
	{ SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM,
	    "no signature algorithm in common with the client", NULL },
	{ SSL_R_UNEXPECTED_EOF_WHILE_READING,
	    "client closed without close_notify",
	    "server closed without close_notify" },
};

/*
 * The error that tells most: the first of the TLS library that does not only
 * point at another library, else the first of all.
 */
static unsigned long
telling_error(void)
{
	unsigned long first = 0, telling = 0, code;

	while ((code = ERR_get_error()) != 0) {
		if (first == 0)
			first = code;
		if (telling == 0 && ERR_GET_LIB(code) == ERR_LIB_SSL &&
		    ERR_GET_REASON(code) >= 100 &&
		    !(ERR_GET_REASON(code) & ERR_RFLAG_COMMON))
			telling = code;
	}
	return telling ? telling : first;
}

static const char *
reason_text(unsigned long code)
{
	const char *text;

	if (ERR_SYSTEM_ERROR(code))
		return strerror(ERR_GET_REASON(code));
	text = ERR_reason_error_string(code);
	return text ? text : "unknown reason";
}

static const char *
version_text(unsigned version)
{
	switch (version) {
	case SSL3_VERSION:
		return "SSL 3.0";
	case TLS1_VERSION:
		return "TLS 1.0";
	case TLS1_1_VERSION:
		return "TLS 1.1";
	case TLS1_2_VERSION:
		return "TLS 1.2";
	case TLS1_3_VERSION:
		return "TLS 1.3";
	default:
		return "an unknown version";
	}
}

/* The first few names are enough to see what kind of client it is. */
static void
describe_ciphers(SSL *ssl, struct err *err)
{
	STACK_OF(SSL_CIPHER) *offered = SSL_get_client_ciphers(ssl);
	int n = offered ? sk_SSL_CIPHER_num(offered) : 0;
	struct buf names;

	buf_init(&names, 200);
	for (int i = 0; i < n && i < 3; i++)
		buf_printf(&names, "%s%s", i ? ", " : "",
		    SSL_CIPHER_get_name(sk_SSL_CIPHER_value(offered, i)));
	if (n == 0)
		buf_put(&names, STR("unknown ones"));
	err_set(err, "no common cipher: the client offers %.*s%s",
	    STR_ARG(buf_str(&names)), n > 3 ? ", .." : "");
	buf_fini(&names);
}

static bool
describe_known(SSL *ssl, int reason, const struct hello *hello,
    struct err *err)
{
	bool from_client = SSL_is_server(ssl);

	if (from_client && reason == SSL_R_UNSUPPORTED_PROTOCOL && hello) {
		err_set(err, "no common TLS version: the client offers at most "
		    "%s", version_text(hello->version_max));
		return true;
	}
	if (from_client && reason == SSL_R_NO_SHARED_CIPHER) {
		describe_ciphers(ssl, err);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *text = from_client ? texts[i].client :
		    texts[i].server;

		if (texts[i].reason != reason || !text)
			continue;
		err_set(err, "%s", text);
		return true;
	}
	return false;
}

static int
describe_alert(const char *peer, int alert, struct err *err)
{
	const char *name = NULL;

	if (alert < (int)ARRAY_LEN(alerts))
		name = alerts[alert];
	err_set(err, "%s sent alert: %s (%d)", peer, name ? name : "unknown",
	    alert);
	return alert;
}

int
fault_describe(SSL *ssl, const struct hello *hello, struct err *err)
{
	const char *peer = SSL_is_server(ssl) ? "client" : "server";
	unsigned long code = telling_error();
	int reason = ERR_GET_REASON(code);

	if (code == 0) {
		err_set(err, "TLS with the %s broke off", peer);
		return -1;
	}
	if (ERR_GET_LIB(code) == ERR_LIB_SSL) {
		if (reason >= SSL_AD_REASON_OFFSET &&
		    reason < SSL_AD_REASON_OFFSET + 256)
			return describe_alert(peer,
			    reason - SSL_AD_REASON_OFFSET, err);
		if (describe_known(ssl, reason, hello, err))
			return -1;
	}
	err_set(err, "TLS error with the %s: %s", peer, reason_text(code));
	return -1;
}

bool
fault_set(struct err *err, const char *what)
{
	unsigned long code = telling_error();

	if (code == 0)
		return err_set(err, "%s", what);
	return err_set(err, "%s: %s", what, reason_text(code));
}
