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

/* A NULL text: not what that peer can cause, or told elsewhere. */
static const struct {
	int reason;
	enum tls_trouble trouble;
	const char *client, *server;	/* when that is the peer */
} texts[] = {
	{ SSL_R_WRONG_VERSION_NUMBER, TLS_TROUBLE_NOT_TLS,
	    "wrong version number: the client does not speak TLS",
	    "wrong version number: the server does not speak TLS" },
	{ SSL_R_HTTP_REQUEST, TLS_TROUBLE_NOT_TLS,
	    "the client spoke plain HTTP where TLS was due", NULL },
	{ SSL_R_HTTPS_PROXY_REQUEST, TLS_TROUBLE_NOT_TLS,
	    "the client sent CONNECT where TLS was due", NULL },
	{ SSL_R_VERSION_TOO_LOW, TLS_TROUBLE_WEAK,
	    "the client's TLS version is too old for the security level",
	    "the server's TLS version is too old for the security level" },
	{ SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED, TLS_TROUBLE_WEAK,
	    "the client knows only signature algorithms that are too weak",
	    "the server knows only signature algorithms that are too weak" },
	{ SSL_R_WRONG_SIGNATURE_TYPE, TLS_TROUBLE_WEAK, NULL,
	    "the server signs with an algorithm that was not offered, "
	    "perhaps a weak one" },
	{ SSL_R_WRONG_CIPHER_RETURNED, TLS_TROUBLE_WEAK, NULL,
	    "the server chose a cipher that was not offered" },
	{ SSL_R_DH_KEY_TOO_SMALL, TLS_TROUBLE_WEAK, NULL,
	    "the server's Diffie-Hellman key is too small" },
	{ SSL_R_EE_KEY_TOO_SMALL, TLS_TROUBLE_WEAK, NULL,
	    "the key of our client certificate is too small" },
	{ SSL_R_CA_KEY_TOO_SMALL, TLS_TROUBLE_WEAK, NULL,
	    "a CA's key of our client certificate is too small" },
	{ SSL_R_CA_MD_TOO_WEAK, TLS_TROUBLE_WEAK, NULL,
	    "our client certificate is signed with too weak a hash" },
	{ SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED, TLS_TROUBLE_WEAK, NULL,
	    "the server knows only unsafe legacy renegotiation" },
	{ SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, TLS_TROUBLE_WEAK,
	    "no signature algorithm in common with the client", NULL },
	{ SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, TLS_TROUBLE_WEAK,
	    "no signature algorithm in common with the client", NULL },
	{ SSL_R_NO_CIPHERS_AVAILABLE, TLS_TROUBLE_OTHER,
	    "the settings for clients leave no cipher",
	    "the settings for servers leave no cipher" },
	{ SSL_R_NO_PROTOCOLS_AVAILABLE, TLS_TROUBLE_OTHER,
	    "the settings for clients leave no TLS version",
	    "the settings for servers leave no TLS version" },
	{ SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, TLS_TROUBLE_OTHER,
	    "a record from the client was damaged (bad record mac)",
	    "a record from the server was damaged (bad record mac)" },
	{ SSL_R_UNEXPECTED_EOF_WHILE_READING, TLS_TROUBLE_CLOSED,
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

static void
describe_version(SSL *ssl, const struct hello *hello, struct err *err)
{
	unsigned max = (unsigned)SSL_get_max_proto_version(ssl);

	if (hello && hello->version_max > max)
		err_set(err, "no common TLS version: the client wants one "
		    "newer than %s", range_version_text(max));
	else if (hello)
		err_set(err, "no common TLS version: the client offers at most "
		    "%s", range_version_text(hello->version_max));
	else
		err_set(err, "no common TLS version: the server wants one "
		    "older than %s", range_version_text(
		    (unsigned)SSL_get_min_proto_version(ssl)));
}

static bool
describe_known(bool from_client, int reason, enum tls_trouble *trouble,
    struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *text = from_client ? texts[i].client :
		    texts[i].server;

		if (texts[i].reason != reason || !text)
			continue;
		*trouble = texts[i].trouble;
		err_set(err, "%s", text);
		return true;
	}
	return false;
}

/* What a server says that cannot find anything in what it was offered. */
static bool
is_weak_alert(int alert)
{
	return alert == SSL_AD_HANDSHAKE_FAILURE ||
	    alert == SSL_AD_PROTOCOL_VERSION ||
	    alert == SSL_AD_INSUFFICIENT_SECURITY;
}

static struct fault
describe_alert(bool from_client, int alert, struct err *err)
{
	const char *name = NULL;

	if (alert < (int)ARRAY_LEN(alerts))
		name = alerts[alert];
	err_set(err, "%s sent alert: %s (%d)", from_client ? "client" :
	    "server", name ? name : "unknown", alert);
	return (struct fault){
		.trouble = !from_client && is_weak_alert(alert) ?
		    TLS_TROUBLE_WEAK : TLS_TROUBLE_ALERT,
		.alert = alert,
	};
}

/* Of the TLS library itself; false when there are no better words. */
static bool
describe_reason(SSL *ssl, int reason, const struct hello *hello,
    struct fault *fault, struct err *err)
{
	bool from_client = SSL_is_server(ssl);

	if (reason >= SSL_AD_REASON_OFFSET &&
	    reason < SSL_AD_REASON_OFFSET + 256) {
		*fault = describe_alert(from_client,
		    reason - SSL_AD_REASON_OFFSET, err);
		return true;
	}
	if (reason == SSL_R_UNSUPPORTED_PROTOCOL) {
		fault->trouble = TLS_TROUBLE_WEAK;
		describe_version(ssl, hello, err);
		return true;
	}
	if (from_client && reason == SSL_R_NO_SHARED_CIPHER) {
		fault->trouble = TLS_TROUBLE_WEAK;
		describe_ciphers(ssl, err);
		return true;
	}
	return describe_known(from_client, reason, &fault->trouble, err);
}

struct fault
fault_describe(SSL *ssl, const struct hello *hello, bool open,
    struct err *err)
{
	const char *peer = SSL_is_server(ssl) ? "client" : "server";
	struct fault fault = { .trouble = TLS_TROUBLE_OTHER, .alert = -1 };
	unsigned long code = telling_error();
	int reason = ERR_GET_REASON(code);

	if (code == 0) {
		err_set(err, "TLS with the %s broke off", peer);
		return fault;
	}
	/* It spoke TLS before: this is a damaged record. */
	if (open && ERR_GET_LIB(code) == ERR_LIB_SSL &&
	    reason == SSL_R_WRONG_VERSION_NUMBER) {
		err_set(err, "a record from the %s was damaged", peer);
		return fault;
	}
	if (ERR_GET_LIB(code) == ERR_LIB_SSL &&
	    describe_reason(ssl, reason, hello, &fault, err))
		return fault;
	err_set(err, "TLS error with the %s: %s", peer, reason_text(code));
	return fault;
}

bool
fault_set(struct err *err, const char *what)
{
	unsigned long code = telling_error();

	if (code == 0)
		return err_set(err, "%s", what);
	return err_set(err, "%s: %s", what, reason_text(code));
}
