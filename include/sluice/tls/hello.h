/* SPDX-License-Identifier: MIT */
/*
 * What a ClientHello asks for.  OpenSSL parses the hostile message; only two
 * small extensions are decoded here (RFC 6066 section 3, RFC 7301), because
 * SSL_get_servername is still NULL while the handshake is paused.
 */
#ifndef SLUICE_TLS_HELLO_H
#define SLUICE_TLS_HELLO_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/base/str.h"

#define HELLO_SNI_MAX	256
#define HELLO_ALPN_MAX	256

struct hello {
	char sni[HELLO_SNI_MAX];	/* lower case, "" when there is none;
					 * only letters digits . - _ */
	uint8_t alpn[HELLO_ALPN_MAX];	/* as on the wire: length, name, .. */
	size_t alpn_len;		/* 0: not offered (or too long) */
	bool wants_rsa;			/* cannot use an ECDSA P-256 leaf */
	uint16_t version_max;		/* highest offered, 0x0304 is TLS 1.3 */
};

/* Extension bodies to fields; false when malformed (field left empty). */
bool hello_parse_sni(struct hello *h, struct str extension) NODISCARD;
bool hello_parse_alpn(struct hello *h, struct str extension) NODISCARD;
bool hello_offers(const struct hello *h, struct str alpn);
/* "h2,http/1.1" for people; safe text. */
void hello_alpn_text(const struct hello *h, char *out, size_t size);

#endif
