/* SPDX-License-Identifier: MIT */
/*
 * The JA4 fingerprint of a TLS client over TCP, as FoxIO publishes it: what
 * was offered in clear text, a hash of the sorted ciphers, and a hash of the
 * sorted extensions with the signature algorithms.  hello_raw.c calls it.
 */
#include "hello_raw.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/tls1.h>

#include "sluice/base/buf.h"
#include "sluice/base/mem.h"
#include "take.h"

#define COUNT_MAX	99
#define HASH_BYTES	6
#define HASH_SIZE	(2 * HASH_BYTES + 1)
/* Two bytes of a message become five of text at most. */
#define TEXT_MAX	(3 * HELLO_MESSAGE_MAX)

struct ids {
	uint16_t *p;
	size_t n;
};

static const char hex[] = "0123456789abcdef";

static int
compare(const void *a, const void *b)
{
	const uint16_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static struct ids
sorted_ciphers(const struct hello_parts *parts)
{
	struct str rest = parts->ciphers;
	struct ids ids = {
		mem_array(NULL, rest.n / 2 + 1, sizeof *ids.p), 0
	};
	size_t id;

	while (hello_next_id(&rest, &id))
		ids.p[ids.n++] = (uint16_t)id;
	assert(ids.n <= parts->ciphers.n / 2);
	qsort(ids.p, ids.n, sizeof *ids.p, compare);
	return ids;
}

static struct ids
sorted_extensions(const struct hello_parts *parts)
{
	struct str rest = parts->extensions, body;
	struct ids ids = {
		mem_array(NULL, rest.n / 4 + 1, sizeof *ids.p), 0
	};
	size_t type;

	while (hello_next_extension(&rest, &type, &body))
		if (!hello_is_grease(type))
			ids.p[ids.n++] = (uint16_t)type;
	assert(ids.n <= parts->extensions.n / 4);
	qsort(ids.p, ids.n, sizeof *ids.p, compare);
	return ids;
}

static void
put_id(struct buf *text, char separator, size_t id)
{
	const char digits[] = { hex[id >> 12 & 15], hex[id >> 8 & 15],
		hex[id >> 4 & 15], hex[id & 15] };

	if (buf_len(text) > 0)
		buf_putc(text, separator);
	buf_put(text, str_make(digits, sizeof digits));
}

static void
put_ciphers(struct buf *text, struct ids ids)
{
	for (size_t i = 0; i < ids.n; i++)
		put_id(text, ',', ids.p[i]);
}

/* The two that the first part tells of would split one program in many. */
static void
put_extensions(struct buf *text, struct ids ids)
{
	for (size_t i = 0; i < ids.n; i++)
		if (ids.p[i] != TLSEXT_TYPE_server_name && ids.p[i] !=
		    TLSEXT_TYPE_application_layer_protocol_negotiation)
			put_id(text, ',', ids.p[i]);
}

static void
put_signatures(struct buf *text, const struct hello_parts *parts)
{
	struct str body, list;
	size_t id;
	char separator = '_';

	if (!hello_find(parts, TLSEXT_TYPE_signature_algorithms, &body) ||
	    !take_vector(body, 2, &list))
		return;
	while (hello_next_id(&list, &id)) {
		put_id(text, separator, id);
		separator = ',';
	}
}

/* Nothing has zeros for a hash.  Empties text. */
static bool
take_hash(struct buf *text, char out[HASH_SIZE])
{
	uint8_t digest[EVP_MAX_MD_SIZE] = { 0 };
	struct str s = buf_str(text);

	if (s.n > 0 && EVP_Digest(s.p, s.n, digest, NULL, EVP_sha256(),
	    NULL) != 1) {
		ERR_clear_error();
		return false;
	}
	for (size_t i = 0; i < HASH_BYTES; i++) {
		out[2 * i] = hex[digest[i] >> 4];
		out[2 * i + 1] = hex[digest[i] & 15];
	}
	out[HASH_SIZE - 1] = '\0';
	buf_clear(text);
	return true;
}

static const char *
version_code(const struct hello_parts *parts)
{
	char legacy[2];
	struct str list = hello_version_list(parts, legacy);
	const struct hello_version *version;
	size_t id, max = 0;

	while (hello_next_id(&list, &id))
		if (id > max)
			max = id;
	version = hello_version(max);
	return version ? version->code : "00";
}

static bool
is_alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

/* The ends of the first name, or else the ends of it in hex. */
static void
write_alpn(const struct hello_parts *parts, char out[3])
{
	struct str body, list, name;
	uint8_t first, last;

	memcpy(out, "00", 3);
	if (!hello_find(parts,
	    TLSEXT_TYPE_application_layer_protocol_negotiation, &body) ||
	    !take_vector(body, 2, &list) || !take_list(&list, 1, &name) ||
	    name.n == 0)
		return;
	first = (uint8_t)name.p[0];
	last = (uint8_t)name.p[name.n - 1];
	if (is_alphanumeric(first) && is_alphanumeric(last)) {
		out[0] = (char)first;
		out[1] = (char)last;
	} else {
		out[0] = hex[first >> 4];
		out[1] = hex[last & 15];
	}
}

static unsigned
count_of(struct ids ids)
{
	return ids.n > COUNT_MAX ? COUNT_MAX : (unsigned)ids.n;
}

void
ja4_write(const struct hello_parts *parts, char out[HELLO_JA4_SIZE])
{
	struct ids ciphers = sorted_ciphers(parts);
	struct ids extensions = sorted_extensions(parts);
	char alpn[3], cipher_hash[HASH_SIZE], extension_hash[HASH_SIZE];
	struct str sni;
	struct buf text;
	int n;

	out[0] = '\0';
	buf_init(&text, TEXT_MAX);
	put_ciphers(&text, ciphers);
	if (!take_hash(&text, cipher_hash))
		goto out;
	put_extensions(&text, extensions);
	put_signatures(&text, parts);
	if (!take_hash(&text, extension_hash))
		goto out;
	write_alpn(parts, alpn);
	n = snprintf(out, HELLO_JA4_SIZE, "t%s%c%02u%02u%s_%s_%s",
	    version_code(parts),
	    hello_find(parts, TLSEXT_TYPE_server_name, &sni) ? 'd' : 'i',
	    count_of(ciphers), count_of(extensions), alpn, cipher_hash,
	    extension_hash);
	assert(n == HELLO_JA4_SIZE - 1);
	(void)n;
out:
	buf_fini(&text);
	free(ciphers.p);
	free(extensions.p);
}
