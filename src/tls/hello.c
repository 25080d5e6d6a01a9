/* SPDX-License-Identifier: MIT */
/*
 * What a ClientHello asks for.  The two list parsers are pure and take
 * hostile bytes; hello_read collects the rest from OpenSSL inside its
 * client hello callback.
 */
#include "private.h"

#include <assert.h>

#include "sluice/base/escape.h"
#include "take.h"

#define GROUP_P256 23

static const uint16_t ecdsa_ciphers[] = {
	0xc02b, 0xc02c, 0xcca9, 0xc023, 0xc024, 0xc009, 0xc00a, 0xc0ac,
	0xc0ad, 0xc0ae, 0xc0af,
};

static bool
keep_sni(struct hello *h, struct str name)
{
	if (name.n > 1 && name.p[name.n - 1] == '.')
		name.n--;
	if (!name_is_host(name, false))
		return false;
	assert(name.n < sizeof h->sni);
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		h->sni[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	h->sni[name.n] = '\0';
	return true;
}

bool
hello_parse_sni(struct hello *h, struct str extension)
{
	struct str list, name, host = STR_NONE;

	h->sni[0] = '\0';
	if (!take_vector(extension, 2, &list) || list.n == 0)
		return false;
	while (list.n > 0) {
		size_t type, n;

		if (!take_number(&list, 1, &type) ||
		    !take_number(&list, 2, &n) || !take(&list, n, &name))
			return false;
		if (type != 0)
			continue;
		/* RFC 6066 section 3: at most one name of a type. */
		if (host.p)
			return false;
		host = name;
	}
	return host.p && keep_sni(h, host);
}

bool
hello_parse_alpn(struct hello *h, struct str extension)
{
	struct str list, name, rest;

	h->alpn_len = 0;
	if (!take_vector(extension, 2, &list) || list.n == 0 ||
	    list.n > sizeof h->alpn)
		return false;
	rest = list;
	while (rest.n > 0) {
		size_t n;

		if (!take_number(&rest, 1, &n) || n == 0 ||
		    !take(&rest, n, &name))
			return false;
	}
	memcpy(h->alpn, list.p, list.n);
	h->alpn_len = list.n;
	return true;
}

/* Cuts the next name off a list that was checked before. */
static bool
next_alpn(struct str *rest, struct str *name)
{
	size_t n;

	return take_number(rest, 1, &n) && take(rest, n, name);
}

bool
hello_offers(const struct hello *h, struct str alpn)
{
	struct str rest = str_make(h->alpn, h->alpn_len), name;

	while (next_alpn(&rest, &name))
		if (str_eq(name, alpn))
			return true;
	return false;
}

static size_t
put_text(struct str s, char *out, size_t size, size_t used)
{
	struct escape_piece piece;

	while (s.n > 0) {
		escape_next(s, 0, &piece);
		if (used + piece.len >= size)
			break;
		memcpy(out + used, piece.text, piece.len);
		used += piece.len;
		s = str_skip(s, piece.used);
	}
	out[used] = '\0';
	return used;
}

void
hello_text(struct str s, char *out, size_t size)
{
	assert(size > 0);
	put_text(s, out, size, 0);
}

void
hello_alpn_text(const struct hello *h, char *out, size_t size)
{
	struct str rest = str_make(h->alpn, h->alpn_len), name;
	size_t used = 0;

	assert(size > 0);
	out[0] = '\0';
	while (next_alpn(&rest, &name)) {
		if (used > 0)
			used = put_text(STR(","), out, size, used);
		used = put_text(name, out, size, used);
	}
}

static bool
has(struct str list, uint16_t wanted)
{
	size_t value;

	while (take_number(&list, 2, &value))
		if (value == wanted)
			return true;
	return false;
}

static bool
has_ecdsa_cipher(struct str ciphers)
{
	size_t value;

	while (take_number(&ciphers, 2, &value))
		for (size_t i = 0; i < ARRAY_LEN(ecdsa_ciphers); i++)
			if (value == ecdsa_ciphers[i])
				return true;
	return false;
}

static bool
extension(SSL *ssl, unsigned type, struct str *body)
{
	const unsigned char *p;
	size_t n;

	if (SSL_client_hello_get0_ext(ssl, type, &p, &n) != 1)
		return false;
	*body = str_make(p, n);
	return true;
}

/* Highest version of the list that we know; GREASE is no version. */
static uint16_t
highest_version(SSL *ssl)
{
	unsigned legacy = SSL_client_hello_get0_legacy_version(ssl);
	struct str body, list;
	size_t value, max = 0;

	if (!extension(ssl, TLSEXT_TYPE_supported_versions, &body) ||
	    !take_vector(body, 1, &list))
		return legacy > TLS1_2_VERSION ? TLS1_2_VERSION :
		    (uint16_t)legacy;
	while (take_number(&list, 2, &value))
		if (value >= SSL3_VERSION && value <= TLS1_3_VERSION &&
		    value > max)
			max = value;
	return (uint16_t)max;
}

/*
 * TLS 1.3 needs the one signature scheme; TLS 1.2 a cipher with ECDSA, any
 * ECDSA signature of SHA-2, and the curve unless none was named.
 */
static bool
can_use_p256(SSL *ssl, uint16_t version)
{
	const unsigned char *p;
	struct str body, sigalgs, groups, ciphers;

	if (SSL_client_hello_isv2(ssl))
		return false;
	if (!extension(ssl, TLSEXT_TYPE_signature_algorithms, &body) ||
	    !take_vector(body, 2, &sigalgs))
		return false;
	if (version >= TLS1_3_VERSION)
		return has(sigalgs, 0x0403);
	if (!has(sigalgs, 0x0403) && !has(sigalgs, 0x0503) &&
	    !has(sigalgs, 0x0603))
		return false;
	if (extension(ssl, TLSEXT_TYPE_supported_groups, &body) &&
	    (!take_vector(body, 2, &groups) || !has(groups, GROUP_P256)))
		return false;
	ciphers.n = SSL_client_hello_get0_ciphers(ssl, &p);
	ciphers.p = (const char *)p;
	return has_ecdsa_cipher(ciphers);
}

void
hello_read(struct hello *h, SSL *ssl)
{
	struct str body;

	memset(h, 0, sizeof *h);
	if (extension(ssl, TLSEXT_TYPE_server_name, &body) &&
	    !hello_parse_sni(h, body))
		h->sni[0] = '\0';
	if (extension(ssl,
	    TLSEXT_TYPE_application_layer_protocol_negotiation, &body) &&
	    !hello_parse_alpn(h, body))
		h->alpn_len = 0;
	h->version_max = highest_version(ssl);
	h->wants_rsa = !can_use_p256(ssl, h->version_max);
}
