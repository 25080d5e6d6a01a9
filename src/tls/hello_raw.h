/* SPDX-License-Identifier: MIT */
/*
 * A ClientHello in parts that point into its message, between the file that
 * finds them (hello_raw.c) and the fingerprint of them (ja4.c).
 */
#ifndef SLUICE_SRC_TLS_HELLO_RAW_H
#define SLUICE_SRC_TLS_HELLO_RAW_H

#include "sluice/tls/hello.h"

/* A handshake message with its head; no longer one is read. */
#define HELLO_MESSAGE_MAX (64u * 1024)

struct hello_parts {
	size_t version;			/* legacy_version */
	struct str ciphers;		/* two bytes each, none odd */
	struct str extensions;		/* type, length, body .., all whole */
};

/* False at the end of a list of extensions. */
bool hello_next_extension(struct str *rest, size_t *type, struct str *body);
/* The first one of that type. */
bool hello_find(const struct hello_parts *parts, size_t type,
    struct str *body);
/* False at the end of a list of 16-bit numbers; GREASE is left out. */
bool hello_next_id(struct str *rest, size_t *id);
/* Reserved to keep peers tolerant, means nothing (RFC 8701). */
bool hello_is_grease(size_t id);
/* The list of offered versions, or else the legacy one alone. */
struct str hello_version_list(const struct hello_parts *parts,
    char legacy[2]);

struct hello_version {
	uint16_t id;
	const char *code;		/* in a JA4 */
	const char *text;
};
/* NULL for one without a name. */
const struct hello_version *hello_version(size_t id);

/* ja4.c: "" when there is no SHA-256. */
void ja4_write(const struct hello_parts *parts, char out[HELLO_JA4_SIZE]);

#endif
