/* SPDX-License-Identifier: MIT */
/*
 * What a ClientHello asks for.  OpenSSL takes the hostile message apart; the
 * extensions that decide something (server name, ALPN, versions, signature
 * algorithms, groups) are decoded here, because nothing else tells of them
 * while the handshake is paused.  What is shown to people is read from the
 * bytes once more: OpenSSL is silent about extensions it does not know.
 */
#ifndef SLUICE_TLS_HELLO_H
#define SLUICE_TLS_HELLO_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/base/str.h"

#define HELLO_SNI_MAX	256
#define HELLO_ALPN_MAX	256
#define HELLO_JA4_SIZE	37
#define HELLO_TEXT_MAX	160

struct hello {
	char sni[HELLO_SNI_MAX];	/* lower case, "" when there is none;
					 * only letters digits . - _ */
	uint8_t alpn[HELLO_ALPN_MAX];	/* as on the wire: length, name, .. */
	size_t alpn_len;		/* 0: not offered (or too long) */
	bool wants_rsa;			/* cannot use an ECDSA P-256 leaf */
	uint16_t version_max;		/* highest offered, 0x0304 is TLS 1.3 */
	bool ech;			/* Encrypted ClientHello (65037) */
	char ja4[HELLO_JA4_SIZE];	/* "t13d1516h2_8daaf6152771_02713d6af862",
					 * "" when the hello can't be read */
	char versions[HELLO_TEXT_MAX];	/* "TLS 1.3, TLS 1.2" */
	char ciphers[HELLO_TEXT_MAX];	/* "17 suites: TLS_AES_128_GCM_SHA256,
					 * TLS_AES_256_GCM_SHA384, .." */
};

/*
 * Reads JA4, ECH, versions and ciphers out of the records of a ClientHello
 * as they came.  OpenSSL tells only of extensions it knows, so the bytes are
 * read again.  False (and the fields empty) when they are no whole hello.
 */
bool hello_read_raw(struct hello *h, struct str raw) NODISCARD;
/* Extension bodies to fields; false when malformed (field left empty). */
bool hello_parse_sni(struct hello *h, struct str extension) NODISCARD;
bool hello_parse_alpn(struct hello *h, struct str extension) NODISCARD;
bool hello_offers(const struct hello *h, struct str alpn);
/* "h2,http/1.1" for people; safe text. */
void hello_alpn_text(const struct hello *h, char *out, size_t size);

#endif
